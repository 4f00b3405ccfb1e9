"""Every movement of the platform's balance, as Transaction Search will tell it.

Event codes: https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.core.messages import Json
from sandbox.paypal.world import World

PAYMENT = "T0006"  # express checkout payment
MASS_PAYMENT = "T0001"
WITHDRAWAL = "T0400"
WITHDRAWAL_REVERSED = "T1101"
REVERSAL = "T1106"  # taken back by PayPal for the buyer
REFUND = "T1107"
MASS_PAYMENT_REVERSED = "T1114"
MASS_PAYMENT_REFUNDED = "T1115"
CHARGEBACK = "T1201"
CHARGEBACK_REVERSED = "T1202"


def book(
    world: World,
    code: str,
    *,
    amount: int,
    currency: str,
    fee: int = 0,
    transaction: str | None = None,
    status: str = "S",
    reference: str | None = None,
    reference_type: str = "TXN",
    custom: str | None = None,
    invoice: str | None = None,
    counterparty: Json | None = None,
) -> Json:
    """Append a movement; `fee` is what PayPal keeps of it, so that `net = amount − fee`.

    A pending one (`P`) does not move the balance yet. Where the settings exchange the currency,
    amount and fee are in the other one, at the rate of now.
    """
    number = transaction or world.code()
    rule = world.setting("paypal_exchange").get(currency)
    rate = None if rule is None else rule["rate"]
    return world.add(
        "transaction",
        {
            "id": f"row_{world.code(24)}",
            "transaction": number,
            "code": code,
            "amount": _turned(amount, rate),
            "fee": _turned(fee, rate),
            "currency": currency if rule is None else rule["currency"],
            "rate": rate,
            "status": status,
            "reference": reference,
            "reference_type": reference_type if reference else None,
            "custom": custom,
            "invoice": invoice,
            "counterparty": counterparty,
        },
    )


def of(world: World, transaction: str) -> Json | None:
    """Return the movement that an identifier names, or None."""
    found = world.select("transaction", transaction=transaction)
    return found[0] if found else None


def settle(world: World, transaction: str, *, status: str, fee: int | None = None) -> None:
    """Give a movement its new status and fee; one that was pending moves the balance now."""
    row = of(world, transaction)
    if row is None:
        return
    if row["status"] == "P":
        row["created"] = world.now
    row["status"] = status
    if fee is not None:
        row["fee"] = _turned(fee, row["rate"])
    world.save(row)


def _turned(minor: int, rate: str | None) -> int:
    """Return an amount in the balance's currency; both have two decimals."""
    return minor if rate is None else int((minor * Decimal(rate)).quantize(Decimal(1)))


def rate_of(row: Json, currency: str) -> Json:
    """Return an exchange rate as PayPal writes it: from the sale's currency to the balance's."""
    return {"source_currency": currency, "target_currency": row["currency"], "value": row["rate"]}


def balance(world: World, currency: str) -> int:
    """Return what may be paid out in a currency: the sum of what has moved."""
    row = world.store.db.execute(
        "SELECT TOTAL(json_extract(body, '$.amount') - json_extract(body, '$.fee')) FROM objects"
        " WHERE kind = 'paypal_transaction' AND NOT hidden"
        " AND json_extract(body, '$.currency') = ?"
        " AND json_extract(body, '$.status') IN ('S', 'V')",
        (currency,),
    ).fetchone()
    return int(row[0])
