"""What a mentor can change so that a start is offered. Words; reads and decides nothing."""

from collections.abc import Mapping

from scheduling.group_slots import GroupReason
from scheduling.slots import Reason

_ADVICE: Mapping[str, str] = {
    "mentor_not_live": "Clients can book as soon as your profile is live.",
    "not_active": "Offer this session type again, or ask about another.",
    "no_schedule": "Write your weekly hours first.",
    Reason.TOO_SOON: "Shorten the notice that you ask for.",
    Reason.TOO_FAR: "Wait until the date comes nearer, or open bookings further ahead.",
    Reason.CLOSED: "Add weekly hours, or hours for that date, that hold the whole session.",
    Reason.AWAY: "Shorten or remove the time off that touches it.",
    Reason.OFF_GRID: "Take a start on the step, or make the step smaller.",
    Reason.TAKEN: "Nothing but the other meeting stands in the way: move or cancel it, or shorten "
    "the gap between meetings where only the gap reaches in.",
    Reason.EXTERNAL: "Move or free the event in your other calendar, or take that calendar out.",
    Reason.DAY_FULL: "Raise the number of sessions that you take in a day.",
    Reason.WEEK_FULL: "Raise the number of sessions that you take in a week.",
    GroupReason.NO_MEETING: "Offer a meeting of this type at that time.",
    GroupReason.UNDECIDED: "Nothing: the cut-off has come, and the next minute decides.",
    GroupReason.FULL: "Offer another meeting: this one has no seat left.",
}


def advice(reason: str) -> str:
    """Return what would help against a reason of `queries.explain`; nothing where none is."""
    return _ADVICE[reason] if reason else ""
