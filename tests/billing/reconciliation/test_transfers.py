"""Transfers at the stand-in and payouts here: 1:1, or a typed break that settle may mend."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from billing import payouts, reconciliation
from billing.ledger.checks import check_books
from billing.models import Break, Payout
from billing.payouts import ordering
from kernel import clock
from tests.billing.payouts.world import NOW, approved, books, payable, payout_to, sent
from tests.standin import StandIn

pytestmark = pytest.mark.django_db

OF_PAYOUTS = [
    "payout_missing_here",
    "payout_missing_there",
    "status_paid_there",
    "status_returned_here",
    "status_returned_there",
]
NIGHT = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def stage(db: None, standin: StandIn) -> Iterator[StandIn]:
    """Every clock at NOW and money at the gateway; afterwards the books agree, breaks listed."""
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    standin.fund()
    with clock.travel(NOW):
        yield standin
    report = check_books(now=NIGHT)
    assert report.ok, report.as_json()


def run() -> reconciliation.Result:
    """The night's run over the day of the payouts; the stage's own sale is nobody's here."""
    return reconciliation.run(
        gateway="stripe", since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=9), now=NIGHT
    )


def breaks() -> dict[str, int]:
    found = dict(run().breaks)
    assert found.pop("charge_missing_here") == 1  # the sale that funds the balance
    return found


def paid_payout(stage: StandIn) -> tuple[Payout, str]:
    """A payout that was paid, and its transfer at the gateway."""
    mentor = payable(stage)
    payout = payout_to(mentor, sent())
    assert payout.gateway_transfer_id is not None
    return payout, payout.gateway_transfer_id


def test_payouts_that_agree_are_no_breaks(stage: StandIn) -> None:
    paid_payout(stage)
    returned, transfer_id = paid_payout(stage)
    stage.send_back(transfer_id, 8180)
    payouts.settle(payout_id=returned.pk, now=NOW)

    assert breaks() == {}


def test_a_transfer_made_on_the_dashboard_is_missing_here(stage: StandIn) -> None:
    payout, _ = paid_payout(stage)
    payee = payout.account.gateway_account_id
    assert payee is not None
    made = stage.stripe.v1.transfers.create(
        {"amount": 700, "currency": "usd", "destination": payee}
    )

    assert breaks() == {"payout_missing_here": 1}
    found = Break.objects.get(type="payout_missing_here")
    assert (found.key, found.payout, found.theirs_minor) == (made.id, None, -700)


def test_a_second_transfer_for_one_payout_is_missing_here(stage: StandIn) -> None:
    payout, _ = paid_payout(stage)
    payee = payout.account.gateway_account_id
    assert payee is not None
    stage.stripe.v1.transfers.create(
        {
            "amount": 8180,
            "currency": "usd",
            "destination": payee,
            "metadata": {"payout_id": payout.public_id},
        }
    )

    assert breaks() == {"payout_missing_here": 1}
    assert Break.objects.get(type="payout_missing_here").payout == payout


def test_a_payment_that_we_did_not_hear_of_is_mended_by_settle(
    stage: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payable(stage)
    run_here = approved()
    with monkeypatch.context() as patch:
        patch.setattr(ordering, "apply", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            payouts.send(run_id=run_here.pk, now=NOW)

    first = run()
    assert first.breaks["payout_missing_here"] == 1
    healed = reconciliation.heal(result=first, now=NIGHT)

    assert healed == [str(Payout.objects.get().pk)]
    assert breaks() == {}
    assert Break.objects.get(type="payout_missing_here").state == "closed"


def test_a_transfer_that_is_not_listed_is_missing_there(stage: StandIn) -> None:
    payout, transfer_id = paid_payout(stage)
    hide_movement_of(stage, transfer_id, "transfer")

    assert breaks() == {"payout_missing_there": 1}
    found = Break.objects.get(type="payout_missing_there")
    assert (found.key, found.payout, found.ours_minor) == (transfer_id, payout, -8180)


def test_money_that_came_back_unheard_of_is_mended_by_settle(stage: StandIn) -> None:
    payout, transfer_id = paid_payout(stage)
    stage.send_back(transfer_id, 8180)

    first = run()
    assert first.breaks["status_returned_there"] == 1
    reconciliation.heal(result=first, now=NIGHT)

    payout.refresh_from_db()
    assert payout.state == "returned"
    assert books()["2150"] == -8180
    assert breaks() == {}


def test_money_that_came_back_in_part_is_an_amount_for_a_person(stage: StandIn) -> None:
    payout, transfer_id = paid_payout(stage)
    stage.send_back(transfer_id, 1000)

    assert breaks() == {"amount": 1}
    assert reconciliation.heal(result=run(), now=NIGHT) == []
    found = Break.objects.get(type="amount")
    assert (found.payout, found.theirs_minor) == (payout, 1000)


def test_a_return_that_the_gateway_does_not_list_is_returned_here_alone(stage: StandIn) -> None:
    payout, transfer_id = paid_payout(stage)
    stage.send_back(transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)
    hide_movement_of(stage, transfer_id, "transfer_refund")

    assert breaks() == {"status_returned_here": 1}


def test_a_payout_that_failed_here_and_was_paid_there_is_found(stage: StandIn) -> None:
    mentor = payable(stage)
    run_here = approved()
    account = payout_to(mentor).account
    assert account.gateway_account_id is not None
    stage.verify(account.gateway_account_id, "restricted")
    payouts.send(run_id=run_here.pk, now=NOW)
    stage.verify(account.gateway_account_id)
    payout = payout_to(mentor)
    assert payout.state == "failed"
    stage.stripe.v1.transfers.create(
        {
            "amount": 8180,
            "currency": "usd",
            "destination": account.gateway_account_id,
            "metadata": {"payout_id": payout.public_id},
        }
    )

    assert breaks() == {"status_paid_there": 1}
    assert Break.objects.get(type="status_paid_there").payout == payout


def test_a_second_run_adds_nothing_and_what_is_young_is_no_break(stage: StandIn) -> None:
    payout, transfer_id = paid_payout(stage)
    hide_movement_of(stage, transfer_id, "transfer")
    young = reconciliation.run(
        gateway="stripe",
        since=NOW - timedelta(hours=1),
        until=NOW + timedelta(hours=9),
        now=NOW + timedelta(hours=20),
    )
    assert young.timing["payout_missing_there"] == 1
    assert "payout_missing_there" not in young.breaks

    run()
    again = run()

    assert (again.new, again.closed) == (0, 0)
    assert Break.objects.filter(payout=payout).count() == 1


def hide_movement_of(stage: StandIn, transfer_id: str, kind: str) -> None:
    """Take the balance transaction of a transfer, or of its reversal, off the gateway's list."""
    transfer = stage.stripe.v1.transfers.retrieve(transfer_id)
    source = transfer_id if kind == "transfer" else transfer.reversals.data[0].id
    [moved] = stage.stripe.v1.balance_transactions.list({"type": kind, "source": source}).data
    stage.control("POST", "stripe/plant/hide", id=moved.id)
