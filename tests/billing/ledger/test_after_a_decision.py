"""What comes after a decision: a report against it, the room's late word, a late decision."""

from datetime import timedelta

import pytest
from django.conf import settings

from billing import interventions
from billing.incidents import IncidentDecided
from billing.models import Entry, Payment
from scheduling.endings import NotCompletable
from scheduling.incidents import NotReportable, reported_until
from scheduling.models import Incident, SessionEvent
from tests.billing.ledger.books import ENDED, HOLD_OVER, balances_of, earn
from tests.billing.ledger.reports import begun, decide, held, reported
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.scheduling.rooms_of_sessions import was_there

pytestmark = pytest.mark.django_db

NEXT_DAY = ENDED + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "verdict", "then"),
    [("client", "mentor_absent", "mentor"), ("mentor", "client_absent", "client")],
)
def test_who_came_is_not_reported_against_the_staffs_own_decision(
    first: str, verdict: str, then: str
) -> None:
    session = held()
    decide(reported(session, side=first, at=NEXT_DAY), verdict, at=NEXT_DAY)

    with pytest.raises(NotReportable, match="The staff have decided on who came"):
        reported(session, side=then, at=NEXT_DAY)

    session.refresh_from_db()
    assert (session.outcome, Incident.objects.count()) == (verdict, 1)


def test_after_a_dismissal_the_other_side_may_still_report() -> None:
    session = held()
    decide(reported(session, at=NEXT_DAY), "dismissed", at=NEXT_DAY)

    assert reported(session, side="mentor", at=NEXT_DAY).state == "open"


def test_a_client_is_not_found_absent_whose_money_went_back_for_an_absent_mentor() -> None:
    session = held()
    decide(reported(session, at=NEXT_DAY), "mentor_absent", at=NEXT_DAY)
    # As one was kept that came before such reports were refused.
    theirs = Incident.objects.create(
        session=session, kind="absence", side="mentor", reported_by="usr_m", reason="I was there.",
        created_at=NEXT_DAY, state="open",
    )  # fmt: skip

    with pytest.raises(IncidentDecided, match="That stands: dismiss the report"):
        decide(theirs, "client_absent", at=NEXT_DAY)

    session.refresh_from_db()
    assert session.outcome == "mentor_absent"
    decide(theirs, "dismissed", at=NEXT_DAY)


def test_nobody_is_completed_by_hand_before_the_rooms_late_word() -> None:
    session, _ = paid_session()
    was_there(session, session.client.user, -5, 20)  # alone, by what is known so far
    sessions.begin(session)
    settled = ENDED + settings.ROOM_SETTLING

    with pytest.raises(NotCompletable, match="may still be told who came, until"):
        interventions.complete(
            session_id=session.pk, by="usr_staff", reason="x", now=settled - timedelta(seconds=1)
        )
    with pytest.raises(NotCompletable, match="shows that the mentor never came"):
        interventions.complete(session_id=session.pk, by="usr_staff", reason="x", now=settled)

    session.refresh_from_db()
    assert session.state == "in_progress"


def test_a_late_decision_starts_no_clock_anew() -> None:
    """The session ended on the first, was reported, and decided five days later."""
    incident = reported(session := begun(), side="mentor")
    late = ENDED + timedelta(days=5)
    decide(incident, "client_absent", at=late)
    session.refresh_from_db()

    assert session.completed_at == late
    assert reported_until(session) == late  # which is past the window, three days from the end
    earn(at=late)

    released = Entry.objects.get(kind="released")
    assert (released.occurred_at, balances_of(Payment.objects.get())["2120"]) == (late, -8_180)


def test_a_prompt_decision_leaves_the_window_as_it_was() -> None:
    incident = reported(session := begun(), side="mentor")
    decide(incident, "client_absent", at=ENDED + timedelta(hours=6))
    session.refresh_from_db()

    assert reported_until(session) == HOLD_OVER
    earn(at=HOLD_OVER - timedelta(seconds=1))
    assert not Entry.objects.filter(kind="released").exists()
    earn(at=HOLD_OVER)

    assert Entry.objects.get(kind="released").occurred_at == HOLD_OVER


def test_what_is_kept_of_a_session_cut_short_late_is_held_from_its_end() -> None:
    incident = reported(begun(), "emergency")
    late = ENDED + timedelta(days=2)
    decide(incident, "pro_rata", held_minutes=20, at=late)

    earn(at=HOLD_OVER)

    assert Entry.objects.get(kind="released").occurred_at == HOLD_OVER
    assert balances_of(Payment.objects.get())["2120"] == -2_726


def test_an_outcome_found_after_the_end_is_in_the_sessions_history() -> None:
    session = held()
    decide(reported(session, side="mentor", at=NEXT_DAY), "client_absent", at=NEXT_DAY)

    event = SessionEvent.objects.filter(session=session).latest("at", "id")
    assert (event.event, event.actor, event.at) == ("outcome_found", "usr_staff", NEXT_DAY)
    assert (event.from_state, event.to_state) == ("completed", "completed")
    assert event.data == {"outcome": "client_absent", "was": ""}


def test_an_outcome_that_comes_with_the_end_is_told_once() -> None:
    session = begun()
    decide(reported(session, side="mentor"), "client_absent")

    events = SessionEvent.objects.filter(session=session).values_list("event", flat=True)
    assert list(events) == ["complete"]
