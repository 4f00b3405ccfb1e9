"""Sessions as iCalendar (RFC 5545, 5546). Writes text; sends and stores nothing."""

from datetime import date, datetime
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from accounts.models import User
from scheduling.models import Session

PRODUCT = "-//Counterfoil//Sessions//EN"
REQUEST = "REQUEST"
CANCEL = "CANCEL"
_EVENT_BEGINS = "BEGIN:VEVENT\r\n"


def uid(session: Session) -> str:
    """Return the identity of a session in every calendar, the same for its whole life."""
    return f"{session.public_id}@counterfoil"


def invitation(*, session: Session, reader: User, method: str, now: datetime) -> str:
    """Return the document that puts the session into the reader's calendar or takes it out.

    `method` is REQUEST or CANCEL. Times are in the reader's zone, with its VTIMEZONE. The other
    person is named and their address is not told.
    """
    zone = ZoneInfo(reader.time_zone)
    event = Event()
    event.add("uid", uid(session))
    event.add("dtstamp", now)
    event.add("sequence", session.sequence)
    event.add("summary", summary(session, reader))
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if session.goals:
        event.add("description", session.goals)
    event.add("organizer", _organizer())
    event.add("attendee", _attendee(reader), encode=False)

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    first, last = session.starts_at.year, session.ends_at.year + 1
    zones = "".join(_zone_rules(name, first, last) for name in sorted(calendar.get_missing_tzids()))
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
