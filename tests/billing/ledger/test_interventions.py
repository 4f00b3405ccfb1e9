"""What the staff do to a session: who gets what, to the cent, and that the books are sound."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import cancellations, giving_back, interventions
from billing.cancellations import AlreadyCancelled
from billing.fees import Split
from billing.interventions import Fault, Intervened
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Refund, Unwinding
from kernel.errors import Invalid
from kernel.models import AuditEntry
from kernel.money import divide_half_even
from notifications.models import Email
from scheduling import lifecycle
from scheduling.endings import NotCompletable
from scheduling.lifecycle import NotCancellable
from scheduling.models import Session, SessionEvent
from scheduling.policies import WHOLE_BPS, part_not_held
from scheduling.states import CancelledBy
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    LATE,
    balances_of,
    bank_says,
    dispute,
    earn,
    gateway_says,
)
from tests.factories import sessions
from tests.factories.billing import covered_session, paid_session
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db

DURING = STARTS_AT + timedelta(minutes=20)


def begun() -> Session:
    session, _ = paid_session()
    sessions.begin(session)
    return session


def cancel(
    session: Session, fault: Fault, *, at: datetime, held_minutes: int | None = None
) -> Intervened:
    return interventions.cancel(
        session_id=session.pk,
        fault=fault,
        by="usr_staff",
        reason="They wrote to us.",
        now=at,
        held_minutes=held_minutes,
    )


def settled(at: datetime = HOLD_OVER) -> dict[str, int]:
    """The end balances once the refund has gone and all is earned and released."""
    for refund in Refund.objects.filter(state="created"):
        gateway_says(refund, "succeeded", at=at)
    earn(at=at)
    assert check_books(now=at).ok
    return balances_of(Payment.objects.get())


# What comes back of 100.00 (fee 3.20, commission 15.00, mentor 81.80), and the end balances.
@pytest.mark.parametrize(
    ("fault", "at", "refunded", "kept", "ends"),
    [
        # By the policy: half of it later than 24 hours before.
        (Fault.CLIENT, LATE, 5_000, (160, 750, 4_090),
         {"1100": 4_680, "2120": -4_090, "4010": -750, "4020": -160, "5010": 320}),
        (Fault.CLIENT, EARLY, 10_000, (0, 0, 0), {"1100": -320, "5010": 320}),
        # The mentor bears the fee: 85.00 from 81.80.
        (Fault.MENTOR, LATE, 10_000, (320, 0, -320),
         {"1100": -320, "2120": 320, "4020": -320, "5010": 320}),
        (Fault.PLATFORM, LATE, 10_000, (0, 0, 0), {"1100": -320, "5010": 320}),
    ],
)  # fmt: skip
def test_before_the_start_it_is_cancelled_for_whoever_is_at_fault(
    fault: Fault, at: datetime, refunded: int, kept: tuple[int, int, int], ends: dict[str, int]
) -> None:
    session, _ = paid_session()

    done = cancel(session, fault, at=at)

    assert done.refund is not None
    assert done.refund.amount_minor == refunded
    assert (done.before, done.after) == (Split(320, 1_500, 8_180), Split(*kept))
    assert (done.session.cancelled_by, done.was) == (fault.value, "confirmed")
    assert settled() == ends


@pytest.mark.parametrize(
    ("held", "refunded", "kept"),
    [
        # Of 60 minutes 20 were held: 66.67 of 100.00 go back, half even of 66.666….
        # Commission 15.00 × 66.67 % = 10.00, fee 3.20 × 66.67 % = 2.13, the mentor 54.54.
        (20, 6_667, (107, 500, 2_726)),
        (0, 10_000, (0, 0, 0)),
        (60, 0, (320, 1_500, 8_180)),
        # 1 of 60: 98.33 go back. Commission 14.75, fee 3.15, the mentor 80.43.
        (1, 9_833, (5, 25, 137)),
    ],
)
def test_where_nobody_is_at_fault_the_minutes_that_were_held_are_paid_for(
    held: int, refunded: int, kept: tuple[int, int, int]
) -> None:
    session = begun()

    done = cancel(session, Fault.NOBODY, at=DURING, held_minutes=held)

    assert (done.refund.amount_minor if done.refund else 0) == refunded
    assert done.after == Split(*kept)
    fee, commission, mentor = kept
    ends = {
        "1100": 10_000 - 320 - refunded, "2120": -mentor, "4010": -commission,
        "4020": -fee, "5010": 320,
    }  # fmt: skip
    assert settled() == {account: minor for account, minor in ends.items() if minor}
    event = SessionEvent.objects.filter(session=session).latest("at", "id")
    assert (event.data["held_minutes"], event.data["of_minutes"]) == (held, 60)


def test_a_mentor_at_fault_gives_everything_back_though_the_session_runs() -> None:
    done = cancel(begun(), Fault.MENTOR, at=DURING)

    assert done.refund is not None
    assert (done.refund.amount_minor, done.refund.bearer) == (10_000, "mentor")
    assert done.refund.cause == "mentor_cancelled"
    assert settled() == {"1100": -320, "2120": 320, "4020": -320, "5010": 320}


def test_it_stays_with_the_session_and_both_are_told() -> None:
    session = begun()

    done = cancel(session, Fault.NOBODY, at=DURING, held_minutes=20)

    entry = AuditEntry.objects.get(action="session.cancelled")
    assert (entry.actor, entry.object_id) == ("usr_staff", session.public_id)
    assert entry.data["reason"] == "They wrote to us."
    assert (entry.data["fault"], entry.data["back to the client"]) == ("nobody", 6_667)
    assert (done.session.cancel_reason, done.session.refund_bps) == ("They wrote to us.", 6_666)
    told = {mail.to: mail for mail in Email.objects.all()}
    client, mentor = (told[who.user.email] for who in (session.client, session.mentor))
    for mail in (client, mentor):
        assert "20 of 60 minutes were held and are paid for." in mail.text
        assert "They wrote to us." in mail.text
    assert "The rest goes back to you" in client.text
    assert f"The rest goes back to {session.client.user.name}" in mentor.text


def test_where_all_of_it_was_held_nobody_is_told_of_a_rest() -> None:
    cancel(begun(), Fault.NOBODY, at=DURING, held_minutes=60)

    for mail in Email.objects.all():
        assert mail.subject.startswith("Decided: ")
        assert "60 of 60 minutes were held and are paid for. Nothing goes back." in mail.text


def test_a_cancellation_for_a_client_does_not_say_that_the_client_pressed_it() -> None:
    session, _ = paid_session()

    cancel(session, Fault.CLIENT, at=LATE)

    client = Email.objects.get(to=session.client.user.email)
    mentor = Email.objects.get(to=session.mentor.user.email)
    assert "our team cancelled this session for you." in client.text
    assert f"our team cancelled this session for {session.client.user.name}." in mentor.text


def test_what_credit_paid_goes_back_to_credit() -> None:
    purchase = covered_session(discount_minor=2_000)
    session = purchase.booked
    sessions.begin(session)

    done = cancel(session, Fault.NOBODY, at=DURING, held_minutes=30)

    # Half of 100.00: 40.00 of it was credit, 10.00 the discount's.
    back = Unwinding.objects.get()
    assert (back.credit_minor, back.discount_minor) == (4_000, 1_000)
    assert (done.refund, done.after) == (None, Split(160, 750, 4_090))
    assert check_books(now=DURING).ok


def test_while_a_bank_holds_the_money_nothing_is_promised() -> None:
    session, payment = paid_session()
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    sessions.begin(session)

    done = cancel(session, Fault.MENTOR, at=DURING)

    assert (done.refund, done.session.state) == (None, "cancelled")
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    ("fault", "held", "words"),
    [
        (Fault.CLIENT, None, "the policy ends with the start"),
        (Fault.NOBODY, None, "Say how many minutes"),
        (Fault.NOBODY, 61, "The session had 60 minutes"),
        (Fault.NOBODY, -1, "The session had 60 minutes"),
    ],
)
def test_what_cannot_be_decided_of_a_running_session_is_refused(
    fault: Fault, held: int | None, words: str
) -> None:
    session = begun()

    with pytest.raises(Invalid, match=words):
        cancel(session, fault, at=DURING, held_minutes=held)

    session.refresh_from_db()
    assert session.state == "in_progress"
    assert Refund.objects.count() == 0


def test_before_the_start_nothing_was_held_and_without_a_reason_nothing_happens() -> None:
    session, _ = paid_session()

    with pytest.raises(Invalid, match="Before the start nothing was held"):
        cancel(session, Fault.NOBODY, at=EARLY, held_minutes=0)
    with pytest.raises(Invalid, match="Say why"):
        interventions.cancel(
            session_id=session.pk, fault=Fault.MENTOR, by="usr_staff", reason=" ", now=EARLY
        )

    session.refresh_from_db()
    assert session.state == "confirmed"


def test_what_is_over_is_not_cancelled_and_what_is_cancelled_not_again() -> None:
    over, _ = paid_session()
    sessions.complete(over)
    gone, _ = paid_session()
    cancel(gone, Fault.PLATFORM, at=EARLY)

    with pytest.raises(NotCancellable, match="is completed"):
        cancel(over, Fault.MENTOR, at=ENDED)
    with pytest.raises(AlreadyCancelled, match="There is nothing left to do"):
        cancel(gone, Fault.MENTOR, at=EARLY)

    assert Refund.objects.count() == 1


def test_a_hold_that_nobody_paid_is_cancelled_and_nothing_is_posted() -> None:
    session = sessions.pending_session()

    done = cancel(session, Fault.CLIENT, at=EARLY - timedelta(days=1))

    assert (done.was, done.session.state, done.refund) == ("pending", "cancelled", None)
    assert (done.before, done.after) == (Split(0, 0, 0), Split(0, 0, 0))
    assert Entry.objects.count() == 0


def test_a_session_that_the_clock_forgot_is_completed_and_earned_at_once() -> None:
    session, _ = paid_session()
    at = ENDED + timedelta(hours=1)

    done = interventions.complete(
        session_id=session.pk, by="usr_staff", reason="The clock stood still.", now=at
    )

    assert (done.was, done.session.state) == ("confirmed", "completed")
    assert (done.session.started_at, done.session.completed_at) == (at, at)
    recognised = Entry.objects.get(kind="recognised")
    lines = recognised.lines.values_list("account__code", "amount_minor").order_by("account__code")
    assert list(lines) == [("2200", 1_500), ("4010", -1_500)]
    assert done.after == done.before == Split(320, 1_500, 8_180)
    assert AuditEntry.objects.get(action="session.completed").actor == "usr_staff"
    assert check_books(now=at).ok


def test_one_that_runs_or_is_over_is_not_completed() -> None:
    session = begun()

    with pytest.raises(NotCompletable, match="only one whose time is over"):
        interventions.complete(session_id=session.pk, by="usr_s", reason="x", now=DURING)
    lifecycle.advance_due(now=ENDED)
    with pytest.raises(NotCompletable, match="is completed"):
        interventions.complete(session_id=session.pk, by="usr_s", reason="x", now=ENDED)

    assert not Entry.objects.filter(kind="recognised").exists()


def test_a_client_who_cancelled_first_is_not_cancelled_again_by_the_staff() -> None:
    session, _ = paid_session()
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_c", reason="", now=LATE
    )

    with pytest.raises(AlreadyCancelled, match="by the client"):
        cancel(session, Fault.MENTOR, at=LATE)

    assert Refund.objects.get().amount_minor == 5_000


@given(
    paid=st.integers(0, 10**9), of=st.integers(1, 1_440), first=st.integers(), second=st.integers()
)
def test_the_part_not_held_is_a_part_and_never_more_for_more_minutes(
    paid: int, of: int, first: int, second: int
) -> None:
    less, more = sorted((first % (of + 1), second % (of + 1)))
    parts = [part_not_held(held_minutes=held, of_minutes=of) for held in (less, more)]

    back = [divide_half_even(paid * part.above, part.below) for part in parts]

    assert paid >= back[0] >= back[1] >= 0
    assert [part.bps == WHOLE_BPS for part in parts] == [less == 0, more == 0]
    if less == 0:
        assert back[0] == paid
    if more == of:
        assert back[1] == 0


def test_what_is_kept_of_a_session_that_nobody_paid_is_nothing() -> None:
    assert giving_back.kept_of(sessions.pending_session()) == Split(0, 0, 0)
