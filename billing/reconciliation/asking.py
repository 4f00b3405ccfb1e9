"""Have `settle` look again at what a break is about: the gateway knows better than a listing."""

from datetime import datetime
from typing import ClassVar

from billing import payouts, treasury
from billing.models import Break
from billing.payments import settle
from kernel.errors import Refusal

# What `settle` can do something about by asking the gateway again.
HEALING = (
    Break.Type.CHARGE_MISSING_HERE,
    Break.Type.REFUND_MISSING_HERE,
    Break.Type.REFUND_MISSING_THERE,
    Break.Type.STATUS_REFUNDED_THERE,
    Break.Type.STATUS_REFUNDED_HERE,
    Break.Type.DISPUTE_MISSING_HERE,
    Break.Type.PAYOUT_MISSING_HERE,
    Break.Type.STATUS_PAID_THERE,
    Break.Type.STATUS_RETURNED_THERE,
    Break.Type.GATEWAY_PAYOUT_MISSING_HERE,
)
TO_OUR_BANK = "B"


class NothingToAsk(Refusal):
    """No object of the gateway's would tell more."""

    code: ClassVar[str] = "nothing_to_ask"


def may_ask(broken: Break) -> bool:
    """Tell whether settle can do something about a break."""
    named = broken.payment_id or broken.payout_id or broken.leg == TO_OUR_BANK
    return broken.state == Break.State.OPEN and broken.type in HEALING and bool(named)


def ask(*, broken: Break, now: datetime) -> None:
    """Settle what the break is about. Calls the gateway; raises NothingToAsk and what it raises."""
    if not may_ask(broken):
        raise NothingToAsk("The gateway can say nothing more about this break.")
    if broken.leg == TO_OUR_BANK:
        treasury.settle(gateway=broken.gateway, gateway_payout_id=broken.key, now=now)
    elif broken.payment_id:
        settle(payment_id=broken.payment_id, now=now)
    elif broken.payout_id:
        payouts.settle(payout_id=broken.payout_id, now=now)
