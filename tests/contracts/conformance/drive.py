"""Every method of the port once, for real, against the stand-in: what is sent is what matters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.gateways.base import Gateway, IntentSnapshot
from kernel.ids import uuid7
from tests.contracts.conftest import Ground
from tests.contracts.test_evidence import EVIDENCE

# Checks a signature that somebody else has sent; the certificate is fetched on the way at most.
# And reads a table.
OFFLINE = {"verify_webhook", "smallest_step"}
# (gateway, method): why it sends nothing.
SILENT = {
    ("paypal", "gateway_payout_items"): "PayPal does not say what a withdrawal consists of",
}
# Writes of PayPal's adapter that carry no `PayPal-Request-Id`, and why a repeat does no harm.
UNKEYED = {
    "onboarding_link": "a page for a mentor is made anew each time",
    "submit_evidence": "the API takes no such key, and refuses a second answer",
}
_COUNTRY = {"stripe": "US", "paypal": ""}


def methods() -> set[str]:
    """Return the names of the port's methods that may send something."""
    return {
        name
        for cls in Gateway.__mro__
        for name, found in vars(cls).items()
        if not name.startswith("_") and callable(found) and name not in OFFLINE
    }


def everything(ground: Ground) -> None:
    """Call every method of the port, each with all of its branches that send another request."""
    _sales(ground)
    _disputes(ground)
    _mentors(ground)
    _treasury(ground)


def _begin(ground: Ground, amount_minor: int = 10_000) -> tuple[Any, IntentSnapshot]:
    payment_id = uuid7()
    intent = ground.port.create_intent(
        payment_id=payment_id, session_id=uuid7(), amount_minor=amount_minor, currency="USD"
    )
    return payment_id, intent


def _sales(ground: Ground) -> None:
    port = ground.port
    payment_id, unpaid = _begin(ground)
    port.cancel_intent(intent_id=unpaid.id, payment_id=payment_id)
    payment_id, intent = _begin(ground)
    ground.decline(intent.id)
    ground.pay(intent.id)
    port.capture_intent(intent_id=intent.id, payment_id=payment_id, attempt=2)
    seen = port.fetch_intent(intent_id=intent.id)
    port.find_intent(payment_id=payment_id, created_at=seen.created_at)
    refund_id = uuid7()
    refund = port.refund(
        refund_id=refund_id,
        payment_id=payment_id,
        intent_id=intent.id,
        amount_minor=3_333,
        currency="USD",
    )
    port.fetch_refund(gateway_refund_id=refund.id)
    port.find_refund(refund_id=refund_id, intent_id=intent.id)


def _disputes(ground: Ground) -> None:
    _, intent = _begin(ground)
    ground.pay(intent.id)
    dispute_id = ground.dispute(intent.id)
    ground.port.fetch_intent(intent_id=intent.id)
    ground.port.fetch_dispute(dispute_id=dispute_id)
    list(_window(ground.port.balance_transactions))
    ground.port.submit_evidence(dispute_id=dispute_id, answer_id=uuid7(), evidence=EVIDENCE)


def _mentors(ground: Ground) -> None:
    port, account_id, payout_id = ground.port, uuid7(), uuid7()
    payee = port.create_payee(account_id=account_id, country=_COUNTRY[port.name])
    url = "https://counterfoil.example/app/payouts"
    port.onboarding_link(payee_id=payee.id, return_url=url, refresh_url=url)
    ground.verify(payee.id, "verified")
    port.find_payee(account_id=account_id, created_at=datetime.now(UTC))
    destination = port.fetch_payee(payee_id=payee.id).destination
    ground.fund()
    transfer = port.transfer(
        payout_id=payout_id,
        payee_id=payee.id,
        destination=destination,
        amount_minor=4_000,
        currency="USD",
    )
    port.fetch_transfer(transfer_id=transfer.id)
    port.find_transfer(payout_id=payout_id)


def _treasury(ground: Ground) -> None:
    ground.fund()
    payout_id = ground.withdraw()
    list(_window(ground.port.gateway_payouts))
    ground.port.fetch_gateway_payout(gateway_payout_id=payout_id)
    list(ground.port.gateway_payout_items(gateway_payout_id=payout_id))


def _window(listing: Callable[..., Iterator[Any]]) -> Iterator[Any]:
    now = datetime.now(UTC)
    return listing(since=now - timedelta(hours=1), until=now + timedelta(minutes=1))
