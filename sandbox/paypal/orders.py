"""Orders v2: created by the shop, approved by the payer, captured by the shop's server.

https://developer.paypal.com/docs/api/orders/v2/. The stand-in carries `intent: CAPTURE` with one
purchase unit. There is no call that cancels an order: one that nobody pays is gone after three
hours (the setting `paypal_order_seconds`).
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal import captures, refunds
from sandbox.paypal.errors import PayPalError, invalid, missing, problem, unprocessable
from sandbox.paypal.funding import FUNDINGS, Funding
from sandbox.paypal.money import money, read
from sandbox.paypal.world import OWNER, World, moment

_ALIVE = {"CREATED", "PAYER_ACTION_REQUIRED", "APPROVED"}
OWNER_EMAIL = "payments@counterfoil.example"


def create(world: World, names: Json, given: Json) -> Json:
    """POST /v2/checkout/orders"""
    _refuse_what_is_not_carried(given)
    unit = given["purchase_units"][0]
    amount, currency = read(unit["amount"], field="/purchase_units/@reference_id=='default'/amount")
    source = given.get("payment_source", {}).get("paypal")
    if source is not None and not world.request_id:
        text = (
            "A PayPal-Request-Id is required if you are trying to process payment for an Order."
            " Please specify a PayPal-Request-Id or Create the Order without a 'payment_source'"
            " specified."
        )
        raise invalid([problem("PAYPAL_REQUEST_ID_REQUIRED", text)])
    context = given.get("application_context", {}) | (source or {}).get("experience_context", {})
    order = world.add(
        "order",
        {
            "id": world.code(),
            "status": "CREATED" if source is None else "PAYER_ACTION_REQUIRED",
            "amount": amount,
            "currency": currency,
            "reference_id": unit.get("reference_id", "default"),
            "custom_id": unit.get("custom_id"),
            "invoice_id": unit.get("invoice_id"),
            "description": unit.get("description"),
            "soft_descriptor": unit.get("soft_descriptor"),
            "with_source": source is not None,
            "return_url": context.get("return_url"),
            "cancel_url": context.get("cancel_url"),
            "brand": context.get("brand_name"),
            "payer": None,
            "funding": None,
            "attempts": 0,
        },
    )
    return shown(world, order, full=not world.minimal)


def _refuse_what_is_not_carried(given: Json) -> None:
    fields = ["/intent"] * (given["intent"] != "CAPTURE")
    fields += ["/purchase_units/1"] * (len(given["purchase_units"]) > 1)
    if fields:
        text = "This field is not currently supported."
        raise invalid([problem("NOT_SUPPORTED", text, field=field) for field in fields])


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v2/checkout/orders/{id}"""
    return shown(world, require(world, names["id"]))


def require(world: World, order_id: str) -> Json:
    """Return an order that is still known.

    Raises:
        PayPalError: there is none, or it waited too long for its payer.
    """
    order = world.require("order", order_id)
    lifetime = int(world.setting("paypal_order_seconds"))
    if order["status"] in _ALIVE and world.now - order["created"] >= lifetime:
        raise missing()
    return order


def approve(
    world: World, order: Json, *, funding: str = "balance", email: str | None = None
) -> Json:
    """The payer's side: say yes, and with what.

    Raises:
        PayPalError: the order is paid already.
        ValueError: an unknown funding.
    """
    if funding not in FUNDINGS:
        raise ValueError(f"funding must be one of {', '.join(FUNDINGS)}, not {funding!r}")
    if order["status"] not in _ALIVE:
        raise _already_captured()
    order |= {
        "status": "APPROVED",
        "funding": funding,
        "payer": order["payer"]
        or {
            "email_address": email or "client@example.com",
            "account_id": world.payer_code(),
            "name": {"given_name": "Ada", "surname": "Client"},
        },
    }
    world.save(order)
    world.emit("CHECKOUT.ORDER.APPROVED", "checkout-order", shown(world, order))
    return order


def approve_directly(world: World, names: Json, given: Json) -> Json:
    """POST /v2/checkout/orders/{id}/approve: a payer without a browser; the stand-in's own call."""
    try:
        order = approve(
            world,
            require(world, names["id"]),
            funding=given.get("funding", "balance"),
            email=given.get("email_address"),
        )
    except ValueError as problem_:
        raise invalid(
            [problem("INVALID_PARAMETER_VALUE", str(problem_), field="/funding")]
        ) from None
    return shown(world, order)


def capture(world: World, names: Json, given: Json) -> Json:
    """POST /v2/checkout/orders/{id}/capture"""
    order = require(world, names["id"])
    if order["status"] not in _ALIVE:
        raise _already_captured()
    if order["status"] != "APPROVED":
        text = (
            "Payer has not yet approved the Order for payment. Please redirect the payer to the"
            " 'rel':'approve' url returned as part of the HATEOAS links within the Create Order"
            " call or provide a valid `payment_source` in the request."
        )
        raise unprocessable("ORDER_NOT_APPROVED", text)
    if order["invoice_id"] and world.select("capture", invoice_id=order["invoice_id"]):
        text = (
            "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account"
            " setting requires that Invoice Id be unique for each transaction."
        )
        raise unprocessable("DUPLICATE_INVOICE_ID", text)
    funding: Funding = FUNDINGS[order["funding"]]
    if funding.declined:
        raise _declined(world, order)
    order["status"] = "COMPLETED"
    world.save(order)
    captures.take(world, order, funding)
    if not funding.pending:
        world.emit("CHECKOUT.ORDER.COMPLETED", "checkout-order", shown(world, order))
    return shown(world, order, full=not world.minimal)


def _declined(world: World, order: Json) -> PayPalError:
    """The payer has to choose something else: the order waits for an approval again."""
    order |= {
        "status": "PAYER_ACTION_REQUIRED" if order["with_source"] else "CREATED",
        "attempts": order["attempts"] + 1,
        "funding": None,
    }
    world.save(order)
    return unprocessable(
        "INSTRUMENT_DECLINED",
        "The instrument presented  was either declined by the processor or bank, or it can't be"
        " used for this payment.",
        effects=True,
        links=[_page_link(world, order, "redirect")],
    )


def _already_captured() -> PayPalError:
    return unprocessable(
        "ORDER_ALREADY_CAPTURED",
        "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
    )


def shown(world: World, order: Json, *, full: bool = True) -> Json:
    """Return an order as PayPal writes it; by default a write answers with the least of it."""
    found: Json = {"id": order["id"], "status": order["status"]}
    payer = order["payer"]
    if payer is not None:
        found["payment_source"] = {
            "paypal": {
                "email_address": payer["email_address"],
                "account_id": payer["account_id"],
                "account_status": "VERIFIED",
                "name": payer["name"],
            }
        }
        found["payer"] = {
            "email_address": payer["email_address"],
            "payer_id": payer["account_id"],
            "name": payer["name"],
        }
    elif order["with_source"]:
        found["payment_source"] = {"paypal": {}}
    taken = world.select("capture", order=order["id"])
    if full or taken:
        found["purchase_units"] = [_unit(world, order, taken, full=full)]
    if full:
        found |= {
            "intent": "CAPTURE",
            "create_time": moment(order["created"]),
            "update_time": moment(order["updated"]),
        }
    return found | {"links": _links(world, order)}


def _unit(world: World, order: Json, taken: list[Json], *, full: bool) -> Json:
    unit: Json = {"reference_id": order["reference_id"]}
    if full:
        unit |= {
            "amount": money(order["amount"], order["currency"]),
            "payee": {"email_address": OWNER_EMAIL, "merchant_id": OWNER},
        }
        for name in ("description", "custom_id", "invoice_id", "soft_descriptor"):
            if order[name] is not None:
                unit[name] = order[name]
    if taken:
        back = [
            refunds.shown(world, refund)
            for one in taken
            for refund in world.select("refund", capture=one["id"])
        ]
        unit["payments"] = {
            "captures": [captures.shown(world, one, nested=True) for one in taken],
            **({"refunds": back} if back else {}),
        }
    return unit


def _links(world: World, order: Json) -> list[Json]:
    path = f"/v2/checkout/orders/{order['id']}"
    links = [world.link("self", path)]
    if order["status"] in _ALIVE:
        rel = "payer-action" if order["with_source"] else "approve"
        links.append(_page_link(world, order, rel))
        links.append(world.link("capture", f"{path}/capture", "POST"))
    return links


def _page_link(world: World, order: Json, rel: str) -> Json:
    return world.link(rel, f"/checkoutnow?token={order['id']}")
