"""A history with every kind of entry, in three currencies of 0, 2 and 3 digits."""

from datetime import date, datetime, timedelta

from accounts.models import Mentor
from billing import costs
from billing.ledger import entries, payout_posting
from billing.models import Cost, Payment
from kernel.ids import uuid7
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import PAID_AT, capture, open_payment, paid_session
from tests.factories.people import MentorFactory, UserFactory


def paid(
    *, currency: str = "USD", price_minor: int = 10_000, mentor: Mentor | None = None
) -> Payment:
    """A captured payment of a session that is confirmed."""
    session = sessions.pending_session(
        currency=currency, price_minor=price_minor, mentor=mentor or MentorFactory()
    )
    payment = open_payment(session)
    capture(payment)
    sessions.confirm(session)
    return payment


def completed(payment: Payment) -> Payment:
    sessions.complete(payment.purchase.booked)
    earn(at=HOLD_OVER)
    return payment


def busy_month(*, at: datetime = HOLD_OVER) -> None:
    """Everything that can happen, once. Late February and early March of 2027."""
    for currency, price in (("USD", 10_000), ("JPY", 7_500), ("KWD", 31_250)):
        completed(paid(currency=currency, price_minor=price))
    _refunds()
    _disputes()
    _payouts(completed(paid()), at=at)
    _costs(at=at)


def _refunds() -> None:
    payment = paid()
    gateway_says(refund(payment, 3_333, bearer="platform", at=EARLY), "succeeded", at=EARLY)
    gateway_says(refund(payment, 1_000, bearer="mentor", at=EARLY), "failed", at=EARLY)
    returned = refund(payment, 500, bearer="client", at=EARLY)
    gateway_says(returned, "succeeded", at=EARLY)
    gateway_says(returned, "failed", at=ENDED)
    refund(payment, 200, bearer="platform", at=EARLY)  # on its way
    owing = completed(paid())
    refund(owing, 9_900, bearer="mentor", at=HOLD_OVER)  # 84.15 of the mentor's 81.80


def _disputes() -> None:
    _, payment = paid_session()
    bank_says(payment, dispute("lost", at=EARLY, name="dp_lost"), at=EARLY)
    _, other = paid_session()
    bank_says(other, dispute("lost", at=EARLY, name="dp_won"), at=EARLY)
    won = dispute("won", fee_returned_minor=1_500, at=EARLY, name="dp_won")
    bank_says(other, won, at=ENDED)


def _payouts(payment: Payment, *, at: datetime) -> None:
    """As the books see them; the rows of payouts are not what is tested here."""

    def moved(amount_minor: int) -> payout_posting.Moved:
        mentor_id = payment.purchase.mentor_id
        return payout_posting.Moved(uuid7(), mentor_id, amount_minor, "USD", "stripe")

    sent, failed, returned = moved(5_000), moved(1_000), moved(2_000)
    for one, steps in (
        (sent, (payout_posting.approved, payout_posting.paid)),
        (failed, (payout_posting.approved, payout_posting.failed)),
        (returned, (payout_posting.approved, payout_posting.paid, payout_posting.returned,
                    payout_posting.reassigned)),
    ):  # fmt: skip
        for step in steps:
            entries.post(step(one, at=at), posted_at=at)


def _costs(*, at: datetime) -> None:
    def enter(account: str, amount_minor: int, currency: str, day: date) -> Cost:
        return costs.enter(
            day=day, account=account, amount_minor=amount_minor, currency=currency,
            supplier="=HYPERLINK(1); Ltd, \U0001f600", memo="line\none",
            by=UserFactory(), now=at,
        )  # fmt: skip

    enter("5100", 4_990, "USD", PAID_AT.date())
    enter("5130", 1_250, "KWD", at.date() - timedelta(days=1))
    mistake = enter("5120", 900, "JPY", PAID_AT.date())
    costs.reverse(cost_id=mistake.pk, reason="Twice.", by=UserFactory(), now=at)
