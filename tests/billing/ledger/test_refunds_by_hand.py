"""Refunds that finance gives: the cause decides who bears the fee, and one wish is one refund."""

from typing import Any

import pytest

from billing import client_credit, refunds
from billing.fees import Bearer
from billing.ledger import balances
from billing.ledger.chart import Code
from billing.ledger.checks import check_books
from billing.models import Payment, Purchase, Refund, Unwinding
from kernel.errors import Invalid, NotFound, Refusal
from kernel.ids import uuid7
from kernel.models import AuditEntry, Job
from tests.billing.ledger.books import EARLY, HOLD_OVER, balances_of, bank_says, dispute, earn
from tests.factories import sessions
from tests.factories.billing import covered_session, open_payment, paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    """A completed and released session of 100.00."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    return payment


def give(payment: Payment, share_minor: int, cause: str = "goodwill", **changes: object) -> Refund:
    wish = {"reason": "They asked.", "by": "usr_finance", "token": uuid7(), "now": HOLD_OVER}
    return refunds.give(
        payment_id=payment.pk,
        share_minor=share_minor,
        cause=cause,
        **(wish | changes),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("cause", "bearer", "mentor", "commission", "fee", "amount"),
    [
        # 33.33 of 100.00; the fee's part of it is 1.07.
        ("goodwill", "platform", 2726, 500, 107, 3333),
        ("platform_fault", "platform", 2726, 500, 107, 3333),
        ("mentor_fault", "mentor", 2833, 500, 0, 3333),
        ("by_policy", "client", 2726, 500, 0, 3226),
    ],
)
def test_the_cause_decides_who_bears_the_fee(
    payment: Payment, cause: str, bearer: str, mentor: int, commission: int, fee: int, amount: int
) -> None:
    payment.purchase.booked.policy |= {"late_bearer": "client"}
    payment.purchase.booked.save()

    given = give(payment, 3333, cause)

    assert given.bearer == bearer
    assert (given.mentor_minor, given.commission_minor, given.fee_minor) == (
        mentor,
        commission,
        fee,
    )
    assert given.amount_minor == amount
    # It came after the session's end: the commission was earned and is given back (4090).
    assert balances_of(payment)["4090"] == 500
    assert check_books(now=HOLD_OVER).ok


def test_by_the_policy_a_whole_price_is_borne_by_the_platform(payment: Payment) -> None:
    payment.purchase.booked.policy |= {"late_bearer": "client"}

    whole = refunds.bearer_of("by_policy", purchase=payment.purchase, share_minor=10_000)
    part = refunds.bearer_of("by_policy", purchase=payment.purchase, share_minor=9_999)

    assert (whole, part) == (Bearer.PLATFORM, Bearer.CLIENT)


def test_one_wish_is_one_refund_one_job_and_one_note(payment: Payment) -> None:
    token = uuid7()
    Job.objects.all().delete()

    first = give(payment, 3333, token=token)
    again = give(payment, 3333, token=token)
    another = give(payment, 3333)

    assert first == again
    assert another != first
    assert Job.objects.filter(name__endswith="send_refund").count() == 2
    assert AuditEntry.objects.filter(action="refund.given").count() == 2
    note = AuditEntry.objects.get(action="refund.given", object_id=first.public_id)
    assert (note.actor, note.data["amount_minor"], note.data["reason"]) == (
        "usr_finance",
        3333,
        "They asked.",
    )


@pytest.mark.parametrize(
    ("share_minor", "changes", "refusal"),
    [
        (0, {}, Invalid),
        (-5, {}, Invalid),
        (10_001, {}, refunds.RefundTooLarge),
        (3333, {"reason": " "}, Invalid),
        (3333, {"cause": "external"}, Invalid),
        (3333, {"cause": "client_cancelled"}, Invalid),
        (3333, {"cause": "invented"}, Invalid),
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    payment: Payment, share_minor: int, changes: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        give(payment, share_minor, **changes)

    assert Refund.objects.count() == 0
    assert AuditEntry.objects.filter(action="refund.given").count() == 0


def test_pending_ones_count_before_they_have_succeeded(payment: Payment) -> None:
    give(payment, 6000)

    with pytest.raises(refunds.RefundTooLarge, match=r"USD 40\.00 left"):
        give(payment, 4001)

    assert give(payment, 4000).amount_minor == 4000


def test_a_disputed_payment_and_an_unpaid_one_are_refused(payment: Payment) -> None:
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)

    with pytest.raises(refunds.PaymentDisputed):
        give(payment, 100)
    with pytest.raises(refunds.PaymentNotCaptured):
        give(open_payment(sessions.pending_session()), 100)
    with pytest.raises(NotFound):
        refunds.give(
            payment_id=uuid7(),
            share_minor=1,
            cause="goodwill",
            reason="x",
            by="u",
            token=uuid7(),
            now=HOLD_OVER,
        )
    assert Refund.objects.count() == 0


def give_covered(purchase: Purchase, **wish: Any) -> Unwinding:
    said: dict[str, Any] = {"share_minor": 4000, "cause": "goodwill", "reason": "It dropped."}
    said |= {"by": "usr_finance", "token": uuid7(), "now": EARLY, **wish}
    return refunds.give_covered(purchase_id=purchase.pk, **said)


def test_a_covered_price_goes_back_to_discount_and_credit_to_the_cent() -> None:
    purchase = covered_session(discount_minor=2000)

    back = give_covered(purchase)

    assert (back.discount_minor, back.credit_minor) == (800, 3200)
    assert client_credit.balance(client=purchase.client, currency="USD") == 3200
    assert balances.purchase_balances(purchase_id=purchase.pk) == {
        "2110": -4908,
        "2200": -900,
        "2500": 4800,
        "4020": -192,
        "5060": 1200,
    }
    assert AuditEntry.objects.get(action="purchase.given_back").data["credit_minor"] == 3200
    assert check_books(now=EARLY).ok


def test_after_the_session_its_part_of_the_commission_comes_out_of_4090() -> None:
    purchase = covered_session()
    sessions.complete(purchase.booked)

    for cause in ("platform_fault", "goodwill"):
        give_covered(purchase, cause=cause, now=HOLD_OVER)

    held = balances.purchase_balances(purchase_id=purchase.pk)
    assert (held[Code.COMMISSION], held[Code.COMMISSION_REFUNDS]) == (-1500, 1200)
    assert check_books(now=HOLD_OVER).ok


def test_a_covered_price_goes_back_once_by_its_token_and_no_further_than_it_reaches() -> None:
    purchase = covered_session()
    token = uuid7()

    twice = [give_covered(purchase, token=token).pk for _ in range(2)]

    assert twice[0] == twice[1]
    with pytest.raises(refunds.RefundTooLarge):
        give_covered(purchase, share_minor=6001)
    with pytest.raises(Invalid, match="Say why"):
        give_covered(purchase, reason=" ")
    with pytest.raises(Invalid, match="no cause"):
        give_covered(purchase, cause="external")
    with pytest.raises(NotFound, match="discount and credit covered"):
        give_covered(paid_session()[1].purchase)
