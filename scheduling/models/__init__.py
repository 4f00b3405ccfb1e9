"""The tables of time: availability, session types, meetings, sessions. Rules live elsewhere."""

from scheduling.models.availability import (
    DateOverride,
    Schedule,
    TimeOff,
    TravelZone,
    WeeklyRule,
)
from scheduling.models.meeting import DayCount, Meeting, WeekCount
from scheduling.models.session import Session, SessionEvent
from scheduling.models.session_type import CancellationPolicy, SessionType

__all__ = [
    "CancellationPolicy",
    "DateOverride",
    "DayCount",
    "Meeting",
    "Schedule",
    "Session",
    "SessionEvent",
    "SessionType",
    "TimeOff",
    "TravelZone",
    "WeekCount",
    "WeeklyRule",
]
