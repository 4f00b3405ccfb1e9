"""A client gets the credit of a purchase back once, however often its refunds fail.

Credit that was spent before its refund failed is the platform's loss (5060) for as long as the
refund is not given anew; then it is set off.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import client_credit, refunds
from billing.ledger import balances
from billing.ledger.checks import check_books
from billing.models import ClientCredit, CreditMovement, DisputeLoss, Payment, Refund
from billing.states import LIVE_REFUND_STATES
from kernel.money import Money
from tests.billing.ledger.books import EARLY, bank_says, dispute, gateway_says, refund
from tests.billing.ledger.test_check_books import broken, tamper
from tests.factories import sessions
from tests.factories.billing import purchase_of, reduced_session

pytestmark = pytest.mark.django_db


class Wallet:
    """A client who paid 30.00 of a price of 100.00 with credit, and a dear purchase to spend on."""

    def __init__(self) -> None:
        session, self.payment = reduced_session(credit_minor=3000)
        self.client = session.client
        later = sessions.pending_session(
            client=self.client, price_minor=1_000_000, starts_at=EARLY + timedelta(days=40)
        )
        self.elsewhere = purchase_of(later)
        self.spent = 0

    @property
    def balance(self) -> int:
        return client_credit.balance(client=self.client, currency="USD")

    @property
    def lost(self) -> int:
        """What 5060 holds beyond the 30.00 that finance had granted to begin with."""
        [goodwill] = [row for row in balances.account_balances() if row.account == "5060:USD"]
        return goodwill.balance_minor - 3000

    @property
    def back(self) -> int:
        """The credit that stands as given back: by refunds that count, and by lost disputes."""
        rows: list[Refund | DisputeLoss] = [
            *Refund.objects.filter(state__in=LIVE_REFUND_STATES),
            *DisputeLoss.objects.filter(reversed_at=None),
        ]
        return sum(row.credit_minor for row in rows)

    def spend(self, minor: int) -> None:
        """Take credit at the checkout of the dear purchase."""
        CreditMovement.objects.create(
            client=self.client,
            currency="USD",
            amount_minor=-minor,
            kind=CreditMovement.Kind.SPENT,
            purchase=self.elsewhere,
            key=f"spent:{self.elsewhere.pk}:{self.spent}",
            by="test",
            created_at=EARLY,
        )
        self.spent += minor

    def reissue(self, failed: Refund) -> Refund:
        return refunds.reissue(refund_id=failed.pk, by="usr_finance", reason="Again.", now=EARLY)


def test_a_refund_given_anew_after_the_client_spent_its_credit_gives_that_once() -> None:
    wallet = Wallet()
    first = refund(wallet.payment, 10_000, bearer="platform", at=EARLY)
    wallet.spend(3000)
    gateway_says(first, "failed", at=EARLY)
    assert (wallet.balance, wallet.lost) == (0, 3000)

    wallet.reissue(first)

    assert (wallet.balance, wallet.lost) == (0, 0)
    moved = CreditMovement.objects.order_by("created_at", "pk")
    assert list(moved.values_list("kind", "amount_minor"))[-2:] == [
        ("refunded", 3000),
        ("set_off", -3000),
    ]
    assert check_books(now=EARLY).ok


def test_of_credit_that_was_spent_in_part_the_other_part_returns() -> None:
    wallet = Wallet()
    first = refund(wallet.payment, 10_000, bearer="platform", at=EARLY)
    wallet.spend(2000)
    gateway_says(first, "failed", at=EARLY)
    assert (wallet.balance, wallet.lost) == (0, 2000)

    wallet.reissue(first)

    assert (wallet.balance, wallet.lost) == (1000, 0)


def test_each_failure_and_each_reissue_after_it_ends_where_the_first_did() -> None:
    wallet = Wallet()
    given_back = refund(wallet.payment, 10_000, bearer="platform", at=EARLY)
    wallet.spend(3000)
    for _ in range(3):
        gateway_says(given_back, "failed", at=EARLY)
        assert (wallet.balance, wallet.lost) == (0, 3000)
        given_back = wallet.reissue(given_back)
        assert (wallet.balance, wallet.lost) == (0, 0)


def test_a_dispute_that_is_lost_after_the_refund_failed_sets_the_goodwill_off() -> None:
    wallet = Wallet()
    first = refund(wallet.payment, 10_000, bearer="platform", at=EARLY)
    wallet.spend(3000)
    gateway_says(first, "failed", at=EARLY)

    bank_says(wallet.payment, dispute("lost", amount_minor=7000, at=EARLY), at=EARLY)

    assert (wallet.balance, wallet.lost) == (0, 0)
    assert check_books(now=EARLY).ok


def test_a_refund_of_another_share_sets_off_what_it_gives_and_no_more() -> None:
    wallet = Wallet()
    half = refund(wallet.payment, 5000, bearer="platform", at=EARLY)
    wallet.spend(1500)
    gateway_says(half, "failed", at=EARLY)
    assert (wallet.balance, wallet.lost) == (0, 1500)

    refund(wallet.payment, 2000, bearer="platform", at=EARLY)  # 6.00 of credit
    assert (wallet.balance, wallet.lost) == (0, 900)
    refund(wallet.payment, 8000, bearer="platform", at=EARLY)  # the other 24.00

    assert (wallet.balance, wallet.lost) == (1500, 0)


def test_goodwill_by_finance_is_never_set_off() -> None:
    wallet = Wallet()

    refund(wallet.payment, 10_000, bearer="platform", at=EARLY)

    assert (wallet.balance, wallet.lost) == (3000, 0)
    assert not CreditMovement.objects.filter(kind="set_off").exists()


@pytest.fixture
def set_off() -> Wallet:
    """A reissue whose goodwill was set off. All is sound."""
    wallet = Wallet()
    first = refund(wallet.payment, 10_000, bearer="platform", at=EARLY)
    wallet.spend(3000)
    gateway_says(first, "failed", at=EARLY)
    wallet.reissue(first)
    assert check_books(now=EARLY).ok
    return wallet


def test_a_set_off_that_took_less_is_found(set_off: Wallet) -> None:
    tamper("UPDATE billing_creditmovement SET amount_minor = -2999 WHERE kind = 'set_off'")

    assert broken(check_books(now=EARLY)) == {"I10", "I11"}


def test_credit_that_went_back_twice_is_found_though_books_and_balances_agree(
    set_off: Wallet,
) -> None:
    """As if nothing had been set off: another goodwill, its entry, the balance: all agree."""
    client_credit.grant(
        client=set_off.client,
        amount=Money(1, "USD"),
        by="system",
        reason="Again.",
        key="again",
        purchase=set_off.payment.purchase,
        now=EARLY,
    )

    assert broken(check_books(now=EARLY)) == {"I11"}


def test_a_set_off_gives_nothing_and_the_database_says_so(set_off: Wallet) -> None:
    with pytest.raises(IntegrityError, match="direction"), transaction.atomic():
        CreditMovement.objects.create(
            client=set_off.client,
            currency="USD",
            amount_minor=1,
            kind="set_off",
            purchase=set_off.payment.purchase,
            key="by-hand",
            by="sql",
            created_at=EARLY,
        )


acts = st.one_of(
    st.tuples(st.just("refund"), st.integers(1, 10_000)),
    st.tuples(st.just("spend"), st.integers(1, 10_000)),
    st.tuples(st.just("word"), st.integers(0, 9), st.sampled_from(["failed", "succeeded"])),
    st.tuples(st.just("fail"), st.integers(0, 9)),
    st.tuples(st.just("reissue"), st.integers(0, 9)),
    st.tuples(st.just("dispute"), st.sampled_from(["needs_response", "won", "lost"])),
)


class Told(Wallet):
    """A wallet and what happens to it."""

    def refund(self, per_myriad: int) -> None:
        payment = Payment.objects.select_related("purchase").get(pk=self.payment.pk)
        share = min(per_myriad, refunds.share_left(payment))
        if share and not payment.held_by_dispute:
            refund(payment, share, bearer="platform", at=EARLY)

    def pay(self, per_myriad: int) -> None:
        if minor := self.balance * per_myriad // 10_000:
            self.spend(minor)

    def word(self, index: int, state: str) -> None:
        rows = list(Refund.objects.filter(state__in=["created", "pending", "succeeded"]))
        if rows and rows[index % len(rows)].amount_minor:
            gateway_says(rows[index % len(rows)], state, at=EARLY)

    def anew(self, index: int) -> None:
        payment = Payment.objects.select_related("purchase").get(pk=self.payment.pk)
        rows = [row for row in refunds.stuck() if row.share_minor <= refunds.share_left(payment)]
        if rows:
            self.reissue(rows[index % len(rows)])

    def dispute(self, status: str) -> None:
        bank_says(self.payment, dispute(status, amount_minor=4000, at=EARLY), at=EARLY)

    def tell(self, name: str, *arguments: object) -> None:
        names = {"spend": "pay", "reissue": "anew", "fail": "word"}
        if name == "fail":
            arguments = (*arguments, "failed")
        getattr(self, names.get(name, name))(*arguments)

    def sound(self) -> None:
        """The reference: what was spent beyond what stands as given back is lost, and no more."""
        report = check_books(now=EARLY)
        assert report.ok, report.as_json()["invariants"]
        assert self.lost == max(0, self.spent - self.back)
        assert self.balance == max(0, self.back - self.spent)
        assert self.back + self.lost <= self.payment.purchase.credit_minor
        held = sum(ClientCredit.objects.values_list("balance_minor", flat=True)) + self.spent
        [owed] = [row for row in balances.account_balances() if row.account == "2500:USD"]
        assert -owed.balance_minor == held


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(acts, min_size=1, max_size=12))
def test_in_any_history_what_is_lost_is_what_was_spent_and_did_not_return(
    history: list[tuple[str, object]],
) -> None:
    with transaction.atomic():
        told = Told()
        for act in history:
            told.tell(*act)
            told.sound()
        transaction.set_rollback(True)
