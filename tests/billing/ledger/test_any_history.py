"""Whatever happens in whatever order, the books stay sound (hypothesis draws the histories)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import refunds
from billing.gateways.base import RefundSnapshot, RefundStatus
from billing.ledger.checks import check_books
from billing.models import DisputeLoss, Payment, Refund
from billing.states import REFUND, RefundEvent, RefundState
from tests.billing.ledger.books import (
    EARLY,
    HOLD_OVER,
    LATE,
    balances_of,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import PAID_AT, paid_session

WORDS = {
    RefundEvent.PROCESS: "pending",
    RefundEvent.SUCCEED: "succeeded",
    RefundEvent.FAIL: "failed",
    RefundEvent.CANCEL: "cancelled",
}

refund_acts = st.tuples(
    st.just("refund"), st.integers(1, 10_000), st.sampled_from(["platform", "mentor", "client"])
)
word_acts = st.tuples(st.just("word"), st.integers(0, 9), st.sampled_from(list(WORDS)))
end_acts = st.tuples(
    st.just("end"), st.sampled_from([None, 0, 5000, 10_000]), st.sampled_from(["early", "late"])
)
earn_acts = st.tuples(st.just("earn"), st.booleans())
dispute_acts = st.tuples(
    st.just("dispute"),
    st.sampled_from(["dp_1", "dp_2"]),
    st.integers(1, 12_000),
    st.sampled_from(["inquiry_needs_response", "needs_response", "under_review", "won", "lost"]),
)
histories = st.lists(
    st.one_of(refund_acts, word_acts, end_acts, earn_acts, dispute_acts), max_size=9
)


class History:
    """One paid session, and what is done to it."""

    def __init__(self, price_minor: int) -> None:
        self.session, self.payment = paid_session(price_minor=price_minor)
        self.now = EARLY
        self.disputed: dict[str, tuple[int, datetime]] = {}

    def refund(self, per_myriad: int, bearer: str) -> None:
        share = max(1, self.payment.amount_minor * per_myriad // 10_000)
        try:
            refund(self.payment, share, bearer=bearer, at=self.now)
        except refunds.PaymentDisputed:
            assert Payment.objects.get(pk=self.payment.pk).held_by_dispute
        except refunds.RefundTooLarge:
            payment = Payment.objects.get(pk=self.payment.pk)
            # Money is the bound; for a client who bears the fee, the share as well.
            assert bearer == "client" or share > payment.refundable_minor

    def word(self, index: int, event: RefundEvent) -> None:
        rows = list(Refund.objects.order_by("pk"))
        if rows and REFUND.allows(RefundState(rows[index % len(rows)].state), event):
            gateway_says(rows[index % len(rows)], WORDS[event], at=self.now)

    def dispute(self, name: str, per_myriad: int, status: str) -> None:
        """The gateway shows the dispute as it is now: its amount and its dates stay."""
        amount = max(1, self.payment.amount_minor * per_myriad // 10_000)
        amount, opened_at = self.disputed.setdefault(name, (amount, self.now))
        seen = dispute(
            status,
            amount_minor=amount,
            at=opened_at,
            name=name,
            withdrawn=not status.startswith("inquiry"),
        )
        bank_says(self.payment, seen, at=self.now)
        payment = Payment.objects.get(pk=self.payment.pk)
        assert payment.refundable_minor == 0 or not payment.held_by_dispute

    def end(self, refund_bps: int | None, when: str) -> None:
        if self.session.state != "confirmed":
            return
        if refund_bps is None:
            sessions.complete(self.session)
            self.now = self.session.ends_at
        else:
            self.now = EARLY if when == "early" else LATE
            sessions.cancel(self.session, at=self.now, by="client", refund_bps=refund_bps)

    def earn(self, hold_is_over: bool) -> None:
        if hold_is_over:
            self.now = max(self.now, HOLD_OVER)
        earn(at=self.now + timedelta(minutes=1))


@pytest.mark.django_db
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(price_minor=st.sampled_from([500, 999, 4999, 10_000, 123_456]), acts=histories)
def test_any_history_keeps_every_invariant(
    price_minor: int, acts: list[tuple[str, object]]
) -> None:
    with transaction.atomic():
        history = History(price_minor)
        for name, *arguments in acts:
            getattr(history, name)(*arguments)

            report = check_books(now=history.now)
            assert report.ok, report.as_json()["invariants"]
            parts = Refund.objects.values_list(
                "mentor_minor", "commission_minor", "fee_minor", "fee_waived_minor"
            )
            assert all(part >= 0 for row in parts for part in row)
            lost = DisputeLoss.objects.filter(reversed_at=None).aggregate(share=Sum("share_minor"))
            assert (lost["share"] or 0) <= history.payment.amount_minor
        transaction.set_rollback(True)


class Gateway:
    """What the gateway holds: refunds made on its own dashboard, hours after the capture."""

    def __init__(self, refunds_made: list[tuple[int, int]], amount_minor: int) -> None:
        self.made = [
            (PAID_AT + timedelta(hours=hour), max(1, amount_minor * per_myriad // 10_000))
            for hour, per_myriad in sorted(refunds_made)
        ]

    def seen_at(self, now: datetime) -> list[RefundSnapshot]:
        return [
            RefundSnapshot(
                id=f"re_{number}",
                status=RefundStatus.SUCCEEDED,
                amount_minor=amount,
                currency="USD",
                charge_id=None,
                intent_id=None,
                balance_transaction_id=None,
                failure_code="",
                created_at=made_at,
                metadata={},
            )
            for number, (made_at, amount) in enumerate(self.made)
            if made_at <= now
        ]


def books_after(
    refunds_made: list[tuple[int, int]], looks: list[tuple[int, bool]]
) -> dict[str, int]:
    """Play one history; `looks` are the hours at which we settle (False) or earn (True)."""
    with transaction.atomic():
        session, payment = paid_session()
        gateway = Gateway(refunds_made, payment.amount_minor)
        over = PAID_AT + timedelta(days=30)
        for now, earning in [
            *((PAID_AT + timedelta(hours=hour), earning) for hour, earning in sorted(looks)),
            (over, False),
            (over, True),
        ]:
            if now >= session.ends_at and session.state == "confirmed":
                sessions.complete(session)
            if earning:
                earn(at=now)
                continue
            for seen in gateway.seen_at(now):
                refunds.observe(payment_id=payment.pk, snapshot=seen, now=now)
        found = balances_of(payment)
        assert check_books(now=over).ok
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    # The session ends 49 hours after the capture, the dispute window 72 hours later.
    refunds_made=st.lists(st.tuples(st.integers(1, 200), st.integers(1, 3300)), max_size=3),
    looks=st.lists(st.tuples(st.integers(0, 240), st.booleans()), max_size=8),
)
def test_the_books_do_not_depend_on_when_we_looked(
    refunds_made: list[tuple[int, int]], looks: list[tuple[int, bool]]
) -> None:
    attentive = [(hour, earning) for hour in range(1, 241, 20) for earning in (False, True)]

    assert books_after(refunds_made, looks) == books_after(refunds_made, attentive)
