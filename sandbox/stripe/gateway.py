"""The door of the stand-in: key, route, parameters, idempotency, faults, operation, answer."""

from __future__ import annotations

import re
from functools import partial

from sandbox.core import mishaps
from sandbox.core.clock import Clock
from sandbox.core.faults import Faults
from sandbox.core.form import MalformedKey, tree
from sandbox.core.idempotency import Keyed, KeyInUse, KeyReused, Keys
from sandbox.core.ids import Ids
from sandbox.core.messages import Json, Request, Response
from sandbox.core.router import Match
from sandbox.core.store import Store
from sandbox.core.webhooks import Parcel, Webhooks
from sandbox.stripe import API_VERSION, GATEWAY, params, signing
from sandbox.stripe.errors import StripeError, failed, invalid, unauthorised
from sandbox.stripe.operations import JOBS, ROUTES, Operation
from sandbox.stripe.present import expand, present, public_intent
from sandbox.stripe.world import World

_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.\w+)?$")
_LONGEST_KEY = 255
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Version",
    "Access-Control-Expose-Headers": "Request-Id, Idempotent-Replayed",
}
# What Stripe's browser script adds to a call; none of it changes the money.
_BROWSER = frozenset(
    {"key", "expected_payment_method_type", "_stripe_version", "client_secret", "return_url"}
)


class StripeGateway:
    """Answers everything under `/v1/`."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, faults: Faults, webhooks: Webhooks
    ) -> None:
        self.store, self.clock, self.ids = store, clock, ids
        self.faults, self.webhooks = faults, webhooks
        self.keys = Keys(store)
        self.base_url = ""
        webhooks.prepare[GATEWAY] = self._parcel

    def world(self, **known: object) -> World:
        """Return the world of one operation. Expects the store's transaction."""
        return World(
            store=self.store,
            webhooks=self.webhooks,
            ids=self.ids,
            base_url=self.base_url,
            now=self.clock.now(),
            **known,  # type: ignore[arg-type]  # the keyword arguments are World's own fields
        )

    def run_job(self, name: str, payload: Json) -> None:
        """Run a planned job. Expects the store's transaction."""
        JOBS[name](self.world(account=payload["account"]), payload)

    def _parcel(self, event: str, endpoint: str) -> Parcel | None:
        return signing.parcel(self.store, event, endpoint, now=self.clock.now())

    def handle(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            DropConnection: a fault says that no answer comes.
        """
        if request.method == "OPTIONS":
            return Response(status=200, headers=dict(_CORS))
        request_id = f"req_{self.ids.text(14)}"
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, **_CORS}
        key = request.headers.get("idempotency-key")
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = self._answer(request, request_id, key)
        except StripeError as error:
            answer = Response.of_json(error.body(request_id=request_id), status=error.status)
        answer.headers = headers | answer.headers
        return answer

    def _answer(self, request: Request, request_id: str, key: str | None) -> Response:
        publishable = _authenticate(request)
        match = _route(request)
        given = _read(request, match.target, publishable=publishable)
        account = self._account_of(request)
        keyed = _keyed(request, key, account)
        try:
            with self.keys.claimed(keyed):
                struck = self.faults.strike_request(request.method, request.path)
                mishaps.before(struck, error_of=failed)
                answer = self._once(
                    match,
                    given,
                    keyed=keyed,
                    world_of={
                        "account": account,
                        "publishable": publishable,
                        "request_id": request_id,
                        "idempotency_key": key,
                        "wrong_amount": mishaps.wrong_amount(struck),
                    },
                )
                mishaps.after(struck, error_of=failed, keep=partial(self._keep, keyed, request_id))
                return answer
        except KeyInUse:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that"
                " probably means you submitted twice, and the other request is still going"
                f" through): {key}. Try again later.",
                status=409,
                type="idempotency_error",
                code="idempotency_key_in_use",
                began=False,
            ) from None
        except KeyReused as reuse:
            raise _reused(reuse, request, key) from None

    def _account_of(self, request: Request) -> str:
        """Return the connected account that the request acts for, '' for the platform."""
        account = request.headers.get("stripe-account", "")
        with self.store.lock:
            if account and self.store.get("account", account) is None:
                raise StripeError(
                    f"The provided key does not have access to account '{account}' (or that"
                    " account does not exist). Application access may have been revoked.",
                    status=403,
                    code="account_invalid",
                    began=False,
                )
        return account

    def _keep(self, keyed: Keyed | None, request_id: str, error: StripeError) -> None:
        """Make an error the kept answer of a key, in place of the success."""
        if keyed is None:
            return
        body = Response.of_json(error.body(request_id=request_id)).body
        with self.store.transaction():
            now = self.clock.now()
            self.keys.keep(keyed, status=error.status, body=body, request_id=request_id, now=now)

    def _once(
        self, match: Match[Operation], given: Json, *, keyed: Keyed | None, world_of: Json
    ) -> Response:
        """Replay, or execute and keep the answer, in one transaction."""
        with self.store.transaction():
            if keyed is not None and (first := self.keys.replay(keyed, now=self.clock.now())):
                return Response(
                    status=first.status,
                    body=first.body,
                    headers={"Idempotent-Replayed": "true", "Original-Request": first.request_id},
                )
            world = self.world(**world_of)
            self.store.db.execute("SAVEPOINT operation")
            try:
                answer = _execute(world, match, given)
            except StripeError as error:
                if world.publishable and "payment_intent" in error.extra:
                    shown = error.extra["payment_intent"]
                    error.extra["payment_intent"] = public_intent(shown)
                if not error.effects:
                    self.store.db.execute("ROLLBACK TO operation")
                if not error.began:
                    raise
                answer = Response.of_json(
                    error.body(request_id=world.request_id or ""), status=error.status
                )
            self.store.db.execute("RELEASE operation")
            if keyed is not None:
                self.keys.keep(
                    keyed,
                    status=answer.status,
                    body=answer.body,
                    request_id=world.request_id or "",
                    now=world.now,
                )
        return answer


def _execute(world: World, match: Match[Operation], given: Json) -> Response:
    found = match.target.act(world, match.names, given)
    shown = found if found["object"] == "list" else present(world.store, found, now=world.now)
    if world.publishable and shown["object"] == "payment_intent":
        shown = public_intent(shown)
    return Response.of_json(expand(world.store, shown, given.get("expand", []), now=world.now))


def _authenticate(request: Request) -> bool:
    """Check the key; return whether it is a publishable one."""
    key = request.credential() or dict(_pairs(request)).get("key")
    if key is None:
        raise unauthorised(
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if key.startswith(("sk_live_", "rk_live_", "pk_live_")):
        raise unauthorised("The stand-in takes no live key: keep it away from test servers.")
    if not re.match(r"^(sk|rk|pk)_test_\w+$", key):
        raise unauthorised(
            f"Invalid API Key provided: {key[:7]}{'*' * max(0, len(key) - 11)}{key[-4:]}"
        )
    version = request.headers.get("stripe-version")
    if version and not _VERSION.match(version):
        raise invalid(f"Invalid Stripe API version: {version}.")
    return key.startswith("pk_")


def _pairs(request: Request) -> list[tuple[str, str]]:
    try:
        return request.pairs
    except UnicodeDecodeError:
        raise invalid("Invalid request body: it is not UTF-8.") from None


def _route(request: Request) -> Match[Operation]:
    match = ROUTES.match(request.method, request.path)
    if match is None:
        raise StripeError(
            f"Unrecognized request URL ({request.method}: {request.path}). Please see"
            " https://stripe.com/docs or we can help at https://support.stripe.com/.",
            status=404,
            began=False,
        )
    return match


def _read(request: Request, operation: Operation, *, publishable: bool) -> Json:
    """Return the typed parameters."""
    try:
        given = tree(_pairs(request))
    except MalformedKey as key:
        raise invalid(f"Invalid parameter name: {key}", param=str(key)) from None
    if not publishable:
        return params.read(operation.params, given)
    if not operation.public:
        raise unauthorised(
            "This API call cannot be made with a publishable API key. Please use a secret API key."
            " You can find a list of your API keys at"
            " https://dashboard.stripe.com/account/apikeys."
        )
    allowed = params.known(operation.params)
    browser = {name: value for name, value in given.items() if name in _BROWSER - allowed}
    rest = {name: value for name, value in given.items() if name not in browser}
    return params.read(operation.params, rest) | browser


def _keyed(request: Request, key: str | None, account: str) -> Keyed | None:
    """Return the fingerprint of a write that carries a key."""
    if not key or request.method != "POST":
        return None
    if len(key) > _LONGEST_KEY:
        raise invalid(f"Idempotency keys can have up to {_LONGEST_KEY} characters.")
    return Keyed.of(
        scope=f"{GATEWAY}:{account}",
        key=key,
        request=f"{request.method} {request.path}",
        pairs=request.pairs,
    )


def _reused(reuse: KeyReused, request: Request, key: str | None) -> StripeError:
    here = f"{request.method} {request.path}"
    first = (
        "with the same parameters they were first used with"
        if reuse.first == here
        else f"for the same endpoint they were first used for ('{here}' vs '{reuse.first}')"
    )
    return StripeError(
        f"Keys for idempotent requests can only be used {first}. Try using a key other than"
        f" '{key}' if you meant to execute a different request.",
        type="idempotency_error",
        began=False,
    )
