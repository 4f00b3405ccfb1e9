"""The tables of time: availability, session types, meetings, sessions, reviews, goals."""

from scheduling.models.availability import (
    DateOverride,
    Schedule,
    TimeOff,
    TravelZone,
    WeeklyRule,
)
from scheduling.models.blocks import BlockBasis, BlockMark, FreeBlock, OpenBlock
from scheduling.models.external import ExternalBusy, ExternalCalendar
from scheduling.models.feed import CalendarFeed
from scheduling.models.goal import Goal, GoalProgress, Milestone
from scheduling.models.incident import Incident
from scheduling.models.meeting import DayCount, Meeting, WeekCount
from scheduling.models.offered import OfferedDay
from scheduling.models.proposal import Proposal
from scheduling.models.reminder import Reminder
from scheduling.models.review import Review, ReviewModeration, ReviewReply, ReviewReport
from scheduling.models.room import Room, RoomVisit
from scheduling.models.series import Series
from scheduling.models.session import Session, SessionEvent
from scheduling.models.session_type import CancellationPolicy, SessionType
from scheduling.models.starts import FirstStart, StartMark, StartSet
from scheduling.models.waitlist import WaitlistEntry

__all__ = [
    "BlockBasis",
    "BlockMark",
    "CalendarFeed",
    "CancellationPolicy",
    "DateOverride",
    "DayCount",
    "ExternalBusy",
    "ExternalCalendar",
    "FirstStart",
    "FreeBlock",
    "Goal",
    "GoalProgress",
    "Incident",
    "Meeting",
    "Milestone",
    "OfferedDay",
    "OpenBlock",
    "Proposal",
    "Reminder",
    "Review",
    "ReviewModeration",
    "ReviewReply",
    "ReviewReport",
    "Room",
    "RoomVisit",
    "Schedule",
    "Series",
    "Session",
    "SessionEvent",
    "SessionType",
    "StartMark",
    "StartSet",
    "TimeOff",
    "TravelZone",
    "WaitlistEntry",
    "WeekCount",
    "WeeklyRule",
]
