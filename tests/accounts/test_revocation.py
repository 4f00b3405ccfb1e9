"""A sign-in that has ended is refused by the next request, whichever process takes it.

Two processes of the product's server remember the token's signature; nothing else of it. The
negative control answers by that memory alone, as a stateless token would be.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts import access, tokens
from accounts.models import RefreshFamily, User
from accounts.tokens import Device, EndReason, Tokens
from kernel import clock
from kernel.errors import Refusal
from tests.accounts.conftest import person
from tests.api.callers import Served

PROFILE = "/api/users/profile"


@pytest.fixture
def served(tmp_path: Path, settings: Settings) -> Iterator[Served]:
    settings.TOKEN_KEY_DIR = settings.DATA_DIR / "keys"  # where the server looks
    with Served(tmp_path / "server.log", threads=2) as running:
        yield running


def change_password(issued: Tokens) -> None:
    user = User.objects.get(pk=issued.user.pk)
    user.set_password("another long enough password")
    user.save()


def deactivate(issued: Tokens) -> None:
    User.objects.filter(pk=issued.user.pk).update(is_active=False)


def log_out(issued: Tokens) -> None:
    tokens.logout(token=issued.refresh, now=clock.now())


def reuse(issued: Tokens) -> None:
    now = clock.now()
    tokens.refresh(token=issued.refresh, now=now)
    with pytest.raises(Refusal):
        tokens.refresh(token=issued.refresh, now=now + timedelta(minutes=1))


def end_elsewhere(issued: Tokens) -> None:
    tokens.end(
        family_id=issued.family.pk, user=issued.user, reason=EndReason.REVOKED, now=clock.now()
    )


def run_out(issued: Tokens) -> None:
    now = clock.now()
    RefreshFamily.objects.filter(pk=issued.family.pk).update(
        last_used_at=now - timedelta(hours=2),
        created_at=now - timedelta(hours=2),
        idle_until=now - timedelta(seconds=1),
        expires_at=now - timedelta(seconds=1),
    )


WAYS = [change_password, deactivate, log_out, reuse, end_elsewhere, run_out]


def asked_everywhere(served: Served, issued: Tokens) -> set[int]:
    """Ask sixteen times at once, on connections of their own: both workers answer."""
    together = threading.Barrier(8)
    headers = {"Authorization": f"Bearer {issued.access}"}

    def ask(_: int) -> list[int]:
        together.wait(timeout=30)
        return [
            httpx.get(f"{served.url}{PROFILE}", headers=headers, trust_env=False).status_code
            for _ in range(2)
        ]

    with ThreadPoolExecutor(8) as pool:
        return {status for statuses in pool.map(ask, range(8)) for status in statuses}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_end_of_a_sign_in_is_seen_by_the_next_request_in_any_process(served: Served) -> None:
    for number, end in enumerate(WAYS):
        issued = tokens.issue(
            user=person(f"p{number}@example.org"), device=Device(), now=clock.now()
        )
        assert asked_everywhere(served, issued) == {200}, end.__name__

        end(issued)

        assert asked_everywhere(served, issued) == {401}, end.__name__


@pytest.mark.django_db
@pytest.mark.parametrize("end", WAYS)
def test_negative_control_by_the_remembered_signature_alone_it_would_go_on(
    end: Callable[[Tokens], None],
) -> None:
    issued = tokens.issue(user=person(), device=Device(), now=clock.now())
    end(issued)

    claims = access.read(token=issued.access, now=clock.now())

    assert claims.family_id == issued.family.pk
    with pytest.raises(Refusal, match="has ended"):
        tokens.verify_access(token=issued.access, now=clock.now())


@pytest.mark.django_db
def test_no_more_signatures_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, now = person(), clock.now()
    access._verified.cache_clear()
    few = access.REMEMBERED
    assert access._verified.cache_parameters()["maxsize"] == few == 4096

    for _ in range(3):
        issued = tokens.issue(user=user, device=Device(), now=now)
        tokens.verify_access(token=issued.access, now=now)
        tokens.verify_access(token=issued.access, now=now)
        with pytest.raises(Refusal):
            tokens.verify_access(token=f"{issued.access}x", now=now)

    found = access._verified.cache_info()
    assert (found.currsize, found.hits) == (3, 3)  # what is refused is not remembered


@pytest.mark.django_db
def test_a_retired_keys_token_is_refused_although_its_signature_is_remembered() -> None:
    issued = tokens.issue(user=person(), device=Device(), now=clock.now())
    headers = {"Authorization": f"Bearer {issued.access}"}
    assert Browser().get(PROFILE, headers=headers).status_code == 200

    for _ in range(2):  # the one that signed it is the second, then none of the two that live
        access.ring().rotate(now=clock.now(), token_lifetime=timedelta(0), force=True)

    refused = Browser().get(PROFILE, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "access_token_refused")
