"""Stripe's parameters against the SDK's typed ones (`stripe.params`, API 2026-10-28), strictly.

A key that the TypedDict does not have, a missing required one, a value of another type and a word
that is not among the literals are faults. Enums are typed `Literal[…] | str` there, so that an old
SDK accepts new values: here the literals are the whole list.
"""

import re
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

import stripe.params
import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from tests.contracts.conformance.form import items_of, tree
from tests.contracts.conformance.wire import Sent

_NAMES: dict[str, Any] = {"StripeContext": object, "Mapping": Mapping}
_OPTIONS = frozenset(RequestOptions.__annotations__)
_SCALARS = {
    int: re.compile(r"-?\d+"),
    bool: re.compile(r"true|false"),
    float: re.compile(r"-?\d+(\.\d+)?"),
    str: re.compile(r"(?s).*"),
}
# What the adapter may call: the name of the SDK's type for it.
OPERATIONS = {
    ("POST", r"/v1/payment_intents"): "PaymentIntentCreateParams",
    ("GET", r"/v1/payment_intents"): "PaymentIntentListParams",
    ("GET", r"/v1/payment_intents/\w+"): "PaymentIntentRetrieveParams",
    ("POST", r"/v1/payment_intents/\w+/cancel"): "PaymentIntentCancelParams",
    ("POST", r"/v1/refunds"): "RefundCreateParams",
    ("GET", r"/v1/refunds"): "RefundListParams",
    ("GET", r"/v1/refunds/\w+"): "RefundRetrieveParams",
    ("GET", r"/v1/disputes"): "DisputeListParams",
    ("GET", r"/v1/disputes/\w+"): "DisputeRetrieveParams",
    ("POST", r"/v1/disputes/\w+"): "DisputeUpdateParams",
    ("POST", r"/v1/files"): "FileCreateParams",
    ("GET", r"/v1/balance_transactions"): "BalanceTransactionListParams",
    ("GET", r"/v1/payouts"): "PayoutListParams",
    ("GET", r"/v1/payouts/\w+"): "PayoutRetrieveParams",
    ("POST", r"/v1/accounts"): "AccountCreateParams",
    ("GET", r"/v1/accounts"): "AccountListParams",
    ("GET", r"/v1/accounts/\w+"): "AccountRetrieveParams",
    ("POST", r"/v1/account_links"): "AccountLinkCreateParams",
    ("POST", r"/v1/transfers"): "TransferCreateParams",
    ("GET", r"/v1/transfers"): "TransferListParams",
    ("GET", r"/v1/transfers/\w+"): "TransferRetrieveParams",
}


def faults(sent: Sent) -> list[str]:
    """Return what is wrong with a request to Stripe; [] for nothing."""
    for (method, path), name in OPERATIONS.items():
        if sent.method == method and re.fullmatch(path, sent.path):
            return _dictionary(getattr(stripe.params, name), tree(sent), "")
    return ["no typed parameters are named for this operation"]


@cache
def _hints(cls: type) -> dict[str, Any]:
    found = typing_extensions.get_type_hints(cls, localns=_NAMES)
    # Every operation's own type takes the SDK's options beside the parameters.
    options = _OPTIONS if found.keys() >= _OPTIONS else frozenset()
    return {name: hint for name, hint in found.items() if name not in options}


def _dictionary(cls: type, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: not an object"]
    hints = _hints(cls)
    required = typing.cast("frozenset[str]", getattr(cls, "__required_keys__", frozenset()))
    found = [f"{path}[{name}]: unknown" for name in value if name not in hints]
    found += [f"{path}[{name}]: missing" for name in required & hints.keys() - value.keys()]
    for name in value.keys() & hints.keys():
        found += _value(hints[name], value[name], f"{path}[{name}]")
    return found


def _value(hint: Any, value: Any, path: str) -> list[str]:
    origin = get_origin(hint)
    if isinstance(value, bytes):  # a file, for which the SDK's type is "anything that reads"
        return [] if hint not in _SCALARS else [f"{path}: a file is no {hint.__name__}"]
    if hint in _SCALARS:
        good = isinstance(value, str) and _SCALARS[hint].fullmatch(value)
        return [] if good else [f"{path}: {value!r} is no {hint.__name__}"]
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{path}: {value!r} is not one of the words"]
    if origin in (list, typing.Sequence):
        items = items_of(value)
        if items is None:
            return [f"{path}: not a list"]
        return [line for one in items for line in _value(get_args(hint)[0], one, f"{path}[]")]
    if origin is dict or hint is UntypedStripeObject or origin is UntypedStripeObject:
        return _metadata(value, path)
    if typing_extensions.is_typeddict(hint):
        return _dictionary(hint, value, path)
    return _union(get_args(hint), value, path)


def _union(members: tuple[Any, ...], value: Any, path: str) -> list[str]:
    """Return nothing where a member fits; of an enum, `str` is no member."""
    literals = [one for one in members if get_origin(one) is Literal]
    words = [word for one in literals for word in get_args(one) if word != ""]
    kinds = [one for one in members if one is not type(None) and not (words and one is str)]
    if not kinds:
        return [f"{path}: no type is known for it"]
    tries = [_value(one, value, path) for one in kinds]
    return min(tries, key=len)


def _metadata(value: Any, path: str) -> list[str]:
    """https://docs.stripe.com/metadata: at most fifty, names of 40 and values of 500 characters."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        return [f"{path}: not a flat map of texts"]
    found = [f"{path}: more than fifty"] if len(value) > 50 else []
    return found + [
        f"{path}[{name}]: too long"
        for name, text in value.items()
        if len(name) > 40 or len(text) > 500
    ]
