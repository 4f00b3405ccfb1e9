"""Free slots over HTTP: the window that is asked for, and the starts in it with their tokens.

One function for the directory and for a session that moves; the rules are `scheduling.queries`.
"""

from datetime import datetime, timedelta
from typing import Annotated

from ninja import Query

from api.lookups import zone_of
from api.schemas.base import Instant, TimeZoneName
from api.schemas.mentors import FullMeeting, SlotList, SlotOut
from kernel.errors import Invalid
from scheduling import group_slots, queries, slot_tokens
from scheduling.models import Session, SessionType

LONGEST_WINDOW = timedelta(days=62)
USUAL_WINDOW = timedelta(days=14)

From = Annotated[Instant | None, Query(None, alias="from", description="Default: now.")]
To = Annotated[
    Instant | None,
    Query(None, alias="to", description="Default: 14 days after `from`; at most 62 days."),
]
TimeZone = Annotated[
    TimeZoneName | None,
    Query(None, alias="tz", description="The IANA zone to write times in; default the mentor's."),
]


def slot_list(
    *,
    session_type: SessionType,
    start: datetime | None,
    end: datetime | None,
    tz: str | None,
    now: datetime,
    moving: Session | None = None,
) -> SlotList:
    """Return the free starts in [start, end), written in `tz`; a session `moving` finds its own.

    Raises Invalid for a window that is empty or too long, and for an unknown zone.
    """
    start, end = _window(start, end, now)
    name = tz or queries.time_zone_of(mentor_id=session_type.mentor_id)
    zone = zone_of(name)
    free = queries.open_slots(
        session_type=session_type, start=start, end=end, now=now, moving=moving
    )
    return SlotList(
        time_zone=name,
        items=[
            SlotOut(
                starts_at=slot.starts_at.astimezone(zone),
                ends_at=slot.ends_at.astimezone(zone),
                token=slot_tokens.mint(
                    session_type=session_type, starts_at=slot.starts_at, now=now, moving=moving
                ),
                seats_left=slot.seats_left,
            )
            for slot in free
            if moving is None or slot.starts_at != moving.starts_at
        ],
        full=[
            FullMeeting(
                starts_at=one.meeting.during.lower.astimezone(zone),
                ends_at=one.meeting.during.upper.astimezone(zone),
                waiting=one.waiting,
            )
            for one in group_slots.full(session_type=session_type, start=start, end=end, now=now)
        ],
    )


def _window(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    start = start or now
    end = end or start + USUAL_WINDOW
    if end <= start:
        raise Invalid("`to` is not after `from`; ask for a window that lies the right way round.")
    if end - start > LONGEST_WINDOW:
        raise Invalid(f"The window is longer than {LONGEST_WINDOW.days} days; ask in parts.")
    return start, end
