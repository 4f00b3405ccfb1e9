"""Whatever is refunded, lost, failed or made at the gateway of a price that discount and credit
paid parts of: the books stay sound, and the last refund gives each exactly its own.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import refunds
from billing.ledger.checks import check_books
from billing.models import ClientCredit, DisputeLoss, Payment, Refund
from billing.states import LIVE_REFUND_STATES, REFUND, RefundEvent, RefundState
from tests.billing.ledger.books import (
    EARLY,
    HOLD_OVER,
    LATE,
    bank_says,
    dispute,
    earn,
    gateway_says,
    made_there,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import reduced_session

WORDS = {RefundEvent.SUCCEED: "succeeded", RefundEvent.FAIL: "failed"}
shares = st.integers(1, 10_000)
acts = st.one_of(
    st.tuples(st.just("refund"), shares, st.sampled_from(["platform", "mentor", "client"])),
    st.tuples(st.just("made_there"), shares),
    st.tuples(st.just("word"), st.integers(0, 9), st.sampled_from(list(WORDS))),
    st.tuples(st.just("end"), st.sampled_from([None, 5000, 10_000])),
    st.tuples(st.just("earn"), st.booleans()),
    st.tuples(st.just("dispute"), shares, st.sampled_from(["needs_response", "won", "lost"])),
)


class History:
    """One session that discount and credit paid parts of, and what is done to it."""

    def __init__(self, price_minor: int, discount_bps: int, credit_bps: int) -> None:
        left = price_minor - 500  # what a gateway must be left to take
        discount = left * discount_bps // 10_000
        credit = (left - discount) * credit_bps // 10_000
        self.session, self.payment = reduced_session(
            price_minor=price_minor, discount_minor=discount, credit_minor=credit
        )
        self.now = EARLY
        self.disputed: int | None = None

    def part(self, per_myriad: int) -> int:
        return max(1, self.payment.purchase.price_minor * per_myriad // 10_000)

    def refund(self, per_myriad: int, bearer: str) -> None:
        share = self.part(per_myriad)
        try:
            refund(self.payment, share, bearer=bearer, at=self.now)
        except refunds.PaymentDisputed:
            assert Payment.objects.get(pk=self.payment.pk).held_by_dispute
        except refunds.RefundTooLarge:
            payment = Payment.objects.select_related("purchase").get(pk=self.payment.pk)
            assert bearer == "client" or share > refunds.share_left(payment)

    def made_there(self, per_myriad: int) -> None:
        payment = Payment.objects.get(pk=self.payment.pk)
        amount = min(self.part(per_myriad), payment.refundable_minor)
        if amount:
            made_there(payment, amount, at=self.now)

    def word(self, index: int, event: RefundEvent) -> None:
        rows = list(Refund.objects.exclude(amount_minor=0).order_by("pk"))
        if rows and REFUND.allows(RefundState(rows[index % len(rows)].state), event):
            one = rows[index % len(rows)]
            refunds.apply(
                refund_id=one.pk,
                gateway_state=WORDS[event],
                gateway_refund_id=one.gateway_refund_id or f"re_{one.pk.hex}",
                now=self.now,
            )

    def dispute(self, per_myriad: int, status: str) -> None:
        self.disputed = self.disputed or self.part(per_myriad)
        seen = dispute(status, amount_minor=self.disputed, at=EARLY)
        bank_says(self.payment, seen, at=self.now)

    def end(self, refund_bps: int | None) -> None:
        if self.session.state != "confirmed":
            return
        if refund_bps is None:
            sessions.complete(self.session)
            self.now = self.session.ends_at
        else:
            self.now = LATE
            sessions.cancel(self.session, at=LATE, by="client", refund_bps=refund_bps)

    def earn(self, hold_is_over: bool) -> None:
        if hold_is_over:
            self.now = max(self.now, HOLD_OVER)
        earn(at=self.now + timedelta(minutes=1))

    def sound(self) -> None:
        report = check_books(now=self.now)
        assert report.ok, report.as_json()["invariants"]
        assert not ClientCredit.objects.filter(balance_minor__lt=0).exists()
        purchase = self.payment.purchase
        back: list[Refund | DisputeLoss] = [
            *Refund.objects.filter(state__in=LIVE_REFUND_STATES),
            *DisputeLoss.objects.filter(reversed_at=None),
        ]
        assert sum(one.discount_minor for one in back) <= purchase.discount_minor
        assert sum(one.credit_minor for one in back) <= purchase.credit_minor

    def the_rest_goes_back(self) -> None:
        payment = Payment.objects.select_related("purchase").get(pk=self.payment.pk)
        left = refunds.share_left(payment)
        if not left or payment.pending_refund_minor or payment.disputed_minor:
            return
        last = refund(payment, left, bearer="platform", at=self.now)
        if last.amount_minor:
            gateway_says(last, "succeeded", at=self.now)
        self.sound()
        payment.refresh_from_db()
        counting = Refund.objects.filter(state__in=LIVE_REFUND_STATES)
        purchase = payment.purchase
        assert payment.refunded_minor == payment.amount_minor
        assert sum(one.discount_minor for one in counting) == purchase.discount_minor
        assert sum(one.credit_minor for one in counting) == purchase.credit_minor


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    price_minor=st.sampled_from([999, 4999, 10_000]),
    discount_bps=st.sampled_from([0, 2000, 9999, 10_000]),
    credit_bps=st.sampled_from([0, 3333, 10_000]),
    history=st.lists(acts, max_size=7),
)
def test_any_history_of_a_reduced_price_keeps_every_invariant(
    price_minor: int, discount_bps: int, credit_bps: int, history: list[tuple[str, object]]
) -> None:
    with transaction.atomic():
        told = History(price_minor, discount_bps, credit_bps)
        for name, *arguments in history:
            getattr(told, name)(*arguments)
            told.sound()
        told.the_rest_goes_back()
        transaction.set_rollback(True)
