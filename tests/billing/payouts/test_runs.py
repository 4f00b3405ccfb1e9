"""A run from its draft to its approval: who is in it, who is not, and what stops it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing import payout_accounts, payouts, refunds
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Payout, PayoutMinimum, PayoutRun
from tests.billing.ledger.books import bank_says, dispute, gateway_says, refund
from tests.billing.payouts.world import (
    NOW,
    books,
    built,
    earned,
    frozen,
    payable,
    staff,
    verified,
)
from tests.factories.people import MentorFactory
from tests.standin import StandIn


def reasons(run: PayoutRun) -> dict[Any, str]:
    return {one.mentor_id: str(one.reason) for one in payouts.preview(run_id=run.pk).excluded}


def test_everybody_with_a_balance_is_paid_or_left_out_with_the_reason(stage: StandIn) -> None:
    paid, held, accountless, restricted, poor, suspended = (
        payable(stage),
        payable(stage),
        MentorFactory(),
        MentorFactory(),
        payable(stage, price_minor=1_000),  # 8.11 of 10.00, under the minimum of 10.00
        payable(stage),
    )
    MentorFactory()  # has earned nothing and is not mentioned
    earned(mentor=accountless)
    earned(mentor=restricted)
    account = verified(stage, restricted)
    assert account.gateway_account_id is not None
    stage.verify(account.gateway_account_id, "restricted")
    payout_accounts.refresh(account_id=account.pk, now=NOW)
    payouts.hold(mentor_id=held.pk, reason="The tax form is missing.", by=staff(), now=NOW)
    suspended.status = "suspended"
    suspended.save()

    run = built()
    shown = payouts.preview(run_id=run.pk)

    assert [(one.mentor, one.amount_minor) for one in shown.included] == [(paid, 8180)]
    assert reasons(run) == {
        held.pk: "on_hold",
        accountless.pk: "no_account",
        restricted.pk: "no_account",
        poor.pk: "below_minimum",
        suspended.pk: "on_hold",
    }
    assert shown.total_minor == 8180
    details = {one.mentor_id: one.detail for one in shown.excluded}
    assert details[held.pk] == "The tax form is missing."
    assert details[restricted.pk] == (
        "The gateway asks them for: individual.verification.document."
    )


def test_a_failed_refund_stands_against_the_mentors_money_until_it_is_made_anew(
    stage: StandIn,
) -> None:
    mentor = payable(stage)
    payment = Payment.objects.get()
    first = refund(payment, 3333, bearer="platform", at=NOW)
    gateway_says(first, "failed", at=NOW)

    run = built()

    assert reasons(run) == {mentor.pk: "refund_failed"}
    payouts.discard(run_id=run.pk, by=staff(), now=NOW)
    anew = refunds.reissue(refund_id=first.pk, by="usr_1", reason="A new card.", now=NOW)
    gateway_says(anew, "succeeded", at=NOW)
    [payout] = payouts.preview(run_id=built().pk).included
    assert payout.amount_minor == 5454


def test_a_payout_is_the_sum_of_its_lines_and_takes_them_all(stage: StandIn) -> None:
    mentor = payable(stage)
    earned(mentor=mentor, price_minor=4999, days=1)

    run = frozen()

    payout = Payout.objects.get(run=run)
    assert payout.amount_minor == 8180 + 4074
    assert sorted(payout.lines.values_list("amount_minor", flat=True)) == [-8180, -4074]
    assert (run.count, run.total_minor) == (1, 12254)
    assert len(run.content_hash) == 64


def test_one_run_at_a_time_per_currency(stage: StandIn) -> None:
    payable(stage)
    first = built()

    with pytest.raises(payouts.RunInProgress, match=first.public_id):
        built()

    assert PayoutRun.objects.count() == 1
    payouts.discard(run_id=first.pk, by=staff(), now=NOW)
    assert built().pk != first.pk


def test_a_currency_without_a_minimum_is_refused_and_a_new_minimum_is_a_new_row(
    stage: StandIn,
) -> None:
    mentor = payable(stage)

    with pytest.raises(payouts.NoMinimum):
        payouts.build(currency="JPY", built_by=staff(), now=NOW)

    PayoutMinimum.objects.create(currency="USD", minimum_minor=10_000, effective_from=NOW)
    assert reasons(built()) == {mentor.pk: "below_minimum"}


def test_an_empty_run_is_not_frozen(stage: StandIn) -> None:
    earned()
    run = built()

    with pytest.raises(payouts.RunEmpty):
        payouts.freeze(run_id=run.pk, by=staff(), now=NOW)

    run.refresh_from_db()
    assert run.state == "draft"


def test_money_that_is_earned_meanwhile_waits_for_the_next_run(stage: StandIn) -> None:
    mentor = payable(stage)
    run = built()
    earned(mentor=mentor, days=1)

    payouts.freeze(run_id=run.pk, by=staff(), now=NOW)
    payouts.approve(run_id=run.pk, by=staff(), now=NOW)

    assert (books()["2120"], books()["2140"]) == (-8180, -8180)


@pytest.mark.parametrize("step", ["freeze", "approve"])
@pytest.mark.parametrize("news", ["refund", "hold", "restricted"])
def test_a_run_that_the_world_has_left_behind_is_refused(
    stage: StandIn, step: str, news: str
) -> None:
    mentor, other = payable(stage), payable(stage)
    run = built() if step == "freeze" else frozen()
    before = (books(), Entry.objects.count())
    if news == "refund":
        payment = Payment.objects.get(purchase__mentor=mentor)
        refund(payment, 3333, bearer="platform", at=NOW)
        before = (books(), Entry.objects.count())
    elif news == "hold":
        payouts.hold(mentor_id=mentor.pk, reason="An odd address.", by=staff(), now=NOW)
    else:
        account = Payout.objects.get(mentor=mentor).account
        assert account.gateway_account_id is not None
        stage.verify(account.gateway_account_id, "restricted")
        payout_accounts.refresh(account_id=account.pk, now=NOW)

    with pytest.raises(payouts.RunMoved, match=mentor.user.name) as refusal:
        if step == "freeze":
            payouts.freeze(run_id=run.pk, by=staff(), now=NOW)
        else:
            payouts.approve(run_id=run.pk, by=staff(), now=NOW)

    assert other.user.name not in str(refusal.value)
    assert (books(), Entry.objects.count()) == before
    run.refresh_from_db()
    assert run.state == ("draft" if step == "freeze" else "frozen")


@pytest.mark.parametrize("role", ["builder", "freezer"])
def test_whoever_prepared_a_run_does_not_approve_it_not_even_a_superuser(
    stage: StandIn, role: str
) -> None:
    payable(stage)
    builder, freezer = staff("Bea Builder"), staff("Frida Freezer")
    run = built(builder)
    payouts.freeze(run_id=run.pk, by=freezer, now=NOW)
    person = builder if role == "builder" else freezer
    person.is_superuser = True
    person.save()

    with pytest.raises(payouts.FourEyes, match=person.name):
        payouts.approve(run_id=run.pk, by=person, now=NOW)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(
            state="approved", approved_by=person, approved_at=NOW
        )

    assert "2140" not in books()
    assert payouts.approve(run_id=run.pk, by=staff(), now=NOW).state == "approved"


def test_an_approval_moves_the_money_into_transit_and_is_given_once(stage: StandIn) -> None:
    payable(stage)
    run = frozen()

    payouts.approve(run_id=run.pk, by=staff(), now=NOW)
    with pytest.raises(payouts.RunNotReady):
        payouts.approve(run_id=run.pk, by=staff(), now=NOW)

    assert books()["2140"] == -8180
    assert "2120" not in books()
    assert Entry.objects.filter(source_type="payout", kind="approved").count() == 1


def test_a_discarded_run_frees_its_lines_and_cannot_come_back(stage: StandIn) -> None:
    mentor = payable(stage)
    run = frozen()

    payouts.discard(run_id=run.pk, by=staff(), now=NOW)

    with pytest.raises(payouts.RunNotReady):
        payouts.approve(run_id=run.pk, by=staff(), now=NOW)
    again = built()
    assert Payout.objects.get(run=again).mentor == mentor


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def past_the_guards(statement: str, *values: Any) -> None:
    """Change payouts as the tables' owner could."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_payout DISABLE TRIGGER billing_payout_frozen")
    sql(statement, *values)
    sql("ALTER TABLE billing_payout ENABLE TRIGGER billing_payout_frozen")


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE billing_payout SET amount_minor = 9999", "billing_payout_frozen"),
        ("UPDATE billing_payout SET mentor_id = gen_random_uuid()", "billing_payout_frozen"),
        ("UPDATE billing_payout SET state = 'paid'", "billing_payout_state_machine"),
        ("DELETE FROM billing_payout", "are history"),
        ("UPDATE billing_payoutline SET live = false", "billing_payoutline_fixed"),
        ("UPDATE billing_payoutline SET amount_minor = 1", "billing_payoutline_fixed"),
        ("DELETE FROM billing_payoutline", "are history"),
        ("UPDATE billing_payoutrun SET content_hash = repeat('0', 64)", "billing_payoutrun_fixed"),
        ("UPDATE billing_payoutrun SET built_by_id = NULL", "billing_payoutrun_frozen"),
        ("UPDATE billing_payoutrun SET frozen_by_id = NULL", "billing_payoutrun_once"),
        ("UPDATE billing_payoutrun SET state = 'sending'", "billing_payoutrun_state_machine"),
        (
            "INSERT INTO billing_payoutline (payout_id, line_id, amount_minor, live) "
            "SELECT payout_id, line_id, amount_minor, true FROM billing_payoutline",
            "billing_payoutline_fits",
        ),
    ],
)
def test_the_database_keeps_a_frozen_run_as_it_is(
    stage: StandIn, statement: str, constraint: str
) -> None:
    payable(stage)
    frozen()

    with pytest.raises(Exception, match=constraint):
        sql(statement)


def test_a_run_whose_payouts_are_not_the_sum_of_their_lines_cannot_be_frozen(
    stage: StandIn,
) -> None:
    payable(stage)
    run = built()
    by = staff()
    past_the_guards("UPDATE billing_payout SET amount_minor = 8000")

    with pytest.raises(IntegrityError, match="its lines make 8180"), transaction.atomic():
        payouts.freeze(run_id=run.pk, by=by, now=NOW)

    past_the_guards("UPDATE billing_payout SET amount_minor = 8180")
    assert payouts.freeze(run_id=run.pk, by=by, now=NOW).state == "frozen"


def test_a_run_that_was_changed_past_the_product_is_not_approved(stage: StandIn) -> None:
    """The hand is an owner's: it switches the guards off. The hash still tells."""
    mentor = payable(stage)
    run = frozen()
    thief = verified(stage, MentorFactory())
    past_the_guards("UPDATE billing_payout SET account_id = %s", thief.pk)

    with pytest.raises(payouts.RunTampered):
        payouts.approve(run_id=run.pk, by=staff(), now=NOW)

    assert "2140" not in books()
    assert Payout.objects.get().mentor == mentor


def test_a_line_of_another_mentor_does_not_fit_a_payout(stage: StandIn) -> None:
    payable(stage)
    payable(stage)
    run = built()
    first, second = Payout.objects.filter(run=run).order_by("pk")
    line = second.lines.get()

    with pytest.raises(IntegrityError, match="fits"):
        sql(
            "INSERT INTO billing_payoutline (payout_id, line_id, amount_minor, live) "
            "VALUES (%s, %s, %s, true)",
            first.pk,
            line.line_id,
            line.amount_minor,
        )


def test_building_takes_as_many_queries_for_three_mentors_as_for_one(
    stage: StandIn,
) -> None:
    payable(stage)
    counts = []
    for _ in range(2):
        with CountedQueries() as counted:
            run = built(staff())
        payouts.discard(run_id=run.pk, by=staff(), now=NOW)
        counts.append(counted.number)
        payable(stage)
        payable(stage)

    assert counts[0] == counts[1]
    assert check_books(now=NOW + timedelta(days=1)).ok


class CountedQueries:
    """Count the statements of a block."""

    number = 0

    def __enter__(self) -> "CountedQueries":
        connection.execute_wrappers.append(self._count)
        return self

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.number += 1
        return execute(*arguments)

    def __exit__(self, *_: object) -> None:
        connection.execute_wrappers.remove(self._count)


def test_a_payout_does_not_lean_on_money_that_a_bank_holds(stage: StandIn) -> None:
    """Of two sales one is disputed: its share is in 2120, and is nobody's to be paid."""
    mentor = payable(stage)
    disputed = Payment.objects.get(purchase__mentor=mentor)
    other = earned(mentor=mentor, days=2)
    bank_says(disputed, dispute("needs_response", at=NOW), at=NOW)
    run = frozen()
    refund(other, 10_000, bearer="platform", at=NOW)  # what the run would pay
    assert books()["2120"] == -8180

    with pytest.raises(payouts.RunMoved, match=mentor.user.name):
        payouts.approve(run_id=run.pk, by=staff(), now=NOW)

    assert (books()["2120"], books().get("2140")) == (-8180, None)
