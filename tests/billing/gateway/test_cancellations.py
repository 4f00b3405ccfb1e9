"""Cancel by the frozen policy: the quote and the act agree to the cent, for every party."""

from datetime import datetime, timedelta

import pytest

from billing import cancellations, earnings, refunds
from billing.cancellations import AlreadyCancelled, Cancelled
from billing.models import Entry, Payment, Refund
from kernel.errors import NotFound
from kernel.ids import uuid7
from kernel.money import Money
from notifications.models import Email
from scheduling import lifecycle
from scheduling.lifecycle import NotCancellable
from scheduling.models import CancellationPolicy, Session
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    JobFailed,
    books,
    confirmed,
    deliver_all,
    held,
    intent_of,
    paid,
    start,
    together,
    work,
)
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

STARTS_AT = NOW + 48 * HOUR
AT_30_HOURS = STARTS_AT - 30 * HOUR
AT_3_HOURS = STARTS_AT - 3 * HOUR


def session_of(payment: Payment) -> Session:
    return Session.objects.get(pk=Payment.objects.get(pk=payment.pk).purchase.booked.pk)


def cancel(payment: Payment, *, by: CancelledBy = CancelledBy.CLIENT, at: datetime) -> Cancelled:
    return cancellations.cancel(
        session_id=session_of(payment).pk, by=by, actor="usr_1", reason="Ill.", now=at
    )


def refunded_at_the_gateway(standin: StandIn, payment: Payment) -> list[int]:
    found = standin.stripe.v1.refunds.list({"payment_intent": intent_of(payment)})
    return [refund.amount for refund in found.data]


def earned(*, at: datetime) -> None:
    earnings.recognise(now=at)
    earnings.release(now=at + timedelta(days=10))


def test_thirty_hours_before_the_client_gets_everything_back(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    quote = cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=AT_30_HOURS)

    cancelled = cancel(payment, at=AT_30_HOURS)
    work()

    assert quote.refund == Money(10_000, "USD")
    assert quote.keeps == Money(0, "USD")
    assert quote.changes_at == STARTS_AT - 24 * HOUR
    # Half of 100.00, the platform bears.
    assert quote.next_refund == Money(5_000, "USD")
    assert cancelled.refund is not None
    assert cancelled.refund.amount_minor == quote.refund.amount_minor
    assert refunded_at_the_gateway(standin, payment) == [10_000]
    assert (cancelled.session.state, cancelled.session.refund_bps) == ("cancelled", 10_000)
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}
    earned(at=AT_30_HOURS)
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_three_hours_before_half_is_kept_and_earned(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    quote = cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=AT_3_HOURS)

    cancel(payment, at=AT_3_HOURS)
    work()
    earned(at=AT_3_HOURS)

    assert (quote.refund, quote.keeps) == (Money(5_000, "USD"), Money(5_000, "USD"))
    assert (quote.refund_bps, quote.bearer) == (5_000, "platform")
    # 40.90 + 7.50 + 1.60 = 50.00
    assert (quote.mentor_minor, quote.commission_minor, quote.fee_minor) == (4_090, 750, 160)
    assert refunded_at_the_gateway(standin, payment) == [5_000]
    # docs/money.md: cancelled late, 50 % refunded, platform bears, the rest kept, released.
    assert books(payment.purchase_id) == {
        "1100": 4_680, "2120": -4_090, "4010": -750, "4020": -160, "5010": 320,
    }  # fmt: skip


def test_three_hours_before_under_terms_where_the_client_bears_the_fee(standin: StandIn) -> None:
    session_type = open_mentor()
    session_type.policy = CancellationPolicy.objects.create(
        name="Client bears",
        version=1,
        tiers=[
            {"hours_before": 24, "refund_bps": 10_000},
            {"hours_before": 0, "refund_bps": 5_000},
        ],
        late_bearer="client",
    )
    session_type.save()
    payment = paid(standin, held(starts_at=STARTS_AT, session_type=session_type))
    deliver_all(standin)
    quote = cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=AT_3_HOURS)

    cancel(payment, at=AT_3_HOURS)
    work()
    earned(at=AT_3_HOURS)

    # Half of 100.00 less half of the fee of 3.20.
    assert (quote.refund, quote.keeps) == (Money(4_840, "USD"), Money(5_160, "USD"))
    assert quote.fee_waived_minor == 160
    assert refunded_at_the_gateway(standin, payment) == [4_840]
    assert books(payment.purchase_id) == {
        "1100": 4_840, "2120": -4_090, "4010": -750, "4020": -320, "5010": 320,
    }  # fmt: skip


def test_a_mentor_who_cancels_gives_all_back_and_bears_the_fee(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    quote = cancellations.quote(session=session_of(payment), by=CancelledBy.MENTOR, now=AT_3_HOURS)

    cancel(payment, by=CancelledBy.MENTOR, at=AT_3_HOURS)
    work()
    earned(at=AT_3_HOURS)

    assert quote.refund == Money(10_000, "USD")
    assert (quote.mentor_minor, quote.commission_minor, quote.fee_minor) == (8_500, 1_500, 0)
    assert (quote.changes_at, quote.next_refund) == (None, None)
    # docs/money.md: refunded in full before completion, mentor bears: 3.20 owed.
    assert books(payment.purchase_id) == {"1100": -320, "2120": 320, "4020": -320, "5010": 320}


def test_the_platform_gives_all_back_at_its_own_cost(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    cancelled = cancel(payment, by=CancelledBy.PLATFORM, at=AT_3_HOURS)
    work()

    assert cancelled.refund is not None
    assert (cancelled.refund.cause, cancelled.refund.bearer) == ("platform_cancelled", "platform")
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_the_share_holds_until_its_last_instant_and_not_beyond(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    session = session_of(payment)
    last = STARTS_AT - 24 * HOUR

    until = cancellations.quote(session=session, by=CancelledBy.CLIENT, now=last)
    after = cancellations.quote(
        session=session, by=CancelledBy.CLIENT, now=last + timedelta(microseconds=1)
    )

    assert (until.refund.amount_minor, until.changes_at) == (10_000, last)
    assert after.refund == until.next_refund == Money(5_000, "USD")


@pytest.mark.parametrize("price", [500, 4_999, 9_999, 12_345])
@pytest.mark.parametrize("by", [CancelledBy.CLIENT, CancelledBy.MENTOR, CancelledBy.PLATFORM])
def test_the_quote_is_what_comes_back_at_odd_prices(
    standin: StandIn, price: int, by: CancelledBy
) -> None:
    session_type = open_mentor()
    session_type.price_minor = price
    session_type.save()
    payment = paid(standin, held(starts_at=STARTS_AT, session_type=session_type))
    deliver_all(standin)
    quote = cancellations.quote(session=session_of(payment), by=by, now=AT_3_HOURS)

    cancel(payment, by=by, at=AT_3_HOURS)
    work()

    assert refunded_at_the_gateway(standin, payment) == [quote.refund.amount_minor]
    assert quote.refund.amount_minor + quote.keeps.amount_minor == price


def test_what_went_back_before_does_not_go_back_again(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    standin.refund(intent_of(payment), 6_000)
    deliver_all(standin)
    session = session_of(payment)
    quote = cancellations.quote(session=session, by=CancelledBy.CLIENT, now=AT_30_HOURS)

    cancel(payment, at=AT_30_HOURS)
    work()

    # 100.00 − 60.00 that were given back at the gateway.
    assert quote.refund == Money(4_000, "USD")
    assert sorted(refunded_at_the_gateway(standin, payment)) == [4_000, 6_000]
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_what_is_kept_is_earned_by_the_cancellation_itself(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    cancel(payment, at=AT_3_HOURS)
    work()

    # Half of 15.00 is earned; the mentor's half of 81.80 waits for the end of the hold.
    assert books(payment.purchase_id) == {
        "1100": 4_680, "2110": -4_090, "4010": -750, "4020": -160, "5010": 320,
    }  # fmt: skip


def test_a_cancelled_session_has_no_quote_any_more(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    cancel(payment, at=AT_3_HOURS)

    with pytest.raises(AlreadyCancelled, match="was cancelled by the client"):
        cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=AT_3_HOURS)


def test_a_session_that_has_begun_has_no_quote_for_the_two_people(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    with pytest.raises(NotCancellable, match="Report what happened instead"):
        cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=STARTS_AT)


def test_a_second_cancellation_is_refused_and_changes_nothing(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    cancel(payment, at=AT_30_HOURS)
    work()
    before = Refund.objects.count(), Entry.objects.count(), Email.objects.count()

    with pytest.raises(AlreadyCancelled, match="was cancelled by the client at 2027-03-02"):
        cancel(payment, by=CancelledBy.MENTOR, at=AT_3_HOURS)

    work()
    assert (Refund.objects.count(), Entry.objects.count(), Email.objects.count()) == before
    assert refunded_at_the_gateway(standin, payment) == [10_000]


@pytest.mark.django_db(transaction=True)
def test_two_cancellations_at_the_same_instant_refund_once(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    def one() -> str:
        try:
            cancel(payment, at=AT_30_HOURS)
        except AlreadyCancelled:
            return "already"
        return "done"

    results = together(one, one, one)
    work()

    assert sorted(results) == ["already", "already", "done"]
    assert refunded_at_the_gateway(standin, payment) == [10_000]


def test_an_unpaid_hold_moves_no_money_and_its_intent_is_cancelled(standin: StandIn) -> None:
    payment = start(held()).payment
    quote = cancellations.quote(session=session_of(payment), by=CancelledBy.CLIENT, now=NOW)

    cancelled = cancel(payment, at=NOW)
    work()

    assert (quote.refund, quote.keeps) == (Money(0, "USD"), Money(0, "USD"))
    assert cancelled.refund is None
    assert Refund.objects.count() == 0
    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert standin.stripe.v1.payment_intents.retrieve(intent_of(payment)).status == "canceled"


def test_a_hold_that_nobody_began_to_pay_is_cancelled_alone() -> None:
    session = held()

    cancelled = cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="", now=NOW
    )

    assert (cancelled.session.state, cancelled.refund) == ("cancelled", None)
    assert Payment.objects.count() == 0


def test_a_session_that_has_begun_is_not_the_clients_to_cancel(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    with pytest.raises(lifecycle.NotCancellable):
        cancel(payment, at=STARTS_AT + HOUR / 2)

    assert session_of(payment).state == "confirmed"
    assert Refund.objects.count() == 0


def test_a_missing_session_is_not_found() -> None:
    with pytest.raises(NotFound):
        cancellations.cancel(
            session_id=uuid7(), by=CancelledBy.CLIENT, actor="usr_1", reason="", now=NOW
        )


def test_the_callers_own_writing_is_in_the_same_transaction(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)

    def fail(cancelled: Cancelled) -> None:
        assert cancelled.session.state == "cancelled"
        raise RuntimeError("the recovery point cannot be stored")

    with pytest.raises(RuntimeError):
        cancellations.cancel(
            session_id=session_of(payment).pk,
            by=CancelledBy.CLIENT,
            actor="usr_1",
            reason="",
            now=AT_30_HOURS,
            within=fail,
        )

    assert session_of(payment).state == "confirmed"
    assert Refund.objects.count() == 0


def test_a_refund_whose_answer_was_lost_is_found_and_not_sent_twice(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    # The refund happens; its 500 is kept under the key, and replayed for a day.
    standin.fault("error_after", method="POST", path="/v1/refunds$", options={"sticky": True})

    cancel(payment, at=AT_30_HOURS)
    work()

    refund = Refund.objects.get()
    assert refund.state == "succeeded"
    assert refunded_at_the_gateway(standin, payment) == [10_000]
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_a_refund_that_never_arrived_is_sent_by_the_next_attempt(standin: StandIn) -> None:
    payment = confirmed(standin, starts_at=STARTS_AT)
    standin.fault("error_before", method="POST", path="/v1/refunds$", times=3)
    cancel(payment, at=AT_30_HOURS)
    with pytest.raises(JobFailed, match="GatewayUnknownOutcome"):
        work()
    assert Refund.objects.get().state == "created"

    refunds.sweep(now=AT_30_HOURS + HOUR / 6)

    assert Refund.objects.get().state == "succeeded"
    assert refunded_at_the_gateway(standin, payment) == [10_000]
