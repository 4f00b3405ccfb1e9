"""People who can be paid: accounts, and the referral by which they connect theirs to the platform.

https://developer.paypal.com/docs/api/partner-referrals/v2/. The account is linked on a page of the
stand-in's (`/bizsignup/partner/entry`) or by a lever; until then the tracking id names nobody.
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal.errors import missing, unprocessable
from sandbox.paypal.world import World

STATES = ("active", "unconfirmed", "restricted")


def refer(world: World, names: Json, given: Json) -> Json:
    """POST /v2/customer/partner-referrals: a page on which somebody connects an account."""
    referral = world.add(
        "referral",
        {
            "id": world.ids.text(44),
            "tracking_id": given.get("tracking_id"),
            "email": given.get("email"),
            "return_url": given.get("partner_config_override", {}).get("return_url"),
        },
    )
    return shown_referral(world, referral)


def retrieve_referral(world: World, names: Json, given: Json) -> Json:
    """GET /v2/customer/partner-referrals/{id}"""
    return shown_referral(world, world.require("referral", names["id"]))


def shown_referral(world: World, referral: Json) -> Json:
    """Return a referral as PayPal writes it: the page is one of its links."""
    return {
        "id": referral["id"],
        "links": [
            world.link("self", f"/v2/customer/partner-referrals/{referral['id']}"),
            world.link("action_url", f"/bizsignup/partner/entry?referralToken={referral['id']}"),
        ],
    }


def connect(
    world: World, *, tracking_id: str, email: str | None = None, state: str = "active"
) -> Json:
    """Let somebody connect an account (a new one, or the one of this address) under an id.

    Raises:
        ValueError: an unknown state.
    """
    address = email or f"{tracking_id.lower()}@example.com"
    known = world.select("merchant", tracking_id=tracking_id) or world.select(
        "merchant", email=address
    )
    merchant = (
        known[0]
        if known
        else world.add(
            "merchant",
            {"id": world.payer_code(), "country": "US", "currency": "USD", "state": "active"},
        )
    )
    merchant |= {"tracking_id": tracking_id, "email": address}
    return become(world, merchant, state)


def become(world: World, merchant: Json, state: str) -> Json:
    """Give an account a state: it can be paid, its address is unconfirmed, it is restricted.

    Raises:
        ValueError: an unknown state.
    """
    if state not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}, not {state!r}")
    merchant["state"] = state
    world.save(merchant)
    if merchant.get("tracking_id"):
        world.emit(
            "MERCHANT.ONBOARDING.COMPLETED",
            "merchant-onboarding",
            {
                "partner_client_id": "client",
                "merchant_id": merchant["id"],
                "tracking_id": merchant["tracking_id"],
                "links": [],
            },
            version="1.0",
        )
    return merchant


def disconnect(world: World, merchant: Json) -> Json:
    """Take the consent back: the account is there, and the platform's no more."""
    tracking_id = merchant["tracking_id"]
    merchant["tracking_id"] = None
    world.save(merchant)
    world.emit(
        "MERCHANT.PARTNER-CONSENT.REVOKED",
        "merchant-onboarding",
        {"merchant_id": merchant["id"], "tracking_id": tracking_id, "links": []},
        version="1.0",
    )
    return merchant


def find(world: World, names: Json, given: Json) -> Json:
    """GET /v1/customer/partners/{partner}/merchant-integrations?tracking_id=…"""
    found = world.select("merchant", tracking_id=given.get("tracking_id", "-"))
    if not found:
        raise missing()
    return _named(world, names["partner"], found[0])


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v1/customer/partners/{partner}/merchant-integrations/{id}"""
    merchant = world.require("merchant", names["id"])
    if merchant["tracking_id"] is None:
        raise missing()
    return _named(world, names["partner"], merchant) | {
        "products": [{"name": "EXPRESS_CHECKOUT", "status": "ACTIVE"}],
        "payments_receivable": merchant["state"] != "restricted",
        "primary_email_confirmed": merchant["state"] != "unconfirmed",
        "primary_email": merchant["email"],
        "primary_currency": merchant["currency"],
        "country": merchant["country"],
        "oauth_integrations": [],
    }


def _named(world: World, partner: str, merchant: Json) -> Json:
    path = f"/v1/customer/partners/{partner}/merchant-integrations/{merchant['id']}"
    return {
        "merchant_id": merchant["id"],
        "tracking_id": merchant["tracking_id"],
        "links": [world.link("self", path)],
    }


def receiver_of(world: World, kind: str, receiver: str) -> Json | None:
    """Return the account that a payout's receiver names, or None.

    Raises:
        PayPalError: a kind of receiver that the stand-in does not know.
    """
    if kind == "PAYPAL_ID":
        return world.get("merchant", receiver)
    if kind == "EMAIL":
        found = world.select("merchant", email=receiver)
        return found[0] if found else None
    text = "The stand-in pays to EMAIL and PAYPAL_ID."
    raise unprocessable("RECIPIENT_TYPE_NOT_SUPPORTED", text, field="/items/recipient_type")
