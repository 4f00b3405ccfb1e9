"""What the examples of the document are sent on: a stage, and the world that each one needs."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.api.callers import Caller
from tests.api.market import Market
from tests.standin import StandIn


@dataclass(slots=True)
class World:
    """One sending: by whom, to which ids of the path, with which exchanges in the body."""

    caller: Caller
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Stage:
    """What a world is made on. `later` holds a travelled clock until the example was sent."""

    market: Market
    standin: StandIn
    later: ExitStack


Make = Callable[[Stage], World]


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.content
    found: dict[str, Any] = answer.json()
    return found
