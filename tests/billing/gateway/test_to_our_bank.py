"""Money on its way to the platform's bank, as webhooks tell of it."""

from typing import Any

import pytest

from billing import reconciliation, replay
from billing.models import Break, Entry, GatewayEvent, GatewayPayout, Line
from tests.billing.gateway.journey import HOUR, NOW, deliver_all, receive, work
from tests.standin import StandIn


def sent_to_bank(standin: StandIn) -> str:
    standin.fund(100_000)
    made = standin.control("POST", "stripe/payouts", currency="usd")
    return str(made["id"])


def balances() -> dict[str, int]:
    found: dict[str, int] = {}
    for line in Line.objects.all():
        found[line.account_id] = found.get(line.account_id, 0) + line.amount_minor
    return {account: minor for account, minor in found.items() if minor}


def test_a_payout_to_the_bank_is_booked_when_stripe_tells_of_it(standin: StandIn) -> None:
    payout_id = sent_to_bank(standin)

    deliver_all(standin)
    deliver_all(standin)

    # 1,000.00 less the fee of 29.30
    assert balances() == {"1120:stripe:USD": 97_070, "1100:stripe:USD": -97_070}
    payout = GatewayPayout.objects.get()
    assert (payout.gateway_payout_id, payout.state) == (payout_id, "in_transit")
    told = GatewayEvent.objects.filter(type__startswith="payout.")
    assert set(told.values_list("state", "outcome")) == {("done", "in_transit")}


@pytest.mark.parametrize(
    ("outcome", "left"),
    [("paid", {"1010:USD": 97_070, "1100:stripe:USD": -97_070}), ("failed", {})],
)
@pytest.mark.parametrize("step", [1, -1])
def test_its_end_is_booked_in_whatever_order_it_is_told(
    standin: StandIn, outcome: str, left: dict[str, int], step: int
) -> None:
    payout_id = sent_to_bank(standin)
    standin.control("POST", f"stripe/payouts/{payout_id}/finish", outcome=outcome)

    for event in standin.events()[::step]:
        receive(event)
    work()

    assert balances() == left


def test_the_night_finds_nothing_left_to_book(standin: StandIn) -> None:
    sent_to_bank(standin)
    deliver_all(standin)
    before = Entry.objects.count()

    reconciliation.run(gateway="stripe", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert Entry.objects.count() == before
    assert not Break.objects.filter(type__startswith="payout").exists()


def test_a_mentors_own_payout_is_none_of_ours(standin: StandIn) -> None:
    sent_to_bank(standin)
    (event,) = [one for one in standin.events() if one["type"] == "payout.created"]

    receive({**event, "account": "acct_1Mentor"})
    work()

    assert GatewayEvent.objects.get().state == "ignored"
    assert GatewayPayout.objects.count() == 0


def test_one_that_was_told_can_be_told_again_by_a_person(standin: StandIn) -> None:
    payout_id = sent_to_bank(standin)
    (event,) = [one for one in standin.events() if one["type"] == "payout.created"]
    receive(event)  # and the work is not done yet

    sight = replay.look(event_id=GatewayEvent.objects.get().pk)
    replayed = replay.apply(sight, by="usr_1", now=NOW)

    payout = GatewayPayout.objects.get()
    shown: list[Any] = [(one.before, one.after) for one in replayed.changes]
    assert payout.gateway_payout_id == payout_id
    assert (replayed.outcome, shown) == (
        "in_transit",
        [("", "in_transit"), ("received", "done")],
    )
