"""State machines as tables. Pure: a machine answers which state follows, and does nothing.

The same table makes the database trigger (`kernel.sql.transition_trigger`), the documentation
(`docs/states.md`) and the tests, so that none of them can say something else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class IllegalTransition(Exception):
    """The machine has no edge for this event in this state."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__(f"{machine}: no {event!r} from {state!r}")
        self.machine = machine
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Edge[S: StrEnum, E: StrEnum]:
    """One row of the table: `event` moves `source` to `target`; `note` says who and when."""

    source: S
    event: E
    target: S
    note: str = ""


class Machine[S: StrEnum, E: StrEnum]:
    """A named table of edges, with its initial states."""

    def __init__(self, name: str, *, initial: Iterable[S], edges: Iterable[Edge[S, E]]) -> None:
        self.name = name
        self.initial = tuple(initial)
        self.edges = tuple(edges)
        self._targets: dict[tuple[S, E], S] = {}
        for edge in self.edges:
            if (edge.source, edge.event) in self._targets:
                raise ValueError(f"{name}: two edges for {edge.event} from {edge.source}")
            self._targets[edge.source, edge.event] = edge.target

    def target(self, state: S, event: E) -> S:
        """Return the state that follows; raise IllegalTransition where there is none."""
        try:
            return self._targets[state, event]
        except KeyError:
            raise IllegalTransition(self.name, state, event) from None

    def allows(self, state: S, event: E) -> bool:
        """Say whether the table has an edge for `event` in `state`."""
        return (state, event) in self._targets

    def pairs(self) -> Iterator[tuple[S, S]]:
        """Yield every (source, target) once, in table order, self-loops left out."""
        seen: set[tuple[S, S]] = set()
        for edge in self.edges:
            pair = (edge.source, edge.target)
            if edge.source != edge.target and pair not in seen:
                seen.add(pair)
                yield pair
