"""Whatever happens in whatever order, the books stay sound (hypothesis draws the histories)."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import refunds
from billing.ledger.checks import check_books
from billing.models import Payment, Refund
from billing.states import REFUND, RefundEvent, RefundState
from tests.billing.ledger.books import EARLY, HOLD_OVER, LATE, earn, gateway_says, refund
from tests.factories import sessions
from tests.factories.billing import paid_session

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
histories = st.lists(st.one_of(refund_acts, word_acts, end_acts, earn_acts), max_size=9)


class History:
    """One paid session, and what is done to it."""

    def __init__(self, price_minor: int) -> None:
        self.session, self.payment = paid_session(price_minor=price_minor)
        self.now = EARLY

    def refund(self, per_myriad: int, bearer: str) -> None:
        share = max(1, self.payment.amount_minor * per_myriad // 10_000)
        try:
            refund(self.payment, share, bearer=bearer, at=self.now)
        except refunds.RefundTooLarge:
            payment = Payment.objects.get(pk=self.payment.pk)
            # Money is the bound; for a client who bears the fee, the share as well.
            assert bearer == "client" or share > payment.refundable_minor

    def word(self, index: int, event: RefundEvent) -> None:
        rows = list(Refund.objects.order_by("pk"))
        if rows and REFUND.allows(RefundState(rows[index % len(rows)].state), event):
            gateway_says(rows[index % len(rows)], WORDS[event], at=self.now)

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
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
        transaction.set_rollback(True)
