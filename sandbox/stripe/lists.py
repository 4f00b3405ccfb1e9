"""List endpoints: filters, ranges, cursors. https://docs.stripe.com/api/pagination"""

from __future__ import annotations

from typing import Any

from sandbox.core.messages import Json
from sandbox.stripe.errors import StripeError, invalid, missing
from sandbox.stripe.present import present
from sandbox.stripe.world import World

_RANGES = ("created", "arrival_date", "available_on")


def list_of(world: World, kind: str, params: Json, *, url: str, **where: Any) -> Json:
    """Return one page of a kind; `where` names the fields that must be equal."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise StripeError(
            f"This value must be {'less' if limit > 100 else 'greater'} than or equal to"
            f" {100 if limit > 100 else 1} (it currently is '{limit}').",
            param="limit",
            code="parameter_invalid_integer",
        )
    if "starting_after" in params and "ending_before" in params:
        raise invalid(
            "You can only provide one of `starting_after` and `ending_before`.",
            param="ending_before",
        )
    ranges = {name: _bounds(params[name]) for name in _RANGES if name in params}
    found = world.page(
        kind,
        where=where,
        limit=limit,
        after=params.get("starting_after"),
        before=params.get("ending_before"),
        ranges=ranges,
    )
    if found is None:
        name = "starting_after" if "starting_after" in params else "ending_before"
        raise missing(kind, params[name], param=name, status=400)
    return {
        "object": "list",
        "data": [present(world.store, row, now=world.now) for row in found.rows],
        "has_more": found.has_more,
        "url": url,
    }


def equal(params: Json, *names: str) -> Json:
    """Pick the plain filters that were given."""
    return {name: params[name] for name in names if name in params}


def _bounds(value: Any) -> dict[str, int]:
    return dict(value) if isinstance(value, dict) else {"eq": value}
