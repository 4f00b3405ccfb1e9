"""The mentor never came, as the room shows: all of it goes back, once, and nothing is earned."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from billing import cancellations, earnings
from billing.models import Entry, Payment, Refund
from notifications.models import Email
from scheduling import lifecycle, visits
from scheduling.models import Session, SessionEvent
from tests.billing.gateway.journey import HOUR, NOW, books, confirmed, intent_of, together, work
from tests.scheduling.rooms_of_sessions import told, was_there
from tests.standin import StandIn

STARTS_AT = NOW + 30 * HOUR
ENDS_AT = STARTS_AT + HOUR
DECIDED = ENDS_AT + timedelta(minutes=5)


def booked(standin: StandIn) -> tuple[Payment, Session]:
    """An hour of USD 100.00 that is paid for."""
    payment = confirmed(standin, starts_at=STARTS_AT)
    return payment, Session.objects.get(pk=payment.purchase.booked.pk)


def passes(session: Session, *, now: datetime = DECIDED) -> str:
    """What the minute's tasks make of the session, in the order of the cluster."""
    lifecycle.advance_due(now=now)
    cancellations.refund_absences(now=now)
    session.refresh_from_db()
    return session.state


def refunded_at_the_gateway(standin: StandIn, payment: Payment) -> list[int]:
    found = standin.stripe.v1.refunds.list({"payment_intent": intent_of(payment)})
    return [refund.amount for refund in found.data]


def test_the_client_gets_all_of_it_back_and_the_mentor_bears_the_fee(standin: StandIn) -> None:
    payment, session = booked(standin)
    was_there(session, session.client.user, -5, 20)

    assert passes(session) == "cancelled"
    work()
    earnings.recognise(now=DECIDED)
    earnings.release(now=DECIDED + timedelta(days=10))

    assert (session.cancelled_by, session.refund_bps) == ("mentor", 10_000)
    assert session.outcome == "mentor_absent"
    assert refunded_at_the_gateway(standin, payment) == [10_000]
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.cause, refund.bearer) == (10_000, "mentor_fault", "mentor")
    assert refund.requested_by == "system"
    # 100.00 came and went; the gateway keeps 3.20 (5010), which the mentor owes (2120 to 4020).
    # Of the commission (2200, 4010) nothing is left, and none was earned.
    assert books(payment.purchase_id) == {"1100": -320, "2120": 320, "4020": -320, "5010": 320}
    assert sum(books(payment.purchase_id).values()) == 0
    assert not Entry.objects.filter(kind="recognised").exists()


def test_both_are_told_and_the_history_says_why(standin: StandIn) -> None:
    _, session = booked(standin)
    was_there(session, session.client.user, -5, 20)
    Email.objects.all().delete()

    passes(session)

    client, mentor = (
        Email.objects.get(to=person.user.email) for person in (session.client, session.mentor)
    )
    assert client.subject == f"Your money comes back: {session.mentor.user.name} did not come"
    assert "all that you paid goes back to you" in client.text
    assert mentor.subject.startswith("You were not there: ")
    assert "fee is taken from your balance" in mentor.text
    last = SessionEvent.objects.filter(session=session).latest("at", "id")
    assert (last.actor, last.from_state, last.to_state) == ("system", "in_progress", "cancelled")
    assert last.data == {"by": "mentor", "refund_bps": 10_000, "outcome": "mentor_absent"}
    assert last.reason == "The mentor did not come, by the record of the room."


def test_it_is_done_once_whatever_runs_how_often(standin: StandIn) -> None:
    _, session = booked(standin)
    was_there(session, session.client.user, -5, 20)

    for _ in range(3):
        passes(session)

    assert Refund.objects.count() == 1
    assert cancellations.cancel_absent(session_id=session.pk, now=DECIDED) is None


@pytest.mark.parametrize("minutes", [(), (-5, 2), (-5,)], ids=["nobody", "short", "unheard"])
def test_thin_evidence_refunds_nothing(standin: StandIn, minutes: tuple[float, ...]) -> None:
    payment, session = booked(standin)
    was_there(session, session.client.user, *minutes)

    assert passes(session) == "completed"
    work()

    assert session.outcome == ""
    assert not Refund.objects.exists()
    assert refunded_at_the_gateway(standin, payment) == []


def test_a_client_who_stays_away_gets_nothing_back(standin: StandIn) -> None:
    payment, session = booked(standin)
    was_there(session, session.mentor.user, 0, 20)

    assert passes(session) == "completed"
    earnings.recognise(now=DECIDED)

    assert session.outcome == "client_absent"
    assert not Refund.objects.exists()
    # Still held for the mentor: 81.80; earned: 15.00 and the 3.20 that went to the gateway.
    assert books(payment.purchase_id)["4010"] == -1_500


def test_a_mentor_who_is_told_of_between_the_look_and_the_lock_is_believed(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session = booked(standin)
    was_there(session, session.client.user, -5, 20)
    lifecycle.advance_due(now=DECIDED)
    look = visits.mentors_absent

    def and_then_he_is_told_of(*, now: datetime) -> list[UUID]:
        found = look(now=now)
        told(session, session.mentor.user, "joined", at=STARTS_AT, told_at=now)
        return found

    monkeypatch.setattr(visits, "mentors_absent", and_then_he_is_told_of)

    assert passes(session) == "in_progress"
    assert passes(session) == "completed"
    assert session.outcome == "held"
    assert not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_clock_and_the_refund_at_one_instant_decide_once(standin: StandIn) -> None:
    """Four of each at once; the clock may win the lock, and may not complete the session."""
    _, session = booked(standin)
    was_there(session, session.client.user, -5, 20)
    lifecycle.advance_due(now=STARTS_AT)

    def clock() -> int:
        return lifecycle.advance_due(now=DECIDED)

    def refund() -> int:
        return cancellations.refund_absences(now=DECIDED)

    together(*[clock, refund] * 4)
    connection.close()

    session.refresh_from_db()
    assert (session.state, session.outcome) == ("cancelled", "mentor_absent")
    assert Refund.objects.count() == 1
    ends = SessionEvent.objects.filter(session=session, event__in=["cancel", "complete"])
    assert ends.count() == 1
