"""Every movement of the platform's balance, as Transaction Search will tell it.

Event codes: https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
"""

from __future__ import annotations

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

    A pending one (`P`) does not move the balance yet.
    """
    number = transaction or world.code()
    return world.add(
        "transaction",
        {
            "id": f"row_{world.code(24)}",
            "transaction": number,
            "code": code,
            "amount": amount,
            "fee": fee,
            "currency": currency,
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
        row["fee"] = fee
    world.save(row)


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
