"""Two at once: the locks and the constraints decide, and the books hold one of each.

Real transactions on real connections; nothing is rolled back behind the threads.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from billing import payouts
from billing.ledger import entries
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, PayoutRun
from billing.payouts import eligible
from kernel import clock
from tests import migrated_rows
from tests.billing.ledger.books import refund
from tests.billing.ledger.test_races import at_once
from tests.billing.payouts.world import NOW, approved, built, frozen, payable, staff
from tests.standin import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_of_two_runs_built_at_once_one_wins(stage: StandIn) -> None:
    payable(stage)

    results = at_once(*(lambda: built(staff()) for _ in range(2)))

    assert kinds(results) == ["PayoutRun", "RunInProgress"]
    assert PayoutRun.objects.count() == 1


def test_of_two_approvals_at_once_one_counts(stage: StandIn) -> None:
    payable(stage)
    run = frozen()
    people = [staff("Ann"), staff("Ben")]

    results = at_once(
        *(lambda by=by: payouts.approve(run_id=run.pk, by=by, now=NOW) for by in people)
    )

    assert kinds(results) == ["PayoutRun", "RunNotReady"]
    assert Entry.objects.filter(source_type="payout").count() == 1


def test_an_approval_and_a_discard_at_once_do_not_both_happen(stage: StandIn) -> None:
    payable(stage)
    run = frozen()
    by = staff()

    results = at_once(
        lambda: payouts.approve(run_id=run.pk, by=by, now=NOW),
        lambda: payouts.discard(run_id=run.pk, by=by, now=NOW),
    )

    assert kinds(results) == ["PayoutRun", "RunNotReady"]


def test_three_that_send_at_once_pay_each_mentor_once(stage: StandIn) -> None:
    for _ in range(3):
        payable(stage)
    run = approved()

    def send() -> payouts.Sent:
        with clock.travel(NOW):
            return payouts.send(run_id=run.pk, now=NOW)

    at_once(send, send, send)
    payouts.sweep(now=NOW.replace(hour=NOW.hour + 1))

    run.refresh_from_db()
    assert run.state == "done"
    assert [one.amount for one in stage.stripe.v1.transfers.list().data] == [8180] * 3
    assert Entry.objects.filter(source_type="payout", kind="paid").count() == 3


def approve_during_a_refund(stage: StandIn) -> object:
    """Approve while a refund of the mentor's money has been posted and not yet committed."""
    payable(stage)
    run, by = frozen(), staff()
    posted, committed = threading.Event(), threading.Event()
    result: list[object] = []

    def give_back() -> None:
        try:
            with transaction.atomic():
                refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
                posted.set()
                committed.wait(timeout=1)  # the approval is under way by then
        finally:
            connection.close()

    def approve() -> None:
        try:
            posted.wait(timeout=10)
            result.append(payouts.approve(run_id=run.pk, by=by, now=NOW))
        except payouts.RunMoved as refusal:
            result.append(refusal)
        finally:
            committed.set()
            connection.close()

    run_together(give_back, approve)
    return result[0]


def run_together(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


def test_an_approval_waits_for_a_refund_that_is_being_posted_and_is_refused(
    stage: StandIn,
) -> None:
    result = approve_during_a_refund(stage)

    assert isinstance(result, payouts.RunMoved)
    assert "has USD 54.54 left of USD 81.80" in str(result)


def test_without_the_mentors_lock_the_same_approval_pays_too_much(
    stage: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the refund is not waited for, and 2120 ends below zero."""
    monkeypatch.setattr(entries, "lock_mentors", lambda _mentors: None)

    result = approve_during_a_refund(stage)

    assert isinstance(result, PayoutRun)
    mentor_id = Payment.objects.get().purchase.mentor_id
    assert eligible.balances(mentor_ids=[mentor_id], currency="USD") == {mentor_id: -2726}
    found = {one.invariant.code for one in check_books(now=NOW).findings if not one.ok}
    assert found == {"I7"}
    migrated_rows.put_back()  # the stage would find these books broken
