"""Events: what happened, in the order in which it did. https://docs.stripe.com/api/events"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe.errors import invalid
from sandbox.stripe.lists import list_of
from sandbox.stripe.world import World


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/events/{id}"""
    return world.require("event", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/events, by type or types (`charge.*` names a family)."""
    if "delivery_success" in params:
        raise invalid("The stand-in does not carry `delivery_success`.", param="delivery_success")
    wanted = params.get("types") or ([params["type"]] if "type" in params else [])
    where: Json = {}
    if wanted:
        where["type"] = _spelled_out(world, wanted)
    return list_of(world, "event", params, url="/v1/events", **where)


def _spelled_out(world: World, wanted: list[str]) -> list[str]:
    """Replace families by the types that occurred."""
    if not any(name.endswith("*") for name in wanted):
        return wanted
    rows = world.store.db.execute(
        "SELECT DISTINCT json_extract(body, '$.type') FROM objects WHERE kind = 'event'"
    )
    present = [row[0] for row in rows]
    return [
        name
        for pattern in wanted
        for name in (
            [one for one in present if one.startswith(pattern[:-1])]
            if pattern.endswith("*")
            else [pattern]
        )
    ] or ["-"]
