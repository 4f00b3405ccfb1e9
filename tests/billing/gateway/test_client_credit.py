"""Client credit: granted, spent at checkout, returned by refunds, earned by referrals."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Client
from billing import cancellations, checkout, client_credit, payments, refunds, tasks
from billing.ledger import balances
from billing.models import CreditMovement, Payment, Purchase, Unwinding
from kernel.errors import Invalid
from kernel.money import Money
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import (
    EXPIRED,
    HOUR,
    NOW,
    books,
    deliver_all,
    held,
    intent_of,
    together,
)
from tests.billing.gateway.test_discounts import discount, refund
from tests.billing.ledger.books import earn, gateway_says
from tests.factories.people import ClientFactory
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn


def rich(minor: int, client: Client | None = None) -> Client:
    """A client with credit."""
    client = client or ClientFactory()
    client_credit.grant(
        client=client,
        amount=Money(minor, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key=f"test:{client.pk}:{CreditMovement.objects.count()}",
        now=NOW,
    )
    return client


def start(session: Session, *, code: str = "") -> checkout.Started:
    return checkout.start(
        session_id=session.pk,
        client=session.client,
        gateway="stripe",
        discount_code=code,
        use_credit=True,
        now=NOW,
    )


def cover(session: Session, *, code: str = "") -> Session:
    covered = checkout.cover(
        session_id=session.pk, client=session.client, discount_code=code, now=NOW
    )
    return covered.booked


def bought(standin: StandIn, client: Client, *, code: str = "") -> Payment:
    payment = start(held(client=client), code=code).payment
    standin.pay(intent_of(payment))
    deliver_all(standin)
    payment.refresh_from_db()
    return payment


def credit_of(client: Client) -> int:
    return client_credit.balance(client=client, currency="USD")


def all_books() -> dict[str, int]:
    return {
        row.account[:4]: row.balance_minor
        for row in balances.account_balances()
        if row.balance_minor
    }


def test_goodwill_is_the_platforms_expense_and_owed_to_the_client() -> None:
    client = rich(1000)

    assert credit_of(client) == 1000
    assert all_books() == {"5060": 1000, "2500": -1000}


def test_credit_pays_beside_the_gateway_and_the_split_is_of_the_price(standin: StandIn) -> None:
    client = rich(3000)

    payment = bought(standin, client)

    assert (payment.amount_minor, payment.purchase.credit_minor) == (7000, 3000)
    assert credit_of(client) == 0
    # 2.9 % of 70.00 and 0.30 were taken; the quote was of 100.00.
    assert books(payment.purchase_id) == {
        "1100": 6767,
        "2110": -8180,
        "2200": -1500,
        "2500": 3000,
        "4020": -320,
        "5010": 233,
    }


def test_a_refund_gives_money_discount_and_credit_their_parts(standin: StandIn) -> None:
    discount()
    client = rich(3000)
    payment = bought(standin, client, code="SPRING")

    half = refund(payment, 5000)
    assert (half.amount_minor, half.discount_minor, half.credit_minor) == (2500, 1000, 1500)
    assert credit_of(client) == 1500

    refund(payment, 5000)
    assert credit_of(client) == 3000
    assert books(payment.purchase_id) == {"1100": -175, "5010": 175}


def test_a_refund_that_fails_takes_the_credit_back_and_what_was_spent_is_goodwill(
    standin: StandIn,
) -> None:
    client = rich(3000)
    payment = bought(standin, client)
    with transaction.atomic():
        promised = refunds.create(
            payment_id=payment.pk,
            share_minor=10_000,
            cause="goodwill",
            bearer="platform",
            requested_by="usr_test",
            key="test",
            now=NOW,
        )
    assert credit_of(client) == 3000
    start(held(client=client, starts_at=NOW + 40 * HOUR))  # the credit is held for another

    gateway_says(promised, "failed", at=NOW)

    assert credit_of(client) == 0
    kinds = list(CreditMovement.objects.order_by("pk").values_list("kind", "amount_minor"))
    assert kinds[-2:] == [("goodwill", 3000), ("taken_back", -3000)]


def test_credit_that_covers_everything_confirms_without_a_payment(standin: StandIn) -> None:
    client = rich(12_000)
    session = held(client=client)
    with pytest.raises(checkout.NothingToPay):
        start(session)

    covered = cover(session)

    assert covered.state == "confirmed"
    assert cover(session).pk == covered.pk  # a second call changes nothing
    assert (Payment.objects.count(), credit_of(client)) == (0, 2000)
    purchase = Purchase.objects.get()
    assert books(purchase.pk) == {"2110": -8180, "2200": -1500, "2500": 10_000, "4020": -320}


def test_a_covered_session_earns_like_any_other(standin: StandIn) -> None:
    session = cover(held(client=rich(10_000)))

    lifecycle.advance_due(now=session.ends_at)
    earn(at=session.ends_at + timedelta(days=3))

    assert books(Purchase.objects.get().pk) == {
        "2120": -8180,
        "2500": 10_000,
        "4010": -1500,
        "4020": -320,
    }


def test_a_covered_session_that_is_cancelled_gives_discount_and_credit_back() -> None:
    discount()
    client = rich(8000)
    session = cover(held(client=client), code="SPRING")
    late = session.starts_at - 3 * HOUR

    quoted = cancellations.quote(session=session, by=CancelledBy.CLIENT, now=late)
    done = cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_c", reason="", now=late
    )

    assert (quoted.refund.amount_minor, quoted.credit.amount_minor) == (0, 4000)
    assert done.refund is None
    unwinding = Unwinding.objects.get()
    assert (unwinding.discount_minor, unwinding.credit_minor) == (1000, 4000)
    assert credit_of(client) == 4000
    earn(at=session.starts_at + timedelta(days=4))
    assert books(Purchase.objects.get().pk) == {
        "2120": -4090,
        "2500": 4000,
        "4010": -750,
        "4020": -160,
        "5060": 1000,
    }


def test_a_mentor_who_cancels_a_covered_session_bears_the_fee_that_was_quoted() -> None:
    client = rich(10_000)
    session = cover(held(client=client))

    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.MENTOR, actor="usr_m", reason="ill", now=NOW
    )
    earn(at=NOW)

    assert credit_of(client) == 10_000
    assert books(Purchase.objects.get().pk) == {"2120": 320, "4020": -320}


def test_what_is_left_to_pay_is_nothing_or_what_a_gateway_can_take(standin: StandIn) -> None:
    payment = start(held(client=rich(9700))).payment

    assert payment.amount_minor == 500  # 3.00 would be too little: credit pays 95.00
    assert payment.purchase.credit_minor == 9500


def test_without_enough_credit_nothing_is_covered() -> None:
    client = rich(100)

    with pytest.raises(checkout.CreditTooLow, match=r"USD 99\.00 of session"):
        cover(held(client=client))

    assert (credit_of(client), Purchase.objects.count()) == (100, 0)


def test_a_hold_that_ends_unpaid_returns_the_credit(standin: StandIn) -> None:
    client = rich(3000)
    payment = start(held(client=client)).payment
    assert credit_of(client) == 0
    lifecycle.expire_due(now=EXPIRED)
    assert client_credit.sweep(now=EXPIRED) == 0  # the payment could still be paid

    payments.settle(payment_id=payment.pk, now=EXPIRED)

    assert client_credit.sweep(now=EXPIRED) == 1
    assert client_credit.sweep(now=EXPIRED) == 0
    assert credit_of(client) == 3000
    assert "client_credit" in tasks.SWEEPS


def test_credit_that_was_spent_elsewhere_pays_for_no_late_money(standin: StandIn) -> None:
    client = rich(3000)
    late = start(held(client=client)).payment
    lifecycle.expire_due(now=EXPIRED)
    payments.settle(payment_id=late.pk, now=EXPIRED)
    client_credit.sweep(now=EXPIRED)
    assert client_credit.can_be_spent(late.purchase)

    start(held(client=client, starts_at=NOW + 40 * HOUR))
    assert not client_credit.can_be_spent(late.purchase)

    rich(3000, client)
    assert client_credit.can_be_spent(late.purchase)


@pytest.mark.django_db(transaction=True)
def test_of_12_checkouts_at_once_none_spends_what_another_did(standin: StandIn) -> None:
    client = rich(6000)
    kind = open_mentor()
    holds = [
        held(client=client, session_type=kind, starts_at=NOW + (30 + number) * HOUR)
        for number in range(3)
    ]

    def attempt(session: Session) -> Callable[[], int]:
        return lambda: start(session).payment.amount_minor

    amounts = together(*[attempt(session) for session in holds for _ in range(4)])

    assert sorted(set(amounts)) == [4000, 10_000]
    assert credit_of(client) == 0
    assert sum(Purchase.objects.values_list("credit_minor", flat=True)) == 6000


def test_the_database_refuses_a_balance_below_zero_whoever_writes_it() -> None:
    client = rich(100)

    with pytest.raises(IntegrityError, match="never_below_zero"), transaction.atomic():
        CreditMovement.objects.create(
            client=client,
            currency="USD",
            amount_minor=-101,
            kind="taken_back",
            key="by-hand",
            by="sql",
            created_at=NOW,
        )
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        CreditMovement.objects.update(amount_minor=1_000_000)
    assert credit_of(client) == 100


def test_credit_needs_an_amount_and_a_reason_and_is_granted_once() -> None:
    client = rich(100)

    def grant(minor: int, reason: str) -> None:
        client_credit.grant(
            client=client,
            amount=Money(minor, "USD"),
            by="usr_f",
            reason=reason,
            key="twice",
            now=NOW,
        )

    with pytest.raises(Invalid, match="how much"):
        grant(0, "x")
    with pytest.raises(Invalid, match="why"):
        grant(5, " ")
    for _ in range(2):
        grant(5, "Late.")

    assert credit_of(client) == 105
