"""The gateway's own account: balance transactions, and the balance they add up to.

https://docs.stripe.com/api/balance_transactions
https://docs.stripe.com/reports/balance-transaction-types
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.core.messages import Json
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.world import World

_CATEGORIES = {
    "transfer_refund": "transfer_reversal",
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "charge_failure",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "stripe_fee": "fee",
}


def book(
    world: World,
    *,
    type: str,
    amount: int,
    currency: str,
    source: str | None,
    fee: int = 0,
    description: str | None = None,
    category: str | None = None,
    at_once: bool = False,
    created: int | None = None,
) -> Json:
    """Append a balance transaction, `net = amount − fee`; a charge's money is available later.

    Where the settings exchange the currency, amount and fee are in the other one.
    """
    created = world.now if created is None else created
    amount, fee, currency, rate = _exchanged(world, amount, fee, currency)
    delayed = type in {"charge", "payment"} and not at_once
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if category == "dispute" else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return world.add(
        "balance_transaction",
        {
            "id": world.ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": created
            + (int(world.setting("availability_seconds")) if delayed else 0),
            "balance_type": "payments",
            "created": created,
            "currency": currency,
            "description": description,
            "exchange_rate": rate,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": category or _CATEGORIES.get(type, type),
            "source": source,
            "status": "pending",
            "type": type,
            "_payout": None,
        },
    )


def _exchanged(
    world: World, amount: int, fee: int, currency: str
) -> tuple[int, int, str, float | None]:
    rule = world.setting("exchange").get(currency)
    if rule is None:
        return amount, fee, currency, None
    rate = Decimal(rule["rate"])
    turned = [int((Decimal(each) * rate).quantize(Decimal(1))) for each in (amount, fee)]
    return turned[0], turned[1], rule["currency"], float(rate)


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/balance_transactions/{id}"""
    return world.require("balance_transaction", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/balance_transactions; `payout` lists what an automatic payout consists of."""
    where = equal(params, "currency", "source", "type")
    if "payout" in params:
        world.require("payout", params["payout"], param="payout", status=400)
        where["_payout"] = params["payout"]
    return list_of(world, "balance_transaction", params, url="/v1/balance_transactions", **where)


def available(world: World, currency: str) -> int:
    """Return what may be paid out in a currency."""
    return sum_of_nets(world, currency)[0]


def sum_of_nets(world: World, currency: str) -> tuple[int, int]:
    """Return (available, pending) of a currency, summed over the balance transactions."""
    row = world.store.db.execute(
        "SELECT TOTAL(CASE WHEN json_extract(body, '$.available_on') <= ?1 THEN"
        " json_extract(body, '$.net') END),"
        " TOTAL(CASE WHEN json_extract(body, '$.available_on') > ?1 THEN json_extract(body,"
        " '$.net') END)"
        " FROM objects WHERE kind = 'balance_transaction' AND account = ?2 AND NOT hidden"
        " AND json_extract(body, '$.currency') = ?3",
        (world.now, world.account, currency),
    ).fetchone()
    return int(row[0]), int(row[1])


def retrieve_balance(world: World, names: Json, params: Json) -> Json:
    """GET /v1/balance"""
    rows = world.store.db.execute(
        "SELECT DISTINCT json_extract(body, '$.currency') FROM objects"
        " WHERE kind = 'balance_transaction' AND account = ? AND NOT hidden ORDER BY 1",
        (world.account,),
    ).fetchall()
    currencies = [row[0] for row in rows] or ["usd"]
    sums = {currency: sum_of_nets(world, currency) for currency in currencies}
    return {
        "object": "balance",
        "available": [_slice(currency, sums[currency][0]) for currency in currencies],
        "connect_reserved": [{"amount": 0, "currency": currency} for currency in currencies],
        "livemode": False,
        "pending": [_slice(currency, sums[currency][1]) for currency in currencies],
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }


def _slice(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
