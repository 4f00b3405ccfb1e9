"""Stripe.js as the payer's browser loads it: the script, the card fields' frame, the bank's window.

`/js/v3/` is the script that the shop's page carries in demo mode. It puts the card fields into a
frame of this origin, so that no card number is ever in the shop's page, as with the real one.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from sandbox.core.messages import Json, Request, Response
from sandbox.stripe import charging
from sandbox.stripe.world import World

FILES = Path(__file__).with_name("elements")
_SCRIPT, _STYLE, _PAGE = "text/javascript", "text/css", "text/html"
_SERVED = {
    "/js/v3": ("stripe.js", _SCRIPT),
    "/js/v3/": ("stripe.js", _SCRIPT),
    "/js/v3/payment": ("payment.html", _PAGE),
    "/js/v3/payment.css": ("payment.css", _STYLE),
    "/js/v3/payment.js": ("payment.js", _SCRIPT),
    "/js/v3/challenge.css": ("challenge.css", _STYLE),
    "/js/v3/challenge.js": ("challenge.js", _SCRIPT),
}
_WITHOUT_CENTS = {"JPY", "KRW", "MGA"}  # https://docs.stripe.com/currencies#zero-decimal
# The card fields talk to this origin alone; a shop may bring its own fonts.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " font-src http: https: data:; form-action 'self'; base-uri 'none'"
)


def serve(request: Request) -> Response:
    """Answer `/js/…` with a file of `elements/`, and with 404 for anything else."""
    name, kind = _SERVED.get(request.path, ("", ""))
    if not name:
        return Response(status=404, body=b"Not here", content_type="text/plain")
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, body=b"GET only", content_type="text/plain")
    return Response(
        body=(FILES / name).read_bytes(),
        content_type=f"{kind}; charset=utf-8",
        headers={
            "Cache-Control": "no-cache",
            "Content-Security-Policy": _POLICY,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


def ask(world: World, names: Json, given: Json) -> Response:
    """The bank's question (3-D Secure), in a window over the shop's page."""
    intent = world.require("payment_intent", names["id"])
    if intent["status"] != "requires_action":
        return _window("Nothing to confirm", "<p>This payment needs no answer.</p>", answered=True)
    amount = escape(_amount(intent))
    return _window(
        "Confirm your payment",
        f"<p>Your bank asks whether this is you.</p><dl><dt>Merchant<dd>Counterfoil demo"
        f"<dt>Amount<dd>{amount}<dt>Card<dd>{escape(_card(world, intent))}</dl>"
        "<p class=note>A stand-in for your bank’s own page. No money moves.</p>"
        "<form method=post><button name=answer value=yes>Confirm</button>"
        "<button name=answer value=no>Decline</button></form>",
    )


def answer(world: World, names: Json, given: Json) -> Response:
    """Take the answer; the window then tells the shop's page to look again.

    A bank's no, and a decline after its yes, are states of the intent: no error of this page.
    """
    intent = world.require("payment_intent", names["id"])
    if intent["status"] == "requires_action":
        charging.authenticated(world, names["id"], success=given.get("answer") == "yes")
    return _window("Thank you", "<p>Back to the shop …</p>", answered=True)


def _window(title: str, body: str, *, answered: bool = False) -> Response:
    mark = " data-answered" if answered else ""
    page = Response.of_html(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{title}</title><link rel=stylesheet href='/js/v3/challenge.css'>"
        f"<body{mark}><main><header>Demo Bank <span aria-hidden=true>3-D SECURE</span></header>"
        f"<h1>{title}</h1>{body}</main><script src='/js/v3/challenge.js'></script></html>"
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page


def _amount(intent: Json) -> str:
    currency = intent["currency"].upper()
    if currency in _WITHOUT_CENTS:
        return f"{intent['amount']} {currency}"
    whole, small = divmod(intent["amount"], 100)
    return f"{whole}.{small:02d} {currency}"


def _card(world: World, intent: Json) -> str:
    method = world.get("payment_method", intent["payment_method"] or "")
    return f"•••• {method['card']['last4']}" if method and "card" in method else "–"
