"""Who hears of events, and the events. https://developer.paypal.com/docs/api/webhooks/v1/"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sandbox.core.messages import Json
from sandbox.paypal.errors import invalid, missing, problem, unprocessable
from sandbox.paypal.world import World, moment

COMMAND_LINE_ID = "WHCOMMANDLINE0001"
_PAGE = 10


def create(world: World, names: Json, given: Json) -> Json:
    """POST /v1/notifications/webhooks"""
    if urlsplit(given["url"]).hostname is None:
        raise invalid(
            [problem("INVALID_PARAMETER_SYNTAX", "Not a valid webhook URL", field="/url")]
        )
    if any(one["url"] == given["url"] for one in world.select("webhook")):
        raise unprocessable("WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists")
    return _shown(world, _new(world, world.code(), given["url"], _names(given)))


def from_command_line(world: World, *, url: str | None, webhook_id: str | None) -> str | None:
    """Keep one endpoint equal to the command line's; return its identifier."""
    for found in world.select("webhook", from_command_line=True):
        world.store.drop(found["id"])
    if url is None:
        return None
    webhook = _new(world, webhook_id or COMMAND_LINE_ID, url, ["*"])
    world.save(webhook | {"from_command_line": True})
    return str(webhook["id"])


def _new(world: World, webhook_id: str, url: str, event_types: list[str]) -> Json:
    return world.add(
        "webhook",
        {"id": webhook_id, "url": url, "event_types": event_types, "from_command_line": False},
    )


def _names(given: Json) -> list[str]:
    return [one["name"] for one in given["event_types"]]


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v1/notifications/webhooks/{id}"""
    return _shown(world, world.require("webhook", names["id"]))


def list_all(world: World, names: Json, given: Json) -> Json:
    """GET /v1/notifications/webhooks"""
    return {"webhooks": [_shown(world, one) for one in world.select("webhook")]}


def delete(world: World, names: Json, given: Json) -> Json:
    """DELETE /v1/notifications/webhooks/{id}"""
    world.store.drop(world.require("webhook", names["id"])["id"])
    return {}


def _shown(world: World, webhook: Json) -> Json:
    path = f"/v1/notifications/webhooks/{webhook['id']}"
    return {
        "id": webhook["id"],
        "url": webhook["url"],
        "event_types": [{"name": name, "status": "ENABLED"} for name in webhook["event_types"]],
        "links": [
            world.link("self", path),
            world.link("update", path, "PATCH"),
            world.link("delete", path, "DELETE"),
        ],
    }


def list_events(world: World, names: Json, given: Json) -> Json:
    """GET /v1/notifications/webhooks-events, newest first, a page long."""
    size = int(given.get("page_size", _PAGE))
    since = datetime.fromisoformat(given.get("start_time", moment(0))).timestamp()
    until = datetime.fromisoformat(given.get("end_time", moment(world.now))).timestamp()
    found = [
        event["body"]
        for event in reversed(world.select("event"))
        if since <= event["created"] <= until
        and given.get("event_type", event["body"]["event_type"]) == event["body"]["event_type"]
        and given.get("transaction_id", event["body"]["resource"].get("id"))
        == event["body"]["resource"].get("id")
    ]
    links = [world.link("self", "/v1/notifications/webhooks-events")]
    return {"events": found[:size], "count": min(size, len(found)), "links": links}


def retrieve_event(world: World, names: Json, given: Json) -> Json:
    """GET /v1/notifications/webhooks-events/{id}"""
    event: Json = world.require("event", names["id"])["body"]
    return event


def resend(world: World, names: Json, given: Json) -> Json:
    """POST /v1/notifications/webhooks-events/{id}/resend"""
    event = world.require("event", names["id"])
    if world.webhooks.again_here(event["id"]) == 0:
        raise missing()
    body: Json = event["body"]
    return body
