"""A refund that was refused for good is no dead end: it is given anew, or owed no more."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from billing import refunds
from billing.ledger.checks import check_books
from billing.models import Payment, Refund
from kernel.errors import Invalid, NotFound
from kernel.ids import uuid7
from kernel.models import AuditEntry, Job
from tests.billing.ledger.books import (
    ENDED,
    HOLD_OVER,
    balances_of,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    """A completed and released session of 100.00."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    return payment


@pytest.fixture
def failed(payment: Payment) -> Refund:
    """A refund of 33.33 that the client's bank refused."""
    return gateway_says(
        refund(payment, 3333, bearer="platform", at=HOLD_OVER), "failed", at=HOLD_OVER
    )


def reissue(refund_: Refund, *, reason: str = "The client has a new card.") -> Refund:
    return refunds.reissue(
        refund_id=refund_.pk, by="usr_finance", reason=reason, now=HOLD_OVER + timedelta(hours=1)
    )


def test_a_failed_refund_waits_for_a_person(failed: Refund) -> None:
    assert list(refunds.stuck()) == [failed]


def test_it_is_given_anew_as_a_refund_of_its_own(failed: Refund) -> None:
    Job.objects.all().delete()

    new = reissue(failed)

    assert (new.reissue_of, new.share_minor, new.bearer, new.cause) == (
        failed, 3333, "platform", "goodwill",
    )  # fmt: skip
    assert (new.state, new.requested_by, new.reason) == (
        "created", "usr_finance", "The client has a new card.",
    )  # fmt: skip
    assert Job.objects.get().arguments == {"refund_id": str(new.pk)}
    assert AuditEntry.objects.get(action="refund.reissued").object_id == failed.public_id
    assert list(refunds.stuck()) == []

    gateway_says(new, "succeeded", at=HOLD_OVER + timedelta(hours=2))
    # The line "completed, 33.33 refunded, released" of docs/money.md.
    assert balances_of(failed.payment) == {
        "1100": 6347, "2120": -5454, "4010": -1500, "4020": -213, "4090": 500, "5010": 320,
    }  # fmt: skip
    assert check_books(now=HOLD_OVER).ok


def test_giving_it_anew_twice_gives_it_once(failed: Refund) -> None:
    assert reissue(failed) == reissue(failed)
    assert Refund.objects.count() == 2


def test_one_that_fails_again_can_be_given_anew_again(failed: Refund) -> None:
    second = gateway_says(reissue(failed), "failed", at=HOLD_OVER + timedelta(hours=2))

    assert list(refunds.stuck()) == [second]
    third = reissue(second)
    assert third.reissue_of == second


def test_the_bound_is_checked_again(payment: Payment, failed: Refund) -> None:
    gateway_says(refund(payment, 8000, bearer="platform", at=HOLD_OVER), "succeeded", at=HOLD_OVER)

    with pytest.raises(refunds.RefundTooLarge, match=r"20\.00 left to refund"):
        reissue(failed)

    assert Refund.objects.filter(reissue_of=failed).count() == 0
    assert list(refunds.stuck()) == [failed]


def test_nothing_is_stuck_where_the_client_has_everything(payment: Payment, failed: Refund) -> None:
    gateway_says(
        refund(payment, 10_000, bearer="platform", at=HOLD_OVER), "succeeded", at=HOLD_OVER
    )

    assert list(refunds.stuck()) == []
    with pytest.raises(refunds.RefundNotStuck, match="nothing left to give back"):
        reissue(failed)


def test_while_a_dispute_holds_the_money_it_stays_in_the_queue(
    payment: Payment, failed: Refund
) -> None:
    bank_says(payment, dispute("needs_response", amount_minor=5000, at=ENDED), at=HOLD_OVER)

    with pytest.raises(refunds.PaymentDisputed):
        reissue(failed)

    assert list(refunds.stuck()) == [failed]


@pytest.mark.parametrize("state", ["pending", "succeeded"])
def test_one_that_is_no_dead_end_is_refused(payment: Payment, state: str) -> None:
    row = gateway_says(refund(payment, 100, bearer="platform", at=HOLD_OVER), state, at=HOLD_OVER)

    with pytest.raises(refunds.RefundNotStuck, match=f"is {state}; there is nothing to do"):
        reissue(row)
    with pytest.raises(refunds.RefundNotStuck):
        refunds.drop(refund_id=row.pk, by="usr_finance", reason="No.", now=HOLD_OVER)

    assert Refund.objects.get().dropped_at is None


def test_it_can_be_owed_no_more_by_somebodys_word(failed: Refund) -> None:
    before = balances_of(failed.payment)

    dropped = refunds.drop(
        refund_id=failed.pk, by="usr_finance", reason="Paid by bank transfer.", now=HOLD_OVER
    )

    assert (dropped.dropped_by, dropped.dropped_at) == ("usr_finance", HOLD_OVER)
    assert list(refunds.stuck()) == []
    assert balances_of(failed.payment) == before
    with pytest.raises(refunds.RefundNotStuck, match="is owed no more since"):
        reissue(failed)
    assert AuditEntry.objects.get(action="refund.dropped").data == {
        "reason": "Paid by bank transfer."
    }


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_asked_for(failed: Refund, reason: str) -> None:
    with pytest.raises(Invalid):
        reissue(failed, reason=reason)
    with pytest.raises(Invalid):
        refunds.drop(refund_id=failed.pk, by="usr_finance", reason=reason, now=HOLD_OVER)
    assert list(refunds.stuck()) == [failed]


def test_an_unknown_refund_is_not_found() -> None:
    with pytest.raises(NotFound):
        refunds.reissue(refund_id=uuid7(), by="usr_finance", reason="x", now=HOLD_OVER)


def test_what_was_said_of_it_is_said_once(failed: Refund) -> None:
    reissue(failed)
    refunds_said = "UPDATE billing_refund SET reissue_of_id = NULL WHERE reissue_of_id IS NOT NULL"

    with (
        pytest.raises(Error, match="written down once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(refunds_said)
