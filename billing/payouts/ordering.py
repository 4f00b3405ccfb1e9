"""Order one approved payout at the gateway, or say why it is not ordered (any more).

The order carries the key `payout:<id>`, and its first instant is committed before it. A payout that
was never ordered can still be stopped here; one that was is found out about, and nothing else.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from billing import payout_accounts
from billing.gateways.base import (
    BalanceTooLow,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    write_or_find,
)
from billing.gateways.payees import TransferSnapshot
from billing.gateways.registry import gateway
from billing.ledger import entries
from billing.models import Payout
from billing.payouts import eligible
from billing.payouts.found import payout_of
from billing.payouts.outcome import apply, refuse, settle
from billing.states import PayoutAccountState, PayoutState

logger = logging.getLogger(__name__)

# Gateways remember idempotency keys for 24 hours; later an order is looked up before it is given.
KEY_LIFETIME = timedelta(hours=23)


def order(payout_id: UUID, *, now: datetime) -> Payout:
    """Pay one approved payout, or hear what became of it. Raises what the gateway raises.

    A mentor who is on hold since the approval is not paid, and a destination that was closed is
    not paid into: then the payout fails, and its money is available again. BalanceTooLow leaves it
    approved; its next order has another key.
    """
    payout = payout_of(payout_id)
    if payout.state == PayoutState.SENT:
        return settle(payout_id=payout_id, now=now)
    if payout.state != PayoutState.APPROVED:
        return payout
    marked, objection = _mark_ordered(payout_id, now=now)
    payee_id = marked.account.gateway_account_id
    if objection or payee_id is None:
        return refuse(payout_id, reason=objection or "no_payee", now=now)
    try:
        seen = _pay(marked, payee_id=payee_id, now=now)
    except BalanceTooLow:
        _next_attempt(payout_id, after=marked.attempt)
        raise
    except GatewayRefused as no:
        if _may_be_out(marked, now=now):
            raise GatewayUnknownOutcome(no.detail) from no
        logger.warning("payout %s was refused: %s", payout.public_id, no.detail)
        refused = refuse(payout_id, reason=no.reason, now=now)
        with suppress(GatewayUnavailable, GatewayRefused):  # the account's own sweep comes, too
            payout_accounts.refresh(account_id=payout.account_id, now=now)
        return refused
    return apply(payout_id, seen, now=now)


def _pay(payout: Payout, *, payee_id: str, now: datetime) -> TransferSnapshot:
    port = gateway(payout.run.gateway)
    seen: TransferSnapshot | None = None
    if payout.open_since is not None and now - payout.open_since > KEY_LIFETIME:
        seen = port.find_transfer(payout_id=payout.pk)
    return seen or write_or_find(
        lambda: port.transfer(
            payout_id=payout.pk,
            payee_id=payee_id,
            destination=payout.account.destination or "",
            amount_minor=payout.amount_minor,
            currency=payout.currency,
            attempt=payout.attempt,
        ),
        lambda: port.find_transfer(payout_id=payout.pk),
    )


def _may_be_out(payout: Payout, *, now: datetime) -> bool:
    """Say whether an earlier order of this attempt may have gone out where nothing is found yet.

    A no to a repeated order then says little, and a gateway's list may lag behind what it did.
    """
    since = payout.open_since
    lag = gateway(payout.run.gateway).transfer_listing_lag
    return since is not None and since < now <= since + lag


# Note [Stopped in time]: a hold takes the mentor's lock before it is placed, and a payout's first
# order is committed under the same lock. So either the hold is there and the payout is not ordered,
# or the order was first, and whoever places the hold can see that it went out.
def _mark_ordered(payout_id: UUID, *, now: datetime) -> tuple[Payout, str]:
    """Commit when the payout was first ordered, before the gateway hears of it.

    Returns the payout, and why it must not be ordered: only ever where no order of it may be out,
    be it that it never was ordered, or that its last order was refused for sure.
    """
    with transaction.atomic():
        payout = payout_of(payout_id, lock=True)
        if payout.open_since is None:
            entries.lock_mentors([payout.mentor_id])
            if eligible.holds(mentor_ids=[payout.mentor_id]):
                return payout, "on_hold"
            if payout.account.state == PayoutAccountState.CLOSED:
                return payout, "account_closed"
            payout.ordered_at = payout.ordered_at or now
            payout.open_since = now
            payout.save(update_fields=["ordered_at", "open_since"])
        return payout, ""


def _next_attempt(payout_id: UUID, *, after: int) -> None:
    """Count the order that was refused for sure, once, however many heard the refusal."""
    Payout.objects.filter(pk=payout_id, attempt=after, state=PayoutState.APPROVED).update(
        attempt=after + 1, open_since=None
    )
