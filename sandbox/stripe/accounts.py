"""Connected accounts and their onboarding. https://docs.stripe.com/connect/accounts"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.lists import list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_LINK_SECONDS = 300
_DUE = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
_CONTROLLERS = {
    "express": ("express", "application", "application", "stripe"),
    "custom": ("none", "application", "application", "application"),
    "standard": ("full", "account", "stripe", "stripe"),
}


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/accounts; nothing is enabled until the onboarding is done."""
    if world.account:
        raise StripeError("A connected account cannot create accounts.", status=403)
    kind, controller = _kind(params)
    country = params.get("country", "US")
    asked = params.get("capabilities", {}).items()
    capabilities = {name: "inactive" for name, wish in asked if wish.get("requested")}
    account_id = f"acct_1{world.ids.text(15)}"
    account: Json = {
        "id": account_id,
        "object": "account",
        "business_profile": {"mcc": None, "name": None, "product_description": None, "url": None}
        | params.get("business_profile", {}),
        "business_type": params.get("business_type"),
        "capabilities": capabilities,
        "charges_enabled": False,
        "controller": controller,
        "country": country,
        "created": world.now,
        "default_currency": params.get("default_currency", "eur" if country in _EURO else "usd"),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "future_requirements": _requirements([]),
        "metadata": merged({}, params.get("metadata")),
        "payouts_enabled": False,
        "requirements": _requirements(_DUE, reason="requirements.past_due"),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": kind,
    }
    schedule = params.get("settings", {}).get("payouts", {}).get("schedule", {})
    account["settings"]["payouts"]["schedule"] |= schedule
    return world.add("account", account)


# What a capability is then, why the account is disabled, what is asked of its owner.
_STATES: dict[str, tuple[str, str | None, list[str]]] = {
    "verified": ("active", None, []),
    "pending": ("pending", "requirements.pending_verification", []),
    "restricted": ("inactive", "requirements.past_due", ["individual.verification.document"]),
}
_EURO = {"AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"}


def _kind(params: Json) -> tuple[str, Json]:
    """Return the account's type and its controller; `type` and `controller` exclude each other."""
    asked = params.get("controller")
    if asked and "type" in params:
        raise invalid(
            "You may not provide the `type` parameter and `controller` at once.", param="type"
        )
    kind = params.get("type", "none" if asked else "standard")
    dashboard, fees, losses, requirements = _CONTROLLERS.get(kind, _CONTROLLERS["standard"])
    asked = asked or {}
    return kind, {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": fees} | asked.get("fees", {}),
        "losses": {"payments": losses} | asked.get("losses", {}),
        "requirement_collection": asked.get("requirement_collection", requirements),
        "stripe_dashboard": {"type": dashboard} | asked.get("stripe_dashboard", {}),
    }


def _settings() -> Json:
    descriptors = ("", "_kana", "_kanji", "_prefix_kana", "_prefix_kanji")
    return {
        "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            **dict.fromkeys(f"statement_descriptor_prefix{end}" for end in ("", "_kana", "_kanji")),
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": dict.fromkeys(f"statement_descriptor{end}" for end in descriptors),
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
    }


def _requirements(due: list[str], *, reason: str | None = None) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def verify(world: World, account: Json, *, state: str) -> Json:
    """Bring an account to a state: `verified`, `pending` (under review) or `restricted`."""
    if state not in _STATES:
        raise StripeError(f"unknown state of an account: {state}")
    capability, reason, due = _STATES[state]
    good = state == "verified"
    account |= {
        "charges_enabled": good,
        "payouts_enabled": good,
        "details_submitted": True,
        "requirements": _requirements(due, reason=reason),
    }
    account["capabilities"] = dict.fromkeys(account["capabilities"], capability)
    if not account["external_accounts"]["data"]:
        account["external_accounts"]["data"] = [_bank_account(world, account)]
    world.save(account)
    world.on(account["id"]).emit("account.updated", account)
    return account


def _bank_account(world: World, account: Json) -> Json:
    return {
        "id": world.ids.new("ba"),
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": None,
        "account_holder_type": "individual",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": account["default_currency"],
        "default_for_currency": True,
        "fingerprint": "sandboxbankaccnt",
        "last4": "6789",
        "metadata": {},
        "routing_number": "110000000",
        "status": "new",
    }


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/accounts/{id}"""
    account = world.on("").get("account", names["id"])
    if account is None:
        raise StripeError(
            f"The provided key does not have access to account '{names['id']}' (or that account"
            " does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return account


def retrieve_current(world: World, names: Json, params: Json) -> Json:
    """GET /v1/account: the connected account of the header, or the platform itself."""
    if world.account:
        return world.on("").require("account", world.account)
    return {
        "id": "acct_1SandboxPlatform",
        "object": "account",
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/accounts"""
    return list_of(world, "account", params, url="/v1/accounts")


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/accounts/{id}: metadata, e-mail, capabilities, the payout schedule."""
    account = world.require("account", names["id"])
    account["metadata"] = merged(account["metadata"], params.get("metadata"))
    if "email" in params:
        account["email"] = params["email"]
    state = "active" if account["charges_enabled"] else "inactive"
    for name, asked in params.get("capabilities", {}).items():
        if asked.get("requested"):
            account["capabilities"].setdefault(name, state)
    schedule = params.get("settings", {}).get("payouts", {}).get("schedule", {})
    account["settings"]["payouts"]["schedule"] |= schedule
    world.save(account)
    world.on(account["id"]).emit("account.updated", account)
    return account


def delete(world: World, names: Json, params: Json) -> Json:
    """DELETE /v1/accounts/{id}"""
    account = world.require("account", names["id"])
    world.store.hide(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


def create_link(world: World, names: Json, params: Json) -> Json:
    """POST /v1/account_links: a page of the stand-in's own, good for five minutes."""
    account = world.require("account", params["account"], param="account", status=400)
    for name in ("return_url", "refresh_url"):
        if name not in params:
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    link: Json = {
        "id": world.ids.new("alink"),
        "object": "account_link",
        "created": world.now,
        "expires_at": world.now + _LINK_SECONDS,
        "_account": account["id"],
        "_return_url": params["return_url"],
        "_refresh_url": params["refresh_url"],
    }
    link["url"] = f"{world.base_url}/stripe/onboarding/{link['id']}"
    world.add("account_link", link)
    return {name: value for name, value in link.items() if name != "id"}


def create_login_link(world: World, names: Json, params: Json) -> Json:
    """POST /v1/accounts/{id}/login_links"""
    account = world.require("account", names["id"])
    if not account["details_submitted"]:
        raise StripeError(
            "Cannot create a login link for an account that has not completed onboarding."
        )
    url = f"{world.base_url}/stripe/express/{account['id']}"
    return {"object": "login_link", "created": world.now, "url": url}
