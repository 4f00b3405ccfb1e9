"""Every line of docs/money.md's table of end balances, played through the operations.

The figures are read from the document; each line needs its story here, and each story its line.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from billing import cancellations, packages, payouts, prepaid
from billing.models import Keeper, Package, Payment
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    LATE,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.billing.payouts.world import NOW, books, payable, payout_to, sent
from tests.factories import sessions
from tests.factories.billing import PAID_AT, paid_session, reduced_session
from tests.factories.packages import VALID_DAYS, drawn_session, paid_package
from tests.factories.sessions import STARTS_AT
from tests.standin import StandIn

DOCUMENT = Path(__file__).parents[3] / "docs" / "money.md"
RELEASED = LATE + timedelta(days=3)


def table() -> dict[str, dict[str, int]]:
    """The document's lines: what happened → code → minor units."""
    section = DOCUMENT.read_text().partition("## End balances of $100")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| (\d{4} [^|]+) \|$", section, flags=re.MULTILINE)
    return {
        what: {
            code: int(amount.replace("−", "-"))
            for code, amount in (part.split() for part in balances.split(" · "))
        }
        for what, balances in rows
    }


TABLE = table()
type Story = Callable[[StandIn], None]


def sent_back(payment: Payment, share: int, *, cause: str, bearer: str) -> None:
    at = LATE if share == 5000 else EARLY
    gateway_says(refund(payment, share, cause=cause, bearer=bearer, at=at), "succeeded", at=at)


def refunded_in_full(session: Session, payment: Payment, *, by: str, bearer: str) -> None:
    sessions.cancel(session, at=EARLY, by=by, refund_bps=10_000)
    sent_back(payment, 10_000, cause=f"{by}_cancelled", bearer=bearer)
    earn(at=HOLD_OVER)


def cancelled_late(bearer: str) -> None:
    session, payment = paid_session()
    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    sent_back(payment, 5000, cause="client_cancelled", bearer=bearer)
    earn(at=RELEASED)


def late_refund_that_fails(_: StandIn) -> None:
    session, payment = paid_session()
    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    half = refund(payment, 5000, cause="client_cancelled", bearer="platform", at=LATE)
    earn(at=RELEASED)
    gateway_says(half, "failed", at=RELEASED)


def discounted_and_released(_: StandIn) -> None:
    session, _payment = reduced_session(discount_minor=2000)
    sessions.complete(session)
    earn(at=HOLD_OVER)


def mentor_then_platform(_: StandIn) -> None:
    session, payment = paid_session()
    sessions.cancel(session, at=EARLY, by="mentor", refund_bps=10_000)
    sent_back(payment, 9900, cause="mentor_cancelled", bearer="mentor")
    sent_back(payment, 100, cause="mentor_cancelled", bearer="platform")
    earn(at=HOLD_OVER)


def a_third(payment: Payment) -> None:
    gateway_says(refund(payment, 3333, bearer="platform", at=NOW), "succeeded", at=NOW)


def completed() -> Payment:
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=ENDED)
    return payment


def completed_a_third_refunded(_: StandIn) -> None:
    payment = completed()
    gateway_says(refund(payment, 3333, bearer="platform", at=ENDED), "succeeded", at=ENDED)
    earn(at=HOLD_OVER)


def paid_out(standin: StandIn) -> Payment:
    payable(standin)
    sent()
    return Payment.objects.get()


def paid_out_and_returned(standin: StandIn) -> None:
    mentor = payable(standin)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None
    standin.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)


def dispute_won(_: StandIn) -> None:
    payment = completed()
    bank_says(payment, dispute("needs_response", fee_minor=3000, at=ENDED), at=ENDED)
    won = dispute("won", fee_minor=3000, fee_returned_minor=1500, at=ENDED)
    bank_says(payment, won, at=HOLD_OVER)
    earn(at=HOLD_OVER)


def refunded_then_lost(_: StandIn) -> None:
    payment = completed()
    gateway_says(refund(payment, 3333, bearer="platform", at=ENDED), "succeeded", at=ENDED)
    bank_says(payment, dispute("lost", amount_minor=6667, at=HOLD_OVER), at=HOLD_OVER)


def package() -> Package:
    return Package.objects.get(purchase__payments=paid_package())


def package_completed(number: int) -> Package:
    bought = package()
    for day in range(number):
        session, _ = drawn_session(bought, starts_at=STARTS_AT + timedelta(days=day))
        sessions.complete(session)
    earn(at=HOLD_OVER + timedelta(days=number))
    return bought


def package_cancelled_in_time(_: StandIn) -> None:
    session, _drawn = drawn_session(package())
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="ill", now=EARLY
    )


def package_refunded(_: StandIn) -> None:
    bought = package_completed(1)
    rest = packages.give_back(
        package_id=bought.pk, client=bought.client, actor="usr_1", now=HOLD_OVER
    )
    gateway_says(rest, "succeeded", at=HOLD_OVER)


def package_expired(keeper: Keeper) -> None:
    paid_package(keeper=keeper)
    assert prepaid.expire(now=PAID_AT + timedelta(days=VALID_DAYS)) == 1


def lost_before_the_session(_: StandIn) -> None:
    _session, payment = paid_session()
    bank_says(payment, dispute("lost", amount_minor=10_500, at=EARLY), at=EARLY)


STORIES: dict[str, Story] = {
    "completed, released, paid out": lambda standin: void(paid_out(standin)),
    "refunded in full before completion, platform bears": lambda _: refunded_in_full(
        *paid_session(), by="client", bearer="platform"
    ),
    "refunded in full before completion, mentor bears": lambda _: refunded_in_full(
        *paid_session(), by="mentor", bearer="mentor"
    ),
    "cancelled late, 50 % refunded, platform bears, the rest kept, earned, released": lambda _: (
        cancelled_late("platform")
    ),
    "cancelled late, 50 % refunded, client bears (48.40 refunded)": lambda _: cancelled_late(
        "client"
    ),
    "late 50 % refund that fails after the kept part was earned and released": (
        late_refund_that_fails
    ),
    "20.00 discount by the platform (fee 2.62), released": discounted_and_released,
    "20.00 discount by the platform (fee 2.62), refunded in full": lambda _: refunded_in_full(
        *reduced_session(discount_minor=2000), by="client", bearer="platform"
    ),
    "mentor bears 99.00, then platform bears 1.00": mentor_then_platform,
    "completed, 33.33 refunded, released": completed_a_third_refunded,
    "paid out, then 33.33 refunded": lambda standin: a_third(paid_out(standin)),
    "paid out, payout returned": paid_out_and_returned,
    "paid out, dispute lost, fee 15.00": lambda standin: void(
        bank_says(paid_out(standin), dispute("lost", at=NOW), at=NOW)
    ),
    "completed, dispute won (30.00 taken, 15.00 back), released": dispute_won,
    "completed, 33.33 refunded, dispute on 66.67 lost": refunded_then_lost,
    "package of three sessions, nothing used yet": lambda _: void(package()),
    "package of three, one booked": lambda _: void(drawn_session(package())),
    "package of three, all completed and released": lambda _: void(package_completed(3)),
    "package of three, one booked and cancelled in time": package_cancelled_in_time,
    "package of three, one completed and released, the rest refunded": package_refunded,
    "package of three, nothing used, expired to the platform": lambda _: package_expired(
        Keeper.PLATFORM
    ),
    "package of three, nothing used, expired to the mentor": lambda _: package_expired(
        Keeper.MENTOR
    ),
    "not completed, dispute of 105 lost": lost_before_the_session,
}


def void(_: object) -> None:
    """A story is told for what it leaves in the books."""


def test_each_line_has_its_story_and_each_story_its_line() -> None:
    assert len(TABLE) == 23
    assert list(TABLE) == list(STORIES)


@pytest.mark.parametrize("what", list(STORIES))
def test_the_books_end_as_the_table_says(stage: StandIn, what: str) -> None:
    STORIES[what](stage)

    assert books() == TABLE[what]
