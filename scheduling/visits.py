"""A session's video room: let its two people in, keep what the room's provider tells of them.

A pass is made anew each time and kept nowhere. What is kept is who went through the door, as the
provider told it under its signature; `evidence` reads from that who came.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.models import User
from kernel.errors import Refusal
from kernel.ids import BadPublicId, parse_public_id
from scheduling.attendance import Evidence, Finding, Outcome, Step, finding
from scheduling.models import Incident, Room, RoomVisit, Session
from scheduling.rooms.base import TOLERANCE, BadRoomSignature, Guest, Move, Report
from scheduling.rooms.registry import provider
from scheduling.states import Side, State

OPENS_BEFORE = timedelta(minutes=10)
# Both providers look at a pass when somebody comes in, and never again. So it needs to hold for no
# longer than it takes to get there, and who loses the seat soon has none.
PASS_HOLDS = timedelta(minutes=5)
# Nobody sits in a room for longer: an older coming whose going was never told is no presence.
_LONGEST_STAY = timedelta(hours=12)
_JOINABLE = frozenset({State.CONFIRMED, State.IN_PROGRESS})
_LONGEST_EVENT_ID = 100


class RoomNotOpen(Refusal):
    """The room opens ten minutes before the start; `opens_at` in the facts says when that is."""

    code = "room_not_open"


class RoomClosed(Refusal):
    """The session has no room: it is not booked, cancelled, or over."""

    code = "room_closed"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a session's room can be entered."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """The way into the room for one person, and how long it is open."""

    url: str
    token: str
    provider: str
    hours: Hours


def hours_of(session: Session) -> Hours | None:
    """Return when the room can be entered: from ten minutes before until shortly after the end.

    None for a session that is not booked, or over.
    """
    if session.state not in _JOINABLE:
        return None
    return Hours(session.starts_at - OPENS_BEFORE, session.ends_at + settings.ROOM_SETTLING)


def join(*, session: Session, user: User, now: datetime) -> Admission:
    """Return the way into the room for one of the session's two people.

    Its caller has made sure that `user` is one of them; ValueError otherwise. The pass holds for
    PASS_HOLDS, and not after the room closes; whoever comes back asks anew. Says nothing of
    whether somebody came. Raises RoomNotOpen, RoomClosed.
    """
    people = {session.client.user_id, session.mentor.user_id}
    if user.pk not in people:
        raise ValueError("only the two people of a session get a pass into its room")
    hours = hours_of(session)
    if hours is None or now >= hours.closes_at:
        raise RoomClosed(
            f"Session {session.public_id} is {State(session.state).replace('_', ' ')} and ended "
            f"or ends at {session.ends_at:%Y-%m-%d %H:%M} UTC: its room is closed.",
            session_id=session.public_id,
            state=session.state,
        )
    if now < hours.opens_at:
        raise RoomNotOpen(
            f"The room of session {session.public_id} opens at {hours.opens_at:%Y-%m-%d %H:%M} "
            "UTC, ten minutes before the start. Come back then.",
            session_id=session.public_id,
            opens_at=hours.opens_at,
        )
    room = _room_of(session, now)
    guest = Guest(user.public_id, user.name, is_host=user.pk == session.mentor.user_id)
    made = provider(room.provider).pass_for(
        room=room.name,
        guest=guest,
        opens_at=hours.opens_at,
        until=min(now + PASS_HOLDS, hours.closes_at),
    )
    return Admission(made.url, made.token, room.provider, hours)


def _room_of(session: Session, now: datetime) -> Room:
    """Return the meeting's one room; whoever comes first makes it, at today's provider."""
    room, _ = Room.objects.get_or_create(
        meeting_id=session.meeting_id,
        defaults={
            "name": secrets.token_hex(16),  # in lower case, as Jitsi writes every name
            "provider": settings.ROOM_PROVIDER,
            "opened_at": now,
        },
    )
    return room


def receive(*, name: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Keep what the provider called `name` reports; return whether it was news of a room of ours.

    What was told before, and what concerns nobody of the room's meeting, changes nothing.
    Raises NotFound for an unknown provider, BadRoomSignature for what it has not signed.
    """
    report = provider(name).read(body=body, headers=headers, now=now)
    if report is None:
        return False
    if not 0 < len(report.event_id) <= _LONGEST_EVENT_ID or not report.event_id.isprintable():
        raise BadRoomSignature("The report has no usable name of its own.")
    room = Room.objects.filter(name=report.room, provider=name).first() if _plain(report) else None
    user_id = _person(report, room) if room else None
    if room is None or user_id is None:
        return False
    visit = RoomVisit(
        room=room,
        user_id=user_id,
        move=report.move.value,
        at=min(report.at, now),
        told_at=now,
        provider=name,
        event_id=report.event_id,
    )
    RoomVisit.objects.bulk_create([visit], ignore_conflicts=True)
    return True


def _plain(report: Report) -> bool:
    return report.room.isascii() and report.room.isalnum()


def _person(report: Report, room: Room) -> UUID | None:
    """Return whom the report speaks of, where that is one of the meeting's people."""
    try:
        user_id = parse_public_id("usr", report.guest)
    except BadPublicId:
        return None
    pairs = Session.objects.filter(meeting_id=room.meeting_id).values_list(
        "client__user_id", "mentor__user_id"
    )
    return user_id if any(user_id in pair for pair in pairs) else None


def visits_of(session: Session) -> list[RoomVisit]:
    """Return what was told of the session's two people, in the order in which it happened."""
    people = [session.client.user_id, session.mentor.user_id]
    visits = RoomVisit.objects.filter(room__meeting_id=session.meeting_id, user_id__in=people)
    return list(visits.select_related("user").order_by("at", "id"))


def findings(sessions: Sequence[Session], *, now: datetime) -> dict[UUID, Finding]:
    """Return what their rooms show of who came, per session; a fixed number of queries.

    Load the sessions with client and mentor.
    """
    known = _evidence(sessions)
    return {
        session.pk: finding(
            known[session.pk],
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            patience=settings.ROOM_PATIENCE,
            settling=settings.ROOM_SETTLING,
            now=now,
        )
        for session in sessions
    }


def is_mentor_absent(session: Session, *, now: datetime) -> bool:
    """Say whether a running session is over and its room shows that the mentor never came.

    A mentor who reported something of it has a say: then the staff decide, and no record alone.
    """
    if session.state != State.IN_PROGRESS or session.ends_at > now or session.meeting.withdrawn_at:
        return False
    found = findings([session], now=now)[session.pk]
    if not found.final or found.outcome is not Outcome.MENTOR_ABSENT:
        return False
    return not Incident.objects.open().filter(session=session, side=Side.MENTOR).exists()


def mentors_absent(*, now: datetime) -> list[UUID]:
    """Return the sessions that end with the mentor's absence instead of being completed."""
    rooms = RoomVisit.objects.filter(room__meeting_id=OuterRef("meeting_id"))
    over = (
        Session.objects.filter(
            Exists(rooms),
            state=State.IN_PROGRESS,
            ends_at__lte=now - settings.ROOM_SETTLING,
            meeting__withdrawn_at=None,
        )
        .select_related("client", "mentor", "meeting")
        .order_by("ends_at", "id")
    )
    return [session.pk for session in over if is_mentor_absent(session, now=now)]


def _evidence(sessions: Sequence[Session]) -> dict[UUID, Evidence]:
    by_meeting: dict[UUID, list[RoomVisit]] = defaultdict(list)
    meetings = {session.meeting_id for session in sessions}
    for visit in RoomVisit.objects.filter(room__meeting_id__in=meetings).select_related("room"):
        by_meeting[visit.room.meeting_id].append(visit)
    heard = _heard(sessions, {visits[0].provider for visits in by_meeting.values()})
    evidence = {}
    for session in sessions:
        # An earlier time of a meeting that was moved is none of this one's.
        since = session.starts_at - OPENS_BEFORE - TOLERANCE
        visits = by_meeting[session.meeting_id]
        evidence[session.pk] = Evidence(
            client=_steps(visits, session.client.user_id, since=since),
            mentor=_steps(visits, session.mentor.user_id, since=since),
            heard_at=heard.get((session.pk, visits[0].provider)) if visits else None,
        )
    return evidence


def _steps(visits: Iterable[RoomVisit], user_id: UUID, *, since: datetime) -> tuple[Step, ...]:
    """Return a person's steps from `since` on, and the one by which who was inside then had come.

    So who sits in the room while the session is moved need not go out and come in again.
    """
    mine = sorted(
        (visit.at, visit.move == Move.JOINED)
        for visit in visits
        if visit.user_id == user_id and visit.at >= since - _LONGEST_STAY
    )
    before = [(at, inside) for at, inside in mine if at < since]
    came = [at for at, inside in before if inside]
    stayed = came[-1:] if 2 * len(came) > len(before) else []  # came more often than went
    return (
        *(Step(at, inside=True) for at in stayed),
        *(Step(at, inside=inside) for at, inside in mine if at >= since),
    )


def _heard(sessions: Sequence[Session], names: Collection[str]) -> dict[tuple[UUID, str], datetime]:
    """Return when each provider last told anything that happened before a session was settled.

    What it tells later says nothing of whether it could be heard while somebody was late.
    """
    if not names:
        return {}
    settled = {session.pk: session.ends_at + settings.ROOM_SETTLING for session in sessions}
    told = RoomVisit.objects.filter(
        provider__in=names,
        at__gte=min(session.starts_at for session in sessions),
        at__lt=max(settled.values()),
    )
    heard: dict[tuple[UUID, str], datetime] = {}
    for name, at in told.order_by("at").values_list("provider", "at"):
        heard |= {(pk, name): at for pk, until in settled.items() if at < until}
    return heard
