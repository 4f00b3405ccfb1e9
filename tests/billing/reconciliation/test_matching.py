"""Every kind of difference is found and typed from the two sides' rows alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction

from billing import reconciliation
from billing.fees import Bearer, RefundParts
from billing.gateways.base import BalanceTransaction, GatewayRefused
from billing.gateways.treasury import GatewayPayout
from billing.ledger import entries, posting
from billing.models import (
    Break,
    GatewayTransaction,
    Payment,
    ReconciliationRun,
    Refund,
    SeenAgain,
)
from kernel.ids import uuid7
from tests.billing.reconciliation.test_transfers import OF_PAYOUTS
from tests.billing.reconciliation.test_withdrawals import OF_BANK_PAYOUTS
from tests.factories import billing as make
from tests.factories import sessions

SINCE = datetime(2027, 2, 20, tzinfo=UTC)
UNTIL = datetime(2027, 3, 2, tzinfo=UTC)
NOW = datetime(2027, 3, 5, 2, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


class Listing:
    """A gateway that only lists its balance transactions."""

    name = "stripe"

    def __init__(self) -> None:
        self.rows: dict[str, BalanceTransaction] = {}

    def balance_transactions(
        self, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        yield from (row for row in self.rows.values() if since <= row.created_at < until)

    def gateway_payouts(self, *, since: datetime, until: datetime) -> Iterator[GatewayPayout]:
        yield from ()

    def fetch_gateway_payout(self, *, gateway_payout_id: str) -> GatewayPayout:
        raise GatewayRefused("There is none.", reason="resource_missing")

    def charge(self, payment: Payment, **changes: Any) -> BalanceTransaction:
        """List the charge of a captured payment as it should be, but for `changes`."""
        row = BalanceTransaction(
            id=f"txn_{payment.pk.hex}",
            category="charge",
            amount_minor=payment.amount_minor,
            fee_minor=payment.purchase.fee_minor,
            net_minor=payment.amount_minor - payment.purchase.fee_minor,
            currency=payment.currency,
            created_at=make.PAID_AT,
            available_on=make.PAID_AT,
            source_id=f"ch_{payment.pk.hex}",
            intent_id=payment.gateway_intent_id,
            metadata={"payment_id": payment.public_id},
            refunded_minor=0,
        )
        return self.add(replace(row, **changes))

    def refund(self, payment: Payment, *, amount: int, **changes: Any) -> BalanceTransaction:
        """List a refund of a payment's charge, made by nobody we know."""
        number = uuid7().hex
        row = BalanceTransaction(
            id=f"txn_r{number}",
            category="refund",
            amount_minor=-amount,
            fee_minor=0,
            net_minor=-amount,
            currency=payment.currency,
            created_at=make.PAID_AT + timedelta(hours=1),
            available_on=make.PAID_AT,
            source_id=f"re_{number}",
            intent_id=payment.gateway_intent_id,
        )
        return self.add(replace(row, **changes))

    def add(self, row: BalanceTransaction) -> BalanceTransaction:
        self.rows[row.id] = row
        return row


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> Listing:
    found = Listing()
    monkeypatch.setattr("billing.reconciliation.runs.gateway_named", lambda name: found)
    return found


def run(*, now: datetime = NOW) -> dict[str, int]:
    """Run once and return the breaks found by type, zeros left out."""
    return reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=now).breaks


def our_refund(payment: Payment, *, amount: int, state: str = "succeeded") -> Refund:
    """A refund and its entries, all of it the mentor's part: it has succeeded unless told else."""
    refund = Refund.objects.create(
        payment=payment,
        amount_minor=amount,
        currency=payment.currency,
        cause="goodwill",
        bearer="platform",
        share_minor=amount,
        mentor_minor=amount,
        commission_minor=0,
        fee_minor=0,
        key=uuid7().hex,
        requested_by="usr_finance",
        created_at=make.PAID_AT,
    )
    parts = RefundParts(Bearer.PLATFORM, amount, 0, 0, 0)
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    post(posting.refund_created(subject=subject, refund_id=refund.pk, parts=parts, at=make.PAID_AT))
    if state == "pending":
        Refund.objects.filter(pk=refund.pk).update(state=state)
    else:
        at = make.PAID_AT + timedelta(hours=1)
        Refund.objects.filter(pk=refund.pk).update(
            state=state, gateway_refund_id=f"re_{refund.pk.hex}", settled_at=at
        )
        post(
            posting.refund_succeeded(
                subject=subject, refund_id=refund.pk, amount_minor=amount, at=at
            )
        )
    refund.refresh_from_db()
    return refund


def post(draft: posting.Draft, *, posted_at: datetime | None = None) -> None:
    assert entries.post(draft, posted_at=posted_at or draft.occurred_at)


def let_fail(refund: Refund, *, posted_at: datetime | None = None) -> None:
    """It came back an hour after it had succeeded."""
    Refund.objects.filter(pk=refund.pk).update(state="failed")
    post(
        posting.refund_reversed(
            subject=entries.subject_of(purchase=refund.payment.purchase, gateway="stripe"),
            refund_id=refund.pk,
            created=[("2110:USD", refund.mentor_minor), ("2300:USD", -refund.amount_minor)],
            at=make.PAID_AT + timedelta(hours=2),
        ),
        posted_at=posted_at,
    )


def test_two_equal_sides_have_no_break(listing: Listing) -> None:
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    listing.charge(payment, refunded_minor=3333)
    listing.refund(payment, amount=3333, source_id=refund.gateway_refund_id)

    assert run() == {}
    assert Break.objects.count() == 0


def charge_unknown(listing: Listing, payment: Payment) -> None:
    listing.charge(payment)
    listing.charge(payment, id="txn_x", source_id="ch_x", metadata={}, intent_id="pi_x")


def charge_not_listed(listing: Listing, payment: Payment) -> None:
    """Nothing is listed at all."""


def refund_unknown(listing: Listing, payment: Payment) -> None:
    listing.charge(payment, refunded_minor=3333)
    listing.refund(payment, amount=3333)


def refund_not_listed(listing: Listing, payment: Payment) -> None:
    our_refund(payment, amount=3333)
    listing.charge(payment, refunded_minor=3333)


def other_amount(listing: Listing, payment: Payment) -> None:
    listing.charge(payment, amount_minor=9900)


def other_fee(listing: Listing, payment: Payment) -> None:
    listing.charge(payment, fee_minor=350)


def other_currency(listing: Listing, payment: Payment) -> None:
    listing.charge(payment, currency="EUR")


def refunded_there(listing: Listing, payment: Payment) -> None:
    listing.charge(payment, refunded_minor=10_000)
    listing.refund(payment, amount=10_000)


def refunded_here(listing: Listing, payment: Payment) -> None:
    our_refund(payment, amount=10_000)
    listing.charge(payment)


def charged_twice(listing: Listing, payment: Payment) -> None:
    listing.charge(payment)
    listing.charge(payment, id="txn_2", source_id="ch_2", intent_id="pi_2")


def disputed(listing: Listing, payment: Payment) -> None:
    charge = listing.charge(payment)
    listing.add(
        replace(
            charge,
            id="txn_d",
            category="dispute",
            amount_minor=-10_000,
            fee_minor=1_500,
            net_minor=-11_500,
            source_id="dp_1",
            metadata={},
        )
    )


def odd_category(listing: Listing, payment: Payment) -> None:
    charge = listing.charge(payment)
    listing.add(replace(charge, id="txn_o", category="lunar_levy", source_id=None))


TWELVE: list[tuple[Callable[[Listing, Payment], None], str]] = [
    (charge_unknown, "charge_missing_here"),
    (charge_not_listed, "charge_missing_there"),
    (refund_unknown, "refund_missing_here"),
    (refund_not_listed, "refund_missing_there"),
    (other_amount, "amount"),
    (other_fee, "fee"),
    (other_currency, "currency"),
    (refunded_there, "status_refunded_there"),
    (refunded_here, "status_refunded_here"),
    (charged_twice, "duplicate_charge"),
    (disputed, "dispute_missing_here"),
    (odd_category, "unknown_category"),
]


@pytest.mark.parametrize(("plant", "expected"), TWELVE, ids=[kind for _, kind in TWELVE])
def test_one_divergence_is_one_break_of_its_type(
    listing: Listing, plant: Callable[[Listing, Payment], None], expected: str
) -> None:
    _, honest = make.paid_session()
    listing.charge(honest)
    _, payment = make.paid_session()
    plant(listing, payment)

    assert run() == {expected: 1}
    first = Break.objects.get()
    assert run() == {expected: 1}
    again = Break.objects.get()
    assert (again.pk, again.first_run_id) == (first.pk, first.first_run_id)
    assert again.last_run_id != first.last_run_id


def test_the_twelve_types_and_those_of_payouts_are_all_there_are() -> None:
    assert sorted([*(kind for _, kind in TWELVE), *OF_PAYOUTS, *OF_BANK_PAYOUTS]) == sorted(
        Break.Type.values
    )


def test_a_webhook_that_was_lost_is_a_charge_missing_here_of_that_payment(
    listing: Listing,
) -> None:
    payment = make.open_payment(sessions.pending_session())
    listing.charge(payment)

    assert run() == {"charge_missing_here": 1}
    assert Break.objects.get().payment_id == payment.pk


def test_money_that_came_a_moment_ago_is_timing(listing: Listing) -> None:
    payment = make.open_payment(sessions.pending_session())
    listing.charge(payment)

    young = reconciliation.run(
        gateway="stripe", since=SINCE, until=UNTIL, now=make.PAID_AT + timedelta(minutes=14)
    )

    assert (young.breaks, young.timing) == ({}, {"charge_missing_here": 1})
    assert run(now=make.PAID_AT + timedelta(minutes=16)) == {"charge_missing_here": 1}


def test_a_charge_that_the_gateway_has_not_listed_yet_is_timing_for_a_day(
    listing: Listing,
) -> None:
    _, payment = make.paid_session()
    Payment.objects.filter(pk=payment.pk).update(gateway_balance_transaction_id=None)

    assert run(now=make.PAID_AT + timedelta(hours=23)) == {}
    assert run(now=make.PAID_AT + timedelta(hours=25)) == {"charge_missing_there": 1}


def test_a_listed_refund_that_vanishes_is_no_timing(listing: Listing) -> None:
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    listing.charge(payment, refunded_minor=3333)
    row = listing.refund(payment, amount=3333, source_id=refund.gateway_refund_id)
    soon = make.PAID_AT + timedelta(hours=2)
    assert run(now=soon) == {}

    del listing.rows[row.id]

    assert run(now=soon) == {"refund_missing_there": 1}


def test_a_refund_that_was_listed_days_before_it_succeeded_is_no_break(listing: Listing) -> None:
    """The listing lies before the window; only an earlier run has seen it."""
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    early = SINCE - timedelta(days=3)
    listing.charge(payment, refunded_minor=3333)
    listing.refund(payment, amount=3333, source_id=refund.gateway_refund_id, created_at=early)
    assert run() == {"refund_missing_there": 1}

    reconciliation.run(gateway="stripe", since=early, until=early + timedelta(hours=1), now=NOW)

    assert run() == {}


def test_a_refund_that_the_charge_knows_is_not_denied_for_want_of_a_fee(listing: Listing) -> None:
    """The gateway says that 33.33 went back; it only does not list the refund yet."""
    _, payment = make.paid_session()
    our_refund(payment, amount=3333)
    listing.charge(payment, refunded_minor=3333)
    assert run() == {"refund_missing_there": 1}

    Payment.objects.filter(pk=payment.pk).update(
        gateway_balance_transaction_id=None, actual_fee_minor=None, fee_currency=""
    )

    assert run() == {"refund_missing_there": 1}


def test_a_refund_that_failed_on_both_sides_is_no_break(listing: Listing) -> None:
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    let_fail(refund)
    listing.charge(payment)
    row = listing.refund(payment, amount=3333, source_id=refund.gateway_refund_id)
    listing.add(replace(row, id="txn_f", category="refund_failure", amount_minor=3333))

    assert run() == {}


def test_a_refund_that_failed_here_alone_is_a_status(listing: Listing) -> None:
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    let_fail(refund)
    listing.charge(payment, refunded_minor=3333)
    listing.refund(payment, amount=3333, source_id=refund.gateway_refund_id)

    assert run() == {"status_refunded_there": 1}


def test_the_edges_of_the_window_belong_to_one_side_only(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, created_at=SINCE - timedelta(seconds=1))
    Payment.objects.filter(pk=payment.pk).update(succeeded_at=SINCE + timedelta(seconds=1))

    assert run() == {}


def test_a_break_closes_itself_when_the_sides_agree_and_opens_again(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    assert run() == {"fee": 1}

    listing.charge(payment)
    result = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)
    assert (result.breaks, result.closed) == ({}, 1)
    assert Break.objects.get().state == "closed"

    listing.charge(payment, fee_minor=350)
    assert run() == {"fee": 1}
    assert Break.objects.get().state == "open"


def test_what_a_person_resolved_stays_resolved_until_something_new_is_said(
    listing: Listing,
) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    run()
    Break.objects.update(
        state="resolved", closed_at=NOW, resolved_by="usr_1", resolution="Agreed with the gateway"
    )

    assert run() == {}
    listing.charge(payment, fee_minor=360)
    assert run() == {"fee": 1}
    assert Break.objects.get().resolved_by == ""


def test_rows_are_stored_once_a_version_and_never_changed(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment)
    run()
    run()
    listing.charge(payment, fee_minor=350)
    run()

    assert GatewayTransaction.objects.count() == 2
    assert [len(seen.transaction_ids) for seen in SeenAgain.objects.all()] == [1]
    with (
        pytest.raises(Error, match="history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE billing_gatewaytransaction SET amount_minor = 1")


def test_what_was_seen_again_is_listed_with_what_is_new(listing: Listing) -> None:
    first, second = (make.paid_session()[1] for _ in range(2))
    listing.charge(first)
    run()
    listing.charge(second)
    run()

    last = ReconciliationRun.objects.latest("started_at", "id")
    again = SeenAgain.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT run_id = seen_by, occurred_at FROM billing_listing WHERE seen_by = %s",
            [last.pk],
        )
        listed = sorted(cursor.fetchall())
    assert [new for new, _ in listed] == [False, True]
    assert again.since == again.until == listed[0][1]


def test_only_the_sequence_gives_a_row_its_id(listing: Listing) -> None:
    listing.charge(make.paid_session()[1])
    run()

    with (
        pytest.raises(Error, match="GENERATED ALWAYS"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO billing_gatewaytransaction SELECT * FROM billing_gatewaytransaction"
        )


def test_a_break_cannot_be_resolved_by_nobody(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    run()

    with pytest.raises(Error, match="resolved_by_somebody"), transaction.atomic():
        Break.objects.update(state="resolved", closed_at=NOW)


def test_a_pending_refund_of_ours_that_is_listed_is_no_break(listing: Listing) -> None:
    """The gateway lists a refund when it begins; ours is pending until it says that it is done."""
    _, payment = make.paid_session()
    refund = Refund.objects.get(pk=our_refund(payment, amount=3333, state="pending").pk)
    listing.charge(payment, refunded_minor=3333)
    listing.refund(payment, amount=3333, metadata={"refund_id": refund.public_id})

    assert run() == {}


def test_the_nightly_window_ends_at_a_midnight_twelve_hours_ago_and_overlaps_a_week() -> None:
    since, until = reconciliation.nightly_window(now=datetime(2027, 3, 5, 2, 15, tzinfo=UTC))

    assert until == datetime(2027, 3, 4, tzinfo=UTC)
    assert since == datetime(2027, 2, 24, tzinfo=UTC)
    assert reconciliation.nightly_window(now=datetime(2027, 3, 5, 12, 0, tzinfo=UTC))[1] == (
        datetime(2027, 3, 5, tzinfo=UTC)
    )


def test_a_break_of_currencies_knows_both(listing: Listing) -> None:
    _, payment = make.paid_session()
    other_currency(listing, payment)

    run()

    found = Break.objects.get(type="currency")
    assert (found.our_currency, found.currency) == ("USD", "EUR")
