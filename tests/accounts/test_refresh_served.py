"""One refresh token, sixteen callers at one instant, over HTTP against two real processes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from django.db.models import F
from pytest_django import Settings

from accounts import operations
from accounts.models import RefreshFamily, RefreshToken
from kernel import clock
from tests.accounts.conftest import PASSWORD, letters, person
from tests.api.callers import Served

CALLERS = 16
COOKIE = "counterfoil_refresh"
LOGIN = {"email": "ada@example.org", "password": PASSWORD}
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def refresh(url: str, token: str) -> httpx.Response:
    return httpx.post(
        f"{url}/api/users/refresh",
        headers={"Cookie": f"{COOKIE}={token}"},
        timeout=60,
        trust_env=False,
    )


def profile(url: str, access: str) -> int:
    headers = {"Authorization": f"Bearer {access}"}
    return httpx.get(f"{url}/api/users/profile", headers=headers, trust_env=False).status_code


def sign_in(url: str, password: str = PASSWORD) -> tuple[str, str]:
    answer = httpx.post(
        f"{url}/api/users/login", json=LOGIN | {"password": password}, trust_env=False
    )
    return answer.json()["token"], answer.cookies[COOKIE]


def test_a_family_lives_and_dies_as_it_must(tmp_path: Path, settings: Settings) -> None:
    person()
    with Served(tmp_path / "server.log", threads=16) as served:
        url = served.url
        first, spent = sign_in(url)

        # Sixteen at one instant: one successor, and every access token that is answered is good.
        barrier = Barrier(CALLERS)

        def at_once(_: int) -> httpx.Response:
            barrier.wait(timeout=60)
            return refresh(url, spent)

        with ThreadPoolExecutor(CALLERS) as pool:
            answers = list(pool.map(at_once, range(CALLERS)))
        successors = {answer.cookies[COOKIE] for answer in answers}
        assert Counter(answer.status_code for answer in answers) == {200: CALLERS}
        assert len(successors) == 1
        assert RefreshToken.objects.count() == 2
        assert {profile(url, answer.json()["token"]) for answer in answers} == {200}

        # Reuse behind the grace: the family is dead at once, for every token of it, and one letter.
        longer_ago = settings.REFRESH_GRACE + timedelta(seconds=1)
        RefreshToken.objects.exclude(used_at=None).update(used_at=F("used_at") - longer_ago)
        assert refresh(url, spent).status_code == 401
        assert refresh(url, successors.pop()).status_code == 401
        assert {profile(url, answer.json()["token"]) for answer in answers} == {401}
        assert profile(url, first) == 401
        assert refresh(url, spent).status_code == 401
        assert [letter.template for letter in letters()] == ["account_token_reused"]

        # Logout, a changed password and deactivation refuse the very next request, everywhere.
        access, cookie = sign_in(url)
        left = httpx.post(
            f"{url}/api/users/logout", headers={"Cookie": f"{COOKIE}={cookie}"}, trust_env=False
        )
        assert left.status_code == 204
        assert (profile(url, access), refresh(url, cookie).status_code) == (401, 401)

        access, cookie = sign_in(url)
        other_access, other_cookie = sign_in(url)
        changed = httpx.post(
            f"{url}/api/users/password/change",
            json={"current_password": PASSWORD, "new_password": "a quite different one"},
            headers={"Authorization": f"Bearer {access}"},
            trust_env=False,
        )
        assert changed.status_code == 200
        assert [profile(url, one) for one in (access, other_access)] == [401, 401]
        assert [refresh(url, one).status_code for one in (cookie, other_cookie)] == [401, 401]
        assert profile(url, changed.json()["token"]) == 200

        access, cookie = sign_in(url, "a quite different one")
        family = RefreshFamily.objects.order_by("-id")[0]
        operations.deactivate(user=family.user, actor="system", reason="left", now=clock.now())
        assert (profile(url, access), refresh(url, cookie).status_code) == (401, 401)
