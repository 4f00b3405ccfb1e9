"""The stand-in put together: state, clock, worker, gateways, rooms, control plane, pages."""

from __future__ import annotations

import sys
import traceback
from functools import partial
from pathlib import Path

from sandbox.control import Control
from sandbox.core.clock import Clock
from sandbox.core.faults import Faults
from sandbox.core.ids import Ids
from sandbox.core.messages import DropConnection, Request, Response
from sandbox.core.store import Store
from sandbox.core.webhooks import Webhooks
from sandbox.core.worker import Worker
from sandbox.paypal import PREFIX as PAYPAL
from sandbox.paypal import pages as paypal_pages
from sandbox.paypal import webhooks as paypal_webhooks
from sandbox.paypal.gateway import PayPalGateway
from sandbox.paypal.operations import JOBS as PAYPAL_JOBS
from sandbox.rooms import PREFIX as ROOMS
from sandbox.rooms import pages as room_pages
from sandbox.rooms.house import SILENCE_JOB, Door, House
from sandbox.stripe import browser, webhook_endpoints
from sandbox.stripe.gateway import StripeGateway
from sandbox.stripe.operations import JOBS
from sandbox.stripe.pages import Pages


class Sandbox:
    """One stand-in over one state folder."""

    def __init__(self, *, state: Path, seed: int | None) -> None:
        self.store = Store(state / "sandbox.sqlite3")
        with self.store.transaction():
            starts = int(self.store.setting("starts", 0)) + 1
            self.store.set_setting("starts", starts)
        self.clock = Clock(self.store)
        self.faults = Faults(self.store)
        self.webhooks = Webhooks(self.store, self.faults)
        self.worker = Worker(self.store, self.clock, self.webhooks)
        ids = Ids(seed=seed, starts=starts)
        self.stripe = StripeGateway(
            store=self.store,
            clock=self.clock,
            ids=ids,
            faults=self.faults,
            webhooks=self.webhooks,
        )
        for name in JOBS:
            self.worker.jobs[name] = partial(self.stripe.run_job, name)
        self.paypal = PayPalGateway(
            store=self.store,
            clock=self.clock,
            ids=ids,
            faults=self.faults,
            webhooks=self.webhooks,
        )
        for name in PAYPAL_JOBS:
            self.worker.jobs[f"paypal_{name}"] = partial(self.paypal.run_job, name)
        self.house = House(store=self.store, clock=self.clock, ids=ids, webhooks=self.webhooks)
        self.worker.jobs[SILENCE_JOB] = self.house.hear_silence
        self.room_pages = room_pages.Pages(self.house)
        self.pages = Pages(self.stripe)
        self.paypal_pages = paypal_pages.Pages(self.paypal)
        self.control = Control(
            store=self.store,
            clock=self.clock,
            faults=self.faults,
            webhooks=self.webhooks,
            worker=self.worker,
            stripe=self.stripe,
            paypal=self.paypal,
        )

    def start(
        self,
        *,
        base_url: str,
        webhook_url: str | None,
        webhook_secret: str | None,
        paypal_webhook_url: str | None = None,
        paypal_webhook_id: str | None = None,
        door: Door | None = None,
    ) -> str | None:
        """Begin to work; return the secret of the command line's webhook endpoint for Stripe."""
        self.stripe.base_url = base_url
        self.paypal.base_url = f"{base_url}{PAYPAL}"
        self.house.door = door
        with self.store.transaction():
            world = self.stripe.world()
            secret = webhook_endpoints.from_command_line(
                world, url=webhook_url, secret=webhook_secret
            )
            paypal_webhooks.from_command_line(
                self.paypal.world(), url=paypal_webhook_url, webhook_id=paypal_webhook_id
            )
        self.worker.start()
        return secret

    def close(self) -> None:
        """End in order; a kill -9 instead loses nothing either."""
        self.worker.stop()
        self.webhooks.close()
        self.store.close()

    def handle(self, request: Request) -> Response:
        """Hand a request to the part that owns its path."""
        try:
            if request.path.startswith("/v1/"):
                with self.clock.at(_instant_of(request)):
                    return self.stripe.handle(request)
            if request.path.startswith((f"{PAYPAL}/v1/", f"{PAYPAL}/v2/")):
                with self.clock.at(_instant_of(request)):
                    return self.paypal.handle(request)
            if request.path.startswith(f"{PAYPAL}/"):
                return self.paypal_pages.handle(request)
            if request.path.startswith(f"{ROOMS}/"):
                with self.clock.at(_instant_of(request)):
                    return self.room_pages.handle(request)
            if request.path.startswith("/_sandbox/"):
                with self.clock.at(_instant_of(request)):
                    return self.control.handle(request)
            if request.path.startswith("/js/"):
                return browser.serve(request)
            return self.pages.handle(request)
        except DropConnection:
            raise
        except (
            Exception
        ):  # a fault of the stand-in itself: say so loudly, never pass for the gateway's answer
            traceback.print_exc(file=sys.stderr)
            message = "the stand-in itself failed; its standard error has the traceback"
            return Response.of_json(
                {"error": {"type": "api_error", "message": message}}, status=500
            )


def _instant_of(request: Request) -> int | None:
    """Return when the request says that it is made (`Sandbox-Time: ‹unix›`), if it does.

    Several who tell a history at once need no common clock then.
    """
    text = request.headers.get("sandbox-time", "")
    return int(text) if text.isdecimal() and len(text) <= 10 else None
