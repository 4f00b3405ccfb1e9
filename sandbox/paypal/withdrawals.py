"""Money that leaves for the platform's own bank: made by hand at PayPal's site, so by a lever."""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal import ledger
from sandbox.paypal.errors import PayPalError
from sandbox.paypal.world import World


def make(world: World, *, currency: str, amount: int | None = None) -> Json:
    """Withdraw an amount in minor units, or all there is.

    Raises:
        PayPalError: there is not so much.
    """
    there = ledger.balance(world, currency)
    wanted = there if amount is None else amount
    if not 0 < wanted <= there:
        raise PayPalError(
            "INSUFFICIENT_FUNDS", status=422, message=f"There are {there} {currency} to withdraw."
        )
    row = ledger.book(world, ledger.WITHDRAWAL, amount=-wanted, currency=currency)
    row["bank"] = f"PP{row['transaction'][:10]}"
    return world.save(row)


def fail(world: World, transaction: str) -> Json:
    """Let the bank send a withdrawal back.

    Raises:
        ValueError: it came back already, or is none.
    """
    row = ledger.of(world, transaction)
    if row is None or row["code"] != ledger.WITHDRAWAL or row["status"] != "S":
        raise ValueError(f"{transaction} is no withdrawal that can come back")
    ledger.settle(world, transaction, status="V")
    return ledger.book(
        world,
        ledger.WITHDRAWAL_REVERSED,
        amount=-row["amount"],
        currency=row["currency"],
        reference=transaction,
    )
