"""Whatever is drawn, cancelled, refunded, lost or expired of a package, in whatever order: the
books stay sound, nothing is used twice, and in the end every cent of it is somebody's.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import cancellations, packages, prepaid, refunds
from billing.ledger import balances
from billing.ledger.checks import check_books
from billing.models import (
    DisputeLoss,
    Keeper,
    Package,
    PackageExpiry,
    Payment,
    Purchase,
    Refund,
    Unwinding,
)
from billing.states import LIVE_REFUND_STATES, REFUND, RefundEvent, RefundState
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.ledger.books import (
    EARLY,
    LATE,
    bank_says,
    dispute,
    earn,
    gateway_says,
    made_there,
    refund,
)
from tests.factories import sessions
from tests.factories.packages import VALID_DAYS, drawn_session, paid_package
from tests.factories.sessions import STARTS_AT

OVER = STARTS_AT + timedelta(days=VALID_DAYS)
WORDS = {RefundEvent.SUCCEED: "succeeded", RefundEvent.FAIL: "failed"}
shares = st.integers(1, 10_000)
acts = st.one_of(
    st.tuples(st.just("draw")),
    st.tuples(
        st.just("cancel"),
        st.integers(0, 9),
        st.sampled_from(["client", "mentor", "platform"]),
        st.booleans(),
    ),
    st.tuples(st.just("hold"), st.integers(0, 9)),
    st.tuples(st.just("give_back")),
    st.tuples(st.just("refund"), shares, st.sampled_from(["platform", "mentor", "client"])),
    st.tuples(st.just("made_there"), shares),
    st.tuples(st.just("word"), st.integers(0, 9), st.sampled_from(list(WORDS))),
    st.tuples(st.just("dispute"), shares, st.sampled_from(["needs_response", "won", "lost"])),
    st.tuples(st.just("expire")),
)


def total(rows: object, column: str) -> int:
    return rows.aggregate(minor=Sum(column))["minor"] or 0  # type: ignore[attr-defined]


class History:
    """One package, and what is done to it. Its sessions are a day apart."""

    def __init__(self, price_minor: int, sessions_in_it: int, keeper: Keeper) -> None:
        self.payment = paid_package(
            price_minor=price_minor, sessions_in_it=sessions_in_it, keeper=keeper
        )
        self.package = Package.objects.get(purchase__payments=self.payment)
        self.price_minor = price_minor
        self.drawn: list[Session] = []
        self.disputed: int | None = None
        self.now = EARLY

    def part(self, per_myriad: int) -> int:
        return max(1, self.price_minor * per_myriad // 10_000)

    def draw(self) -> None:
        starts_at = STARTS_AT + timedelta(days=len(self.drawn))
        try:
            with transaction.atomic():
                session, _ = drawn_session(self.package, starts_at=starts_at, at=EARLY)
        except prepaid.PackageUnusable:
            return
        self.drawn.append(session)

    def session(self, index: int) -> Session | None:
        """A confirmed one of those that were drawn."""
        live = [one for one in self.drawn if one.state == "confirmed"]
        return live[index % len(live)] if live else None

    def cancel(self, index: int, by: str, in_time: bool) -> None:
        session = self.session(index)
        if session is not None:
            at = session.starts_at - (EARLY_BY if in_time else LATE_BY)
            cancellations.cancel(
                session_id=session.pk, by=CancelledBy(by), actor="usr_1", reason="ill", now=at
            )
            session.refresh_from_db()

    def hold(self, index: int) -> None:
        session = self.session(index)
        if session is not None:
            sessions.complete(session)
            earn(at=session.ends_at + timedelta(days=4))

    def give_back(self) -> None:
        try:
            packages.give_back(
                package_id=self.package.pk,
                client=self.package.client,
                actor="usr_1",
                now=self.now,
            )
        except packages.NothingUnused:
            self.package.refresh_from_db()
            assert self.package.unused_minor == 0
        except (refunds.PaymentDisputed, refunds.RefundTooLarge):
            payment = Payment.objects.get(pk=self.payment.pk)
            assert payment.held_by_dispute or payment.disputed_minor

    def refund(self, per_myriad: int, bearer: str) -> None:
        try:
            refund(self.payment, self.part(per_myriad), bearer=bearer, at=self.now)
        except refunds.PaymentDisputed:
            assert Payment.objects.get(pk=self.payment.pk).held_by_dispute
        except refunds.RefundTooLarge:
            payment = Payment.objects.get(pk=self.payment.pk)
            assert self.part(per_myriad) > refunds.share_left(payment)

    def made_there(self, per_myriad: int) -> None:
        payment = Payment.objects.get(pk=self.payment.pk)
        amount = min(self.part(per_myriad), refunds.share_left(payment))
        if amount:
            made_there(payment, amount, at=self.now)

    def word(self, index: int, event: RefundEvent) -> None:
        rows = list(Refund.objects.order_by("pk"))
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
        bank_says(
            self.payment,
            dispute(status, amount_minor=self.disputed, at=EARLY),
            at=self.now,
        )

    def expire(self) -> None:
        prepaid.expire(now=OVER)

    def sound(self) -> None:
        report = check_books(now=self.now)
        assert report.ok, report.as_json()["invariants"]
        self.package.refresh_from_db()
        assert self.package.unused_minor >= 0
        in_use = Purchase.objects.filter(package_credit__isnull=False, credit_returned_at=None)
        used = list(in_use.values_list("package_credit", flat=True))
        assert len(used) == len(set(used))

    def everything_comes_to_an_end(self) -> None:
        """Refunds and disputes are decided, sessions held, the period over: 2600 is empty."""
        for one in Refund.objects.filter(state__in=["created", "pending"]):
            gateway_says(one, "succeeded", at=self.now)
        if Payment.objects.get(pk=self.payment.pk).held_by_dispute:
            bank_says(
                self.payment,
                dispute("lost", amount_minor=self.disputed or 0, at=EARLY),
                at=self.now,
            )
        for session in self.drawn:
            if session.state == "confirmed":
                sessions.complete(session)
        earn(at=OVER)
        prepaid.expire(now=OVER + timedelta(days=365))
        self.sound()

        drawn = total(Purchase.objects.all(), "prepaid_minor")
        kept = drawn - total(Unwinding.objects.all(), "prepaid_minor")
        refunded = total(Refund.objects.filter(state__in=LIVE_REFUND_STATES), "prepaid_minor")
        lost = total(DisputeLoss.objects.filter(reversed_at=None), "prepaid_minor")
        expired = total(PackageExpiry.objects.all(), "amount_minor")
        assert kept + refunded + lost + expired == self.price_minor
        assert self.package.unused_minor == 0
        left = {row.account[:4]: row.balance_minor for row in balances.account_balances()}
        for nobodys in ("2600", "2110", "2200", "2300"):
            assert left.get(nobodys, 0) == 0


EARLY_BY = STARTS_AT - EARLY
LATE_BY = STARTS_AT - LATE


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    price_minor=st.sampled_from([999, 4999, 10_000]),
    sessions_in_it=st.integers(2, 5),
    keeper=st.sampled_from([Keeper.PLATFORM, Keeper.MENTOR]),
    history=st.lists(acts, max_size=9),
)
def test_any_history_of_a_package_leaves_nothing_in_2600(
    price_minor: int, sessions_in_it: int, keeper: Keeper, history: list[tuple[str, object]]
) -> None:
    with transaction.atomic():
        told = History(price_minor, sessions_in_it, keeper)
        for name, *arguments in history:
            getattr(told, name)(*arguments)
            told.sound()
        told.everything_comes_to_an_end()
        transaction.set_rollback(True)
