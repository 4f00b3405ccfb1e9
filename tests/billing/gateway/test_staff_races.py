"""The staff, the clock and both people at one instant: one outcome, one refund, sound books."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from billing import cancellations, earnings, incidents, interventions
from billing.incidents import Verdict
from billing.interventions import Fault
from billing.ledger.checks import check_books
from billing.models import Entry, Refund
from kernel.errors import Refusal
from scheduling import lifecycle
from scheduling.incidents import report
from scheduling.models import Incident, Session, SessionEvent
from scheduling.states import CancelledBy, IncidentKind, Side
from tests.billing.gateway.journey import HOUR, NOW, confirmed, together
from tests.standin import StandIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STARTS_AT = NOW + 30 * HOUR
ENDS_AT = STARTS_AT + HOUR
BEFORE = STARTS_AT - HOUR
LATER = ENDS_AT + timedelta(days=10)


def booked(standin: StandIn, *, begun: bool = False) -> Session:
    payment = confirmed(standin, starts_at=STARTS_AT)
    session = Session.objects.get(pk=payment.purchase.booked.pk)
    if begun:
        lifecycle.advance_due(now=STARTS_AT)
    return session


def reported(session: Session, side: Side = Side.CLIENT) -> Incident:
    return report(
        session_id=session.pk,
        side=side,
        kind=IncidentKind.ABSENCE,
        reason="I was there alone.",
        by="usr_1",
        now=STARTS_AT + timedelta(minutes=20),
    )


def trying(call: Callable[[], object]) -> Callable[[], str]:
    """Do it, and say which refusal it met."""

    def attempt() -> str:
        try:
            call()
        except Refusal as refusal:
            return refusal.code
        return "done"

    return attempt


def deciding(incident: Incident, verdict: Verdict) -> Callable[[], str]:
    return trying(
        lambda: incidents.decide(
            incident_id=incident.pk, verdict=verdict, by="usr_s", reason="Seen.", now=ENDS_AT
        )
    )


def ends_of(session: Session) -> list[str]:
    ends = SessionEvent.objects.filter(session=session, event__in=["cancel", "complete"])
    return list(ends.values_list("to_state", flat=True))


def sound(session: Session) -> None:
    """One end and at most one refund, and the invariants hold once all is earned."""
    connection.close()
    session.refresh_from_db()
    assert ends_of(session) == [session.state]
    refunded = Refund.objects.count()
    assert refunded == (1 if session.state == "cancelled" else 0)
    earnings.recognise(now=LATER)
    earnings.release(now=LATER)
    assert Entry.objects.filter(kind="recognised").count() <= 1
    assert check_books(now=LATER).ok


def test_two_of_the_staff_decide_differently_while_the_clock_ticks(standin: StandIn) -> None:
    session = booked(standin, begun=True)
    incident = reported(session)

    def clock() -> int:
        return lifecycle.advance_due(now=ENDS_AT)

    told = together(
        *[
            deciding(incident, Verdict.MENTOR_ABSENT),
            clock,
            deciding(incident, Verdict.CLIENT_ABSENT),
            clock,
        ]
        * 2
    )

    assert told.count("done") == 1
    assert {answer for answer in told if isinstance(answer, str)} <= {
        "done", "incident_decided", "busy",
    }  # fmt: skip
    sound(session)
    incident.refresh_from_db()
    assert incident.state == session.outcome


def test_the_staff_cancel_while_the_client_does(standin: StandIn) -> None:
    session = booked(standin)

    def client() -> object:
        return cancellations.cancel(
            session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_c", reason="", now=BEFORE
        )

    def staff() -> object:
        return interventions.cancel(
            session_id=session.pk, fault=Fault.MENTOR, by="usr_s", reason="Ill.", now=BEFORE
        )

    told = together(*[trying(client), trying(staff)] * 4)

    assert told.count("done") == 1
    assert set(told) <= {"done", "already_cancelled", "busy"}
    sound(session)
    # An hour before the start the client has half of 100.00 back, of the mentor's doing all.
    half = session.cancelled_by == "client"
    assert Refund.objects.get().amount_minor == (5_000 if half else 10_000)


def test_a_report_and_the_clock_at_one_instant_never_complete_what_is_reported(
    standin: StandIn,
) -> None:
    """Whoever is first, the session's share is held until it is decided."""
    session = booked(standin, begun=True)

    def reporting() -> object:
        return report(
            session_id=session.pk,
            side=Side.CLIENT,
            kind=IncidentKind.ABSENCE,
            reason="I was there alone.",
            by="usr_1",
            now=ENDS_AT,
        )

    together(*[lambda: lifecycle.advance_due(now=ENDS_AT), trying(reporting)] * 4)
    connection.close()

    session.refresh_from_db()
    incident = Incident.objects.get()
    completed_first = session.state == "completed"
    assert len(ends_of(session)) == (1 if completed_first else 0)
    earnings.recognise(now=LATER)
    assert earnings.release(now=LATER) == 0
    deciding(incident, Verdict.MENTOR_ABSENT)()
    session.refresh_from_db()
    assert session.state == ("completed" if completed_first else "cancelled")
    assert Refund.objects.get().amount_minor == 10_000
    assert check_books(now=LATER).ok
