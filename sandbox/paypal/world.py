"""What one operation may touch: objects, the present instant, identifiers, events.

Objects are kept with minor units and epoch seconds; `present` writes them as PayPal does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.core.ids import Ids
from sandbox.core.messages import Json
from sandbox.core.store import Store
from sandbox.core.webhooks import Webhooks
from sandbox.paypal import GATEWAY
from sandbox.paypal.errors import missing

# The defaults of what `POST /_sandbox/settings` changes, beside those of `stripe.world`.
SETTINGS: Json = {
    "paypal_exchange": {},
    "paypal_order_seconds": 3 * 3600,
    "paypal_payout_seconds": 0,
    "paypal_payout_fee_minor": 25,
    "paypal_reporting_seconds": 0,
}
_SHARED = {"async_seconds": 2, "dispute_seconds": 1, "dispute_fee_minor": 1500}
_CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAYER = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
OWNER = "CTRFE2TSANDBX"  # the account whose money this is: the platform's own merchant id


@dataclass(slots=True)
class World:
    """The gateway as one operation sees it; every method expects the store's transaction."""

    store: Store
    webhooks: Webhooks
    ids: Ids
    base_url: str
    now: int
    minimal: bool = False
    request_id: str | None = None
    quiet: bool = False
    wrong_amount: int = 0

    def setting(self, name: str) -> Any:
        """Read a setting of the control plane."""
        return self.store.setting(name, (SETTINGS | _SHARED)[name])

    def add(self, kind: str, body: Json) -> Json:
        """Append an object."""
        return self.store.add(f"paypal_{kind}", {"created": self.now, "updated": self.now} | body)

    def save(self, body: Json) -> Json:
        """Write an object's new state."""
        body["updated"] = self.now
        return self.store.save(body)

    def get(self, kind: str, object_id: str) -> Json | None:
        """Return an object, or None."""
        return self.store.get(f"paypal_{kind}", object_id)

    def require(self, kind: str, object_id: str) -> Json:
        """Return an object.

        Raises:
            PayPalError: there is none.
        """
        found = self.get(kind, object_id)
        if found is None:
            raise missing()
        return found

    def select(self, kind: str, **where: Any) -> list[Json]:
        """Return the objects whose fields equal `where`, oldest first."""
        return self.store.select(f"paypal_{kind}", where)

    def between(self, kind: str, since: float, until: float, where: Json) -> list[Json]:
        """Return the objects that were made in [since, until] and fit, oldest first."""
        bounds = {"created": {"gte": since, "lte": until}}
        found = self.store.page(f"paypal_{kind}", where=where, ranges=bounds, limit=1_000_000)
        return [] if found is None else found.rows[::-1]

    def later(self, name: str, payload: Json, *, seconds: int) -> None:
        """Plan a job by the sandbox's clock."""
        self.store.later(f"paypal_{name}", payload, due=self.now + seconds)

    def code(self, length: int = 17) -> str:
        """Return an identifier as PayPal makes them; transactions and orders have 17 characters."""
        return self.ids.code(length, _CODE)

    def payer_code(self) -> str:
        """Return the identifier of an account: 13 characters, none of them 0, 1, I or O."""
        return self.ids.code(13, _PAYER)

    def url(self, path: str) -> str:
        """Return the address of a path of ours."""
        return f"{self.base_url}{path}"

    def link(self, rel: str, path: str, method: str = "GET") -> Json:
        """Return an entry of `links`."""
        return {"href": self.url(path), "rel": rel, "method": method}

    def emit(
        self, event_type: str, resource_type: str, resource: Json, *, version: str = "2.0"
    ) -> None:
        """Record an event with a snapshot and queue its webhooks, unless this world is quiet."""
        if self.quiet:
            return
        event_id = f"WH-{self.code()}-{self.code()}"
        self.add(
            "event",
            {
                "id": event_id,
                "body": {
                    "id": event_id,
                    "event_version": "1.0",
                    "create_time": moment(self.now),
                    "resource_type": resource_type,
                    "resource_version": version,
                    "event_type": event_type,
                    "summary": event_type.replace(".", " ").replace("-", " ").capitalize(),
                    "resource": resource,
                    "links": [
                        self.link("self", f"/v1/notifications/webhooks-events/{event_id}"),
                        self.link(
                            "resend", f"/v1/notifications/webhooks-events/{event_id}/resend", "POST"
                        ),
                    ],
                },
            },
        )
        self.webhooks.enqueue(
            gateway=GATEWAY,
            event=event_id,
            event_type=event_type,
            endpoints=[
                endpoint["id"]
                for endpoint in self.select("webhook")
                if endpoint["url"] and {"*", event_type} & set(endpoint["event_types"])
            ],
        )
        self.webhooks.wake.set()


type Act = Callable[[World, Json, Json], Json]


def moment(instant: int) -> str:
    """Write an instant as PayPal does."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
