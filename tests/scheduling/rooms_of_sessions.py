"""What happens at the door of a session's room, told by the provider that the tests play."""

from datetime import datetime, timedelta

from accounts.models import User
from scheduling import visits
from scheduling.models import Room, Session
from tests.scheduling import room_reports


def enter(session: Session, user: User, *, at: datetime) -> visits.Admission:
    """Ask for the way in, as the session is now."""
    fresh = Session.objects.select_related("client__user", "mentor__user").get(pk=session.pk)
    return visits.join(session=fresh, user=user, now=at)


def told(
    session: Session, user: User, kind: str, *, at: datetime, told_at: datetime | None = None
) -> bool:
    """Have the provider tell that somebody `joined` or `left` the session's room."""
    room = Room.objects.get(meeting=session.meeting_id)
    now = told_at or at
    sign = {"jitsi": room_reports.jitsi, "livekit": room_reports.livekit}[room.provider]
    body, headers = sign(room.name, user.public_id, kind, at=at, signed_at=now)
    return visits.receive(name=room.provider, body=body, headers=headers, now=now)


def was_there(session: Session, user: User, *minutes: float) -> None:
    """In, out, in, … at these minutes of the session."""
    enter(session, user, at=session.starts_at - visits.OPENS_BEFORE)
    for place, minute in enumerate(minutes):
        at = session.starts_at + timedelta(minutes=minute)
        told(session, user, "left" if place % 2 else "joined", at=at)
