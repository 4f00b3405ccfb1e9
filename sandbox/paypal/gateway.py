"""The door of the stand-in: token, route, shape, `PayPal-Request-Id`, faults, operation, answer."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson

from sandbox.core import mishaps
from sandbox.core.clock import Clock
from sandbox.core.faults import Faults
from sandbox.core.idempotency import Keyed, KeyInUse, KeyReused, Keys
from sandbox.core.ids import Ids
from sandbox.core.messages import Json, Request, Response
from sandbox.core.router import Match
from sandbox.core.store import Store
from sandbox.core.webhooks import Parcel, Webhooks
from sandbox.paypal import GATEWAY, PREFIX, multipart, signing, tokens
from sandbox.paypal.authority import Authority
from sandbox.paypal.errors import PayPalError, in_progress, invalid, missing, problem
from sandbox.paypal.operations import JOBS, ROUTES, Operation
from sandbox.paypal.shapes import faults_of
from sandbox.paypal.world import World

_LONGEST_KEY = 108  # of orders; payouts would take more


class PayPalGateway:
    """Answers `/paypal/v1/…` and `/paypal/v2/…`."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, faults: Faults, webhooks: Webhooks
    ) -> None:
        self.store, self.clock, self.ids = store, clock, ids
        self.faults, self.webhooks = faults, webhooks
        self.keys = Keys(store)
        self.authority = Authority(store.folder)
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
        JOBS[name](self.world(), payload)

    def _parcel(self, event: str, webhook: str) -> Parcel | None:
        return signing.parcel(
            self.store, event, webhook, authority=self.authority, base_url=self.base_url
        )

    def handle(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            DropConnection: a fault says that no answer comes.
        """
        path = request.path.removeprefix(PREFIX)
        debug_id = self.ids.code(13, "0123456789abcdef")
        try:
            if path.startswith(signing.CERTS) and request.method == "GET":
                answer = signing.certificate(self.authority, path)
            elif (request.method, path) == ("POST", "/v1/oauth2/token"):
                answer = self._token(request)
            else:
                answer = self._answer(request, path)
        except PayPalError as error:
            answer = Response.of_json(error.body(debug_id=debug_id), status=error.status)
        answer.headers = {"Paypal-Debug-Id": debug_id} | answer.headers
        return answer

    def _token(self, request: Request) -> Response:
        struck = self.faults.strike_request(request.method, request.path)
        mishaps.before(struck, error_of=failed)
        with self.store.transaction():
            answer = tokens.issue(self.world(), request)
        mishaps.after(struck, error_of=failed, keep=_keep_nothing)
        return answer

    def _answer(self, request: Request, path: str) -> Response:
        match = ROUTES.match(request.method, path)
        if match is None or not match.target.open_to_payers:
            with self.store.lock:
                tokens.check(self.world(), request)
        if match is None:
            raise missing()
        given = _read(request, match.target)
        keyed = _keyed(request, match.target)
        try:
            with self.keys.claimed(keyed):
                struck = self.faults.strike_request(request.method, request.path)
                mishaps.before(struck, error_of=failed)
                prefers = request.headers.get("prefer", "return=minimal")
                answer = self._once(
                    match,
                    given,
                    keyed=keyed,
                    world_of={
                        "minimal": "representation" not in prefers,
                        "request_id": request.headers.get("paypal-request-id"),
                        "wrong_amount": mishaps.wrong_amount(struck),
                    },
                )
                mishaps.after(struck, error_of=failed, keep=_keep_nothing)
                return answer
        except KeyInUse:
            raise in_progress() from None

    def _once(
        self, match: Match[Operation], given: Json, *, keyed: Keyed | None, world_of: Json
    ) -> Response:
        """Execute, or show what the first call with this key has made, in one transaction."""
        operation = match.target
        refused: PayPalError | None = None
        with self.store.transaction():
            world = self.world(**world_of)
            first = self._first(keyed, operation, world.now)
            if first is not None and operation.again is not None:
                return Response.of_json(
                    operation.again(world, {"id": first}, {}), status=operation.again_status
                )
            self.store.db.execute("SAVEPOINT operation")
            try:
                found = operation.act(world, match.names, given)
            except PayPalError as error:  # a refusal is never kept: the next try is looked at anew
                if not error.effects:
                    self.store.db.execute("ROLLBACK TO operation")
                refused, found = error, {}
            self.store.db.execute("RELEASE operation")
            if keyed is not None and refused is None:
                made = orjson.dumps(_id_of(found))
                self.keys.keep(keyed, status=200, body=made, request_id="", now=world.now)
        if refused is not None:
            raise refused
        if operation.status == 204:
            return Response(status=204)
        return Response.of_json(found, status=operation.status)

    def _first(self, keyed: Keyed | None, operation: Operation, now: int) -> str | None:
        """Return what the first call with this key has made, if there was one."""
        if keyed is None:
            return None
        try:
            first = self.keys.replay(keyed, now=now, kept_seconds=operation.kept_seconds)
        except KeyReused as reuse:  # the scope holds the path, the digest is the same for all
            raise AssertionError(reuse.first) from reuse
        return None if first is None else str(orjson.loads(first.body))


def failed(status: int) -> PayPalError:
    """What a planned fault answers: an error of PayPal's own, or its rate limit."""
    name = "RATE_LIMIT_REACHED" if status == 429 else "INTERNAL_SERVER_ERROR"
    return PayPalError(name, status=status)


def _keep_nothing(error: PayPalError) -> None:
    """PayPal keeps no error under a key: the next try finds out."""


def _id_of(found: Json) -> str:
    header = found.get("batch_header")
    return str(header["payout_batch_id"] if header else found["id"])


def _read(request: Request, operation: Operation) -> Json:
    """Return the checked body of a write, the query of a read."""
    if operation.multipart:
        return multipart.read(request)
    if operation.shape is None:
        return dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        given = request.json()
    except (TypeError, ValueError):
        text = "The request JSON is not well formed."
        raise invalid([problem("MALFORMED_REQUEST_JSON", text)]) from None
    kind = request.headers.get("content-type", "").partition(";")[0]
    if request.body and kind != "application/json":
        text = "The request payload is not supported"
        raise PayPalError("UNSUPPORTED_MEDIA_TYPE", status=415, message=text)
    if faults := faults_of(operation.shape, given):
        raise invalid(faults)
    return given


def _keyed(request: Request, operation: Operation) -> Keyed | None:
    """Return the key of a write that carries one; it belongs to one path."""
    key = request.headers.get("paypal-request-id")
    if not key or operation.again is None:
        return None
    if len(key) > _LONGEST_KEY:
        text = "The value of a field is either too short or too long"
        raise invalid([problem("INVALID_STRING_LENGTH", text, field="PayPal-Request-Id")])
    return Keyed.of(scope=f"{GATEWAY}:{request.path}", key=key, request=request.path, pairs=[])
