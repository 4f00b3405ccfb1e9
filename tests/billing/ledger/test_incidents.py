"""What was reported of a session: it waits for the staff, and each decision to the cent."""

from datetime import datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from billing import cancellations, earnings, incidents, interventions
from billing.incidents import VERDICTS, IncidentDecided, Verdict
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Refund, Unwinding
from billing.refunds import PaymentDisputed
from kernel.errors import Invalid, NotFound
from kernel.ids import uuid7
from kernel.models import AuditEntry
from notifications import outbox
from notifications.models import Email
from scheduling import lifecycle
from scheduling.endings import NotCompletable
from scheduling.incidents import AlreadyReported, NotReportable
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    balances_of,
    bank_says,
    dispute,
    earn,
    gateway_says,
)
from tests.billing.ledger.reports import AT_20, begun, decide, held, reported
from tests.factories import sessions
from tests.factories.billing import covered_session, paid_session
from tests.factories.sessions import STARTS_AT
from tests.scheduling.rooms_of_sessions import was_there

pytestmark = pytest.mark.django_db

NEXT_DAY = ENDED + timedelta(days=1)
LONG_AFTER = HOLD_OVER + timedelta(days=30)


def end_of(session: Session, *, at: datetime = LONG_AFTER) -> dict[str, int]:
    """The balances once the refund went and everything is earned and released; the books sound."""
    for refund in Refund.objects.filter(state="created"):
        gateway_says(refund, "succeeded", at=at)
    earn(at=at)
    assert check_books(now=at).ok
    return balances_of(Payment.objects.get(purchase__session=session))


HELD = {"1100": 9_680, "2120": -8_180, "4010": -1_500, "4020": -320, "5010": 320}
MENTOR_BEARS = {"1100": -320, "2120": 320, "4020": -320, "5010": 320}


def test_while_a_report_is_open_the_clock_completes_nothing_and_earns_nothing() -> None:
    reported(session := begun())
    other = begun()

    lifecycle.advance_due(now=ENDED)
    earnings.recognise(now=ENDED)

    session.refresh_from_db()
    other.refresh_from_db()
    assert (session.state, other.state) == ("in_progress", "completed")
    assert Entry.objects.filter(kind="recognised").count() == 1


@pytest.mark.parametrize(
    ("kind", "verdict", "held_minutes", "state", "ends"),
    [
        ("emergency", "mentor_fault", None, "cancelled", MENTOR_BEARS),
        # 20 of 60 minutes: 66.67 go back; 5.00 and 1.07 stay of 15.00 and 3.20, 27.26 of 81.80.
        ("emergency", "pro_rata", 20, "cancelled",
         {"1100": 3_013, "2120": -2_726, "4010": -500, "4020": -107, "5010": 320}),
        ("absence", "mentor_absent", None, "cancelled", MENTOR_BEARS),
        ("absence", "client_absent", None, "completed", HELD),
    ],
)  # fmt: skip
def test_each_decision_on_a_running_session_to_the_cent(
    kind: str, verdict: str, held_minutes: int | None, state: str, ends: dict[str, int]
) -> None:
    incident = reported(session := begun(), kind)

    done = decide(incident, verdict, held_minutes=held_minutes)

    session.refresh_from_db()
    incident.refresh_from_db()
    assert (session.state, done.was) == (state, "in_progress")
    assert (incident.state, incident.held_minutes) == (verdict, held_minutes)
    assert (incident.decided_by, incident.decision) == ("usr_staff", "The room says so.")
    assert session.outcome == (verdict if kind == "absence" else "")
    assert end_of(session) == ends
    assert AuditEntry.objects.get(action="incident.decided").data["verdict"] == verdict


@pytest.mark.parametrize("kind", ["emergency", "absence"])
def test_what_is_dismissed_goes_on_as_if_it_had_not_been_reported(kind: str) -> None:
    incident = reported(session := begun(), kind)
    decide(incident, "dismissed")

    lifecycle.advance_due(now=ENDED)

    session.refresh_from_db()
    assert (session.state, session.outcome) == ("completed", "")
    assert end_of(session) == HELD
    assert Refund.objects.count() == 0


def test_an_absence_reported_after_the_end_refunds_a_session_that_stays_completed() -> None:
    incident = reported(session := held(), at=NEXT_DAY)

    done = decide(incident, "mentor_absent", at=NEXT_DAY)

    session.refresh_from_db()
    assert (session.state, session.outcome) == ("completed", "mentor_absent")
    assert done.refund is not None
    assert (done.refund.amount_minor, done.refund.cause) == (10_000, "mentor_fault")
    # The commission was earned at the end, so it goes back out of 4090; the mentor owes the fee.
    assert end_of(session) == {
        "1100": -320, "2120": 320, "4010": -1_500, "4020": -320, "4090": 1_500, "5010": 320,
    }  # fmt: skip


def test_an_open_report_keeps_the_share_on_hold_past_the_dispute_window() -> None:
    incident = reported(session := held(), at=HOLD_OVER - timedelta(minutes=1))

    earn(at=LONG_AFTER)
    waiting = balances_of(Payment.objects.get())
    decide(incident, "dismissed", at=LONG_AFTER)

    assert (waiting["2110"], "2120" in waiting) == (-8_180, False)
    assert end_of(session) == HELD


def test_a_share_that_nobody_reported_of_is_released() -> None:
    reported(held(), at=NEXT_DAY)
    other = held()

    earn(at=HOLD_OVER)

    assert balances_of(Payment.objects.get(purchase__session=other)) == HELD


def test_a_client_absent_after_the_end_changes_the_outcome_alone() -> None:
    incident = reported(session := held(), side="mentor", at=NEXT_DAY)
    entries = Entry.objects.count()

    decide(incident, "client_absent", at=NEXT_DAY)

    session.refresh_from_db()
    assert session.outcome == "client_absent"
    assert (Entry.objects.count(), Refund.objects.count()) == (entries, 0)
    assert end_of(session) == HELD


def test_what_credit_paid_goes_back_to_credit_after_the_end_too() -> None:
    session = covered_session(discount_minor=2_000).booked
    sessions.complete(session)

    decide(reported(session, at=NEXT_DAY), "mentor_absent", at=NEXT_DAY)

    back = Unwinding.objects.get()
    assert (back.credit_minor, back.discount_minor, back.cause) == (8_000, 2_000, "mentor_fault")
    assert check_books(now=NEXT_DAY).ok


def test_while_a_bank_holds_the_money_it_stays_open() -> None:
    session, payment = paid_session()
    sessions.complete(session)
    incident = reported(session, at=NEXT_DAY)
    bank_says(payment, dispute("needs_response", at=EARLY), at=NEXT_DAY)

    with pytest.raises(PaymentDisputed, match="is disputed"):
        decide(incident, "mentor_absent", at=NEXT_DAY)

    incident.refresh_from_db()
    session.refresh_from_db()
    assert (incident.state, session.outcome) == ("open", "")


def test_it_is_decided_once_and_the_other_sides_report_is_moot() -> None:
    session = begun()
    incident, theirs = reported(session), reported(session, side="mentor")

    decide(incident, "mentor_absent")

    theirs.refresh_from_db()
    assert (theirs.state, theirs.decision) == ("moot", "The room says so.")
    for one in (incident, theirs):
        with pytest.raises(IncidentDecided, match="nothing left to decide"):
            decide(one, "dismissed")
    assert Refund.objects.count() == 1


def test_to_dismiss_one_leaves_the_other_sides_report_open() -> None:
    session = begun()
    incident, theirs = reported(session), reported(session, side="mentor")

    decide(incident, "dismissed")
    lifecycle.advance_due(now=ENDED)

    session.refresh_from_db()
    assert session.state == "in_progress"
    decide(theirs, "client_absent")
    assert end_of(session) == HELD


def test_a_cancellation_by_the_staff_overtakes_it() -> None:
    incident = reported(session := begun(), "emergency")

    interventions.cancel(
        session_id=session.pk,
        fault=interventions.Fault.PLATFORM,
        by="usr_staff",
        reason="Our line broke.",
        now=ENDED,
    )

    incident.refresh_from_db()
    assert incident.state == "moot"
    assert end_of(session) == {"1100": -320, "5010": 320}


def test_what_is_reported_is_decided_and_not_completed() -> None:
    reported(session := begun())

    with pytest.raises(NotCompletable, match="decide on it instead"):
        interventions.complete(session_id=session.pk, by="usr_staff", reason="x", now=ENDED)


def test_the_room_still_decides_by_itself_for_a_client_and_not_over_a_mentors_word() -> None:
    settled = ENDED + timedelta(minutes=5)
    alone, doubted = paid_session()[0], paid_session()[0]
    for session in (alone, doubted):
        was_there(session, session.client.user, -5, 20)
        sessions.begin(session)
    by_client, by_mentor = reported(alone), reported(doubted, side="mentor")

    assert cancellations.refund_absences(now=settled) == 1

    for one in (alone, doubted, by_client, by_mentor):
        one.refresh_from_db()
    assert (alone.state, by_client.state) == ("cancelled", "moot")
    assert (doubted.state, by_mentor.state) == ("in_progress", "open")


def test_an_absent_client_is_found_only_after_the_end() -> None:
    incident = reported(session := begun())

    with pytest.raises(NotCompletable, match="only one whose time is over"):
        decide(incident, "client_absent", at=AT_20)

    incident.refresh_from_db()
    session.refresh_from_db()
    assert (incident.state, session.state) == ("open", "in_progress")


@pytest.mark.parametrize("kind", ["emergency", "absence"])
def test_a_report_is_not_decided_as_what_it_is_not_of(kind: str) -> None:
    incident = reported(begun(), kind)

    for verdict in set(Verdict) - set(VERDICTS[IncidentKind(kind)]):
        with pytest.raises(Invalid, match="it is not decided as"):
            decide(incident, verdict, held_minutes=1)
    with pytest.raises(NotFound):
        incidents.decide(
            incident_id=uuid7(), verdict=Verdict.DISMISSED, by="x", reason="x", now=ENDED
        )

    incident.refresh_from_db()
    assert incident.state == "open"


@pytest.mark.parametrize(
    ("kind", "minutes", "may"),
    [
        ("emergency", -1, False),
        ("emergency", 0, True),
        ("emergency", 59, True),
        ("emergency", 60, False),
        ("absence", 9, False),
        ("absence", 10, True),
        ("absence", 60 + 3 * 24 * 60 - 1, True),
        ("absence", 60 + 3 * 24 * 60, False),
    ],
)
def test_when_something_may_be_reported(kind: str, minutes: int, may: bool) -> None:
    at = STARTS_AT + timedelta(minutes=minutes)
    session = held() if minutes > 60 else paid_session()[0]

    if may:
        assert reported(session, kind, at=at).state == "open"
    else:
        with pytest.raises(NotReportable):
            reported(session, kind, at=at)
        assert Incident.objects.count() == 0


def test_each_side_reports_each_thing_once_and_one_at_a_time() -> None:
    session = begun()
    incident = reported(session, "emergency")

    for kind in ("emergency", "absence"):
        with pytest.raises(AlreadyReported, match="The staff will decide"):
            reported(session, kind)
    decide(incident, "dismissed", at=AT_20)
    with pytest.raises(AlreadyReported, match="have decided on it"):
        reported(session, "emergency")
    reported(session, "absence")

    assert Incident.objects.count() == 2


def test_what_is_known_already_is_not_reported() -> None:
    session = held()
    Session.objects.filter(pk=session.pk).update(outcome="client_absent")

    with pytest.raises(NotReportable, match="It is known"):
        reported(session, side="mentor", at=NEXT_DAY)
    reported(session, side="client", at=NEXT_DAY)


def test_the_other_one_is_told_while_it_is_open_and_both_of_the_decision() -> None:
    session = begun()
    incident = reported(session)
    asked = Email.objects.get(template="incident_reported")
    assert asked.to == session.mentor.user.email
    assert "reports that you did not come" in asked.text
    assert "I was there alone." in asked.text

    decide(incident, "client_absent")
    outbox.send_email(email_id=str(asked.pk))

    asked.refresh_from_db()
    assert asked.withdrawn_reason == "The report is client absent by now."
    told = {mail.to: mail.text for mail in Email.objects.filter(template="session_decided")}
    assert "you did not come. It counts as held" in told[session.client.user.email]
    assert "your share stays yours" in told[session.mentor.user.email]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_incident SET reason = 'nothing'",
        "UPDATE scheduling_incident SET created_at = now()",
        "UPDATE scheduling_incident SET decision = 'other'",
        "UPDATE scheduling_incident SET state = 'open', decided_at = NULL, decided_by = '', "
        "decision = ''",
        "DELETE FROM scheduling_incident",
        "TRUNCATE scheduling_incident",
    ],
)
def test_history_is_never_rewritten(statement: str) -> None:
    decide(reported(begun()), "dismissed")

    with (
        pytest.raises(Error),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Incident.objects.get().decision == "The room says so."
