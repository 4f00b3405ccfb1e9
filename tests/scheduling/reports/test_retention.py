"""Cohorts of clients, counted by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Category, Client, Mentor
from accounts.scopes import Scope
from kernel.spans import span
from scheduling.reports.retention import cohorts
from tests.factories import sessions
from tests.factories.people import ClientFactory, MentorFactory

pytestmark = pytest.mark.django_db

JANUARY = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
SPRING = span(first=date(2027, 1, 1), last=date(2027, 4, 30), zone="UTC", months=True)
type Told = list[tuple[int, Mapping[int, int]]]


def held(client: Client, at: datetime, *, mentor: Mentor | None = None) -> None:
    session = sessions.pending_session(client=client, starts_at=at, mentor=mentor)
    sessions.confirm(session)
    sessions.complete(session)


def month(number: int) -> datetime:
    """The 10th of the month so many after January."""
    return JANUARY.replace(month=1 + number)


def told(zone: str = "UTC", scope: Scope | None = None) -> Told:
    months = span(first=SPRING.first, last=SPRING.last, zone=zone, months=True)
    return [(one.clients, one.back) for one in cohorts(span=months, scope=scope or Scope())]


def test_a_cohort_is_followed_month_by_month() -> None:
    """January: three new, one back in February and March, one in March. February: one, once."""
    first, second, third, late = (ClientFactory() for _ in range(4))
    for client, months in ((first, (0, 1, 2)), (second, (0, 2)), (third, (0,)), (late, (1,))):
        for number in months:
            held(client, month(number))

    assert told() == [(3, {1: 1, 2: 2}), (1, {}), (0, {}), (0, {})]


def test_two_sessions_of_a_month_are_one_client() -> None:
    client = ClientFactory()
    for hours in (0, 48, 30 * 24, 32 * 24):
        held(client, JANUARY + timedelta(hours=hours))

    assert told()[0] == (1, {1: 1})


def test_whoever_came_before_the_span_is_new_in_none_of_its_months() -> None:
    client = ClientFactory()
    held(client, JANUARY - timedelta(days=30))
    held(client, JANUARY)

    assert told() == [(0, {})] * 4


def test_only_sessions_that_took_place_count() -> None:
    client = ClientFactory()
    sessions.confirm(sessions.pending_session(client=client, starts_at=JANUARY))
    cancelled = sessions.pending_session(client=client, starts_at=month(1))
    sessions.confirm(cancelled)
    sessions.cancel(cancelled, at=JANUARY, by="client", refund_bps=0)
    sessions.expire(sessions.pending_session(client=client, starts_at=month(2)))

    assert told() == [(0, {})] * 4


def test_the_months_are_those_of_the_market() -> None:
    """23:30 on 31 January in UTC is February in Berlin; the second session then is no return."""
    client = ClientFactory()
    held(client, datetime(2027, 1, 31, 23, 30, tzinfo=UTC))
    held(client, month(1))

    assert told()[:2] == [(1, {1: 1}), (0, {})]
    assert told("Europe/Berlin")[:2] == [(0, {}), (1, {})]


def test_a_mentors_clients_come_back_to_him() -> None:
    client, mentor, other = ClientFactory(), MentorFactory(), MentorFactory()
    category = Category.objects.create(name="Careers")
    Mentor.objects.filter(pk=other.pk).update(category=category)
    held(client, month(0), mentor=other)
    held(client, month(1), mentor=mentor)
    held(client, month(3), mentor=mentor)

    assert told()[0] == (1, {1: 1, 3: 1})
    assert told(scope=Scope(mentor_id=mentor.pk)) == [(0, {}), (1, {2: 1}), (0, {}), (0, {})]
    assert told(scope=Scope(category_id=category.pk))[0] == (1, {})
