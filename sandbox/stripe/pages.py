"""Plain pages for people: the front page, the bank's question, the onboarding, receipts."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qsl, urlsplit

from sandbox.core.messages import Json, Request, Response
from sandbox.core.router import Router
from sandbox.stripe import accounts, browser, charging
from sandbox.stripe.cards import BY_TOKEN
from sandbox.stripe.errors import StripeError
from sandbox.stripe.gateway import StripeGateway
from sandbox.stripe.world import World

type Page = Callable[[World, Json, Json], Response]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { padding: .4rem .6rem; border-bottom: 1px solid #ddd; text-align: left }
code { font-size: .85em }
.note { background: #fff6d6; color: #222; padding: .6rem 1rem }
form { margin: 0 }
"""
_ABOUT = """<p class=note>This is a <strong>stand-in</strong> for the payment gateways, for the demo
and for tests on this machine. No money moves here; only test cards work.</p>"""
_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}


class Pages:
    """Everything that is not `/v1/` and not the control plane."""

    def __init__(self, gateway: StripeGateway) -> None:
        self._gateway = gateway
        self._routes: Router[Page] = Router()
        for method, path, page in _ROUTES:
            self._routes.add(method, path, page)

    def handle(self, request: Request) -> Response:
        """Answer a browser; forms only from a loopback page."""
        match = self._routes.match(request.method, request.path)
        if match is None:
            return Response.of_html(_page("Not here", "<p>There is no such page.</p>"), status=404)
        origin = request.headers.get("origin", "null")
        foreign = origin != "null" and urlsplit(origin).hostname not in _LOCAL_NAMES
        if request.method == "POST" and foreign:
            text = "<p>Forms come from here only.</p>"
            return Response.of_html(_page("Refused", text), status=403)
        given = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        problem: StripeError | None = None
        with self._gateway.store.transaction():
            try:
                answer = match.target(self._gateway.world(), match.names, given)
            except StripeError as error:  # a decline has its effects: the failed charge stays
                problem = error
        if problem is not None:
            back = "<p><a href='/'>Back</a></p>"
            text = f"<p class=note>{escape(problem.message)}</p>{back}"
            return Response.of_html(_page("Refused", text), status=problem.status)
        return answer


def index(world: World, names: Json, given: Json) -> Response:
    """The front page."""
    found = world.page("payment_intent", where={}, limit=25)
    rows = "".join(_intent_row(intent) for intent in (found.rows if found else []))
    table = (
        f"<table><tr><th>Intent<th>Amount<th>Status<th>Metadata<th></tr>{rows}</table>"
        if rows
        else "<p>No payment intent yet.</p>"
    )
    return Response.of_html(
        _page("Payment stand-in", f"{_ABOUT}<h2>Recent payment intents</h2>{table}")
    )


def confirm(world: World, names: Json, given: Json) -> Response:
    """Pay an intent with a magic card, as the customer would."""
    intent = world.require("payment_intent", names["id"])
    charging.confirm(world, intent, {"payment_method": given.get("card", "pm_card_visa")})
    return Response.redirect("/")


def bank_page(world: World, names: Json, given: Json) -> Response:
    """The bank's question in `requires_action`."""
    intent = world.require("payment_intent", names["id"])
    if intent["status"] != "requires_action":
        text = f"<p>Status: {escape(intent['status'])}.</p>"
        return Response.of_html(_page("Nothing to do", text))
    return Response.of_html(
        _page(
            "Your bank asks",
            f"<p>Pay {_money(intent)}?</p><form method=post><button name=answer"
            " value=yes>Approve</button>"
            " <button name=answer value=no>Decline</button></form>",
        )
    )


def bank_answer(world: World, names: Json, given: Json) -> Response:
    """The customer's answer; back to the shop with the intent's state in the address."""
    intent = charging.authenticated(world, names["id"], success=given.get("answer") == "yes")
    back = intent.get("_return_url")
    if not back:
        return Response.of_html(_page("Thank you", "<p>You can close this page.</p>"))
    state = "succeeded" if intent["status"] == "succeeded" else "failed"
    query = (
        f"payment_intent={intent['id']}&payment_intent_client_secret={intent['client_secret']}"
        f"&redirect_status={state}"
    )
    return Response.redirect(f"{back}{'&' if '?' in back else '?'}{query}")


def onboarding(world: World, names: Json, given: Json) -> Response:
    """The hosted onboarding; an old link leads back to ask for a fresh one."""
    link = world.require("account_link", names["id"])
    if link["expires_at"] <= world.now:
        return Response.redirect(link["_refresh_url"])
    return Response.of_html(
        _page(
            "Onboarding",
            f"<p>Account <code>{escape(link['_account'])}</code></p><form method=post>"
            "<button name=state value=verified>Complete</button>"
            " <button name=state value=pending>Complete, still under review</button>"
            " <button name=state value=restricted>Complete, a document is missing</button>"
            " <button name=state value=leave>Leave</button></form>",
        )
    )


def onboarding_answer(world: World, names: Json, given: Json) -> Response:
    """Finish or leave the onboarding; back to the platform either way."""
    link = world.require("account_link", names["id"])
    state = given.get("state", "leave")
    if state != "leave":
        accounts.verify(world, world.require("account", link["_account"]), state=state)
    return Response.redirect(link["_return_url"])


def receipt(world: World, names: Json, given: Json) -> Response:
    """The receipt that `receipt_url` names."""
    charge = world.require("charge", names["id"])
    text = f"<p>{_money(charge)}, {escape(charge['status'])}</p>"
    return Response.of_html(_page("Receipt", text + f"<p><code>{escape(charge['id'])}</code></p>"))


def express(world: World, names: Json, given: Json) -> Response:
    """What `login_links` open: the account's state, in a few words."""
    account = world.require("account", names["id"])
    state = "enabled" if account["payouts_enabled"] else "not enabled"
    text = f"<p>Account <code>{escape(account['id'])}</code>: payouts are {state}.</p>"
    return Response.of_html(_page("Express account", text))


def _intent_row(intent: Json) -> str:
    metadata = " ".join(f"{escape(k)}={escape(v)}" for k, v in intent["metadata"].items())
    form = ""
    if intent["status"] in {"requires_payment_method", "requires_confirmation"}:
        options = "".join(f"<option>{escape(name)}" for name in BY_TOKEN if name.startswith("pm_"))
        form = (
            f"<form method=post action='/stripe/payment_intents/{intent['id']}/confirm'>"
            f"<select name=card aria-label='Card'>{options}</select> <button>Pay</button></form>"
        )
    elif intent["status"] == "requires_action":
        form = f"<a href='/stripe/authenticate/{intent['id']}'>Authenticate</a>"
    return (
        f"<tr><td><code>{escape(intent['id'])}</code><td>{_money(intent)}<td>{escape(intent['status'])}"
        f"<td>{metadata}<td>{form}</tr>"
    )


def _money(subject: Json) -> str:
    return f"{subject['amount']} {escape(subject['currency'].upper())} (minor units)"


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><link rel=icon href=data:,>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"
    )


_ROUTES: list[tuple[str, str, Page]] = [
    ("GET", "/", index),
    ("POST", "/stripe/payment_intents/{id}/confirm", confirm),
    ("GET", "/stripe/authenticate/{id}", bank_page),
    ("POST", "/stripe/authenticate/{id}", bank_answer),
    ("GET", "/stripe/challenge/{id}", browser.ask),
    ("POST", "/stripe/challenge/{id}", browser.answer),
    ("GET", "/stripe/onboarding/{id}", onboarding),
    ("POST", "/stripe/onboarding/{id}", onboarding_answer),
    ("GET", "/stripe/receipts/{id}", receipt),
    ("GET", "/stripe/express/{id}", express),
]
