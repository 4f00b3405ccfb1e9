"""Where events are sent. https://docs.stripe.com/api/webhook_endpoints"""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.core.messages import Json
from sandbox.stripe import API_VERSION
from sandbox.stripe.errors import invalid
from sandbox.stripe.lists import list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

COMMAND_LINE_ID = "we_commandline"


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/webhook_endpoints; the answer is the only one that shows the secret."""
    if urlsplit(params["url"]).scheme not in {"http", "https"}:
        raise invalid(
            "Invalid URL: must begin with https:// or http://", param="url", code="url_invalid"
        )
    if not params["enabled_events"]:
        raise invalid("Invalid array", param="enabled_events")
    endpoint = _new(world, world.ids.new("we"), params, secret=f"whsec_{world.ids.text(32)}")
    return endpoint | {"secret": endpoint["_secret"]}


def from_command_line(world: World, *, url: str | None, secret: str | None) -> str | None:
    """Keep one endpoint equal to the command line's, for all accounts; return its secret."""
    found = world.get("webhook_endpoint", COMMAND_LINE_ID)
    if url is None:
        if found is not None:
            world.save(found | {"status": "disabled"})
        return None
    kept = secret or (found["_secret"] if found else f"whsec_{world.ids.text(32)}")
    if found is None:
        params = {"url": url, "enabled_events": ["*"], "description": "given on the command line"}
        _new(world, COMMAND_LINE_ID, params, secret=kept, hears_all=True)
    else:
        world.save(found | {"url": url, "status": "enabled", "_secret": kept})
    return kept


def _new(
    world: World, endpoint_id: str, params: Json, *, secret: str, hears_all: bool = False
) -> Json:
    return world.add(
        "webhook_endpoint",
        {
            "id": endpoint_id,
            "object": "webhook_endpoint",
            "api_version": params.get("api_version") or API_VERSION,
            "application": None,
            "created": world.now,
            "description": params.get("description") or None,
            "enabled_events": params["enabled_events"],
            "livemode": False,
            "metadata": merged({}, params.get("metadata")),
            "status": "enabled",
            "url": params["url"],
            "_connect": None if hears_all else bool(params.get("connect")),
            "_secret": secret,
            "_older_secrets": [],
        },
    )


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/webhook_endpoints/{id}"""
    return world.require("webhook_endpoint", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/webhook_endpoints"""
    return list_of(world, "webhook_endpoint", params, url="/v1/webhook_endpoints")


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/webhook_endpoints/{id}"""
    endpoint = world.require("webhook_endpoint", names["id"])
    for name in ("url", "enabled_events", "description"):
        if name in params:
            endpoint[name] = params[name] or None
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    endpoint["metadata"] = merged(endpoint["metadata"], params.get("metadata"))
    return world.save(endpoint)


def delete(world: World, names: Json, params: Json) -> Json:
    """DELETE /v1/webhook_endpoints/{id}"""
    endpoint = world.require("webhook_endpoint", names["id"])
    world.store.db.execute("DELETE FROM objects WHERE id = ?", (endpoint["id"],))
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def roll_secret(
    world: World, endpoint: Json, *, keep_older: bool, secret: str | None = None
) -> Json:
    """Give an endpoint a new secret; while the older one is kept, both sign."""
    endpoint["_older_secrets"] = [endpoint["_secret"]] if keep_older else []
    endpoint["_secret"] = secret or f"whsec_{world.ids.text(32)}"
    return world.save(endpoint)
