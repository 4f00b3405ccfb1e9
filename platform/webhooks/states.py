"""Where the delivery of one event to one endpoint stands, as one table. Pure."""

from enum import StrEnum

from kernel.transitions import Edge, Machine


class State(StrEnum):
    """The values are what the API shows."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    MISSED = "missed"


class Move(StrEnum):
    """What may happen to a delivery."""

    DELIVER = "deliver"
    GIVE_UP = "give_up"
    MISS = "miss"
    REPLAY = "replay"


DELIVERY: Machine[State, Move] = Machine(
    "delivery",
    initial=[State.WAITING, State.MISSED],
    edges=[
        Edge(State.WAITING, Move.DELIVER, State.DELIVERED, "the endpoint answered with a 2xx"),
        Edge(State.WAITING, Move.GIVE_UP, State.FAILED, "the last try failed, or it answered 410"),
        Edge(State.WAITING, Move.MISS, State.MISSED, "the endpoint is disabled, or gone"),
        Edge(State.DELIVERED, Move.REPLAY, State.WAITING, "its owner or staff: once more"),
        Edge(State.FAILED, Move.REPLAY, State.WAITING, "its owner or staff: from the first try on"),
        Edge(State.MISSED, Move.REPLAY, State.WAITING, "its owner or staff: after enabling it"),
    ],
)
