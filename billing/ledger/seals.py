"""What was known at an instant: sealed once, so that it can be told again word for word.

Knows no report; it only makes sure that nothing is posted before a sealed instant any more.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Max

from billing.models import Seal
from kernel.errors import Invalid, Kind, Refusal

# How long a seal or a close waits for postings that are under way; new ones wait behind it.
PATIENCE = "5s"


class NotYet(Invalid):
    """The instant is not over: what was known then nobody knows yet."""

    code = "as_of_in_the_future"


class BooksBusy(Refusal):
    """Postings that were under way did not end in time."""

    code = "books_busy"
    kind = Kind.UNAVAILABLE


def sealed_until() -> datetime | None:
    """Return the newest sealed instant: everything posted before it is known for good."""
    found: datetime | None = Seal.objects.aggregate(newest=Max("as_of"))["newest"]
    return found


# Note [As of]: an entry carries `posted_at`, but becomes visible when its transaction commits,
# which is later. A report made in between would miss it, and the same report made again would
# not. So before the first report as of an instant, the instant is sealed: the seal waits until
# no posting is under way (a lock on the entries that only writers meet), and from then on the
# database refuses what claims to be posted earlier; `entries.post` moves such a claim up to the
# seal. What was posted before a seal is therefore one fixed set, whoever asks and whenever.
def seal(*, as_of: datetime, now: datetime) -> None:
    """Make sure that nothing is posted before `as_of` any more. Idempotent; any older instant is
    sealed with it.

    A transaction of its own, outside any other. Raises NotYet, BooksBusy.
    """
    if as_of > now:
        raise NotYet(
            f"{as_of:%Y-%m-%d %H:%M} UTC is not over, so nobody knows yet what the books will say "
            "then. Choose an instant that is past.",
            pointer="/as_of",
        )
    newest = sealed_until()
    if newest is not None and as_of <= newest:
        return
    with transaction.atomic():
        hold_postings()
        newest = sealed_until()
        if newest is None or as_of > newest:
            Seal.objects.create(as_of=as_of, sealed_at=now)


def hold_postings() -> None:
    """Wait until no posting is under way, and keep new ones waiting until the transaction ends.

    Raises BooksBusy; the caller's transaction is then to be given up.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute("SELECT billing_hold_postings()")
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        raise BooksBusy(
            "Money was being posted all the while, so the books could not be held still. "
            "Nothing was done; try again in a minute."
        ) from error


def end_of_yesterday(now: datetime) -> datetime:
    """Return the last midnight in UTC: the newest instant at which a whole day is known."""
    return datetime.combine(now.astimezone(UTC).date(), time.min, UTC)


def end_of(day: str) -> datetime:
    """Return the instant at which the day (`2027-03-31`, in UTC) is over. Raises ValueError."""
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time.min, UTC) + timedelta(1)
    except OverflowError as error:
        raise ValueError(f"There is no day after {day}.") from error
