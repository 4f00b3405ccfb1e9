"""Lists: cursors, filters, ranges; the balance that the entries add up to."""

import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn


def test_pages_follow_each_other_without_gap_or_overlap(client: stripe.StripeClient) -> None:
    made = [
        client.v1.payment_intents.create({"amount": 100 + n, "currency": "usd"}).id
        for n in range(25)
    ]

    first = client.v1.payment_intents.list({"limit": 10})
    second = client.v1.payment_intents.list({"limit": 10, "starting_after": first.data[-1].id})
    third = client.v1.payment_intents.list({"limit": 10, "starting_after": second.data[-1].id})
    back = client.v1.payment_intents.list({"limit": 10, "ending_before": second.data[0].id})

    pages = [[intent.id for intent in page.data] for page in (first, second, third)]
    assert [*pages[0], *pages[1], *pages[2]] == made[::-1]
    assert [page.has_more for page in (first, second, third)] == [True, True, False]
    assert [intent.id for intent in back.data] == pages[0]
    everything = client.v1.payment_intents.list({"limit": 7}).auto_paging_iter()
    assert [intent.id for intent in everything] == made[::-1]


def test_bad_cursors_and_limits_are_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.charges.list({"starting_after": "ch_nobody"})
    assert (unknown.value.code, unknown.value.param) == ("resource_missing", "starting_after")
    for limit in (0, 101):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.charges.list({"limit": limit})
        assert refusal.value.param == "limit"


def test_balance_transactions_are_filtered_by_time_type_and_source(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", set="2026-10-01T12:00:00Z", frozen=True)
    monday = paid(client, 1_000)
    standin.control("POST", "clock", advance_seconds=86_400)
    tuesday = paid(client, 2_000)
    refund = client.v1.refunds.create({"payment_intent": monday.id, "amount": 400})
    midnight = 1_790_899_200  # 2026-10-02T00:00:00Z

    def amounts(**params: object) -> list[int]:
        found = client.v1.balance_transactions.list(params)  # type: ignore[arg-type]
        return [entry.amount for entry in found.data]

    assert amounts() == [-400, 2_000, 1_000]
    assert amounts(created={"gte": midnight}) == [-400, 2_000]
    assert amounts(created={"lt": midnight}) == [1_000]
    assert amounts(type="refund") == [-400]
    assert amounts(source=refund.id) == [-400]
    assert isinstance(tuesday.latest_charge, stripe.Charge)
    assert amounts(source=tuesday.latest_charge.id) == [2_000]
    assert amounts(currency="eur") == []


def test_charges_become_available_after_two_days(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    paid(client, 10_000)
    paid(client, 5_000, card="pm_card_bypassPending")

    before = client.v1.balance.retrieve()
    standin.control("POST", "clock", advance_seconds=2 * 86_400)
    after = client.v1.balance.retrieve()

    # 100.00 − 3.20 pending; 50.00 − 1.75 at once (2.9 % of 50.00 = 1.45, + 0.30)
    assert (before.available[0].amount, before.pending[0].amount) == (4_825, 9_680)
    assert (after.available[0].amount, after.pending[0].amount) == (14_505, 0)
    statuses = [entry.status for entry in client.v1.balance_transactions.list().data]
    assert statuses == ["available", "available"]


def test_expansion_follows_paths_and_refuses_dead_ends(client: stripe.StripeClient) -> None:
    intent = paid(client)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})

    page = client.v1.charges.list(
        {"expand": ["data.balance_transaction", "data.payment_intent", "data.refunds"]}
    )

    (charge,) = page.data
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert isinstance(charge.payment_intent, stripe.PaymentIntent)
    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [100]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.charges.retrieve(charge.id, {"expand": ["nothing"]})


def test_events_are_listed_by_type_and_family(client: stripe.StripeClient) -> None:
    intent = paid(client)

    by_type = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    by_family = client.v1.events.list({"type": "payment_intent.*"}).data

    assert [event.data.object["id"] for event in by_type] == [intent.id]
    assert [event.type for event in by_family] == [
        "payment_intent.succeeded",
        "payment_intent.created",
    ]
    assert client.v1.events.retrieve(by_type[0].id).api_version == "2026-10-28.endive"
