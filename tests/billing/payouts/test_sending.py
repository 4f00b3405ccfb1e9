"""Sending a run: each mentor once, whatever breaks on the way; and what comes back."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from billing import payout_accounts, payouts
from billing.gateways.base import GatewayUnavailable
from billing.ledger import entries
from billing.models import Entry, GatewayEvent, Payment, Payout, PayoutRun
from billing.payouts import ordering, sending
from billing.payouts.sending import RunNotApproved
from kernel.models import Job
from kernel.tasks import LEASE, drain
from notifications.models import Email
from tests.billing.gateway.journey import receive, work
from tests.billing.ledger.books import refund
from tests.billing.payouts.world import (
    NOW,
    approved,
    books,
    built,
    frozen,
    payable,
    payout_to,
    sent,
)
from tests.standin import StandIn

LATER = NOW + timedelta(minutes=2)


def transfers(standin: StandIn) -> list[int]:
    return sorted(one.amount for one in standin.stripe.v1.transfers.list().data)


def states(run: PayoutRun) -> list[str]:
    return sorted(Payout.objects.filter(run=run).values_list("state", flat=True))


def test_an_approval_promises_the_sending_and_the_job_does_it(stage: StandIn) -> None:
    mentor = payable(stage)
    run = approved()
    assert Job.objects.filter(name="billing.payouts.sending.send_run").count() == 1

    work()

    run.refresh_from_db()
    payout = payout_to(mentor)
    assert (run.state, payout.state) == ("done", "paid")
    assert transfers(stage) == [8180]
    letter = Email.objects.get(template="payout_paid")
    assert letter.to == mentor.user.email
    assert "$81.80 USD is on its way to you" in letter.subject
    assert payout.public_id in letter.text


def test_a_job_sends_a_part_and_promises_the_rest(
    stage: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand orders take longer than a job's lease, and than the cluster lets a worker be."""
    for _ in range(3):
        payable(stage)
    run = approved()
    monkeypatch.setattr(sending, "PART", timedelta(0))

    assert drain(limit=1) == 1
    first = payouts.progress(run_id=run.pk)
    work()

    assert (first.paid, first.waiting, first.run.state) == (1, 2, "sending")
    run.refresh_from_db()
    assert run.state == "done"
    assert transfers(stage) == [8180, 8180, 8180]
    jobs = Job.objects.filter(name="billing.payouts.sending.send_run")
    assert jobs.filter(done_at__isnull=False).count() == 4  # the last finds that nothing waits
    assert sending.PART < LEASE


def test_a_run_that_another_process_sends_is_left_to_it(stage: StandIn) -> None:
    payable(stage)
    run = approved()
    turn = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(turn, [f"billing: payout run {run.pk}"])

        beside = payouts.send(run_id=run.pk, now=NOW)

        assert (beside.paid, beside.waiting, beside.cut) == (0, 1, False)
        assert transfers(stage) == []
        assert payout_to(Payout.objects.get().mentor).open_since is None
        other.execute("SELECT pg_advisory_unlock_all()")  # a server is late to hear of a close

    assert payouts.send(run_id=run.pk, now=NOW).paid == 1


@pytest.mark.parametrize("state", ["draft", "frozen", "discarded"])
def test_a_run_that_nobody_approved_is_not_sent(stage: StandIn, state: str) -> None:
    payable(stage)
    run = built() if state == "draft" else frozen()
    if state == "discarded":
        payouts.discard(run_id=run.pk, by=run.built_by, now=NOW)

    with pytest.raises(RunNotApproved):
        payouts.send(run_id=run.pk, now=NOW)

    assert transfers(stage) == []


def test_sending_twice_pays_once(stage: StandIn) -> None:
    payable(stage)
    payable(stage, price_minor=4999)
    run = approved()

    first = payouts.send(run_id=run.pk, now=NOW)
    second = payouts.send(run_id=run.pk, now=NOW)

    assert (first.paid, second.paid, second.waiting) == (2, 2, 0)
    assert transfers(stage) == [4074, 8180]
    assert Entry.objects.filter(source_type="payout", kind="paid").count() == 2


@pytest.mark.parametrize("dies", ["before the call", "after the call", "before the last commit"])
def test_a_run_that_was_killed_half_way_is_resumed_and_each_is_paid_once(
    stage: StandIn, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        payable(stage)
    run = approved()
    killed = kill_second(monkeypatch, dies)

    with pytest.raises(SystemExit):
        payouts.send(run_id=run.pk, now=NOW)
    assert killed
    assert states(run).count("paid") == 1
    monkeypatch.undo()
    payouts.sweep(now=LATER)

    run.refresh_from_db()
    assert (run.state, states(run)) == ("done", ["paid", "paid", "paid"])
    assert transfers(stage) == [8180, 8180, 8180]
    assert Email.objects.filter(template="payout_paid").count() == 3


def kill_second(monkeypatch: pytest.MonkeyPatch, dies: str) -> list[int]:
    """End the process at the second payout; SystemExit passes every `except Exception`."""
    calls: list[int] = []
    room, name = {
        "before the call": (sending, "order"),
        "after the call": (ordering, "apply"),
        "before the last commit": (entries, "post"),
    }[dies]
    real = getattr(room, name)

    def dying(*given: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return real(*given, **named)

    monkeypatch.setattr(room, name, dying)
    return calls


def test_a_lost_answer_is_found_by_our_id(stage: StandIn) -> None:
    payable(stage)
    run = approved()
    stage.fault("error_after", path="/v1/transfers$", options={"sticky": True}, times=3)

    done = payouts.send(run_id=run.pk, now=NOW)

    assert (done.paid, done.run.state) == (1, "done")
    assert transfers(stage) == [8180]


def test_a_silent_gateway_leaves_the_rest_to_the_sweep(stage: StandIn) -> None:
    for _ in range(5):
        payable(stage)
    run = approved()
    stage.fault("error_before", path="/v1/transfers", times=None)

    done = payouts.send(run_id=run.pk, now=NOW)

    assert (done.paid, done.failed, done.waiting) == (0, 0, 5)
    assert books()["2140"] == -5 * 8180
    stage.control("DELETE", "faults")
    payouts.sweep(now=LATER)
    run.refresh_from_db()
    assert run.state == "done"
    assert transfers(stage) == [8180] * 5


def test_an_order_older_than_its_key_is_looked_up_before_it_is_given(stage: StandIn) -> None:
    payable(stage)
    run = approved()
    stage.fault("timeout_after", path="/v1/transfers$", options={"seconds": 0}, times=3)
    stage.fault("error_before", method="GET", path="/v1/transfers", times=3)
    assert payouts.send(run_id=run.pk, now=NOW).waiting == 1
    stage.control("DELETE", "faults")
    stage.control("POST", "clock", advance_seconds=25 * 3600)  # the gateway has forgotten the key

    payouts.sweep(now=NOW + timedelta(hours=25))

    assert transfers(stage) == [8180]
    assert Payout.objects.get().state == "paid"


def test_a_refusal_gives_the_money_back_and_the_run_goes_on(stage: StandIn) -> None:
    refused, paid = payable(stage), payable(stage)
    run = approved()
    account = payout_to(refused).account
    assert account.gateway_account_id is not None
    stage.verify(account.gateway_account_id, "restricted")

    done = payouts.send(run_id=run.pk, now=NOW)

    assert (done.paid, done.failed, done.run.state) == (1, 1, "done")
    payout = payout_to(refused)
    assert (payout.state, payout.failure_code) == (
        "failed",
        "insufficient_capabilities_for_transfer",
    )
    assert payout_to(paid).state == "paid"
    assert (books()["2120"], books().get("2140", 0)) == (-8180, 0)
    account.refresh_from_db()
    assert account.state == "restricted"  # asked at once why: the next run leaves the mentor out
    stage.verify(account.gateway_account_id)
    payout_accounts.refresh(account_id=account.pk, now=NOW)
    again = sent()
    assert payout_to(refused, again).state == "paid"


def test_a_refund_between_approval_and_sending_makes_the_mentor_owe(stage: StandIn) -> None:
    """The money is in transit already: it is paid, and the next earnings are set off."""
    mentor = payable(stage)
    run = approved()
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)

    done = payouts.send(run_id=run.pk, now=NOW)

    assert done.paid == 1
    assert books()["2120"] == 2726
    [owes] = payouts.preview(run_id=built().pk).excluded
    assert (owes.mentor, owes.reason) == (mentor, "negative")


def test_a_webhook_that_overtakes_our_answer_settles_the_payout(
    stage: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payable(stage)
    run = approved()
    with monkeypatch.context() as patch:
        patch.setattr(ordering, "apply", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            payouts.send(run_id=run.pk, now=NOW)
    Job.objects.all().delete()

    for event in stage.events():
        if event["type"] == "transfer.created":
            receive(event, at=NOW)
    work()

    told = GatewayEvent.objects.get(object_type="transfer")
    assert (told.state, told.outcome, told.payout) == ("done", "paid", Payout.objects.get())
    run.refresh_from_db()
    assert run.state == "done"


def test_a_returned_transfer_is_heard_of_by_webhook_also_after_the_window(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payouts.sweep(now=NOW + timedelta(days=31))
    payout = payout_to(mentor)
    assert payout.state == "cleared"
    assert payout.gateway_transfer_id is not None

    stage.send_back(payout.gateway_transfer_id, 8180)
    for event in stage.events():
        receive(event, at=NOW)
    work()

    payout.refresh_from_db()
    assert payout.state == "returned"
    assert books()["2150"] == -8180


def test_the_window_is_looked_through_once_more_before_it_closes(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None
    stage.send_back(payout.gateway_transfer_id, 8180)  # and every webhook is lost

    payouts.sweep(now=NOW + timedelta(days=29))
    payout.refresh_from_db()
    assert payout.state == "paid"
    payouts.sweep(now=NOW + timedelta(days=30))

    payout.refresh_from_db()
    assert payout.state == "returned"


def test_money_that_came_back_in_part_is_left_to_a_person(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None
    stage.send_back(payout.gateway_transfer_id, 1000)
    before = books()

    with pytest.raises(payouts.PayoutContradicted, match=r"\$10.00 USD"):
        payouts.settle(payout_id=payout.pk, now=NOW)

    assert books() == before
    payout.refresh_from_db()
    assert payout.state == "paid"


def test_returned_money_is_not_reassigned_without_a_working_account(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    by = payout.run.built_by
    with pytest.raises(payouts.NotReassignable, match="is paid"):
        payouts.reassign(payout_id=payout.pk, by=by, now=NOW)
    assert payout.gateway_transfer_id is not None
    stage.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)
    account = payout.account
    account.state, account.closed_at = "closed", NOW
    account.save()

    with pytest.raises(payouts.NotReassignable, match="no verified payout account"):
        payouts.reassign(payout_id=payout.pk, by=by, now=NOW)

    assert books()["2150"] == -8180


def test_settling_is_idle_without_news_and_says_when_nobody_answers(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    before = (books(), Entry.objects.count(), Email.objects.count())

    for _ in range(3):
        payouts.settle(payout_id=payout.pk, now=NOW)

    assert (books(), Entry.objects.count(), Email.objects.count()) == before
    stage.fault("error_before", path="/v1/transfers", times=None)
    with pytest.raises(GatewayUnavailable):
        payouts.settle(payout_id=payout.pk, now=NOW)
