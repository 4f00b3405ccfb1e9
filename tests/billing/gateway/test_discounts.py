"""Discounts: found at checkout, frozen on the purchase, borne by platform or mentor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import cancellations, checkout, discounts, refunds
from billing.ledger.checks import check_books
from billing.models import Discount, Payment, Purchase, Refund
from kernel.errors import Refusal
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    books,
    deliver_all,
    held,
    intent_of,
    start,
    together,
)
from tests.billing.ledger.books import earn, gateway_says
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn


def discount(**terms: Any) -> Discount:
    """20.00 off by the platform, under the code SPRING, unless the terms say otherwise."""
    given = {
        "code": "SPRING",
        "name": "Spring",
        "bearer": "platform",
        "amount_minor": 2000,
        "currency": "USD",
        "starts_at": NOW - HOUR,
        "created_at": NOW,
        **terms,
    }
    if given.get("percent_bps"):
        given |= {"amount_minor": None, "currency": ""}
    return Discount.objects.create(**given)


def bought(standin: StandIn, *, code: str = "SPRING", session: Session | None = None) -> Payment:
    """A confirmed session of 100.00, paid with the code."""
    payment = start(session or held(), discount_code=code).payment
    standin.pay(intent_of(payment))
    deliver_all(standin)
    payment.refresh_from_db()
    return payment


def over(payment: Payment) -> None:
    """The session has been, and the dispute window too."""
    session = payment.purchase.booked
    lifecycle.advance_due(now=session.ends_at)
    earn(at=session.ends_at + timedelta(days=3))


def refund(payment: Payment, share_minor: int, *, bearer: str = "platform") -> Refund:
    with transaction.atomic():
        promised = refunds.create(
            payment_id=payment.pk,
            share_minor=share_minor,
            cause="goodwill",
            bearer=bearer,
            requested_by="usr_test",
            key=f"test:{Refund.objects.count()}",
            now=NOW,
        )
    return gateway_says(promised, "succeeded", at=NOW) if promised.amount_minor else promised


def test_the_platform_bears_20_00_and_the_split_is_of_the_full_price(standin: StandIn) -> None:
    discount()

    payment = bought(standin)

    purchase = payment.purchase
    assert (purchase.list_price_minor, purchase.price_minor) == (10_000, 10_000)
    assert (purchase.discount_minor, purchase.to_pay_minor, payment.amount_minor) == (
        2000, 8000, 8000,
    )  # fmt: skip
    assert (purchase.fee_minor, purchase.commission_minor, purchase.mentor_minor) == (
        320, 1500, 8180,
    )  # fmt: skip
    # The quote is of the full price (4020: 3.20), the fee of what was paid (5010: 2.62).
    assert books(purchase.pk) == {
        "1100": 7738,
        "2110": -8180,
        "2200": -1500,
        "4020": -320,
        "5010": 262,
        "5060": 2000,
    }


def test_end_balance_20_00_discount_by_the_platform_released(standin: StandIn) -> None:
    discount()
    payment = bought(standin)

    over(payment)

    assert books(payment.purchase_id) == {
        "1100": 7738,
        "2120": -8180,
        "4010": -1500,
        "4020": -320,
        "5010": 262,
        "5060": 2000,
    }


def test_end_balance_20_00_discount_by_the_platform_refunded_in_full(standin: StandIn) -> None:
    discount()
    payment = bought(standin)

    full = refund(payment, 10_000)

    assert (full.amount_minor, full.discount_minor, full.share_minor) == (8000, 2000, 10_000)
    assert books(payment.purchase_id) == {"1100": -262, "5010": 262}


def test_a_share_gives_the_discount_its_part_back_and_the_last_one_the_rest(
    standin: StandIn,
) -> None:
    discount()
    payment = bought(standin)

    thirds = [refund(payment, share) for share in (3333, 3333, 3334)]

    assert [third.amount_minor for third in thirds] == [2666, 2667, 2667]
    assert [third.discount_minor for third in thirds] == [667, 666, 667]
    assert [third.mentor_minor for third in thirds] == [2726, 2727, 2727]
    assert books(payment.purchase_id) == {"1100": -262, "5010": 262}


def test_a_mentors_discount_lowers_the_price_that_is_split(standin: StandIn) -> None:
    session = held()
    discount(bearer="mentor", mentor=session.mentor)

    payment = bought(standin, session=session)

    purchase = payment.purchase
    assert (purchase.list_price_minor, purchase.price_minor) == (10_000, 8000)
    assert (purchase.mentor_discount_minor, purchase.discount_minor) == (2000, 0)
    # 80.00: 2.62, 12.00 and 65.38.
    assert books(purchase.pk) == {
        "1100": 7738,
        "2110": -6538,
        "2200": -1200,
        "4020": -262,
        "5010": 262,
    }


def test_a_late_cancellation_gives_back_half_of_what_each_paid(standin: StandIn) -> None:
    discount(percent_bps=2500)
    payment = bought(standin)
    late = payment.purchase.booked.starts_at - 3 * HOUR

    quoted = cancellations.quote(session=payment.purchase.booked, by=CancelledBy.CLIENT, now=late)
    done = cancellations.cancel(
        session_id=payment.purchase.booked.pk,
        by=CancelledBy.CLIENT,
        actor="usr_client",
        reason="",
        now=late,
    )

    assert quoted.refund.amount_minor == 3750
    assert done.refund is not None
    assert (done.refund.amount_minor, done.refund.discount_minor) == (3750, 1250)
    assert (done.refund.mentor_minor, done.refund.commission_minor) == (4090, 750)


def test_a_refund_made_at_the_gateway_gives_the_discount_back_in_proportion(
    standin: StandIn,
) -> None:
    discount()
    payment = bought(standin)

    standin.stripe.v1.refunds.create(
        {"payment_intent": intent_of(payment), "amount": 4000},
        {"idempotency_key": "made-there"},
    )
    deliver_all(standin)

    made = Refund.objects.get()
    assert (made.cause, made.amount_minor, made.discount_minor) == ("external", 4000, 1000)
    assert made.share_minor == 5000


def test_the_client_never_bears_more_of_the_fee_than_was_paid(standin: StandIn) -> None:
    """94.99 of 100.00 by the platform: of 3.20 the client's 5.01 bears its half, 1.60."""
    discount(amount_minor=9499)
    payment = bought(standin)

    half = refund(payment, 5000, bearer="client")

    assert (half.fee_waived_minor, half.discount_minor, half.amount_minor) == (160, 4750, 90)
    assert half.mentor_minor + half.commission_minor == 4840


@pytest.mark.parametrize(
    ("terms", "code", "refusal", "says"),
    [
        ({}, "SUMMER", discounts.DiscountUnknown, "no discount code 'SUMMER'"),
        ({"starts_at": NOW + HOUR}, "SPRING", discounts.DiscountNotRunning, "begins on 1 March"),
        ({"ends_at": NOW}, "SPRING", discounts.DiscountNotRunning, "ended on 1 March"),
        ({"is_active": False}, "SPRING", discounts.DiscountNotRunning, "switched off"),
        ({"currency": "EUR"}, "SPRING", discounts.DiscountNotForThis, "prices in EUR"),
        ({"max_uses": 0}, "SPRING", discounts.DiscountUsedUp, "as often as it may be"),
    ],
)
def test_a_code_that_cannot_be_used_is_refused_and_nothing_is_written(
    terms: dict[str, Any], code: str, refusal: type[Refusal], says: str
) -> None:
    discount(**terms)

    with pytest.raises(refusal, match=says):
        start(held(), discount_code=code)

    assert Purchase.objects.count() == 0


def test_a_code_for_another_mentor_is_refused() -> None:
    discount(mentor=MentorFactory())

    with pytest.raises(discounts.DiscountNotForThis, match="another mentor's"):
        start(held(), discount_code="spring")


def test_a_code_works_however_it_is_typed_and_once_for_each_client(standin: StandIn) -> None:
    discount(max_uses_per_client=1)
    client = ClientFactory()

    bought(standin, code=" spring ", session=held(client=client))
    with pytest.raises(discounts.DiscountUsedUp):
        start(held(client=client, starts_at=NOW + 50 * HOUR), discount_code="SPRING")

    bought(standin, session=held())


def test_a_campaign_needs_no_code_and_the_best_one_counts() -> None:
    discount(code=None, amount_minor=500)
    best = discount(code=None, percent_bps=1000)
    discount(code=None, amount_minor=9000, ends_at=NOW)
    discount(code=None, amount_minor=9000, mentor=MentorFactory())

    payment = start(held()).payment

    assert (payment.purchase.discount, payment.amount_minor) == (best, 9000)


def test_what_a_discount_leaves_to_pay_is_not_below_the_minimum() -> None:
    discount(amount_minor=9501)

    with pytest.raises(checkout.PriceTooLow, match=r"USD 4\.99 is below .* takes USD 95\.01 off"):
        start(held(), discount_code="SPRING")


def test_the_price_is_fixed_at_the_first_checkout(standin: StandIn) -> None:
    discount()
    discount(code="OTHER", amount_minor=3000)
    session = held()
    first = start(session, discount_code="SPRING")

    assert start(session).payment == start(session, discount_code="spring").payment
    with pytest.raises(checkout.DiscountFixed, match="with the code SPRING"):
        start(session, discount_code="OTHER")
    assert first.payment.amount_minor == 8000


def test_a_hold_that_ends_unpaid_gives_its_use_back() -> None:
    discount(max_uses=1)
    session = held()
    start(session, discount_code="SPRING")
    with pytest.raises(discounts.DiscountUsedUp):
        start(held(), discount_code="SPRING")

    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_x", reason="", now=NOW
    )
    Payment.objects.update(state="cancelled", cancelled_at=NOW)

    assert start(held(), discount_code="SPRING").payment.amount_minor == 8000


@pytest.mark.django_db(transaction=True)
def test_of_32_checkouts_at_once_a_limit_of_5_lets_5_through(standin: StandIn) -> None:
    discount(max_uses=5)
    kind = open_mentor()
    holds = [held(session_type=kind, starts_at=NOW + (30 + number) * HOUR) for number in range(8)]

    def attempt(session: Session) -> Callable[[], str]:
        def call() -> str:
            try:
                return str(start(session, discount_code="SPRING").payment.amount_minor)
            except discounts.DiscountUsedUp as refusal:
                return refusal.code

        return call

    answers = together(*[attempt(session) for session in holds for _ in range(4)])

    won = set(Purchase.objects.values_list("session_id", flat=True))
    assert len(won) == 5
    assert set(answers) == {"8000", "discount_used_up"}
    assert check_books(now=NOW).ok


def test_the_database_refuses_what_exceeds_a_limit_whoever_writes_it() -> None:
    """SQL by hand: a copy of a purchase that took the last use."""
    discount(max_uses=1)
    start(held(), discount_code="SPRING")
    purchase = Purchase.objects.get()
    other = held()

    purchase.pk = None
    purchase._state.adding = True
    purchase.session = other
    with pytest.raises(IntegrityError, match="is used up"), transaction.atomic():
        purchase.save(force_insert=True)


@pytest.mark.parametrize(
    "change", [{"percent_bps": 5000, "amount_minor": None}, {"code": "FREE"}, {"bearer": "mentor"}]
)
def test_the_terms_of_a_discount_are_never_changed(change: dict[str, Any]) -> None:
    discount(mentor=MentorFactory())

    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        Discount.objects.update(**change)
    Discount.objects.update(is_active=False)  # the negative control: switching off is allowed


def test_campaigns_are_locked_in_the_order_of_their_ids_whatever_the_price(
    standin: StandIn,
) -> None:
    """Of 100.00 the second takes most off, of 20.00 the first would: all are locked one way."""
    first = discount(code=None, amount_minor=1500, max_uses=10)
    second = discount(code=None, percent_bps=5000, max_uses=10)

    with CaptureQueriesContext(connection) as queries:
        payment = start(held()).payment

    assert payment.purchase.discount == second
    locks = [
        query["sql"]
        for query in queries
        if 'FROM "billing_discount"' in query["sql"] and query["sql"].endswith("FOR UPDATE")
    ]
    assert len(locks) == 1
    assert locks[0].startswith('SELECT "billing_discount"."id" AS')
    assert "ORDER BY 1 ASC" in locks[0]
    assert first.pk < second.pk
