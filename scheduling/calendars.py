"""Sessions as iCalendar (RFC 5545, 5546). Writes text; sends and stores nothing."""

from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from accounts.models import User
from scheduling.models import Session

PRODUCT = "-//Counterfoil//Sessions//EN"
REQUEST = "REQUEST"
CANCEL = "CANCEL"


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
    # Two years around the session hold every rule that a reader needs.
    calendar.add_missing_timezones(
        first_date=session.starts_at.date().replace(month=1, day=1),
        last_date=session.ends_at.date().replace(year=session.ends_at.year + 1, month=12, day=31),
    )
    return str(calendar.to_ical(), "utf-8")


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
