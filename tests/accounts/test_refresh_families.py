"""Refresh tokens: used once, forgiving for ten seconds, merciless after."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts import operations, tokens
from accounts.models import RefreshFamily, RefreshToken, User
from accounts.tokens import Channel, Device, RefreshRefused, SessionEnded, Tokens
from kernel import prepared
from tests.accounts.conftest import NOON, letters, person

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
DESK = Device(source="192.0.2.1", user_agent="desk")


def sign_in(user: User | None = None) -> Tokens:
    return tokens.issue(user=user or person(), device=DESK, now=NOON)


def state(family: RefreshFamily) -> tuple[str, int]:
    family.refresh_from_db()
    return family.end_reason, family.tokens.count()


def test_a_token_is_traded_for_another_and_the_secret_is_stored_nowhere() -> None:
    first = sign_in()

    second = tokens.refresh(token=first.refresh, now=NOON + SECOND)

    assert second.refresh != first.refresh
    assert second.family == first.family
    root, child = RefreshToken.objects.order_by("created_at")
    assert (root.parent, root.used_at) == (None, NOON + SECOND)
    assert (child.parent, child.used_at) == (root, None)
    stored = b"".join(bytes(row.digest) for row in (root, child))
    assert first.refresh.encode() not in stored
    assert second.refresh.encode() not in stored


@pytest.mark.parametrize("late", [0, 1, 10])
def test_within_ten_seconds_a_spent_token_gets_the_same_successor(late: int) -> None:
    first = sign_in()
    second = tokens.refresh(token=first.refresh, now=NOON)

    again = tokens.refresh(token=first.refresh, now=NOON + late * SECOND)

    assert again.refresh == second.refresh
    assert state(first.family) == ("", 2)
    assert letters() == []


def test_later_a_spent_token_ends_its_family_and_its_person_is_told_once() -> None:
    first = sign_in()
    second = tokens.refresh(token=first.refresh, now=NOON)
    late = NOON + 10 * SECOND + timedelta(microseconds=1)

    for _ in range(2):
        with pytest.raises(RefreshRefused):
            tokens.refresh(token=first.refresh, now=late)

    assert state(first.family) == ("reuse", 2)
    assert [(letter.template, letter.to) for letter in letters()] == [
        ("account_token_reused", "ada@example.org")
    ]
    assert "desk" in letters()[0].text
    with pytest.raises(RefreshRefused):
        tokens.refresh(token=second.refresh, now=late)
    with pytest.raises(SessionEnded):
        tokens.verify_access(token=second.access, now=late)


def test_the_end_of_one_family_leaves_the_others() -> None:
    user = person()
    stolen, other = sign_in(user), sign_in(user)
    tokens.refresh(token=stolen.refresh, now=NOON)

    with pytest.raises(RefreshRefused):
        tokens.refresh(token=stolen.refresh, now=NOON + timedelta(minutes=1))

    assert state(stolen.family) == ("reuse", 2)
    assert state(other.family) == ("", 1)


def test_seven_idle_days_end_it_and_each_use_begins_them_anew() -> None:
    first = sign_in()

    with pytest.raises(RefreshRefused):
        tokens.refresh(token=first.refresh, now=NOON + 7 * DAY)
    second = tokens.refresh(token=first.refresh, now=NOON + 7 * DAY - SECOND)
    third = tokens.refresh(token=second.refresh, now=NOON + 13 * DAY)

    assert third.refresh_until == NOON + 20 * DAY  # 13 + 7


def test_after_thirty_days_nothing_helps() -> None:
    held = sign_in()
    for day in range(5, 30, 5):
        held = tokens.refresh(token=held.refresh, now=NOON + day * DAY)

    assert held.refresh_until == NOON + 30 * DAY  # 25 + 7 = 32 is cut off at 30
    with pytest.raises(RefreshRefused):
        tokens.refresh(token=held.refresh, now=NOON + 30 * DAY)


@pytest.mark.parametrize(
    "token",
    ["", "x", "cfr_" + "A" * 43, "cfr_" + "é" * 43, "cfr_" + "A" * 4000, "\x00" * 47],
)
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    sign_in()

    with pytest.raises(RefreshRefused):
        tokens.refresh(token=token, now=NOON)


def test_a_token_of_the_other_channel_is_refused_and_stays_good() -> None:
    first = sign_in()

    with pytest.raises(RefreshRefused):
        tokens.refresh(token=first.refresh, channel=Channel.MOBILE, now=NOON)

    assert state(first.family) == ("", 1)
    assert tokens.refresh(token=first.refresh, now=NOON).family == first.family


def test_logout_by_any_token_of_the_family_refuses_the_next_request() -> None:
    first = sign_in()
    second = tokens.refresh(token=first.refresh, now=NOON)

    ended = tokens.logout(token=first.refresh, now=NOON + DAY)

    assert ended
    assert state(first.family) == ("logout", 2)
    with pytest.raises(SessionEnded):
        tokens.verify_access(token=second.access, now=NOON + SECOND)
    assert not tokens.logout(token=first.refresh, now=NOON + DAY)


def test_deactivation_refuses_the_next_request_and_every_refresh() -> None:
    user = person()
    first = sign_in(user)

    operations.deactivate(user=user, actor="usr_admin", reason="asked for it", now=NOON)

    with pytest.raises(SessionEnded):
        tokens.verify_access(token=first.access, now=NOON)
    with pytest.raises(RefreshRefused):
        tokens.refresh(token=first.refresh, now=NOON)
    assert state(first.family) == ("deactivated", 1)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!changed by SQL"}])
def test_a_change_that_passes_our_code_by_ends_the_sign_ins_too(change: dict[str, object]) -> None:
    first = sign_in()

    User.objects.filter(pk=first.user.pk).update(**change)
    User.objects.filter(pk=first.user.pk).update(is_active=True, session_version=1)

    with pytest.raises(SessionEnded):
        tokens.verify_access(token=first.access, now=NOON)
    with pytest.raises(RefreshRefused):
        tokens.refresh(token=first.refresh, now=NOON)


def test_asking_who_calls_takes_one_query(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person()
    first = sign_in(user)
    asked = []

    def execute(statement: str, parameters: Sequence[object] = ()) -> Any:
        asked.append(statement)
        return prepared_execute(statement, parameters)

    prepared_execute = prepared.execute
    monkeypatch.setattr(prepared, "execute", execute)

    with django_assert_num_queries(0):  # Django's counting does not see what is prepared
        principal = tokens.verify_access(token=first.access, now=NOON)
        assert principal.user.client == user.client
        assert not hasattr(principal.user, "mentor")

    assert len(asked) == 1
    assert principal.user == user
    assert str(principal) == user.public_id


def test_the_database_allows_one_successor_and_one_unused_token() -> None:
    first = sign_in()
    root = first.family.tokens.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        RefreshToken.objects.create(
            family=first.family, parent=root, digest=b"a" * 32, created_at=NOON
        )

    assert state(first.family) == ("", 1)
