"""Transaction Search: the movements of the balance, a window of 31 days at a time.

https://developer.paypal.com/docs/api/transaction-search/v1/. PayPal shows a movement up to three
hours late: the setting `paypal_reporting_seconds`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sandbox.core.messages import Json
from sandbox.paypal import ledger
from sandbox.paypal.errors import PayPalError, invalid, problem
from sandbox.paypal.money import FIXED_FEES, money
from sandbox.paypal.world import OWNER, World, moment

_LONGEST_SECONDS = 31 * 86400
_MOST_ITEMS = 10_000
_MOVED = {"S", "V"}
_KNOWN = {
    "start_date",
    "end_date",
    "transaction_id",
    "transaction_type",
    "transaction_status",
    "transaction_currency",
    "fields",
    "balance_affecting_records_only",
    "page_size",
    "page",
}
_FIELDS = {"transaction_info", "payer_info", "shipping_info", "auction_info", "cart_info"}
_FIELDS |= {"incentive_info", "store_info", "all"}


def transactions(world: World, names: Json, given: Json) -> Json:
    """GET /v1/reporting/transactions, oldest first."""
    since, until = _window(given)
    page, size = _whole(given, "page", 1, 2**31 - 1), _whole(given, "page_size", 100, 500)
    wanted = set(given.get("fields", "transaction_info").split(","))
    if strange := sorted(set(given) - _KNOWN) + sorted(wanted - _FIELDS):
        text = "This field is not currently supported."
        raise invalid([problem("NOT_SUPPORTED", text, field=name) for name in strange])
    rows = _rows(world, given, since, until)
    if len(rows) > _MOST_ITEMS:
        raise PayPalError(
            "RESULTSET_TOO_LARGE",
            status=400,
            message="Result set size is greater than the maximum limit. Change the filter criteria"
            " and try again.",
        )
    here = rows[(page - 1) * size : page * size]
    links = [world.link("self", "/v1/reporting/transactions")]
    return {
        **({"transaction_details": [shown(row, wanted) for row in here]} if here else {}),
        "account_number": OWNER,
        "start_date": given["start_date"],
        "end_date": given["end_date"],
        "last_refreshed_datetime": moment(_refreshed(world)),
        "page": page,
        "total_items": len(rows),
        "total_pages": -(-len(rows) // size),
        "links": links,
    }


def balances(world: World, names: Json, given: Json) -> Json:
    """GET /v1/reporting/balances"""
    currencies = [given["currency_code"]] if "currency_code" in given else sorted(FIXED_FEES)
    found = [
        {
            "currency": currency,
            **({"primary": True} if currency == "USD" else {}),
            "total_balance": money(total, currency),
            "available_balance": money(total, currency),
            "withheld_balance": money(0, currency),
        }
        for currency in currencies
        if (total := ledger.balance(world, currency)) or currency == "USD"
    ]
    return {
        "balances": found,
        "account_id": OWNER,
        "as_of_time": moment(world.now),
        "last_refresh_time": moment(world.now),
    }


def _refreshed(world: World) -> int:
    return world.now - int(world.setting("paypal_reporting_seconds"))


def _window(given: Json) -> tuple[float, float]:
    since, until = _instant(given, "start_date"), _instant(given, "end_date")
    if not 0 <= until - since <= _LONGEST_SECONDS:
        text = "Date range is greater than 31 days, or ends before it begins."
        raise invalid([problem("INVALID_DATE_RANGE", text, field="end_date")])
    return since, until


def _instant(given: Json, name: str) -> float:
    try:
        instant = datetime.fromisoformat(given.get(name, ""))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        text = "The value of a field does not conform to the expected format."
        raise invalid([problem("INVALID_PARAMETER_SYNTAX", text, field=name)])
    return instant.timestamp()


def _whole(given: Json, name: str, default: int, most: int) -> int:
    text = given.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        wrong = "A parameter value is not valid."
        raise invalid([problem("INVALID_PARAMETER_VALUE", wrong, field=name, value=text)])
    return int(text)


def _rows(world: World, given: Json, since: float, until: float) -> list[Json]:
    filters = {
        "transaction": given.get("transaction_id"),
        "code": given.get("transaction_type"),
        "status": given.get("transaction_status"),
        "currency": given.get("transaction_currency"),
    }
    where = {name: value for name, value in filters.items() if value is not None}
    pending = given.get("balance_affecting_records_only", "Y") == "N"
    until = min(until, _refreshed(world))
    return [
        row
        for row in world.between("transaction", since, until, where)
        if pending or row["status"] in _MOVED
    ]


def shown(row: Json, wanted: Collection[str] = ()) -> Json:
    """Return a movement as PayPal writes it."""
    currency = row["currency"]
    told: Json = {
        "paypal_account_id": (row["counterparty"] or {}).get("account_id", OWNER),
        "transaction_id": row["transaction"],
        "transaction_event_code": row["code"],
        "transaction_initiation_date": moment(row["created"]),
        "transaction_updated_date": moment(row["updated"]),
        "transaction_amount": money(row["amount"], currency),
        "transaction_status": row["status"],
        "protection_eligibility": "01",
    }
    if row["fee"]:
        told["fee_amount"] = money(-row["fee"], currency)
    for name, field in (
        ("paypal_reference_id", "reference"),
        ("paypal_reference_id_type", "reference_type"),
        ("custom_field", "custom"),
        ("invoice_id", "invoice"),
        ("bank_reference_id", "bank"),
    ):
        if row.get(field):
            told[name] = row[field]
    found: Json = {"transaction_info": told}
    payer = row["counterparty"]
    if payer and {"payer_info", "all"} & set(wanted):
        found["payer_info"] = {
            "account_id": payer["account_id"],
            "email_address": payer["email_address"],
            "payer_status": "Y",
        }
    return found
