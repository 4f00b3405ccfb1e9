"""The lifecycle of a session as one table. Pure; knows no money and no table of the database.

The database trigger, `docs/states.md` and the tests are made from this table.
"""

from enum import StrEnum

from kernel.transitions import Edge, Machine


class State(StrEnum):
    """Where a session stands; the values are what the API shows."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


HELD = (State.COMPLETED, State.REVIEWED)  # it took place


class Event(StrEnum):
    """What may happen to a session."""

    CONFIRM = "confirm"
    EXPIRE = "expire"
    CANCEL = "cancel"
    START = "start"
    COMPLETE = "complete"
    REVIEW = "review"


class CancelledBy(StrEnum):
    """Whose doing a cancellation is; the policy asks nothing else about the person."""

    CLIENT = "client"
    MENTOR = "mentor"
    PLATFORM = "platform"
    SYSTEM = "system"


class Side(StrEnum):
    """One of the two people of a session."""

    CLIENT = "client"
    MENTOR = "mentor"


SESSION: Machine[State, Event] = Machine(
    "session",
    initial=[State.PENDING],
    edges=[
        Edge(State.PENDING, Event.CONFIRM, State.CONFIRMED, "system: paid in full"),
        Edge(State.PENDING, Event.CANCEL, State.CANCELLED, "client, mentor or staff"),
        Edge(State.PENDING, Event.EXPIRE, State.EXPIRED, "system: the hold's time is over"),
        Edge(State.CONFIRMED, Event.START, State.IN_PROGRESS, "system: the start has come"),
        Edge(State.CONFIRMED, Event.CANCEL, State.CANCELLED, "client, mentor or staff: refund"),
        Edge(
            State.IN_PROGRESS, Event.COMPLETE, State.COMPLETED, "system or staff: the end has come"
        ),
        Edge(
            State.IN_PROGRESS,
            Event.CANCEL,
            State.CANCELLED,
            "staff: emergency; system: the mentor never came",
        ),
        Edge(State.COMPLETED, Event.REVIEW, State.REVIEWED, "client, once"),
    ],
)


class ProposalState(StrEnum):
    """Where a proposal of another time stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class ProposalEvent(StrEnum):
    """What may happen to a proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


PROPOSAL: Machine[ProposalState, ProposalEvent] = Machine(
    "proposal",
    initial=[ProposalState.OPEN],
    edges=[
        Edge(ProposalState.OPEN, ProposalEvent.ACCEPT, ProposalState.ACCEPTED, "the other one"),
        Edge(ProposalState.OPEN, ProposalEvent.DECLINE, ProposalState.DECLINED, "the other one"),
        Edge(
            ProposalState.OPEN, ProposalEvent.WITHDRAW, ProposalState.WITHDRAWN, "who proposed it"
        ),
        Edge(
            ProposalState.OPEN,
            ProposalEvent.SUPERSEDE,
            ProposalState.SUPERSEDED,
            "another proposal, or the client moved the session",
        ),
    ],
)


class IncidentKind(StrEnum):
    """What one of the two tells of a session that has begun."""

    EMERGENCY = "emergency"
    ABSENCE = "absence"


class IncidentState(StrEnum):
    """Whether the staff have decided on a report, and what."""

    OPEN = "open"
    MENTOR_FAULT = "mentor_fault"
    PRO_RATA = "pro_rata"
    MENTOR_ABSENT = "mentor_absent"
    CLIENT_ABSENT = "client_absent"
    DISMISSED = "dismissed"
    MOOT = "moot"
    WITHDRAWN = "withdrawn"


class IncidentEvent(StrEnum):
    """What may happen to a report."""

    BLAME_MENTOR = "blame_mentor"
    APPORTION = "apportion"
    FIND_MENTOR_ABSENT = "find_mentor_absent"
    FIND_CLIENT_ABSENT = "find_client_absent"
    DISMISS = "dismiss"
    OVERTAKE = "overtake"
    WITHDRAW = "withdraw"


INCIDENT: Machine[IncidentState, IncidentEvent] = Machine(
    "incident",
    initial=[IncidentState.OPEN],
    edges=[
        Edge(
            IncidentState.OPEN,
            IncidentEvent.BLAME_MENTOR,
            IncidentState.MENTOR_FAULT,
            "staff, of an emergency: everything goes back",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.APPORTION,
            IncidentState.PRO_RATA,
            "staff, of an emergency: what was held is paid for",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.FIND_MENTOR_ABSENT,
            IncidentState.MENTOR_ABSENT,
            "staff, of an absence: everything goes back",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.FIND_CLIENT_ABSENT,
            IncidentState.CLIENT_ABSENT,
            "staff, of an absence: it counts as held",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.DISMISS,
            IncidentState.DISMISSED,
            "staff: as if it had not been reported",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.OVERTAKE,
            IncidentState.MOOT,
            "the session ended otherwise, or by another report",
        ),
        Edge(
            IncidentState.OPEN,
            IncidentEvent.WITHDRAW,
            IncidentState.WITHDRAWN,
            "who reported it: as if it had not been reported",
        ),
    ],
)


class WaitState(StrEnum):
    """Where somebody stands who waits for a seat; what became of an offer says its session."""

    WAITING = "waiting"
    OFFERED = "offered"
    LEFT = "left"
    CLOSED = "closed"


class WaitEvent(StrEnum):
    """What may happen to somebody who waits."""

    OFFER = "offer"
    LEAVE = "leave"
    CLOSE = "close"


WAIT: Machine[WaitState, WaitEvent] = Machine(
    "waitlist entry",
    initial=[WaitState.WAITING],
    edges=[
        Edge(WaitState.WAITING, WaitEvent.OFFER, WaitState.OFFERED, "system: a seat is free"),
        Edge(WaitState.WAITING, WaitEvent.LEAVE, WaitState.LEFT, "client"),
        Edge(
            WaitState.WAITING,
            WaitEvent.CLOSE,
            WaitState.CLOSED,
            "system: too late, withdrawn, or the client has another session then",
        ),
    ],
)

# A live session keeps its time: for the mentor (with the gap behind it) and for the client.
# What is over stays live, or the gap behind a session that has just ended could be sold.
LIVE: frozenset[State] = frozenset(State) - {State.CANCELLED, State.EXPIRED}
PAID: frozenset[State] = LIVE - {State.PENDING}
