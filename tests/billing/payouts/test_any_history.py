"""Whatever happens to mentors' money, in whatever order: the books agree, nobody is paid twice.

A seed makes a history out of everything that may happen; a failure names the seed.
"""

from datetime import timedelta
from random import Random

import pytest

from accounts.models import Mentor
from billing import payouts, refunds
from billing.ledger import balances
from billing.ledger.checks import check_books
from billing.models import Payment, Payout, PayoutRun, Refund
from billing.states import LIVE_PAYOUT_RUN_STATES, PayoutState
from kernel.errors import Refusal
from tests.billing.ledger.books import gateway_says, refund
from tests.billing.payouts.world import NOW, earned, staff, verified
from tests.factories.people import MentorFactory
from tests.standin import StandIn

STEPS = 40


class History:
    """Three mentors, one run at a time, and a gateway that is sometimes silent."""

    def __init__(self, seed: int, standin: StandIn) -> None:
        self.random = Random(seed)
        self.standin = standin
        self.now = NOW
        self.people = [staff("Ann"), staff("Ben")]
        self.mentors: list[Mentor] = [MentorFactory() for _ in range(3)]
        for number, mentor in enumerate(self.mentors):
            verified(standin, mentor)
            earned(mentor=mentor, days=number)
        self.sold = len(self.mentors)

    def step(self) -> str:
        """Do one thing that may happen; a refusal is an answer like any other."""
        may_happen = [self.earn, self.refund, self.settle_refund, self.reissue]
        run_goes_on = [self.build, self.freeze, self.approve, self.send, self.send_silently]
        goes_wrong = [self.come_back, self.reassign, self.discard]
        in_turn = [self.advance] * 9
        act = self.random.choice([*may_happen, *run_goes_on, *in_turn, *goes_wrong])
        self.now += timedelta(minutes=self.random.randint(1, 600))
        try:
            act()
        except Refusal as refusal:
            return f"{act.__name__}: {refusal.code}"
        return act.__name__

    def advance(self) -> None:
        """Take the run that there is to its next state, or begin one; give up what moved."""
        try:
            self._advance()
        except (payouts.RunMoved, payouts.RunEmpty):
            self.discard()

    def _advance(self) -> None:
        live = PayoutRun.objects.filter(state__in=LIVE_PAYOUT_RUN_STATES).first()
        match live.state if live else "":
            case "draft":
                self.freeze()
            case "frozen":
                payouts.approve(run_id=self.run().pk, by=self.people[1], now=self.now)
            case "approved" | "sending":
                self.send()
            case _:
                self.build()

    def earn(self) -> None:
        self.sold += 1
        price = self.random.choice([700, 4999, 10_000])
        earned(mentor=self.random.choice(self.mentors), price_minor=price, days=self.sold)

    def refund(self) -> None:
        payment = self.random.choice(list(Payment.objects.order_by("pk")))
        share = self.random.randint(1, max(1, payment.refundable_minor // 2))
        bearer = self.random.choice(["platform", "mentor"])
        refund(payment, share, bearer=bearer, at=self.now)

    def settle_refund(self) -> None:
        open_ = Refund.objects.filter(state="created").order_by("pk").first()
        if open_ is not None:
            gateway_says(open_, self.random.choice(["succeeded", "failed"]), at=self.now)

    def reissue(self) -> None:
        failed = Refund.objects.filter(state="failed", reissue=None).order_by("pk").first()
        if failed is not None:
            refunds.reissue(refund_id=failed.pk, by="usr_1", reason="Again.", now=self.now)

    def run(self) -> PayoutRun:
        live = PayoutRun.objects.filter(state__in=LIVE_PAYOUT_RUN_STATES).first()
        return live or PayoutRun.objects.order_by("-pk")[0]

    def build(self) -> None:
        payouts.build(currency="USD", built_by=self.people[0], now=self.now)

    def freeze(self) -> None:
        if PayoutRun.objects.exists():
            payouts.freeze(run_id=self.run().pk, by=self.people[0], now=self.now)

    def approve(self) -> None:
        if PayoutRun.objects.exists():
            by = self.random.choice(self.people)
            payouts.approve(run_id=self.run().pk, by=by, now=self.now)

    def send(self) -> None:
        payouts.sweep(now=self.now + timedelta(minutes=2))

    def send_silently(self) -> None:
        kind = self.random.choice(["error_before", "error_after"])
        self.standin.fault(kind, path="/v1/transfers", times=3)
        try:
            self.send()
        finally:
            self.standin.control("DELETE", "faults")

    def come_back(self) -> None:
        paid = Payout.objects.filter(state=PayoutState.PAID).order_by("pk").first()
        if paid is not None and paid.gateway_transfer_id is not None:
            self.standin.send_back(paid.gateway_transfer_id, paid.amount_minor)
            payouts.settle(payout_id=paid.pk, now=self.now)

    def reassign(self) -> None:
        back = Payout.objects.filter(state=PayoutState.RETURNED).order_by("pk").first()
        if back is not None:
            payouts.reassign(payout_id=back.pk, by=self.people[1], now=self.now)

    def discard(self) -> None:
        if PayoutRun.objects.exists():
            payouts.discard(run_id=self.run().pk, by=self.people[0], now=self.now)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_any_history_of_payouts_ends_in_books_that_agree(stage: StandIn, seed: int) -> None:
    history = History(seed, stage)

    done = [history.step() for _ in range(STEPS)]
    payouts.sweep(now=history.now + timedelta(hours=1))

    report = check_books(now=history.now)
    assert report.ok, (seed, done, report.as_json())
    assert kept_there(stage) == kept_here(), (seed, done)
    assert Payout.objects.filter(paid_at__isnull=False).exists(), (seed, done)
    for mentor in history.mentors:
        assert_every_cent_has_one_place(mentor)


def kept_there(stage: StandIn) -> int:
    """What the gateway's transfers have moved to mentors, less what came back."""
    transfers = stage.stripe.v1.transfers.list({"limit": 100}).data
    return sum(one.amount - one.amount_reversed for one in transfers)


def kept_here() -> int:
    """What our payouts say of the same."""
    kept = Payout.objects.filter(state__in=[PayoutState.PAID, PayoutState.CLEARED])
    return sum(kept.values_list("amount_minor", flat=True))


def assert_every_cent_has_one_place(mentor: Mentor) -> None:
    """What was released and not refunded is available, on its way, returned, or paid out."""
    [now] = balances.mentor_balances(mentor_id=mentor.pk)
    paid = Payout.objects.filter(
        mentor=mentor, state__in=[PayoutState.PAID, PayoutState.CLEARED]
    ).values_list("amount_minor", flat=True)
    shares = Payment.objects.filter(purchase__mentor=mentor).values_list(
        "purchase__mentor_minor", flat=True
    )
    given_back = Refund.objects.filter(
        payment__purchase__mentor=mentor, state__in=["created", "pending", "succeeded"]
    ).values_list("mentor_minor", flat=True)
    here = now.available_minor + now.in_transit_minor + now.returned_minor
    assert here + sum(paid) == sum(shares) - sum(given_back)
