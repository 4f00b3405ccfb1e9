"""What one operation may touch: objects, the present instant, identifiers, events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.core.ids import Ids
from sandbox.core.messages import Json
from sandbox.core.store import Page, Store
from sandbox.core.webhooks import Webhooks
from sandbox.stripe import API_VERSION, GATEWAY
from sandbox.stripe.errors import missing
from sandbox.stripe.present import present

# The defaults of what `POST /_sandbox/settings` changes.
SETTINGS: Json = {
    "availability_seconds": 2 * 86400,
    "async_seconds": 2,
    "capture_seconds": 0,
    "dispute_seconds": 1,
    "dispute_fee_minor": 1500,
    # What the balance has no account for: {"eur": {"currency": "usd", "rate": "1.1"}}.
    "exchange": {},
    "webhook_backoff_seconds": 1.0,
    "webhook_max_attempts": 16,
    "webhook_timeout_seconds": 10.0,
}


@dataclass(slots=True)
class World:
    """The gateway as one operation sees it; every method expects the store's transaction."""

    store: Store
    webhooks: Webhooks
    ids: Ids
    base_url: str
    now: int
    account: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None
    publishable: bool = False
    quiet: bool = False
    wrong_amount: int = 0

    def on(self, account: str) -> World:
        """Return the same world seen from a connected account."""
        return replace(self, account=account)

    def setting(self, name: str) -> Any:
        """Read a setting of the control plane."""
        return self.store.setting(name, SETTINGS[name])

    def add(self, kind: str, body: Json) -> Json:
        """Append an object to the account at hand."""
        return self.store.add(kind, body, account=self.account)

    def save(self, body: Json) -> Json:
        """Write an object's new state."""
        return self.store.save(body)

    def get(self, kind: str, object_id: str) -> Json | None:
        """Return an object of the account at hand, or None."""
        return self.store.get(kind, object_id, account=self.account)

    def require(self, kind: str, object_id: str, *, param: str = "id", status: int = 404) -> Json:
        """Return an object of the account at hand.

        Raises:
            StripeError: `resource_missing`.
        """
        found = self.get(kind, object_id)
        if found is None:
            raise missing(kind, object_id, param=param, status=status)
        return found

    def select(self, kind: str, **where: Any) -> list[Json]:
        """Return the account's objects whose fields equal `where`, oldest first."""
        return self.store.select(kind, where, account=self.account)

    def page(self, kind: str, **options: Any) -> Page | None:
        """Return a page of the account's list."""
        return self.store.page(kind, account=self.account, **options)

    def later(self, name: str, payload: Json, *, seconds: int) -> None:
        """Plan a job by the sandbox's clock."""
        self.store.later(name, payload | {"account": self.account}, due=self.now + seconds)

    def emit(self, event_type: str, subject: Json, *, previous: Json | None = None) -> None:
        """Record an event with a snapshot and queue its webhooks, unless this world is quiet."""
        if self.quiet:
            return
        data: Json = {"object": present(self.store, subject, now=self.now)}
        if previous:
            data["previous_attributes"] = previous
        event: Json = {
            "id": self.ids.new("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": event_type,
        }
        if self.account:
            event["account"] = self.account
        self.store.add("event", event, account=self.account)
        self.webhooks.enqueue(
            gateway=GATEWAY,
            event=event["id"],
            event_type=event_type,
            endpoints=self._endpoints_for(event_type),
        )
        self.webhooks.wake.set()

    def _endpoints_for(self, event_type: str) -> list[str]:
        """Return who hears of it; `connect` endpoints hear of connected accounts alone."""
        return [
            endpoint["id"]
            for endpoint in self.store.select("webhook_endpoint", account="")
            if endpoint["status"] == "enabled"
            and (endpoint["_connect"] is None or endpoint["_connect"] == bool(self.account))
            and ("*" in endpoint["enabled_events"] or event_type in endpoint["enabled_events"])
        ]
