"""Lead times of cancellations, counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.scopes import Scope
from kernel.spans import span
from scheduling.models import Session
from scheduling.reports.cancellations import GROUPS, Cancelled, cancellations
from tests.factories import sessions

pytestmark = pytest.mark.django_db

START = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
SPRING = span(first=date(2027, 2, 1), last=date(2027, 4, 30), zone="UTC", months=True)


def cancelled(
    lead: timedelta, *, by: str = "client", starts_at: datetime = START, paid: bool = True
) -> Session:
    session = sessions.pending_session(starts_at=starts_at)
    if paid:
        sessions.confirm(session)
    sessions.cancel(session, at=starts_at - lead, by=by, refund_bps=0)
    return session


def groups(found: Cancelled) -> dict[str, int]:
    return {name: sum(row) for name, row in zip(GROUPS, found.by_lead, strict=True) if sum(row)}


@pytest.mark.parametrize(
    ("lead", "group"),
    [
        (timedelta(seconds=-1), "After the start"),
        (timedelta(), "Under 2 hours"),
        (timedelta(hours=2, seconds=-1), "Under 2 hours"),
        (timedelta(hours=2), "2 to 24 hours"),
        (timedelta(hours=24), "1 to 3 days"),
        (timedelta(days=3), "3 to 7 days"),
        (timedelta(days=7, seconds=-1), "3 to 7 days"),
        (timedelta(days=7), "7 days or more"),
    ],
)
def test_each_lead_time_has_its_group(lead: timedelta, group: str) -> None:
    cancelled(lead)

    assert groups(cancellations(span=SPRING)[1]) == {group: 1}


def test_the_median_is_of_each_month_and_of_all() -> None:
    """February: 1 h and 5 h. March: 3 h, 48 h and 50 h. Of five the third is 5 h."""
    february = START - timedelta(days=20)
    for hours in (1, 5):
        cancelled(timedelta(hours=hours), starts_at=february)
    for hours in (3, 48, 50):
        cancelled(timedelta(hours=hours), by="mentor")

    parts, total = cancellations(span=SPRING)

    assert [one.median_minutes for one in parts] == [60, 48 * 60, None]
    assert total.median_minutes == 300
    assert [one.count for one in parts] == [2, 3, 0]
    assert (total.by("client"), total.by("mentor"), total.by("platform")) == (2, 3, 0)


def test_what_is_late_is_counted_by_its_limit() -> None:
    for hours in (-1, 1, 23, 24, 100):
        cancelled(timedelta(hours=hours), starts_at=START)

    _, total = cancellations(span=SPRING)

    assert (total.within(2), total.within(24), total.within(72)) == (2, 3, 4)


def test_after_the_start_the_lead_time_is_below_zero() -> None:
    cancelled(timedelta(minutes=-30), by="system")

    _, total = cancellations(span=SPRING)

    assert total.median_minutes == -30
    assert total.by("platform") == 1


def test_a_cancellation_counts_when_it_was_made_by_the_markets_clock() -> None:
    """A session in April that was cancelled on 31 March at 23:30 UTC."""
    at = datetime(2027, 3, 31, 23, 30, tzinfo=UTC)
    cancelled(timedelta(days=5), starts_at=at + timedelta(days=5))
    berlin = span(first=SPRING.first, last=SPRING.last, zone="Europe/Berlin", months=True)

    assert [one.count for one in cancellations(span=SPRING)[0]] == [0, 1, 0]
    assert [one.count for one in cancellations(span=berlin)[0]] == [0, 0, 1]


def test_holds_and_what_was_not_cancelled_do_not_count() -> None:
    cancelled(timedelta(hours=1), paid=False)
    sessions.expire(sessions.pending_session(starts_at=START))
    sessions.confirm(sessions.pending_session(starts_at=START))

    parts, total = cancellations(span=SPRING)

    assert total == Cancelled([[0, 0, 0]] * 6, None)
    assert parts == [total] * 3


def test_a_mentor_has_his_own() -> None:
    session = cancelled(timedelta(hours=1))
    cancelled(timedelta(hours=3))

    _, total = cancellations(span=SPRING, scope=Scope(mentor_id=session.mentor_id))

    assert groups(total) == {"Under 2 hours": 1}
