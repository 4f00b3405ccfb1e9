"""The table of what is carried: method, path, the shape of the body, the function, the status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.core.messages import Json
from sandbox.core.router import Router
from sandbox.paypal import (
    captures,
    disputes,
    merchants,
    orders,
    payouts,
    refunds,
    reporting,
    requests,
    webhooks,
)
from sandbox.paypal.shapes import Shape
from sandbox.paypal.world import Act, World

type Job = Callable[[World, Json], None]
_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: its answer's status, and for how long a `PayPal-Request-Id` is remembered.

    A keyed call that comes again is answered with the present state of what `kind` names.
    """

    act: Act
    shape: Shape | None = None
    status: int = 200
    again: Act | None = None
    again_status: int = 200
    kept_seconds: int = 0
    open_to_payers: bool = False
    multipart: bool = False


_ORDER = "/v2/checkout/orders/{id}"
_CAPTURE = "/v2/payments/captures/{id}"
_NOTE = "/v1/notifications"
_TABLE: list[tuple[str, str, Operation]] = [
    (
        "POST",
        "/v2/checkout/orders",
        Operation(orders.create, requests.ORDER, 201, orders.retrieve, kept_seconds=6 * _HOUR),
    ),
    ("GET", _ORDER, Operation(orders.retrieve)),
    (
        "POST",
        f"{_ORDER}/approve",
        Operation(orders.approve_directly, requests.APPROVAL, open_to_payers=True),
    ),
    (
        "POST",
        f"{_ORDER}/capture",
        Operation(
            orders.capture,
            requests.ORDER_CAPTURE,
            201,
            orders.retrieve,
            kept_seconds=6 * _HOUR,
        ),
    ),
    ("GET", _CAPTURE, Operation(captures.retrieve)),
    (
        "POST",
        f"{_CAPTURE}/refund",
        Operation(refunds.create, requests.REFUND, 201, refunds.retrieve, 201, 45 * _DAY),
    ),
    ("GET", "/v2/payments/refunds/{id}", Operation(refunds.retrieve)),
    ("POST", f"{_NOTE}/webhooks", Operation(webhooks.create, requests.WEBHOOK, 201)),
    ("GET", f"{_NOTE}/webhooks", Operation(webhooks.list_all)),
    ("GET", f"{_NOTE}/webhooks/{{id}}", Operation(webhooks.retrieve)),
    ("DELETE", f"{_NOTE}/webhooks/{{id}}", Operation(webhooks.delete, status=204)),
    ("GET", f"{_NOTE}/webhooks-events", Operation(webhooks.list_events)),
    ("GET", f"{_NOTE}/webhooks-events/{{id}}", Operation(webhooks.retrieve_event)),
    (
        "POST",
        f"{_NOTE}/webhooks-events/{{id}}/resend",
        Operation(webhooks.resend, requests.RESEND, 202),
    ),
]

_DISPUTE = "/v1/customer/disputes/{id}"
_PAYOUT = "/v1/payments/payouts"
_ITEM = "/v1/payments/payouts-item/{id}"
_REFERRAL = "/v2/customer/partner-referrals"
_INTEGRATION = "/v1/customer/partners/{partner}/merchant-integrations"
_TABLE += [
    (
        "POST",
        _PAYOUT,
        Operation(payouts.create, requests.PAYOUT, 201, payouts.again, 201, 30 * _DAY),
    ),
    ("GET", f"{_PAYOUT}/{{id}}", Operation(payouts.retrieve)),
    ("GET", _ITEM, Operation(payouts.retrieve_item)),
    ("POST", f"{_ITEM}/cancel", Operation(payouts.cancel_item, requests.NOTHING)),
    ("GET", "/v1/reporting/transactions", Operation(reporting.transactions)),
    ("GET", "/v1/reporting/balances", Operation(reporting.balances)),
    ("GET", "/v1/customer/disputes", Operation(disputes.list_all)),
    ("GET", _DISPUTE, Operation(disputes.retrieve)),
    ("POST", f"{_DISPUTE}/provide-evidence", Operation(disputes.provide_evidence, multipart=True)),
    ("POST", f"{_DISPUTE}/accept-claim", Operation(disputes.accept_claim, requests.ACCEPT_CLAIM)),
    (
        "POST",
        _REFERRAL,
        Operation(
            merchants.refer,
            requests.REFERRAL,
            201,
            merchants.retrieve_referral,
            again_status=201,
            kept_seconds=_DAY,
        ),
    ),
    ("GET", f"{_REFERRAL}/{{id}}", Operation(merchants.retrieve_referral)),
    ("GET", _INTEGRATION, Operation(merchants.find)),
    ("GET", f"{_INTEGRATION}/{{id}}", Operation(merchants.retrieve)),
]

JOBS: dict[str, Job] = {
    "open_dispute": disputes.open_later,
    "process_payout": payouts.process,
    "finish_refund": refunds.finish,
}


def _routes() -> Router[Operation]:
    routes: Router[Operation] = Router()
    for method, path, operation in _TABLE:
        routes.add(method, path, operation)
    return routes


ROUTES = _routes()
