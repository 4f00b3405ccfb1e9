"""A decision while a bank holds the money: a report waits for it, a cancellation owes what it said.

$100.00: fee 3.20, commission 15.00, the mentor 81.80. Of 20 of 60 minutes 66.67 go back, and
27.26, 5.00 and 1.07 stay.
"""

from datetime import timedelta

import pytest

from billing import cancellations, earnings, interventions
from billing.interventions import Fault
from billing.ledger.checks import check_books
from billing.ledger.owed import owed_back
from billing.models import Payment, Purchase, Refund
from billing.refunds import PaymentDisputed, by_hand
from kernel.ids import uuid7
from notifications.models import Email
from scheduling.models import Session
from scheduling.states import CancelledBy
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
from tests.billing.ledger.reports import AT_20, decide, reported
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db

LATER = HOLD_OVER + timedelta(days=30)


def _held_by_a_bank() -> tuple[Session, Payment]:
    session, payment = paid_session()
    sessions.begin(session)
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    payment.refresh_from_db()
    assert payment.held_by_dispute
    return session, payment


def _cut_short(session: Session, fault: Fault, held_minutes: int | None) -> None:
    interventions.cancel(
        session_id=session.pk,
        fault=fault,
        by="usr_staff",
        reason="They wrote to us.",
        now=AT_20,
        held_minutes=held_minutes,
    )


@pytest.mark.parametrize(
    ("kind", "verdict", "held_minutes"),
    [
        ("emergency", "pro_rata", 20),
        ("emergency", "mentor_fault", None),
        ("absence", "mentor_absent", None),
    ],
)
def test_a_report_of_a_running_session_waits_for_the_bank(
    kind: str, verdict: str, held_minutes: int | None
) -> None:
    session, _ = _held_by_a_bank()
    incident = reported(session, kind)

    with pytest.raises(PaymentDisputed, match="is disputed"):
        decide(incident, verdict, held_minutes=held_minutes)

    incident.refresh_from_db()
    session.refresh_from_db()
    assert (incident.state, session.state) == ("open", "in_progress")
    assert not Email.objects.filter(template="session_decided").exists()


def test_once_the_bank_has_decided_the_part_goes_back() -> None:
    session, payment = _held_by_a_bank()
    incident = reported(session, "emergency")
    bank_says(payment, dispute("won", at=EARLY), at=ENDED)

    decide(incident, "pro_rata", held_minutes=20)

    refund = Refund.objects.get()
    assert refund.amount_minor == 6_667
    gateway_says(refund, "succeeded", at=LATER)
    earn(at=LATER)
    assert balances_of(payment)["2120"] == -2_726


@pytest.mark.parametrize(("kind", "verdict"), [("emergency", "dismissed")])
def test_what_gives_nothing_back_is_decided_though_a_bank_holds_the_money(
    kind: str, verdict: str
) -> None:
    incident = reported(_held_by_a_bank()[0], kind)

    decide(incident, verdict)

    incident.refresh_from_db()
    assert incident.state == verdict


def test_all_minutes_held_are_decided_though_a_bank_holds_the_money() -> None:
    incident = reported(_held_by_a_bank()[0], "emergency")

    decide(incident, "pro_rata", held_minutes=60)

    incident.refresh_from_db()
    assert (incident.state, Refund.objects.count()) == ("pro_rata", 0)


@pytest.mark.parametrize(
    ("fault", "held_minutes", "told"),
    [
        (Fault.NOBODY, 20, "The rest is due to you. Your bank holds this payment"),
        (Fault.PLATFORM, None, "All that you paid is due to you. Your bank holds this payment"),
    ],
)
def test_a_client_is_told_that_the_bank_holds_what_is_due(
    fault: Fault, held_minutes: int | None, told: str
) -> None:
    session, _ = _held_by_a_bank()

    _cut_short(session, fault, held_minutes)

    mails = {mail.to: mail for mail in Email.objects.filter(template="session_decided")}
    client, mentor = mails[session.client.user.email], mails[session.mentor.user.email]
    for text in (client.text, client.html):
        assert told in text
        assert "as soon as it is on its way" not in text
    assert "whose bank holds the payment" in mentor.text


def test_the_mentors_share_waits_until_the_client_has_what_is_owed() -> None:
    session, payment = _held_by_a_bank()
    _cut_short(session, Fault.NOBODY, 20)
    bank_says(payment, dispute("won", at=EARLY), at=ENDED)

    earn(at=LATER)

    assert list(owed_back()) == [payment]
    waiting = balances_of(payment)
    assert (waiting["2110"], "2120" in waiting) == (-8_180, False)

    given = by_hand.give(
        payment_id=payment.pk,
        share_minor=6_667,
        cause="by_policy",
        reason="Owed since the decision.",
        by="usr_finance",
        token=uuid7(),
        now=LATER,
    )
    # The staff cut it short, nobody's fault: the platform bears the fee, whatever the policy says.
    assert (given.bearer, given.mentor_minor, given.fee_minor) == ("platform", 5_454, 213)
    gateway_says(given, "succeeded", at=LATER)
    assert earnings.release(now=LATER) == 1
    ends = balances_of(payment)
    assert (ends["2120"], "2110" in ends, list(owed_back())) == (-2_726, False, [])
    assert check_books(now=LATER).ok


def test_a_mentor_who_was_at_fault_bears_the_fee_of_what_is_given_later() -> None:
    session, payment = _held_by_a_bank()
    _cut_short(session, Fault.MENTOR, None)
    bank_says(payment, dispute("won", at=EARLY), at=ENDED)
    purchase = Purchase.objects.get(session=session)

    bearer = by_hand.bearer_of("by_policy", purchase=purchase, share_minor=10_000)

    assert bearer == "mentor"


def test_what_a_partly_lost_dispute_left_owing_is_in_the_queue() -> None:
    session, payment = paid_session()
    sessions.begin(session)
    bank_says(payment, dispute("needs_response", amount_minor=2_000, at=EARLY), at=EARLY)
    _cut_short(session, Fault.NOBODY, 20)
    assert list(owed_back()) == []

    bank_says(payment, dispute("lost", amount_minor=2_000, at=EARLY), at=ENDED)
    earn(at=LATER)

    # 20.00 came back by the bank; 46.67 of 66.67 are still owed, and the share waits for it.
    assert list(owed_back()) == [payment]
    assert "2120" not in balances_of(payment)


def _late_under_dispute(price_minor: int) -> Payment:
    """A client cancelled two hours before, for half, while a bank held the money; it let go."""
    session, payment = paid_session(price_minor=price_minor)
    bank_says(payment, dispute("needs_response", amount_minor=price_minor, at=EARLY), at=EARLY)
    cancellations.cancel(
        session_id=session.pk,
        by=CancelledBy.CLIENT,
        actor="usr_client",
        reason="",
        now=session.starts_at - timedelta(hours=2),
    )
    bank_says(payment, dispute("won", amount_minor=price_minor, at=EARLY), at=ENDED)
    earn(at=LATER)
    assert list(owed_back()) == [payment]
    return payment


def _give(payment: Payment, share_minor: int, cause: str = "by_policy") -> Refund:
    return by_hand.give(
        payment_id=payment.pk,
        share_minor=share_minor,
        cause=cause,
        reason="Owed since the cancellation.",
        by="usr_finance",
        token=uuid7(),
        now=LATER,
    )


def test_a_share_is_given_though_the_client_bears_the_fee_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = _late_under_dispute(10_000)
    monkeypatch.setattr(by_hand, "bearer_of", lambda *_, **__: Refund.Bearer.CLIENT)

    given = _give(payment, 5_000)
    assert given.amount_minor == 4_840  # half of the fee of 3.20 is theirs
    gateway_says(given, "succeeded", at=LATER)

    assert list(owed_back()) == []
    assert earnings.release(now=LATER) == 1
    assert "2110" not in balances_of(payment)
    assert check_books(now=LATER).ok


@pytest.mark.parametrize(("share", "ended"), [(4_999, "succeeded"), (5_000, "failed")])
def test_a_share_that_was_not_given_whole_or_came_to_nothing_is_owed_still(
    share: int, ended: str
) -> None:
    payment = _late_under_dispute(10_000)

    gateway_says(_give(payment, share), ended, at=LATER)

    assert list(owed_back()) == [payment]
    assert earnings.release(now=LATER) == 0


def test_less_than_a_cent_is_owed_to_nobody() -> None:
    payment = _late_under_dispute(4_997)

    gateway_says(_give(payment, 2_498, "goodwill"), "succeeded", at=LATER)  # of 24.985

    assert list(owed_back()) == []
