"""Disputes in the books: the lines of docs/money.md's table, and what a dispute refuses."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from billing import refunds
from billing.ledger import entries
from billing.ledger.balances import account_balances
from billing.ledger.chart import Code
from billing.ledger.checks import check_books
from billing.ledger.posting import Draft
from billing.models import Dispute, DisputeLoss, Entry, Payment, Refund
from scheduling.models import Session
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    balances_of,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def paid() -> tuple[Session, Payment]:
    return paid_session()


@pytest.fixture(autouse=True)
def sound_books() -> Iterator[None]:
    yield
    report = check_books(now=HOLD_OVER)
    # An entry by hand is what I10 is there to find.
    by_hand = Entry.objects.filter(source_type="test").exists()
    wrong = [f.invariant.code for f in report.findings if not f.ok]
    assert wrong == (["I10"] if by_hand else []), report.as_json()


def completed(paid: tuple[Session, Payment], *, released: bool = False) -> Payment:
    session, payment = paid
    sessions.complete(session)
    earn(at=HOLD_OVER if released else ENDED)
    return payment


def pay_out(payment: Payment, amount_minor: int) -> None:
    """The mentor's share leaves the gateway, as a payout posts it: the mentor's, no purchase's."""
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    mentor = subject.line(Code.MENTOR_AVAILABLE, amount_minor)._replace(purchase_id=None)
    clearing = subject.line(Code.GATEWAY_CLEARING, -amount_minor)._replace(purchase_id=None)
    entries.post(
        Draft("paid_by_hand", "test", str(payment.pk), HOLD_OVER, (mentor, clearing)),
        posted_at=HOLD_OVER,
    )


def all_balances() -> dict[str, int]:
    return {row.account[:4]: row.balance_minor for row in account_balances() if row.balance_minor}


def refreshed(payment: Payment) -> Payment:
    payment.refresh_from_db()
    return payment


def test_withdrawn_funds_are_a_receivable_and_a_fee(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)

    bank_says(payment, dispute("needs_response", at=HOLD_OVER), at=HOLD_OVER)

    # 96.80 less 100.00 and 15.00
    assert balances_of(payment) == {
        "1100": -1820, "1130": 10_000, "2110": -8180, "4010": -1500, "4020": -320, "5010": 320,
        "5020": 1500,
    }  # fmt: skip
    assert refreshed(payment).disputed_minor == 10_000
    assert payment.held_by_dispute is True


def test_paid_out_then_lost(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid, released=True)

    pay_out(payment, 8180)

    bank_says(payment, dispute("lost", at=HOLD_OVER), at=HOLD_OVER)

    # The mentor owes what was paid out.
    assert all_balances() == {
        "1100": -10_000, "2120": 8180, "4010": -1500, "4090": 1500, "5010": 320, "5020": 1500,
    }  # fmt: skip


def test_completed_won_and_released(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    opened = dispute("needs_response", fee_minor=3000, at=ENDED)
    bank_says(payment, opened, at=ENDED)
    earn(at=HOLD_OVER)
    assert balances_of(payment)["2110"] == -8180  # on hold while the bank decides

    won = dispute("won", fee_minor=3000, fee_returned_minor=1500, at=ENDED)
    bank_says(payment, won, at=HOLD_OVER + WEEK)
    earn(at=HOLD_OVER + WEEK)

    assert balances_of(payment) == {
        "1100": 8180, "2120": -8180, "4010": -1500, "4020": -320, "5010": 320, "5020": 1500,
    }  # fmt: skip
    assert refreshed(payment).refundable_minor == 10_000


def test_completed_a_third_refunded_and_the_rest_lost(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    third = refund(payment, 3333, bearer="platform", at=ENDED + timedelta(hours=1))
    gateway_says(third, "succeeded", at=ENDED + timedelta(hours=2))

    bank_says(payment, dispute("lost", amount_minor=6667, at=HOLD_OVER), at=HOLD_OVER)

    assert balances_of(payment) == {
        "1100": -1820, "4010": -1500, "4090": 1500, "5010": 320, "5020": 1500,
    }  # fmt: skip


def test_not_completed_and_more_lost_than_was_paid(paid: tuple[Session, Payment]) -> None:
    _, payment = paid

    bank_says(payment, dispute("lost", amount_minor=10_500, at=EARLY), at=EARLY)

    assert balances_of(payment) == {"1100": -2320, "5010": 320, "5020": 1500, "5030": 500}
    loss = DisputeLoss.objects.get()
    assert (loss.share_minor, loss.excess_minor) == (10_000, 500)


def test_an_inquiry_takes_nothing_and_leaves_the_refund(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)

    asked = dispute("inquiry_needs_response", withdrawn=False, at=ENDED)
    bank_says(payment, asked, at=ENDED)

    assert balances_of(payment)["1100"] == 9680
    assert refreshed(payment).refundable_minor == 10_000
    gateway_says(refund(payment, 10_000, bearer="platform", at=ENDED), "succeeded", at=ENDED)
    bank_says(payment, dispute("inquiry_closed", withdrawn=False, at=ENDED), at=HOLD_OVER)
    assert Dispute.objects.get().state == "inquiry_closed"
    assert Entry.objects.filter(source_type__startswith="dispute").count() == 0


def test_an_inquiry_that_becomes_a_dispute_takes_the_money(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    bank_says(payment, dispute("inquiry_under_review", withdrawn=False, at=ENDED), at=ENDED)

    bank_says(payment, dispute("needs_response", at=ENDED), at=HOLD_OVER)

    assert balances_of(payment)["1130"] == 10_000


@pytest.mark.parametrize("share", [1, 10_000])
def test_a_refund_is_refused_while_a_dispute_holds_the_money_and_says_so(
    paid: tuple[Session, Payment], share: int
) -> None:
    payment = completed(paid)
    bank_says(payment, dispute("under_review", amount_minor=4000, at=ENDED), at=ENDED)
    before = balances_of(payment)

    with pytest.raises(refunds.PaymentDisputed, match=r"holds USD 40\.00 until it has decided"):
        refund(payment, share, bearer="platform", at=HOLD_OVER)

    assert Refund.objects.count() == 0
    assert balances_of(payment) == before


def test_what_a_lost_dispute_left_can_be_refunded_and_no_more(
    paid: tuple[Session, Payment],
) -> None:
    payment = completed(paid)
    bank_says(payment, dispute("lost", amount_minor=4000, at=ENDED), at=ENDED)
    assert refreshed(payment).refundable_minor == 6000

    with pytest.raises(refunds.RefundTooLarge):
        refund(payment, 6001, bearer="platform", at=HOLD_OVER)
    gateway_says(refund(payment, 6000, bearer="platform", at=HOLD_OVER), "succeeded", at=HOLD_OVER)

    # Like two refunds of 40.00 and 60.00: every part is back, the platform lost both fees.
    assert balances_of(payment) == {
        "1100": -1820, "4010": -1500, "4090": 1500, "5010": 320, "5020": 1500,
    }  # fmt: skip


def test_the_database_refuses_a_refund_of_disputed_money(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    row = refund(payment, 100, bearer="platform", at=ENDED)
    gateway_says(row, "failed", at=ENDED)
    bank_says(payment, dispute("needs_response", at=ENDED), at=ENDED)
    copied = (
        "INSERT INTO billing_refund SELECT (jsonb_populate_record(refund, "
        '\'{"id": "01999999-0000-7000-8000-000000000001", "key": "by hand", '
        '"state": "created", "gateway_refund_id": null}\')).* FROM billing_refund refund'
    )

    with (
        pytest.raises(Error, match="a dispute holds the money"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(copied)


def test_a_refund_that_fails_after_the_loss_leaves_less_to_the_platform(
    paid: tuple[Session, Payment],
) -> None:
    payment = completed(paid)
    third = refund(payment, 3333, bearer="platform", at=ENDED)
    lost = dispute("lost", at=ENDED)
    gateway_says(third, "succeeded", at=ENDED)
    bank_says(payment, lost, at=HOLD_OVER)
    assert DisputeLoss.objects.get().excess_minor == 3333

    gateway_says(third, "failed", at=HOLD_OVER)
    bank_says(payment, lost, at=HOLD_OVER)

    # As if there never had been a refund.
    assert balances_of(payment) == {
        "1100": -1820, "4010": -1500, "4090": 1500, "5010": 320, "5020": 1500,
    }  # fmt: skip
    assert [loss.excess_minor for loss in DisputeLoss.objects.filter(reversed_at=None)] == [0]


def test_a_loss_waits_for_the_refund_that_is_pending(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    third = refund(payment, 3333, bearer="platform", at=ENDED)
    lost = dispute("lost", at=ENDED)

    bank_says(payment, lost, at=ENDED)
    assert balances_of(payment)["1130"] == 10_000
    gateway_says(third, "failed", at=ENDED)
    bank_says(payment, lost, at=ENDED)

    assert "1130" not in balances_of(payment)
    assert DisputeLoss.objects.get().excess_minor == 0


def test_a_lost_dispute_that_the_bank_gives_back_after_all(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid, released=True)
    bank_says(payment, dispute("lost", at=ENDED), at=HOLD_OVER)

    bank_says(payment, dispute("won", at=ENDED), at=HOLD_OVER + WEEK)

    assert balances_of(payment) == {
        "1100": 8180, "2120": -8180, "4010": -1500, "4020": -320, "5010": 320, "5020": 1500,
    }  # fmt: skip


def test_the_same_sight_twice_is_no_news(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)
    lost = dispute("lost", at=ENDED)

    first = bank_says(payment, lost, at=HOLD_OVER)
    count = Entry.objects.count()
    second = bank_says(payment, lost, at=HOLD_OVER + WEEK)
    older = bank_says(payment, dispute("needs_response", at=ENDED), at=HOLD_OVER + WEEK)

    assert (first, second, older) == (True, False, False)
    assert Entry.objects.count() == count
    assert Dispute.objects.get().state == "lost"


def test_two_disputes_of_one_payment_share_what_there_is(paid: tuple[Session, Payment]) -> None:
    payment = completed(paid)

    bank_says(
        payment,
        dispute("lost", amount_minor=7000, at=ENDED, name="dp_1"),
        dispute("lost", amount_minor=7000, at=ENDED, name="dp_2"),
        at=HOLD_OVER,
    )

    # 2 × (70.00 + 15.00) out of 96.80; 40.00 more than was paid
    assert balances_of(payment) == {
        "1100": -7320, "4010": -1500, "4090": 1500, "5010": 320, "5020": 3000, "5030": 4000,
    }  # fmt: skip


@pytest.mark.parametrize("same_instant", [True, False])
@pytest.mark.parametrize("order", [("dp_1", "dp_2"), ("dp_2", "dp_1")])
def test_two_disputes_share_alike_whichever_was_heard_of_first(
    paid: tuple[Session, Payment], order: tuple[str, ...], same_instant: bool
) -> None:
    """One took its money before the session's end and one after it; both want all of it (I10)."""
    payment = completed(paid)
    begun = {"dp_1": EARLY, "dp_2": ENDED + WEEK}
    opened = dict.fromkeys(begun, EARLY) if same_instant else begun
    lost = {
        name: replace(dispute("lost", at=at, name=name), created_at=opened[name])
        for name, at in begun.items()
    }

    for name in order:
        bank_says(payment, lost[name], at=HOLD_OVER)

    # The first takes every part, its commission out of 4010; the second is the platform's loss.
    assert balances_of(payment) == {
        "1100": -13_320, "5010": 320, "5020": 3000, "5030": 10_000,
    }  # fmt: skip


@pytest.mark.parametrize("won", [True, False])
@pytest.mark.parametrize(
    "order", list(itertools.permutations(["withdrawn", "recognised", "decided", "released"]))
)
def test_the_books_do_not_depend_on_when_we_heard_of_it(
    paid: tuple[Session, Payment], order: tuple[str, ...], won: bool
) -> None:
    """Withdrawn before the session ended, decided after it; heard of in any order (I10)."""
    session, payment = paid
    sessions.complete(session)
    decided = dispute("won" if won else "lost", at=EARLY)

    def earn_all() -> None:
        earn(at=HOLD_OVER + WEEK)

    happenings = {
        "withdrawn": lambda: bank_says(payment, dispute("needs_response", at=EARLY), at=HOLD_OVER),
        "recognised": lambda: earn(at=ENDED),
        "decided": lambda: bank_says(payment, decided, at=HOLD_OVER),
        "released": earn_all,
    }
    for happening in order:
        happenings[happening]()
    earn_all()

    if won:
        assert balances_of(payment) == {
            "1100": 8180, "2120": -8180, "4010": -1500, "4020": -320, "5010": 320, "5020": 1500,
        }  # fmt: skip
    else:
        assert balances_of(payment) == {"1100": -1820, "5010": 320, "5020": 1500}


def test_a_loss_is_reversed_into_what_the_loss_before_it_recognised(
    paid: tuple[Session, Payment],
) -> None:
    session, payment = paid
    second = dispute("lost", amount_minor=6000, at=EARLY, name="dp_2")
    bank_says(payment, second, at=EARLY)
    sessions.complete(session)
    # The bank thinks again of the one, and takes the other; nothing was recognised by a task yet.
    first = dispute("lost", amount_minor=4000, at=ENDED, name="dp_1")
    first = replace(first, created_at=EARLY - WEEK)
    won = dispute("won", amount_minor=6000, at=EARLY, name="dp_2")

    bank_says(payment, first, won, at=ENDED + WEEK)

    # 40.00 lost after the end: 6.00 of the commission by 4090; the 9.00 of before stand in 4010.
    assert balances_of(payment)["4010"] == -1500
    assert "2200" not in balances_of(payment)
