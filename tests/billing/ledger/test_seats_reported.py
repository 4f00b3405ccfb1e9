"""A group whose mentor did not come: each seat is decided alone, and none is paid before that."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import roles
from accounts.roles import add_to_group
from billing.models import Line
from kernel import clock
from scheduling import groups, lifecycle
from scheduling.models import Session
from tests.billing.ledger.books import ENDED, HOLD_OVER, earn
from tests.billing.ledger.reports import decide, reported
from tests.billing.ledger.test_withdrawn_meetings import meeting_of, paid_seat
from tests.factories.people import UserFactory
from tests.factories.scheduling import open_group
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db

NEXT_DAY = ENDED + timedelta(days=1)


def _held_by_three() -> list[Session]:
    kind = open_group()
    meeting_of(kind)
    seats = [paid_seat(kind) for _ in range(3)]
    groups.decide_due(now=STARTS_AT - timedelta(hours=1))
    lifecycle.advance_due(now=ENDED)
    for seat in seats:
        seat.refresh_from_db()
        assert seat.state == "completed"
    return seats


def _released() -> set[object]:
    lines = Line.objects.filter(entry__kind="released", account__code="2120")
    return set(lines.values_list("purchase__session_id", flat=True))


def test_no_seat_is_released_while_one_says_that_the_mentor_did_not_come() -> None:
    first, second, third = _held_by_three()
    incident = reported(first, at=NEXT_DAY)

    earn(at=HOLD_OVER)
    assert _released() == set()

    decide(incident, "dismissed", at=HOLD_OVER)
    earn(at=HOLD_OVER)
    assert _released() == {first.pk, second.pk, third.pk}


def test_that_one_client_did_not_come_holds_that_seat_alone() -> None:
    first, second, third = _held_by_three()
    reported(first, side="mentor", at=NEXT_DAY)

    earn(at=HOLD_OVER)

    assert _released() == {second.pk, third.pk}


def test_whoever_decides_sees_the_other_seats(client: object) -> None:
    first, second, third = _held_by_three()
    incident = reported(first, at=NEXT_DAY)
    add_to_group(user=(user := UserFactory()), group=roles.SUPPORT)
    client.force_login(user)  # type: ignore[attr-defined]

    with clock.travel(NEXT_DAY):
        page = client.get(reverse("decide_incident", args=[incident.pk]))  # type: ignore[attr-defined]

    html = page.content.decode()
    assert "Other seats of the meeting" in html
    for seat in (second, third):
        assert seat.public_id in html
