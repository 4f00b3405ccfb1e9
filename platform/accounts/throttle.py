"""Count guesses before they are made, in rows that all processes share.

A guess is *reserved* (`kernel.limits.reserve`) and given back when it turns out right: only
failures stay, and of sixty guesses at one instant no more than the limit are ever evaluated.
Failures count per (account, source) and per source, so a stranger can lock out himself and
nobody else. The six digits of an app are few enough to be guessed from many sources: by who has
the password already. So they count per account as well, and its passkeys stay open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from kernel import limits
from kernel.errors import Kind, Refusal
from kernel.limits import Limit, Reservation

FAILURES_PER_ACCOUNT_AND_SOURCE = 5
FAILURES_PER_SOURCE = 20
WINDOW = timedelta(minutes=5)
# What is counted per account alone, wherever the guesses come from.
PER_ACCOUNT = {"mfa": Limit("guess-mfa-account", 30, timedelta(hours=1))}

REGISTRATIONS_PER_SOURCE = Limit("register", 300, timedelta(hours=1))
RESETS_PER_SOURCE = Limit("reset", 60, timedelta(hours=1))
LETTERS_PER_SOURCE = Limit("letter-from", 5, timedelta(hours=1))
LETTERS_PER_ADDRESS = Limit("letter-to", 20, timedelta(hours=1))


class TooManyAttempts(Refusal):
    """Too many failed attempts from here; wait for the seconds that Retry-After gives."""

    code = "too_many_attempts"
    kind = Kind.TOO_MANY


@contextmanager
def guess(*, what: str, account: str, source: str, now: datetime) -> Iterator[None]:
    """Let one guess at `account` from `source` be evaluated in the block, or refuse it.

    A block that ends normally was right and counts nothing; one that raises stays counted.
    Call it outside any transaction, or a failure would be forgotten with the rollback.
    Raises TooManyAttempts (fact `retry_after`, seconds) before anything is evaluated.
    """
    held: list[Reservation] = []
    limits_of_it = [
        (Limit(f"guess-{what}-source", FAILURES_PER_SOURCE, WINDOW), source),
        (Limit(f"guess-{what}", FAILURES_PER_ACCOUNT_AND_SOURCE, WINDOW), f"{account} {source}"),
    ]
    if what in PER_ACCOUNT:
        limits_of_it.append((PER_ACCOUNT[what], account))
    for limit, subject in limits_of_it:
        answer = limits.reserve(limit, subject=subject, now=now)
        if not isinstance(answer, Reservation):
            _give_back(held)
            raise _too_many(answer.reset_seconds)
        held.append(answer)
    yield
    _give_back(held)


def spend(limit: Limit, *, subject: str, now: datetime) -> None:
    """Count one deed of a kind that is limited whether it fails or not.

    Raises TooManyAttempts (fact `retry_after`, seconds).
    """
    state = limits.count(limit, subject=subject, now=now)
    if not state.allowed:
        raise _too_many(state.reset_seconds)


def _give_back(held: list[Reservation]) -> None:
    for reservation in held:
        limits.give_back(reservation)


def _too_many(seconds: int) -> TooManyAttempts:
    return TooManyAttempts(
        f"There were too many attempts; try again in {seconds} seconds.",
        retry_after=seconds,
    )
