"""Sessions as iCalendar (RFC 5545, 5546). Writes text; sends and stores nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vText

from accounts.models import User
from kernel.ids import instant_of
from scheduling.models import Meeting, Session
from scheduling.states import State

PRODUCT = "-//Counterfoil//Sessions//EN"
REQUEST = "REQUEST"
CANCEL = "CANCEL"
PUBLISH = "PUBLISH"
FEED_NAME = "Counterfoil"
REFRESH = timedelta(hours=1)
_EVENT_BEGINS = "BEGIN:VEVENT\r\n"


def uid(session: Session) -> str:
    """Return the identity of a session in every calendar, the same for its whole life."""
    return f"{session.public_id}@counterfoil"


def invitation(*, session: Session, reader: User, method: str, now: datetime) -> str:
    """Return the document that puts the session into the reader's calendar or takes it out.

    `method` is REQUEST or CANCEL. Times are in the reader's zone, with its VTIMEZONE. The other
    person is named and their address is not told.
    """
    event = _event(session, reader, stamp=now, cancelled=method == CANCEL)
    event.add("organizer", _organizer())
    event.add("attendee", _attendee(reader), encode=False)
    calendar = _calendar(method)
    calendar.add_component(event)
    return _written(calendar, session.starts_at.year, session.ends_at.year)


def feed(
    *, sessions: Sequence[tuple[Session, datetime]], groups: Sequence[Meeting] = (), reader: User
) -> str:
    """Return the calendar of all these sessions, each with the instant at which it last changed.

    `groups` are the reader's own group meetings, each one event however many seats are taken.
    It is for subscribing to, so nobody is invited by it. Each event is that of its invitation.
    """
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", FEED_NAME)
    calendar.add("name", FEED_NAME)
    calendar.add("x-wr-timezone", reader.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for session, changed_at in sessions:
        calendar.add_component(
            _event(session, reader, stamp=changed_at, cancelled=session.state == State.CANCELLED)
        )
    for meeting in groups:
        calendar.add_component(_group_event(meeting, reader))
    years = [at.year for session, _ in sessions for at in (session.starts_at, session.ends_at)]
    years += [at.year for group in groups for at in (group.during.lower, group.during.upper)]
    return _written(calendar, min(years, default=0), max(years, default=0))


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(session: Session, reader: User, *, stamp: datetime, cancelled: bool) -> Event:
    event = _dated(session.starts_at, session.ends_at, reader, cancelled=cancelled)
    event.add("uid", uid(session))
    event.add("dtstamp", stamp)
    event.add("sequence", session.sequence)
    event.add("summary", summary(session, reader))
    event.add("url", f"{settings.PUBLIC_URL}/app/sessions/{session.public_id}")
    if session.goals:
        event.add("description", session.goals)
    return event


def _group_event(meeting: Meeting, reader: User) -> Event:
    """Return the event of a group meeting for its mentor: it stands from its offer on."""
    withdrawn_at = meeting.withdrawn_at
    event = _dated(
        meeting.during.lower, meeting.during.upper, reader, cancelled=withdrawn_at is not None
    )
    event.add("uid", f"{meeting.public_id}@counterfoil")
    event.add("dtstamp", withdrawn_at or instant_of(meeting.pk))
    event.add("sequence", 0 if withdrawn_at is None else 1)
    event.add("summary", f"{meeting.session_type.name} (group)" if meeting.session_type else "")
    return event


def _dated(starts_at: datetime, ends_at: datetime, reader: User, *, cancelled: bool) -> Event:
    event = Event()
    start, end = _local(starts_at, ends_at, reader)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    return event


def _local(starts_at: datetime, ends_at: datetime, reader: User) -> tuple[datetime, datetime]:
    """Return start and end by the reader's clock, or both in UTC where that clock is ambiguous.

    A wall clock that comes twice means its first instant (RFC 5545, 3.3.5): the second has no name.
    """
    zone = ZoneInfo(reader.time_zone)
    local = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if any(at.fold for at in local):
        return starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return local


def _written(calendar: Calendar, first_year: int, last_year: int) -> str:
    """Return the text, with the rules of each zone in front of the events that name it."""
    zones = "".join(
        _zone_rules(name, first_year, last_year + 1)
        for name in sorted(calendar.get_missing_tzids())
    )
    document = str(calendar.to_ical(), "utf-8")
    return document.replace(_EVENT_BEGINS, zones + _EVENT_BEGINS, 1)


@lru_cache(maxsize=1024)
def _zone_rules(name: str, first_year: int, last_year: int) -> str:
    """Return the zone's VTIMEZONE; the years around a session hold every rule a reader needs.

    Worked out once: finding a zone's transitions takes longer than all the rest of a document.
    """
    zone = Timezone.from_tzid(
        name, first_date=date(first_year, 1, 1), last_date=date(last_year, 12, 31)
    )
    return str(zone.to_ical(), "utf-8")


def summary(session: Session, reader: User) -> str:
    """Return such as `Career coaching with Ada Byron`: the other person's name."""
    mentor, client = session.mentor.user, session.client.user
    other = client if reader.pk == mentor.pk else mentor
    return f"{session.session_type.name} with {other.name}"


def _organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name or "Counterfoil")
    return organizer


def _attendee(reader: User) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{reader.email}")
    attendee.params["CN"] = vText(reader.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
