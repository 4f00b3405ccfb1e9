"""Invitation, update, cancellation and feed: good documents for every program, in every zone."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import vobject
from django.core import mail
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, Mentor, User
from kernel import clock
from notifications import outbox
from notifications.models import Email
from scheduling import calendar_feeds, calendars, lifecycle, rescheduling, slot_tokens
from scheduling.models import CalendarFeed, Session, SessionType
from scheduling.states import CancelledBy
from tests.api.callers import Caller
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import confirmed, hold, open_mentor
from tests.scheduling.calendar_rules import events, faults, instants, instants_by_rules, value

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# With the days on which their clocks change in 2027: by an hour, by half an hour, at midnight, at
# 24:00, around Ramadan, the other half of the year, and never.
ZONES = {
    "Europe/London": ["03-28", "10-31"],
    "Europe/Berlin": ["03-28", "10-31"],
    "Europe/Dublin": ["03-28", "10-31"],
    "America/New_York": ["03-14", "11-07"],
    "America/St_Johns": ["03-14", "11-07"],
    "America/Santiago": ["04-04", "09-05"],
    "America/Nuuk": ["03-27", "10-30"],
    "Africa/Cairo": ["04-30", "10-29"],
    "Africa/Casablanca": ["02-07", "03-14"],
    "Asia/Beirut": ["03-28", "10-31"],
    "Asia/Kathmandu": ["03-28"],
    "Asia/Kolkata": ["03-28"],
    "Australia/Lord_Howe": ["04-04", "10-03"],
    "Pacific/Auckland": ["04-04", "09-26"],
    "Pacific/Chatham": ["04-04", "09-26"],
    "UTC": ["03-28"],
}
NAMES = [
    "Ada Byron",
    "Łucja Ångström-Żółć; née, O'Brien",
    '李小龍 "Bruce" & Söhne: GmbH <x@y.example>',
    "👩‍🏫 " * 25,
]
GOALS = "Zwei Angebote; eins, oder keins?\nC:\\Pläne & mehr\r\n" + "日本語のとても長い行。" * 40


def seat(zone: str, starts_at: datetime, *, name: str = "Ada Byron", **fields: Any) -> Session:
    """Return a session that no database knows."""
    mentor = Mentor(user=User(name=name, email="ada@example.com", time_zone=zone))
    client = Client(user=User(name="Nils Åberg", email="nils@example.com", time_zone=zone))
    kind = SessionType(name="Career coaching", duration_minutes=60)
    return Session(
        mentor=mentor,
        client=client,
        session_type=kind,
        state="confirmed",
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        **fields,
    )


def around(day: str) -> list[datetime]:
    """Return starts each half hour from the day before a date of 2027 to the day after."""
    first = datetime.combine(date.fromisoformat(f"2027-{day}"), datetime.min.time(), UTC)
    return [first + timedelta(minutes=30 * step) for step in range(-48, 96)]


def invited(session: Session, method: str = calendars.REQUEST) -> str:
    reader = session.client.user
    return calendars.invitation(session=session, reader=reader, method=method, now=NOW)


@pytest.mark.parametrize("zone", ZONES)
def test_two_parsers_read_our_instants_around_each_change_of_a_clock(zone: str) -> None:
    sessions = [seat(zone, at) for day in ZONES[zone] for at in around(day)]
    wanted = {calendars.uid(session): (session.starts_at, session.ends_at) for session in sessions}

    text = calendars.feed(
        sessions=[(session, NOW) for session in sessions], reader=sessions[0].client.user
    )

    assert faults(text, method="PUBLISH") == []
    assert instants(text) == wanted
    assert instants_by_rules(text) == wanted


@pytest.mark.parametrize("method", [calendars.REQUEST, calendars.CANCEL])
@pytest.mark.parametrize("zone", ZONES)
def test_an_invitation_breaks_no_rule(zone: str, method: str) -> None:
    for at in (NOW, *(around(day)[60] for day in ZONES[zone])):
        session = seat(zone, at, sequence=3, goals=GOALS)
        text = invited(session, method)

        assert faults(text, method=method) == []
        assert instants_by_rules(text) == {calendars.uid(session): (at, at + HOUR)}


@pytest.mark.parametrize("name", NAMES)
def test_words_survive_both_parsers(name: str) -> None:
    session = seat("Europe/Berlin", NOW, name=name, goals=GOALS)

    text = invited(session)

    assert faults(text, method="REQUEST") == []
    event = vobject.readOne(text).vevent
    assert event.summary.value == f"Career coaching with {name}"
    assert event.description.value == GOALS.replace("\r\n", "\n")
    assert event.url.value.endswith(f"/app/sessions/{session.public_id}")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\r\n", "\n", "CRLF"),
        ("SUMMARY:", "SUMMARY:" + "x" * 75, "octets"),
        ("METHOD:REQUEST", "METHOD:PUBLISH", "METHOD:REQUEST"),
        ("PRODID:", "X-PRODID:", "PRODID"),
        ("STATUS:CONFIRMED", "STATUS:CANCELLED", "not CONFIRMED"),
        ("T080000Z", "T080000", "DTSTAMP"),
        ("SEQUENCE:0", "SEQUENCE:-", "SEQUENCE"),
        ("UID:", "X-UID:", "0 times UID"),
        ("RSVP=", "X-RSVP=", "RSVP"),
        (":mailto:hello@", ":hello@", "ORGANIZER"),
        ("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin", "BEGIN:VTIMEZONE\r\nTZID:X", "have rules"),
        ("TZOFFSETTO:+0100", "TZOFFSETTO:+0200", "parsers differ"),
        ("SUMMARY:", "NO LINE\r\nSUMMARY:", "no content line"),
        ("END:VCALENDAR\r\n", "", "does not end"),
    ],
)
def test_a_document_with_a_fault_is_found_out(old: str, new: str, fault: str) -> None:
    text = invited(seat("Europe/Berlin", NOW))
    assert old in text

    assert fault in " ".join(faults(text.replace(old, new), method="REQUEST"))


# --- What the lifecycle writes, and what a calendar program gets ---------------------------------


@pytest.fixture
def mentor() -> Mentor:
    mentor: Mentor = MentorFactory(user__name="Ada Byron", user__time_zone="Europe/London")
    return mentor


def cancel(session: Session, now: datetime) -> None:
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.MENTOR,
            actor="usr_x",
            reason="ill",
            refund_bps=10_000,
            now=now,
        )


def move(session: Session, to: datetime) -> None:
    token = slot_tokens.mint(
        session_type=session.session_type, starts_at=to, now=NOW, moving=session
    )
    rescheduling.reschedule(session_id=session.pk, slot_token=token, actor="usr_x", now=NOW)


def read(reader: User, now: datetime = NOW) -> str:
    text = calendar_feeds.document(reader=reader, now=now)
    assert faults(text, method="PUBLISH") == []
    return text


@pytest.mark.django_db
def test_one_event_lives_under_one_uid_with_a_rising_sequence(mentor: Mentor) -> None:
    session = confirmed(session_type=open_mentor(mentor=mentor), starts_at=NOW + 50 * HOUR, now=NOW)
    told_at = [events(read(mentor.user))]
    move(session, NOW + 60 * HOUR)
    told_at.append(events(read(mentor.user)))
    cancel(session, NOW + HOUR)
    told_at.append(events(read(mentor.user, NOW + 2 * HOUR)))

    by_reader: dict[str, list[tuple[str, int]]] = {}
    for email in Email.objects.order_by("created_at", "id"):
        assert faults(email.ics, method=email.ics_method) == []
        [lines] = events(email.ics)
        by_reader.setdefault(email.to, []).append(
            (value(lines, "UID"), int(value(lines, "SEQUENCE")))
        )

    assert len(by_reader) == 2
    for told in by_reader.values():
        assert told == [(calendars.uid(session), sequence) for sequence in (0, 1, 2)]
    # And so does the feed: moved, then called off, and never a second event.
    assert [
        (value(lines, "UID"), value(lines, "SEQUENCE"), value(lines, "STATUS"))
        for [lines] in told_at
    ] == [
        (calendars.uid(session), "0", "CONFIRMED"),
        (calendars.uid(session), "1", "CONFIRMED"),
        (calendars.uid(session), "2", "CANCELLED"),
    ]
    assert instants(read(mentor.user)) == {
        calendars.uid(session): (NOW + 60 * HOUR, NOW + 61 * HOUR)
    }


@pytest.mark.django_db
def test_the_mail_says_the_documents_method_and_charset(mentor: Mentor) -> None:
    confirmed(session_type=open_mentor(mentor=mentor), starts_at=NOW + 50 * HOUR, now=NOW)
    email = Email.objects.filter(to=mentor.user.email).get()
    Email.objects.update(next_attempt_at=NOW)
    with clock.travel(NOW):
        outbox.send_email(email_id=str(email.pk))

    whole = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    [part] = [part for part in whole.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert (
        faults(part.get_content().replace("\r\n", "\n").replace("\n", "\r\n"), method="REQUEST")
        == []
    )


@pytest.mark.django_db
def test_a_feed_tells_what_is_to_come_and_what_was_of_late(mentor: Mentor) -> None:
    kind = open_mentor(mentor=mentor)
    ann = ClientFactory(user__name="Ann")
    ahead = confirmed(session_type=kind, starts_at=NOW + 48 * HOUR, now=NOW, client=ann)
    off = confirmed(session_type=kind, starts_at=NOW + 72 * HOUR, now=NOW, client=ann)
    cancel(off, NOW)
    hold(session_type=kind, starts_at=NOW + 96 * HOUR, now=NOW)  # not paid: no session yet
    confirmed(session_type=open_mentor(), starts_at=NOW + 48 * HOUR, now=NOW)  # another's

    found = {value(one, "UID"): value(one, "STATUS") for one in events(read(mentor.user))}
    assert found == {calendars.uid(ahead): "CONFIRMED", calendars.uid(off): "CANCELLED"}
    assert set(instants(read(ann.user))) == set(found)
    later = NOW + timedelta(days=40)
    assert set(instants(read(mentor.user, later))) == {calendars.uid(ahead)}
    assert set(instants(read(mentor.user, NOW + timedelta(days=70)))) == set()
    for line in (
        "X-WR-CALNAME:",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert line in read(mentor.user)
    assert ann.user.email not in read(mentor.user)


@pytest.mark.django_db
def test_a_feed_takes_as_many_queries_for_many_sessions_as_for_one(mentor: Mentor) -> None:
    kind = open_mentor(mentor=mentor)
    counts = []
    for number in range(3):
        confirmed(session_type=kind, starts_at=NOW + (48 + number) * HOUR, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            calendar_feeds.document(reader=mentor.user, now=NOW)
        counts.append(len(queries))

    assert counts == [2, 2, 2]


@pytest.mark.django_db
def test_an_address_is_made_shown_once_renewed_and_closed(mentor: Mentor) -> None:
    caller, program, path = Caller(mentor.user), Browser(), "/api/users/calendar-feed"
    assert caller.get(path).json() == {"active": False, "created_at": None}

    made = caller.post(path, key=None)
    address = made.json()["url"].partition("/calendar/")[2]
    first = program.get(f"/calendar/{address}")
    renewed = caller.post(path, key=None).json()
    second = program.get("/calendar/" + renewed["url"].partition("/calendar/")[2])

    assert (made.status_code, first.status_code, second.status_code) == (201, 200, 200)
    assert renewed["webcal_url"] == "webcal:" + renewed["url"].partition(":")[2]
    assert program.get(f"/calendar/{address}").status_code == 404
    assert set(caller.get(path).json()) == {"active", "created_at"}
    secret = address.removesuffix(".ics")
    assert secret.encode() not in bytes(CalendarFeed.objects.get().digest)
    assert caller._client.delete(path, headers=caller.headers).status_code == 204
    assert program.get("/calendar/" + renewed["url"].partition("/calendar/")[2]).status_code == 404
    assert caller._client.delete(path, headers=caller.headers).status_code == 404


@pytest.mark.django_db
def test_a_feed_that_has_not_changed_is_not_sent_again(mentor: Mentor) -> None:
    kind = open_mentor(mentor=mentor)
    soon = clock.now().replace(minute=0, second=0, microsecond=0) + 50 * HOUR
    session = confirmed(session_type=kind, starts_at=soon, now=clock.now())
    address = f"/calendar/{calendar_feeds.renew(user=mentor.user, now=NOW)}.ics"
    program = Browser()

    first = program.get(address)
    again = program.get(address, headers={"If-None-Match": first["ETag"]})
    cancel(session, clock.now())
    changed = program.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert first["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert first["Cache-Control"] == "private, no-cache"
    assert faults(first.content.decode(), method="PUBLISH") == []
    assert b"STATUS:CANCELLED" in changed.content


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["cff_", "cff_" + "x" * 43, "nonsense", "cff_\x00", "é"])
def test_every_other_secret_is_answered_alike(mentor: Mentor, secret: str) -> None:
    calendar_feeds.renew(user=mentor.user, now=NOW)

    answer = Browser().get(f"/calendar/{secret}.ics")

    assert (answer.status_code, answer.content) == (404, b"There is no such calendar.\n")


@pytest.mark.django_db
def test_the_calendar_of_who_is_gone_is_closed(mentor: Mentor) -> None:
    address = f"/calendar/{calendar_feeds.renew(user=mentor.user, now=NOW)}.ics"
    before = Browser().get(address).status_code

    User.objects.update(is_active=False)

    assert (before, Browser().get(address).status_code) == (200, 404)
