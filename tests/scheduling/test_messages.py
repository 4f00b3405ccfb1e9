"""Invitations parse back, and each person is told once, in the own zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from icalendar import Calendar
from icalendar.cal import Event, Timezone

from notifications.models import Email
from scheduling import calendars, lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import confirmed, hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 20, 8, 0, tzinfo=UTC)
STARTS = datetime(2027, 3, 29, 13, 0, tzinfo=UTC)  # summer time in London since the day before


@pytest.fixture
def session() -> Session:
    mentor = MentorFactory(
        user=UserFactory(name="Ada Byron", email="ada@example.com", time_zone="Europe/London")
    )
    client = ClientFactory(
        user=UserFactory(
            name="Nils <b>Åberg</b>", email="nils@example.com", time_zone="America/New_York"
        )
    )
    session_type = open_mentor(mentor=mentor)
    held = hold(
        session_type=session_type, starts_at=STARTS, now=NOW, client=client, goals="A; b, c\nd"
    )
    with transaction.atomic():
        return lifecycle.confirm(session_id=held.pk, now=NOW)


def cancel(session: Session, by: CancelledBy, reason: str = "") -> Session:
    with transaction.atomic():
        return lifecycle.cancel(
            session_id=session.pk,
            by=by,
            actor="usr_someone",
            reason=reason,
            refund_bps=10_000,
            now=NOW + timedelta(hours=1),
        )


def parsed(email: Email) -> tuple[Calendar, Event, Timezone]:
    calendar = Calendar.from_ical(email.ics)
    assert isinstance(calendar, Calendar)
    [event] = calendar.events
    [zone] = calendar.timezones
    return calendar, event, zone


def starts_of(event: Event) -> datetime:
    assert isinstance(event.start, datetime)
    return event.start


def test_client_and_mentor_are_invited_each_on_their_own_clock(session: Session) -> None:
    client, mentor = Email.objects.order_by("to")[::-1]

    assert (client.to, mentor.to) == ("nils@example.com", "ada@example.com")
    assert client.subject == (
        "Confirmed: Career coaching with Ada Byron, Monday, 29 March 2027, 09:00"
    )
    assert "Monday, 29 March 2027, 09:00 – 10:00 New York" in client.text
    assert "Monday, 29 March 2027, 14:00 – 15:00 London" in mentor.text
    assert "$100.00 USD" in client.text
    assert session.public_id in client.text
    assert "Nils <b>Åberg</b>" in mentor.text
    assert "Nils &lt;b&gt;Åberg&lt;/b&gt;" in mentor.html
    assert "<b>Åberg" not in mentor.html


@pytest.mark.parametrize(
    ("to", "zone_name", "hour", "title"),
    [
        ("nils@example.com", "America/New_York", 9, "Career coaching with Ada Byron"),
        ("ada@example.com", "Europe/London", 14, "Career coaching with Nils <b>Åberg</b>"),
    ],
)
def test_the_invitation_parses_back(
    session: Session, to: str, zone_name: str, hour: int, title: str
) -> None:
    email = Email.objects.get(to=to)
    calendar, event, zone = parsed(email)

    assert email.ics_method == "REQUEST"
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert event["UID"] == f"{session.public_id}@counterfoil"
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == title
    assert event["DESCRIPTION"] == "A; b, c\nd"
    assert event["DTSTART"].params["TZID"] == zone_name
    assert zone["TZID"] == zone_name
    assert event.start == STARTS
    assert event.end == STARTS + timedelta(hours=1)
    assert starts_of(event).hour == hour
    assert event.DTSTAMP == NOW
    assert event["ATTENDEE"] == f"mailto:{to}"
    assert event["ORGANIZER"] == "mailto:hello@counterfoil.example"
    assert "\r\n" in email.ics
    assert max(len(line.encode()) for line in email.ics.split("\r\n")) <= 75


def test_the_zone_in_the_invitation_is_right_without_knowing_zone_names(session: Session) -> None:
    """Read the VTIMEZONE itself: on 29 March London is an hour ahead of UTC."""
    _, event, zone = parsed(Email.objects.get(to="ada@example.com"))
    naive = starts_of(event).replace(tzinfo=None)

    assert zone.to_tz(lookup_tzid=False).utcoffset(naive) == timedelta(hours=1)


def test_nobody_learns_the_others_address(session: Session) -> None:
    to_client = Email.objects.get(to="nils@example.com")
    to_mentor = Email.objects.get(to="ada@example.com")

    for email, other in ((to_client, "ada@example.com"), (to_mentor, "nils@example.com")):
        whole = email.subject + email.text + email.html + email.ics.replace("\r\n ", "")
        assert other not in whole


def test_a_cancellation_takes_the_same_event_out_of_both_calendars(session: Session) -> None:
    cancel(session, CancelledBy.MENTOR, "I am ill")

    emails = Email.objects.filter(template="session_cancelled").order_by("to")
    assert [email.to for email in emails] == ["ada@example.com", "nils@example.com"]
    for email in emails:
        calendar, event, _ = parsed(email)
        assert (calendar["METHOD"], email.ics_method) == ("CANCEL", "CANCEL")
        assert event["UID"] == f"{session.public_id}@counterfoil"
        assert event["SEQUENCE"] == 1
        assert event["STATUS"] == "CANCELLED"
        assert event.start == STARTS
    assert "you cancelled this session" in emails[0].text
    assert "Ada Byron cancelled this session" in emails[1].text
    assert "Reason: I am ill" in emails[1].text
    assert "What you get back" in emails[1].text


def test_only_the_doing_of_others_is_news_to_who_only_held(session: Session) -> None:
    Email.objects.all().delete()
    later = STARTS + timedelta(days=1)
    session_type = session.session_type
    by_client = hold(session_type=session_type, starts_at=later, now=NOW)
    cancel(by_client, CancelledBy.CLIENT)
    assert Email.objects.count() == 0

    by_mentor = hold(session_type=session_type, starts_at=later, now=NOW)
    cancel(by_mentor, CancelledBy.MENTOR)

    email = Email.objects.get()
    assert email.to == by_mentor.client.user.email
    assert (email.ics, email.ics_method) == ("", "")
    assert "What you get back" not in email.text


def test_a_refused_transaction_tells_nobody(session: Session) -> None:
    Email.objects.all().delete()
    held = hold(session_type=session.session_type, starts_at=STARTS + timedelta(hours=5), now=NOW)

    with pytest.raises(RuntimeError), transaction.atomic():
        lifecycle.confirm(session_id=held.pk, now=NOW)
        raise RuntimeError

    assert Email.objects.count() == 0


def test_an_invitation_in_a_zone_without_daylight_saving() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=STARTS, now=NOW)
    reader = UserFactory(time_zone="Asia/Kathmandu")

    text = calendars.invitation(session=session, reader=reader, method=calendars.REQUEST, now=NOW)

    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    assert calendar.events[0].start == STARTS
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["Asia/Kathmandu"]
