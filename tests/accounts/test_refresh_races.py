"""Many refreshes of one token at one instant: one successor, whoever asks.

The negative control rotates without the lock and without the grace, as stock libraries do;
it must hand out dead tokens, or the test proves nothing.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts import tokens
from accounts.models import RefreshToken
from accounts.tokens import Device, RefreshRefused
from tests.accounts.conftest import NOON, letters, person

CALLERS = 16
ROUNDS = 20
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(deed: Callable[[], str | None]) -> list[str | None]:
    """Do `deed` in CALLERS threads at one instant, each on a connection of its own."""
    barrier = Barrier(CALLERS)

    def run(_: int) -> str | None:
        try:
            barrier.wait(timeout=20)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(run, range(CALLERS)))


def refreshed(token: str, now: datetime) -> str:
    return tokens.refresh(token=token, now=now).refresh


def test_sixteen_refreshes_of_one_token_get_one_successor_in_twenty_rounds() -> None:
    held = tokens.issue(user=person(), device=Device(), now=NOON)
    now = NOON
    for round_number in range(1, ROUNDS + 1):
        now += timedelta(minutes=5)
        answers = at_once(partial(refreshed, held.refresh, now))

        assert len(set(answers)) == 1, round_number
        assert RefreshToken.objects.count() == round_number + 1
        held = tokens.refresh(token=held.refresh, now=now)
        assert held.refresh == answers[0]

    assert held.family.end_reason == ""
    assert letters() == []


def naive_refresh(token: str) -> str | None:
    """Check, then rotate: what a library does that takes no lock."""
    spent = RefreshToken.objects.filter(digest=tokens._digest(token), used_at=None).first()
    if spent is None:
        return None
    successor = secrets.token_urlsafe(32)
    try:
        spent.delete()
        RefreshToken.objects.create(
            family=spent.family, digest=tokens._digest(successor), created_at=NOON
        )
    except IntegrityError:
        pass  # Another thread has stored its own; this one answers a dead token.
    return successor


def test_negative_control_without_the_lock_dead_tokens_are_answered() -> None:
    user = person()
    failed_rounds = 0
    for _ in range(ROUNDS):
        held = tokens.issue(user=user, device=Device(), now=NOON)
        answers = at_once(partial(naive_refresh, held.refresh))
        failed_rounds += len({answer for answer in answers if answer}) != 1 or None in answers

    assert failed_rounds > 0


def test_of_many_late_users_of_a_spent_token_none_gets_anything_and_one_letter_is_written() -> None:
    held = tokens.issue(user=person(), device=Device(), now=NOON)
    tokens.refresh(token=held.refresh, now=NOON)

    def steal() -> str | None:
        try:
            late = NOON + timedelta(minutes=1)
            return tokens.refresh(token=held.refresh, now=late).refresh
        except RefreshRefused:
            return None

    assert at_once(steal) == [None] * CALLERS
    assert [letter.template for letter in letters()] == ["account_token_reused"]
