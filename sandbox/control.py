"""The control plane under `/_sandbox/`: clock, settings, faults, deliveries, reset, levers.

JSON in, JSON out, loopback only. No real gateway has any of this; the product never calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.core.clock import Clock
from sandbox.core.faults import Faults
from sandbox.core.messages import Json, Request, Response
from sandbox.core.moments import instant_of
from sandbox.core.router import Router
from sandbox.core.store import Store
from sandbox.core.webhooks import Webhooks
from sandbox.core.worker import Worker
from sandbox.paypal.errors import PayPalError
from sandbox.paypal.gateway import PayPalGateway
from sandbox.paypal.levers import LEVERS as PAYPAL_LEVERS
from sandbox.paypal.levers import Lever as PayPalLever
from sandbox.paypal.plants import PLANTS as PAYPAL_PLANTS
from sandbox.paypal.world import SETTINGS as PAYPAL_SETTINGS
from sandbox.stripe import webhook_endpoints
from sandbox.stripe.errors import StripeError
from sandbox.stripe.gateway import StripeGateway
from sandbox.stripe.levers import LEVERS
from sandbox.stripe.levers import Lever as StripeLever
from sandbox.stripe.plants import PLANTS
from sandbox.stripe.world import SETTINGS as STRIPE_SETTINGS

type Lever = Callable[[Json, Json], Any]

SETTINGS = STRIPE_SETTINGS | PAYPAL_SETTINGS
_LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]", "::1"}


class Control:
    """Levers by path."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        faults: Faults,
        webhooks: Webhooks,
        worker: Worker,
        stripe: StripeGateway,
        paypal: PayPalGateway,
    ) -> None:
        self.store, self.clock, self.faults = store, clock, faults
        self.webhooks, self.worker = webhooks, worker
        self.stripe, self.paypal = stripe, paypal
        self._routes: Router[Lever] = Router()
        for method, path, lever in (
            ("GET", "/_sandbox/health", self.health),
            ("GET", "/_sandbox/clock", self.show_clock),
            ("POST", "/_sandbox/clock", self.move_clock),
            ("GET", "/_sandbox/settings", self.show_settings),
            ("POST", "/_sandbox/settings", self.change_settings),
            ("POST", "/_sandbox/reset", self.reset),
            ("POST", "/_sandbox/snapshot", self.snapshot),
            ("POST", "/_sandbox/restore", self.restore),
            ("GET", "/_sandbox/faults", self.list_faults),
            ("POST", "/_sandbox/faults", self.add_fault),
            ("DELETE", "/_sandbox/faults", self.clear_faults),
            ("DELETE", "/_sandbox/faults/{id}", self.remove_fault),
            ("GET", "/_sandbox/webhooks", self.list_deliveries),
            ("POST", "/_sandbox/webhooks/hold", self.hold_webhooks),
            ("POST", "/_sandbox/webhooks/release", self.release_webhooks),
            ("POST", "/_sandbox/webhooks/flush", self.flush_webhooks),
            ("POST", "/_sandbox/webhooks/resend/{id}", self.resend_webhooks),
            ("POST", "/_sandbox/webhooks/roll/{id}", self.roll_secret),
        ):
            self._routes.add(method, path, lever)
        for method, path, act in LEVERS:
            self._routes.add(method, path, partial(self._pull, act))
        for name, act in PLANTS:
            self._routes.add("POST", f"/_sandbox/stripe/plant/{name}", partial(self._pull, act))
        plants = [("POST", f"plant/{name}", pull) for name, pull in PAYPAL_PLANTS]
        for method, path, pull in [*PAYPAL_LEVERS, *plants]:
            self._routes.add(method, f"/_sandbox/paypal/{path}", partial(self._pull_paypal, pull))

    def handle(self, request: Request) -> Response:
        """Answer a lever's request; refuse a page that was led here by a foreign host name."""
        host = request.headers.get("host", "localhost").rsplit(":", 1)[0]
        if host not in _LOCAL_NAMES:
            return _problem(403, f"the control plane answers on loopback names only, not on {host}")
        match = self._routes.match(request.method, request.path)
        if match is None:
            return _problem(404, f"no such lever: {request.method} {request.path}")
        try:
            given = dict(request.pairs) if request.method in {"GET", "DELETE"} else request.json()
            return Response.of_json(match.target(match.names, given))
        except StripeError as error:
            return _problem(error.status, error.message)
        except PayPalError as error:
            issues = [detail["issue"] for detail in error.details]
            return _problem(error.status, ": ".join([error.name, *issues]))
        except (ValueError, KeyError, TypeError) as problem:
            return _problem(400, f"{type(problem).__name__}: {problem}")

    def _pull(self, act: StripeLever, names: Json, given: Json) -> Any:
        """Run a lever of the gateway in one transaction."""
        with self.store.transaction():
            return act(self.stripe.world(), names, given)

    def _pull_paypal(self, act: PayPalLever, names: Json, given: Json) -> Any:
        """Run a lever of PayPal's in one transaction."""
        with self.store.transaction():
            return act(self.paypal.world(), names, given)

    # -- state and time

    def health(self, names: Json, given: Json) -> Json:
        """Say that the stand-in answers, since how many starts, and where its state lies."""
        with self.store.lock:
            return {
                "status": "ok",
                "starts": self.store.setting("starts"),
                "now": self.clock.now(),
                "state": str(self.store.folder.absolute()),
            }

    def show_clock(self, names: Json, given: Json) -> Json:
        """Return the sandbox's present."""
        now = self.clock.now()
        return {
            "now": now,
            "iso": datetime.fromtimestamp(now, UTC).isoformat(),
            "frozen": self.clock.frozen,
        }

    def move_clock(self, names: Json, given: Json) -> Json:
        """Move time: `{"advance_seconds": n}` or `{"set": instant, "frozen": true}`."""
        with self.store.transaction():
            if "advance_seconds" in given:
                self.clock.advance(int(given["advance_seconds"]))
            else:
                instant = instant_of(given.get("set", self.clock.now()))
                self.clock.set(instant, frozen=bool(given.get("frozen", False)))
        self.worker.run_due_jobs()
        return self.show_clock(names, given)

    def show_settings(self, names: Json, given: Json) -> Json:
        """Return the settings in force."""
        with self.store.lock:
            return {name: self.store.setting(name, default) for name, default in SETTINGS.items()}

    def change_settings(self, names: Json, given: Json) -> Json:
        """Change settings; they survive a restart, not a reset."""
        if unknown := sorted(set(given) - set(SETTINGS)):
            raise ValueError(f"unknown setting: {', '.join(unknown)}")
        if bad := sorted(
            name for name, value in given.items() if not isinstance(value, int | float) or value < 0
        ):
            raise ValueError(f"must be a number of at least 0: {', '.join(bad)}")
        with self.store.transaction():
            for name, value in given.items():
                self.store.set_setting(name, value)
        return self.show_settings(names, given)

    def reset(self, names: Json, given: Json) -> Json:
        """Forget everything but the command line's webhook endpoints; attempts under way end."""
        with self.store.transaction():
            kept = self._endpoints()
            self.store.wipe(keep_settings=("starts",))
            self._put_back(kept)
            self.clock.reload()
            self.faults.reload()
        self.webhooks.settle_down(seconds=2.0)
        return {"reset": True}

    def snapshot(self, names: Json, given: Json) -> Json:
        """Write all that is remembered beside the state: `{"name": "year"}`."""
        path = self._snapshot_path(given)
        with self.store.lock:
            self.store.save_copy(path)
        return {"file": path.name}

    def restore(self, names: Json, given: Json) -> Json:
        """Remember what a snapshot holds, and nothing else but the command line's endpoints."""
        path = self._snapshot_path(given)
        if not path.is_file():
            raise ValueError(f"there is no snapshot {path.name}")
        with self.store.lock:
            kept = self._endpoints()
            starts = self.store.setting("starts", 0)
            self.store.load_copy(path)
            with self.store.transaction():
                self.store.set_setting("starts", starts)
                self._put_back(kept)
            self.clock.reload()
            self.faults.reload()
        return {"restored": path.name}

    def _endpoints(self) -> list[tuple[str, Json]]:
        """Return the endpoints that the command line has given, by kind."""
        stripe = self.store.get("webhook_endpoint", webhook_endpoints.COMMAND_LINE_ID)
        return [("webhook_endpoint", one) for one in (stripe,) if one is not None] + [
            ("paypal_webhook", one)
            for one in self.store.select("paypal_webhook", {"from_command_line": True})
        ]

    def _put_back(self, kept: list[tuple[str, Json]]) -> None:
        """Let the command line's endpoints be the only ones of their kind from a command line."""
        for one in self.store.select("paypal_webhook", {"from_command_line": True}):
            self.store.drop(one["id"])
        for kind, endpoint in kept:
            self.store.drop(endpoint["id"])
            self.store.add(kind, endpoint)

    def _snapshot_path(self, given: Json) -> Path:
        """Return the file of a snapshot: always in the state's own folder."""
        name = str(given["name"])
        if not name.isalnum():
            raise ValueError("a snapshot's name is letters and digits")
        return self.store.folder / f"{name}.snapshot"

    # -- faults

    def list_faults(self, names: Json, given: Json) -> list[Json]:
        """Return the rules and how often each struck."""
        with self.store.lock:
            return self.faults.rules()

    def add_fault(self, names: Json, given: Json) -> Json:
        """Add a rule: `{"match": {...}, "fault": {"kind": ...}}`."""
        with self.store.transaction():
            return self.faults.add(given)

    def clear_faults(self, names: Json, given: Json) -> Json:
        """Drop all rules."""
        with self.store.transaction():
            return {"removed": self.faults.remove()}

    def remove_fault(self, names: Json, given: Json) -> Json:
        """Drop one rule."""
        with self.store.transaction():
            return {"removed": self.faults.remove(int(names["id"]))}

    # -- webhooks

    def list_deliveries(self, names: Json, given: Json) -> Json:
        """Return the delivery log, oldest first; `event` narrows it."""
        with self.store.lock:
            return {
                "held": self.store.setting("webhooks_held", False),
                "waiting": self.webhooks.waiting(given.get("event")),
                "deliveries": self.webhooks.log(
                    event=given.get("event"), limit=int(given.get("limit", 500))
                ),
            }

    def hold_webhooks(self, names: Json, given: Json) -> Json:
        """Send nothing until release (or flush)."""
        with self.store.transaction():
            self.store.set_setting("webhooks_held", True)
        return {"held": True}

    def release_webhooks(self, names: Json, given: Json) -> Json:
        """Send again."""
        with self.store.transaction():
            self.store.set_setting("webhooks_held", False)
        self.webhooks.wake.set()
        return {"held": False}

    def flush_webhooks(self, names: Json, given: Json) -> Json:
        """Deliver now what waits: `{"order": "oldest", "type": "charge.refunded"}`."""
        order = given.get("order", "oldest")
        if order not in {"oldest", "newest", "parallel"}:
            raise ValueError(f"unknown order: {order}")
        return {"deliveries": self.webhooks.flush(order=order, types=given.get("type"))}

    def resend_webhooks(self, names: Json, given: Json) -> Json:
        """Send an event once more, as the dashboard's button does; lost ones too."""
        return {"queued": self.webhooks.again(names["id"])}

    def roll_secret(self, names: Json, given: Json) -> Json:
        """Give an endpoint a new secret; `{"keep_older": true}` signs with both for a while."""
        with self.store.transaction():
            world = self.stripe.world()
            endpoint = world.require("webhook_endpoint", names["id"])
            rolled = webhook_endpoints.roll_secret(
                world,
                endpoint,
                keep_older=bool(given.get("keep_older", False)),
                secret=given.get("secret"),
            )
        return {
            "id": rolled["id"],
            "secret": rolled["_secret"],
            "older": len(rolled["_older_secrets"]),
        }


def _problem(status: int, message: str) -> Response:
    return Response.of_json({"error": {"message": message}}, status=status)
