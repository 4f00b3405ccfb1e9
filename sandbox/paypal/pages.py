"""Plain pages for people: the payer's yes or no, the mentor's account, the script's files."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.core.messages import Json, Request, Response
from sandbox.core.router import Router
from sandbox.paypal import PREFIX, merchants, orders
from sandbox.paypal.errors import PayPalError
from sandbox.paypal.funding import FUNDINGS
from sandbox.paypal.gateway import PayPalGateway
from sandbox.paypal.money import text_of
from sandbox.paypal.world import World

type Page = Callable[[World, Json, Json], Response]

FILES = Path(__file__).with_name("checkout")
_SERVED = {
    "/sdk/js": ("sdk.js", "text/javascript"),
    "/assets/page.css": ("page.css", "text/css"),
    "/assets/page.js": ("page.js", "text/javascript"),
}
# A page of ours talks to this origin alone; a form may lead back to the shop.
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'"
_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}


class Pages:
    """Everything under `/paypal/` that is no API."""

    def __init__(self, gateway: PayPalGateway) -> None:
        self._gateway = gateway
        self._routes: Router[Page] = Router()
        for method, path, page in _ROUTES:
            self._routes.add(method, path, page)

    def handle(self, request: Request) -> Response:
        """Answer a browser; forms only from a loopback page."""
        path = request.path.removeprefix(PREFIX)
        if path in _SERVED:
            return _file(request, *_SERVED[path])
        match = self._routes.match(request.method, path)
        if match is None:
            return page("Not here", "<p>There is no such page.</p>", status=404)
        origin = request.headers.get("origin", "null")
        if origin != "null" and urlsplit(origin).hostname not in _LOCAL_NAMES:
            return page("Refused", "<p>Forms come from here only.</p>", status=403)
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        given |= dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        try:
            with self._gateway.store.transaction():
                return match.target(self._gateway.world(), match.names, given)
        except PayPalError as error:
            text = " ".join([error.message, *(one["description"] for one in error.details)])
            return page("Refused", f"<p>{escape(text)}</p>", status=error.status)
        except ValueError as problem:
            return page("Refused", f"<p>{escape(str(problem))}</p>", status=400)


def _file(request: Request, name: str, kind: str) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, body=b"GET only", content_type="text/plain")
    if name == "sdk.js" and not dict(parse_qsl(request.query)).get("client-id"):
        return Response(status=400, body=b"client-id is missing", content_type="text/plain")
    return Response(
        body=(FILES / name).read_bytes(),
        content_type=f"{kind}; charset=utf-8",
        headers={
            "Cache-Control": "no-cache",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


def page(title: str, body: str, *, status: int = 200, says: Json | None = None) -> Response:
    """Return a page; `says` is what its script tells the page that opened it."""
    marks = "".join(f' data-{name}="{escape(text)}"' for name, text in (says or {}).items())
    answer = Response.of_html(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel=stylesheet href='{PREFIX}/assets/page.css'>"
        f"<body{marks}><main><p class=brand>PayPal <span>stand-in</span></p>"
        f"<h1>{escape(title)}</h1>{body}</main>"
        f"<script src='{PREFIX}/assets/page.js'></script></html>",
        status=status,
    )
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def ask(world: World, names: Json, given: Json) -> Response:
    """GET /checkoutnow?token=…: whether the payer will pay, and with what."""
    order = orders.require(world, given.get("token", ""))
    if order["status"] not in {"CREATED", "PAYER_ACTION_REQUIRED"}:
        return page(
            "Nothing to approve",
            "<p>This payment needs no answer.</p>",
            says={"order": order["id"], "outcome": "approve"},
        )
    amount = f"{text_of(order['amount'], order['currency'])} {order['currency']}"
    choices = "".join(
        f"<label><input type=radio name=funding value={name}{' checked' if not place else ''}>"
        f" {escape(funding.label)}</label>"
        for place, (name, funding) in enumerate(FUNDINGS.items())
    )
    declined = (
        "<p class=note role=alert>The last way of paying was declined. Choose another one.</p>"
        if order["attempts"]
        else ""
    )
    about = escape(order["description"] or order["brand"] or "Counterfoil demo")
    return page(
        "Pay with PayPal",
        f"{declined}<dl><dt>For</dt><dd>{about}</dd><dt>Amount</dt><dd>{amount}</dd></dl>"
        f"<form method=post><fieldset><legend>Pay with</legend>{choices}</fieldset>"
        "<p class=note>A stand-in for PayPal’s own page. No money moves.</p>"
        f"<button name=answer value=approve>Pay {amount}</button>"
        "<button name=answer value=cancel>Cancel and return</button></form>",
    )


def answer(world: World, names: Json, given: Json) -> Response:
    """POST /checkoutnow?token=…: take the answer; back to the shop, or tell the opener."""
    order = orders.require(world, given.get("token", ""))
    said = "approve" if given.get("answer") == "approve" else "cancel"
    if said == "approve":
        orders.approve(world, order, funding=given.get("funding", "balance"))
    back = order["return_url"] if said == "approve" else order["cancel_url"]
    says = {"order": order["id"], "outcome": said}
    if back:
        payer = {"PayerID": order["payer"]["account_id"]} if order["payer"] else {}
        query = urlencode({"token": order["id"]} | payer)
        says["back"] = f"{back}{'&' if '?' in back else '?'}{query}"
    return page("Thank you", "<p>Back to the shop …</p>", says=says)


def connect(world: World, names: Json, given: Json) -> Response:
    """GET /bizsignup/partner/entry?referralToken=…: somebody connects an account."""
    referral = world.require("referral", given.get("referralToken", ""))
    address = escape(referral["email"] or f"mentor.{referral['id'][:6].lower()}@example.com")
    return page(
        "Connect your PayPal account",
        "<form method=post><label class=field>E-mail of your account"
        f"<input type=email name=email required autocomplete=email value='{address}'></label>"
        "<p class=note>A stand-in for PayPal’s own page. No account is made.</p>"
        "<button name=state value=active>Connect this account</button>"
        "<button name=state value=unconfirmed>Connect, address not confirmed yet</button>"
        "<button name=state value=restricted>Connect, account restricted</button>"
        "<button name=state value=leave formnovalidate>Leave</button></form>",
    )


def connected(world: World, names: Json, given: Json) -> Response:
    """POST /bizsignup/partner/entry: finish or leave; back to the platform either way."""
    referral = world.require("referral", given.get("referralToken", ""))
    state, query = given.get("state", "leave"), {}
    if state != "leave":
        tracking_id = referral["tracking_id"] or referral["id"]
        merchant = merchants.connect(
            world, tracking_id=tracking_id, email=given.get("email"), state=state
        )
        query = {
            "merchantId": tracking_id,
            "merchantIdInPayPal": merchant["id"],
            "permissionsGranted": "true",
            "accountStatus": "BUSINESS_ACCOUNT",
            "consentStatus": "true",
            "isEmailConfirmed": str(state != "unconfirmed").lower(),
        }
    back = referral["return_url"]
    if not back:
        return page("Thank you", "<p>You can close this page.</p>")
    joint = "&" if "?" in back else "?"
    return Response.redirect(f"{back}{joint}{urlencode(query)}" if query else back)


_ROUTES: list[tuple[str, str, Page]] = [
    ("GET", "/bizsignup/partner/entry", connect),
    ("POST", "/bizsignup/partner/entry", connected),
    ("GET", "/checkoutnow", ask),
    ("POST", "/checkoutnow", answer),
]
