"""Both people are reminded of a session, once for each time; never of one that is off or moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from kernel import clock
from kernel.ids import uuid7
from notifications import outbox, switches
from notifications.models import Email, Kind
from notifications.switches import SWITCHED_OFF, Switch
from scheduling import messages, tasks
from scheduling.models import Reminder, Session
from scheduling.reminders import promise_due
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import confirmed, hold, open_mentor
from tests.notifications.test_outbox import BROKEN
from tests.scheduling.moving import cancelled, moved

pytestmark = pytest.mark.django_db

STARTS = datetime(2027, 3, 29, 13, 0, tzinfo=UTC)  # summer time in London since the day before
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session() -> Session:
    """A session of the 29th at 13:00 UTC, confirmed 30 hours before; nothing else is to be sent."""
    mentor = MentorFactory(
        user=UserFactory(name="Ada Byron", email="ada@example.com", time_zone="Europe/London")
    )
    client = ClientFactory(
        user=UserFactory(name="Nils Åberg", email="nils@example.com", time_zone="America/New_York")
    )
    session = confirmed(session_type=open_mentor(mentor=mentor), starts_at=STARTS, client=client)
    Email.objects.all().delete()
    return session


@pytest.fixture(autouse=True)
def _before_all() -> Iterator[None]:
    with clock.travel(STARTS - 30 * HOUR):
        yield


def send_at(at: datetime) -> list[str]:
    """Send what waits at the instant; return whom it went to."""
    before = len(mail.outbox)
    with clock.travel(at):
        outbox.send_waiting()
    return sorted(message.to[0] for message in mail.outbox[before:])


def promises() -> list[tuple[str, str, int, datetime]]:
    rows = Reminder.objects.order_by("due_at", "role", "sequence")
    return list(rows.values_list("kind", "role", "sequence", "due_at"))


def reasons() -> set[str]:
    return set(Email.objects.values_list("withdrawn_reason", flat=True))


def test_both_are_reminded_a_day_and_an_hour_before(session: Session) -> None:
    counts = [
        promise_due(now=at)
        for at in (
            STARTS - DAY - MINUTE,  # nothing is due yet
            STARTS - DAY,
            STARTS - DAY + MINUTE,  # promised already
            STARTS - HOUR,
            STARTS - MINUTE,
            STARTS,
        )
    ]

    assert counts == [0, 2, 0, 2, 0, 0]
    assert promises() == [
        ("day", "client", 0, STARTS - DAY),
        ("day", "mentor", 0, STARTS - DAY),
        ("hour", "client", 0, STARTS - HOUR),
        ("hour", "mentor", 0, STARTS - HOUR),
    ]


def test_each_reads_the_hour_on_their_own_clock(session: Session) -> None:
    promise_due(now=STARTS - DAY)

    client, mentor = Email.objects.order_by("to")[::-1]
    assert (client.to, mentor.to) == ("nils@example.com", "ada@example.com")
    assert client.subject == (
        "Reminder: Career coaching with Ada Byron, Monday, 29 March 2027, 09:00"
    )
    assert "Monday, 29 March 2027, 09:00 – 10:00 New York" in client.text
    assert "Monday, 29 March 2027, 14:00 – 15:00 London" in mentor.text
    assert send_at(STARTS - DAY) == ["ada@example.com", "nils@example.com"]


def test_what_was_missed_is_found_as_long_as_it_is_of_use(session: Session) -> None:
    assert promise_due(now=STARTS - HOUR - MINUTE) == 2
    assert promise_due(now=STARTS - MINUTE) == 2

    assert [(kind, role) for kind, role, *_ in promises()] == [
        ("day", "client"),
        ("day", "mentor"),
        ("hour", "client"),
        ("hour", "mentor"),
    ]


def test_after_the_hour_came_nobody_is_told_of_the_day(session: Session) -> None:
    promise_due(now=STARTS - MINUTE)

    assert {kind for kind, *_ in promises()} == {"hour"}


def test_who_booked_later_than_a_reminder_is_due_was_told_just_then() -> None:
    booked_at = STARTS - 5 * HOUR
    confirmed(session_type=open_mentor(), starts_at=STARTS, now=booked_at)

    assert promise_due(now=booked_at + MINUTE) == 0
    assert promise_due(now=STARTS - HOUR) == 2


def test_a_hold_that_is_not_paid_is_not_reminded_of() -> None:
    hold(session_type=open_mentor(), starts_at=STARTS)

    assert promise_due(now=STARTS - DAY) == 0
    assert promise_due(now=STARTS - HOUR) == 0


def test_a_session_that_moved_is_reminded_of_anew_at_its_own_time(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    moved(session, to=STARTS + 3 * DAY, now=STARTS - 20 * HOUR)
    Email.objects.filter(template="session_moved").delete()

    assert promise_due(now=STARTS - HOUR) == 0
    assert send_at(STARTS - HOUR) == []
    assert reasons() == {"The session has another time by now."}
    assert promise_due(now=STARTS + 2 * DAY) == 2
    assert send_at(STARTS + 2 * DAY) == ["ada@example.com", "nils@example.com"]
    assert [(kind, role, sequence) for kind, role, sequence, _ in promises()] == [
        ("day", "client", 0),
        ("day", "mentor", 0),
        ("day", "client", 1),
        ("day", "mentor", 1),
    ]


def test_who_moved_it_into_the_next_day_is_not_reminded_of_what_they_just_heard(
    session: Session,
) -> None:
    moved(session, to=STARTS + 2 * HOUR, now=STARTS - 20 * HOUR)

    assert promise_due(now=STARTS - 20 * HOUR + MINUTE) == 0
    assert promise_due(now=STARTS + HOUR) == 2


def test_a_cancelled_session_is_never_reminded_of(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    cancelled(session, now=STARTS - 23 * HOUR)
    Email.objects.exclude(template="session_reminder").delete()

    assert send_at(STARTS - 22 * HOUR) == []
    assert promise_due(now=STARTS - HOUR) == 0
    assert reasons() == {"The session is cancelled by now."}


def test_a_reminder_that_comes_too_late_is_withdrawn(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    promise_due(now=STARTS - HOUR)

    assert send_at(STARTS - MINUTE) == ["ada@example.com", "nils@example.com"]  # of the hour
    assert reasons() == {"", "It came too late to be of use."}


def test_no_reminder_is_sent_of_a_session_that_has_begun(session: Session) -> None:
    promise_due(now=STARTS - HOUR)
    with clock.travel(STARTS):
        tasks.tick()

    assert send_at(STARTS) == []
    assert reasons() == {"The session is in progress by now."}


def test_while_no_mail_server_answers_what_is_untrue_is_withdrawn_all_the_same(
    session: Session, settings: Settings
) -> None:
    promise_due(now=STARTS - DAY)
    settings.MAILERS = BROKEN
    send_at(STARTS - DAY)
    cancelled(session, now=STARTS - 23 * HOUR)

    send_at(STARTS - 22 * HOUR)

    [client, mentor] = Email.objects.filter(template="session_reminder")
    assert {client.state, mentor.state} == {"withdrawn"}


def test_one_that_cannot_be_written_holds_up_none_of_the_others(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = confirmed(session_type=open_mentor(), starts_at=STARTS - MINUTE * 30)
    genuine = messages.remind

    def remind(about: Session, **words: object) -> None:
        if about.pk == other.pk:
            raise ValueError("cannot be written")
        genuine(about, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "remind", remind)

    assert promise_due(now=STARTS - DAY) == 2
    assert set(Reminder.objects.values_list("session", flat=True)) == {session.pk}


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_takes_four_queries_where_nothing_is_due(
    rows: int, django_assert_num_queries: object
) -> None:
    for number in range(rows):
        confirmed(session_type=open_mentor(), starts_at=STARTS + number * HOUR)

    with django_assert_num_queries(4):  # type: ignore[operator]
        assert promise_due(now=STARTS - 29 * HOUR) == 0


def test_nobody_is_reminded_twice_of_one_time_whatever_writes(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    row = Reminder.objects.filter(role="client").get()
    row.pk = uuid7()

    with pytest.raises(IntegrityError, match="scheduling_reminder_once"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    "sql", ["UPDATE scheduling_reminder SET sequence = 7", "DELETE FROM scheduling_reminder"]
)
def test_what_was_promised_is_history(session: Session, sql: str) -> None:
    promise_due(now=STARTS - DAY)

    with (
        pytest.raises(IntegrityError, match="history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_invitation_to_the_old_time_is_not_sent_after_the_one_to_the_new() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=STARTS)
    moved(session, to=STARTS + DAY, now=STARTS - 25 * HOUR)

    send_at(STARTS - 25 * HOUR)

    states = Email.objects.order_by("created_at").values_list("template", "withdrawn_reason")
    assert set(states) == {
        ("session_confirmed", "The session has another time by now."),
        ("session_moved", ""),
    }
    assert len(mail.outbox) == 2


def test_the_invitation_of_a_session_that_is_off_is_not_sent_after_its_cancellation() -> None:
    """It was refused by the server, waits, and would put the session back into calendars."""
    session = confirmed(session_type=open_mentor(), starts_at=STARTS)
    cancelled(session, now=STARTS - 25 * HOUR, by=CancelledBy.MENTOR)

    send_at(STARTS - 25 * HOUR)

    parts = [next(iter(message.message().iter_attachments())) for message in mail.outbox]
    assert [part.get_param("method") for part in parts] == ["CANCEL", "CANCEL"]
    waiting = Email.objects.filter(template="session_confirmed")
    assert {email.withdrawn_reason for email in waiting} == {"The session is cancelled by now."}


def test_who_switched_a_reminder_off_is_promised_none_and_the_other_is(session: Session) -> None:
    nils = session.client.user
    with transaction.atomic():
        switches.turn(switch=Switch(Kind.REMINDER_DAY, nils), on=False, now=clock.now())

    assert promise_due(now=STARTS - DAY) == 1
    assert promises() == [("day", "mentor", 0, STARTS - DAY)]
    assert promise_due(now=STARTS - HOUR) == 2  # that of the hour is another switch


def test_who_switches_it_on_again_is_reminded_as_long_as_it_is_of_use(session: Session) -> None:
    switch = Switch(Kind.REMINDER_DAY, session.client.user)
    with transaction.atomic():
        switches.turn(switch=switch, on=False, now=clock.now())
    promise_due(now=STARTS - DAY)
    with transaction.atomic():
        switches.turn(switch=switch, on=True, now=clock.now())

    assert promise_due(now=STARTS - 20 * HOUR) == 1


def test_a_reminder_that_waits_is_not_sent_to_who_switches_it_off(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    with transaction.atomic():
        for kind in (Kind.REMINDER_DAY, Kind.MESSAGE_DIGEST):
            switches.turn(switch=Switch(kind, session.client.user), on=False, now=clock.now())

    assert send_at(STARTS - DAY) == ["ada@example.com"]
    assert reasons() == {"", SWITCHED_OFF}


def test_each_reminder_is_of_the_kind_under_which_it_is_switched_off(session: Session) -> None:
    promise_due(now=STARTS - DAY)
    promise_due(now=STARTS - HOUR)

    rows = Email.objects.order_by("kind", "to").values_list("kind", "to", "reader__email")
    assert list(rows) == [
        ("reminder_day", "ada@example.com", "ada@example.com"),
        ("reminder_day", "nils@example.com", "nils@example.com"),
        ("reminder_hour", "ada@example.com", "ada@example.com"),
        ("reminder_hour", "nils@example.com", "nils@example.com"),
    ]
