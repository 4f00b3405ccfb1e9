"""Reserves: the rule's part of what is left of each sale, for its days; and amounts by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction

from billing import payouts, refunds, reserves, tasks
from billing.models import Entry, Payment, Reserve, ReserveMove, ReserveRule
from kernel import clock
from kernel.errors import Invalid
from tests.billing.ledger.books import bank_says, dispute, earn, gateway_says, refund
from tests.billing.payouts.world import NOW, books, built, earned, payable, sent, staff
from tests.factories import sessions
from tests.factories.billing import capture, open_payment
from tests.factories.people import MentorFactory
from tests.standin import StandIn

LONG_AGO = NOW - timedelta(days=400)
OVER = NOW + timedelta(days=90)


@pytest.fixture(autouse=True)
def rule(stage: StandIn) -> ReserveRule:
    """A tenth of every share in dollars, for ninety days."""
    return ReserveRule.objects.create(
        currency="USD", rate_bps=1000, hold_days=90, effective_from=LONG_AGO
    )


def mentors_money() -> tuple[int, int]:
    """(available, reserve), as people read them."""
    return -books().get("2120", 0), -books().get("2130", 0)


def test_a_share_that_becomes_available_leaves_its_part_behind(stage: StandIn) -> None:
    """10 % of 81.80 is 8.18: 73.62 can be paid."""
    payable(stage)

    assert mentors_money() == (7362, 818)
    [payout] = payouts.preview(run_id=built().pk).included
    assert payout.amount_minor == 7362
    assert Reserve.objects.get().ends_at == NOW - timedelta(hours=1) + timedelta(days=90)
    [taken] = Entry.objects.filter(source_type="reserve")
    assert (taken.kind, taken.occurred_at) == ("taken", NOW - timedelta(hours=1))


def test_it_is_let_go_after_its_days_once(stage: StandIn) -> None:
    payable(stage)

    done = [reserves.release(now=at) for at in (OVER - timedelta(hours=2), OVER, OVER)]

    assert done == [0, 1, 0]
    assert mentors_money() == (8180, 0)
    [payout] = payouts.preview(run_id=built().pk).included
    assert payout.amount_minor == 8180


def test_the_mentors_own_rule_comes_first_and_zero_ends_it(
    stage: StandIn, rule: ReserveRule
) -> None:
    trusted, watched = MentorFactory(), MentorFactory()
    for mentor, rate in ((trusted, 0), (watched, 5000)):
        ReserveRule.objects.create(
            scope="mentor",
            mentor=mentor,
            currency="USD",
            rate_bps=rate,
            hold_days=30,
            effective_from=LONG_AGO,
        )
        earned(mentor=mentor)

    assert list(Reserve.objects.values_list("mentor", "amount_minor")) == [(watched.pk, 4090)]
    with pytest.raises(IntegrityError, match="one_per_instant"), transaction.atomic():
        ReserveRule.objects.create(
            currency="USD", rate_bps=1, hold_days=1, effective_from=rule.effective_from
        )


def test_a_rule_that_begins_later_keeps_nothing_of_what_was_available_before(
    stage: StandIn, rule: ReserveRule
) -> None:
    """The rule is that of the instant at which the share became available."""
    ReserveRule.objects.create(currency="USD", rate_bps=9000, hold_days=90, effective_from=NOW)

    payable(stage)

    assert Reserve.objects.get().rule == rule


HAPPENINGS = ("earned", "refunded", "followed")


@pytest.mark.parametrize("order", list(permutations(HAPPENINGS)), ids="-".join)
def test_a_refund_takes_its_part_out_of_the_reserve_in_whatever_order(
    stage: StandIn, order: tuple[str, ...]
) -> None:
    """33.33 refunded leaves 54.54 of 81.80: a tenth is 5.45 (half even)."""
    session = sessions.pending_session(price_minor=10_000)
    payment = open_payment(session)
    capture(payment)
    sessions.confirm(session)
    sessions.complete(session)
    acts: dict[str, Callable[[], object]] = {
        "earned": lambda: earn(at=NOW),
        "refunded": lambda: refund(payment, 3333, bearer="platform", at=NOW),
        "followed": lambda: reserves.follow(now=NOW),
    }

    for name in order:
        acts[name]()
    reserves.follow(now=NOW)

    assert mentors_money() == (5454 - 545, 545)
    assert reserves.follow(now=NOW) == 0


def test_a_refund_that_fails_brings_its_part_back(stage: StandIn) -> None:
    payable(stage)
    payment = Payment.objects.get()
    given = refund(payment, 10_000, bearer="platform", at=NOW)
    reserves.follow(now=NOW)
    assert mentors_money() == (0, 0)

    gateway_says(given, "failed", at=NOW)
    reserves.follow(now=NOW)

    assert mentors_money() == (7362, 818)
    assert list(ReserveMove.objects.order_by("pk").values_list("kind", "amount_minor")) == [
        ("taken", 818),
        ("released", 818),
        ("taken", 818),
    ]
    refunds.drop(refund_id=given.pk, by="usr_1", reason="Paid in cash.", now=NOW)


def test_a_lost_dispute_after_the_payout_is_met_by_the_reserve_first(stage: StandIn) -> None:
    """73.62 paid out, 81.80 lost: the reserve's 8.18 goes against it, 73.62 are owed."""
    payable(stage)
    sent()
    assert mentors_money() == (0, 818)

    bank_says(Payment.objects.get(), dispute("lost", at=NOW), at=NOW)
    reserves.follow(now=NOW)

    assert mentors_money() == (-7362, 0)


def test_the_task_does_it_all(stage: StandIn) -> None:
    payable(stage)

    with clock.travel(OVER):
        done = tasks.earn()

    assert (done["reserves_followed"], done["reserves_released"]) == (0, 1)


def test_finance_keeps_an_amount_by_hand_and_lets_it_go(stage: StandIn) -> None:
    mentor = payable(stage)
    by = staff()

    kept = reserves.keep(
        mentor_id=mentor.pk,
        amount_minor=5000,
        currency="USD",
        reason="A chargeback is announced.",
        by=by,
        now=NOW,
    )

    assert mentors_money() == (2362, 5818)
    reserves.let_go(reserve_id=kept.pk, by=by, now=NOW)
    assert mentors_money() == (7362, 818)
    with pytest.raises(reserves.NotKeptByHand):
        reserves.let_go(reserve_id=kept.pk, by=by, now=NOW)


@pytest.mark.parametrize(
    ("amount", "reason", "until", "refusal"),
    [
        (7363, "More than there is.", None, reserves.TooLittleAvailable),
        (0, "Nothing.", None, Invalid),
        (100, " ", None, Invalid),
        (100, "Yesterday.", NOW - timedelta(days=1), Invalid),
    ],
)
def test_by_hand_there_is_an_amount_a_reason_and_the_money(
    stage: StandIn, amount: int, reason: str, until: datetime | None, refusal: type[Exception]
) -> None:
    mentor = payable(stage)

    with pytest.raises(refusal):
        reserves.keep(
            mentor_id=mentor.pk,
            amount_minor=amount,
            currency="USD",
            reason=reason,
            by=staff(),
            now=NOW,
            until=until,
        )

    assert mentors_money() == (7362, 818)


def test_a_reserve_by_rule_is_not_let_go_by_hand(stage: StandIn) -> None:
    payable(stage)

    with pytest.raises(reserves.NotKeptByHand):
        reserves.let_go(reserve_id=Reserve.objects.get().pk, by=staff(), now=NOW)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE billing_reserve SET amount_minor = 0", "its moves make 818"),
        ("UPDATE billing_reserve SET mentor_id = gen_random_uuid()", "billing_reserve_frozen"),
        ("UPDATE billing_reservemove SET amount_minor = 1", "are history"),
        ("DELETE FROM billing_reservemove", "are history"),
        ("UPDATE billing_reserverule SET rate_bps = 0", "are history"),
    ],
)
def test_the_database_keeps_a_reserve_the_sum_of_its_moves(
    stage: StandIn, statement: str, constraint: str
) -> None:
    payable(stage)

    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
