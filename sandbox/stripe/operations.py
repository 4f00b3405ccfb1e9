"""The table of what is carried: method, path, the SDK's typed parameters, the function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.core.messages import Json
from sandbox.core.router import Router
from sandbox.stripe import (
    accounts,
    balance,
    charges,
    charging,
    customers,
    disputes,
    events,
    files,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    transfers,
    webhook_endpoints,
)
from sandbox.stripe.world import World

type Act = Callable[[World, Json, Json], Json]
type Job = Callable[[World, Json], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint; `params` names the SDK's module, `public` lets a publishable key in."""

    params: str
    act: Act
    public: bool = False


_INTENT = "/v1/payment_intents/{id}"
_TABLE: list[tuple[str, str, str, Act]] = [
    ("POST", "/v1/payment_intents", "payment_intent_create", payment_intents.create),
    ("GET", "/v1/payment_intents", "payment_intent_list", payment_intents.list_all),
    ("GET", _INTENT, "payment_intent_retrieve", payment_intents.retrieve),
    ("POST", _INTENT, "payment_intent_update", payment_intents.update),
    ("POST", f"{_INTENT}/confirm", "payment_intent_confirm", payment_intents.confirm),
    ("POST", f"{_INTENT}/capture", "payment_intent_capture", payment_intents.capture),
    ("POST", f"{_INTENT}/cancel", "payment_intent_cancel", payment_intents.cancel),
    ("POST", "/v1/payment_methods", "payment_method_create", payment_methods.create),
    ("GET", "/v1/payment_methods", "payment_method_list", payment_methods.list_all),
    ("GET", "/v1/payment_methods/{id}", "payment_method_retrieve", payment_methods.retrieve),
    ("POST", "/v1/payment_methods/{id}/attach", "payment_method_attach", payment_methods.attach),
    ("GET", "/v1/charges", "charge_list", charges.list_all),
    ("GET", "/v1/charges/{id}", "charge_retrieve", charges.retrieve),
    ("POST", "/v1/charges/{id}", "charge_update", charges.update),
    ("POST", "/v1/refunds", "refund_create", refunds.create),
    ("GET", "/v1/refunds", "refund_list", refunds.list_all),
    ("GET", "/v1/refunds/{id}", "refund_retrieve", refunds.retrieve),
    ("POST", "/v1/refunds/{id}", "refund_update", refunds.update),
    ("POST", "/v1/refunds/{id}/cancel", "refund_cancel", refunds.cancel),
    ("GET", "/v1/balance", "balance_retrieve", balance.retrieve_balance),
    ("GET", "/v1/balance_transactions", "balance_transaction_list", balance.list_all),
    ("GET", "/v1/balance_transactions/{id}", "balance_transaction_retrieve", balance.retrieve),
    ("GET", "/v1/events", "event_list", events.list_all),
    ("GET", "/v1/events/{id}", "event_retrieve", events.retrieve),
    ("POST", "/v1/webhook_endpoints", "webhook_endpoint_create", webhook_endpoints.create),
    ("GET", "/v1/webhook_endpoints", "webhook_endpoint_list", webhook_endpoints.list_all),
    ("GET", "/v1/webhook_endpoints/{id}", "webhook_endpoint_retrieve", webhook_endpoints.retrieve),
    ("POST", "/v1/webhook_endpoints/{id}", "webhook_endpoint_update", webhook_endpoints.update),
    ("DELETE", "/v1/webhook_endpoints/{id}", "webhook_endpoint_delete", webhook_endpoints.delete),
    ("POST", "/v1/customers", "customer_create", customers.create),
    ("GET", "/v1/customers", "customer_list", customers.list_all),
    ("GET", "/v1/customers/{id}", "customer_retrieve", customers.retrieve),
    ("POST", "/v1/customers/{id}", "customer_update", customers.update),
]
_TABLE += [
    ("GET", "/v1/disputes", "dispute_list", disputes.list_all),
    ("GET", "/v1/disputes/{id}", "dispute_retrieve", disputes.retrieve),
    ("POST", "/v1/disputes/{id}", "dispute_update", disputes.update),
    ("POST", "/v1/disputes/{id}/close", "dispute_close", disputes.close),
    ("POST", "/v1/files", "file_create", files.create),
    ("GET", "/v1/files/{id}", "file_retrieve", files.retrieve),
    ("GET", "/v1/account", "account_retrieve_current", accounts.retrieve_current),
    ("POST", "/v1/accounts", "account_create", accounts.create),
    ("GET", "/v1/accounts", "account_list", accounts.list_all),
    ("GET", "/v1/accounts/{id}", "account_retrieve", accounts.retrieve),
    ("POST", "/v1/accounts/{id}", "account_update", accounts.update),
    ("DELETE", "/v1/accounts/{id}", "account_delete", accounts.delete),
    (
        "POST",
        "/v1/accounts/{id}/login_links",
        "account_login_link_create",
        accounts.create_login_link,
    ),
    ("POST", "/v1/account_links", "account_link_create", accounts.create_link),
    ("POST", "/v1/transfers", "transfer_create", transfers.create),
    ("GET", "/v1/transfers", "transfer_list", transfers.list_all),
    ("GET", "/v1/transfers/{id}", "transfer_retrieve", transfers.retrieve),
    ("POST", "/v1/transfers/{id}", "transfer_update", transfers.update),
    ("POST", "/v1/transfers/{id}/reversals", "transfer_reversal_create", transfers.reverse),
    ("GET", "/v1/transfers/{id}/reversals", "transfer_reversal_list", transfers.list_reversals),
    (
        "GET",
        "/v1/transfers/{id}/reversals/{reversal}",
        "transfer_reversal_retrieve",
        transfers.retrieve_reversal,
    ),
    ("POST", "/v1/payouts", "payout_create", payouts.create),
    ("GET", "/v1/payouts", "payout_list", payouts.list_all),
    ("GET", "/v1/payouts/{id}", "payout_retrieve", payouts.retrieve),
    ("POST", "/v1/payouts/{id}/cancel", "payout_cancel", payouts.cancel),
]
_PUBLIC = {"payment_intent_retrieve", "payment_intent_confirm", "payment_method_create"}

JOBS: dict[str, Job] = {
    "book_charge": charging.book_later,
    "settle_delayed": charging.settle_delayed,
    "finish_refund": refunds.finish,
    "finish_payout": payouts.finish,
    "open_dispute": disputes.open_later,
}


def _routes() -> Router[Operation]:
    routes: Router[Operation] = Router()
    for method, path, name, act in _TABLE:
        routes.add(method, path, Operation(params=name, act=act, public=name in _PUBLIC))
    return routes


ROUTES = _routes()
