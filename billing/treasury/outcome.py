"""Book what a gateway says of a payout to our bank: sent, arrived, failed. The one writer of it.

`settle` fetches the payout's state now, outside any transaction; `apply` writes it down under the
row's lock, and only forward. Where we keep a bank account of the currency, that money arrived is
for the bank to say (`billing.treasury.arrivals`), not for the gateway.
"""

from datetime import UTC, datetime, time

from django.db import transaction

from billing.gateways.registry import gateway as gateway_named
from billing.gateways.treasury import GatewayPayout as Seen
from billing.gateways.treasury import GatewayPayoutStatus
from billing.ledger import entries, treasury_posting
from billing.ledger.treasury_posting import ToBank
from billing.models import BankAccount, GatewayPayout

GONE = (GatewayPayoutStatus.FAILED, GatewayPayoutStatus.CANCELLED)


def settle(*, gateway: str, gateway_payout_id: str, now: datetime) -> GatewayPayout:
    """Ask the gateway for the payout as it is now, and book that. Raises what `look` raises."""
    seen = look(gateway=gateway, gateway_payout_id=gateway_payout_id)
    return apply(gateway=gateway, seen=seen, now=now)


def look(*, gateway: str, gateway_payout_id: str) -> Seen:
    """Return the payout as the gateway shows it now, and write nothing.

    Raises GatewayUnavailable, GatewayRefused.
    """
    return gateway_named(gateway).fetch_gateway_payout(gateway_payout_id=gateway_payout_id)


def apply(*, gateway: str, seen: Seen, now: datetime) -> GatewayPayout:
    """Book what was seen of a payout. A sight that is older than what we know changes nothing."""
    with transaction.atomic():
        GatewayPayout.objects.get_or_create(
            gateway=gateway,
            gateway_payout_id=seen.id,
            defaults={
                "amount_minor": seen.amount_minor,
                "currency": seen.currency,
                "sent_at": seen.created_at,
                "arrives_on": seen.arrives_on,
                "booked_at": now,
            },
        )
        payout = GatewayPayout.objects.select_for_update().get(
            gateway=gateway, gateway_payout_id=seen.id
        )
        entries.post(treasury_posting.sent(moved(payout), at=payout.sent_at), posted_at=now)
        if seen.reference and payout.reference != seen.reference:
            payout.reference = seen.reference
            payout.save(update_fields=["reference"])
        if seen.status in GONE:
            fail(payout, at=now, now=now)
        elif seen.status is GatewayPayoutStatus.PAID and not bank_tells(payout):
            arrive(payout, at=datetime.combine(seen.arrives_on, time(), UTC), now=now)
        return payout


def arrive(payout: GatewayPayout, *, at: datetime, now: datetime) -> bool:
    """Book that the money is at the bank; return whether that is news. `payout` is locked."""
    if payout.arrived_at is not None or payout.failed_at is not None:
        return False
    payout.arrived_at = at
    payout.save(update_fields=["arrived_at"])
    return entries.post(treasury_posting.arrived(moved(payout), at=at), posted_at=now)


def fail(payout: GatewayPayout, *, at: datetime, now: datetime) -> bool:
    """Book that it came to nothing, or came back; return whether that is news."""
    if payout.failed_at is not None:
        return False
    payout.failed_at = at
    payout.save(update_fields=["failed_at"])
    back = treasury_posting.failed if payout.arrived_at is None else treasury_posting.returned
    return entries.post(back(moved(payout), at=at), posted_at=now)


def moved(payout: GatewayPayout) -> ToBank:
    """Return what the postings of this payout move."""
    return ToBank(payout.pk, payout.gateway, payout.amount_minor, payout.currency)


def bank_tells(payout: GatewayPayout) -> bool:
    """Tell whether the bank's own statements are to show the payout: kept since before it arrives.

    What was to arrive earlier nobody will look for at the bank (leg C).
    """
    kept = BankAccount.objects.filter(currency=payout.currency, since__lte=payout.arrives_on)
    return kept.exists()
