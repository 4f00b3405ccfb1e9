"""Calendars by their address, asked over real sockets: what counts, what is told, what waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from kernel import clock, tasks
from kernel.errors import NotFound
from kernel.models import Job
from notifications.models import Email
from scheduling import calendar_reader, external_calendars
from scheduling import tasks as wrappers
from scheduling.external_calendars import (
    CalendarAddress,
    CalendarHasNoAddress,
    CalendarName,
    TooManyCalendars,
    TooManyLooks,
)
from scheduling.models import ExternalBusy, ExternalCalendar
from tests.factories.people import MentorFactory
from tests.factories.scheduling import open_mentor
from tests.scheduling.odd_calendars import at
from tests.talking import Talk, file, saying, serving

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 8, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MORNING = at("0308T1000", "0308T1100")
NOON = at("0308T1200", "0308T1300")
GONE = saying(b"HTTP/1.1 404 Not Found\r\n\r\n")
UNCHANGED = saying(b"HTTP/1.1 304 Not Modified\r\n\r\n")


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True


@pytest.fixture
def mentor() -> Mentor:
    return open_mentor(mentor=MentorFactory(user__time_zone="Europe/London")).mentor


def add(mentor: Mentor, url: str, name: str = "Work", now: datetime = NOW) -> ExternalCalendar:
    return external_calendars.add_address(mentor=mentor, name=name, url=url, now=now)


@contextmanager
def added(mentor: Mentor, *talks: Talk, asked: bool = True) -> Iterator[list[bytes]]:
    """Add an address that answers by the talks in turn, and have it asked at NOW."""
    with serving(*talks) as (port, heads):
        add(mentor, f"http://127.0.0.1:{port}/secret.ics?key=1")
        if asked:
            ask(NOW)
        yield heads


def ask(now: datetime) -> None:
    """Do at an instant what the cluster does every five minutes."""
    with clock.travel(now):
        wrappers.fetch_calendars()
        tasks.drain()


def present() -> ExternalCalendar:
    return ExternalCalendar.objects.get()


def busy_starts() -> list[datetime]:
    return [row.during.lower for row in ExternalBusy.objects.order_by("during")]


def test_an_address_is_kept_and_asked_by_a_job_not_by_the_caller(mentor: Mentor) -> None:
    with serving(file(MORNING)) as (port, heads):
        calendar = add(mentor, f"http://127.0.0.1:{port}/secret.ics")
        assert (heads, calendar.received_at, calendar.next_fetch_at) == ([], None, NOW)

        with clock.travel(NOW):
            tasks.drain()

    assert len(heads) == 1
    assert busy_starts() == [TEN]
    found = present()
    assert (found.received_at, found.read_at, found.checked_at) == (NOW, NOW, NOW)
    assert (found.next_fetch_at, found.entries, found.failures) == (NOW + HOUR, 1, 0)


def test_nothing_is_fetched_or_read_within_a_transaction(
    mentor: Mentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = []
    read = calendar_reader.read

    def noted(data: bytes, **how: Any) -> Any:
        depths.append(len(connection.savepoint_ids))
        return read(data, **how)

    monkeypatch.setattr(calendar_reader, "read", noted)
    outside = len(connection.savepoint_ids)
    with added(mentor, file(MORNING)):
        ask(NOW)
        with clock.travel(NOW + HOUR):
            calendar_reader.read_anew(calendar_id=str(present().pk))

    assert depths == [outside, outside]


def test_it_is_asked_every_hour_and_once(mentor: Mentor) -> None:
    with added(mentor, file(MORNING), file(NOON)) as heads:
        ask(NOW)
        ask(NOW + 59 * MINUTE)
        assert len(heads) == 1
        ask(NOW + HOUR)
        ask(NOW + HOUR)

    assert len(heads) == 2
    assert busy_starts() == [TEN + 2 * HOUR]


def test_what_has_not_changed_is_neither_sent_nor_read_again(mentor: Mentor) -> None:
    with added(mentor, file(MORNING, b'ETag: "v1"'), UNCHANGED) as heads:
        ask(NOW + HOUR)

    assert b'If-None-Match: "v1"\r\n' in heads[1]
    found = present()
    assert (found.received_at, found.read_at, found.checked_at) == (NOW, NOW, NOW + HOUR)
    assert found.next_fetch_at == NOW + 2 * HOUR
    assert busy_starts() == [TEN]


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (GONE, "127.0.0.1 answered 404."),
        (file(b"<!doctype html><p>Sign in"), "It is no iCalendar file"),
        (file(MORNING[:80]), "cut off"),
        (saying(b"HTTP/1.1 302 Found\r\nLocation: https://10.0.0.1/\r\n\r\n"), "public network"),
    ],
    ids=["gone", "a page", "cut off", "a way inside"],
)
def test_the_last_good_copy_counts_while_an_address_fails(
    mentor: Mentor, talk: Talk, reason: str
) -> None:
    with added(mentor, file(MORNING, b'ETag: "v1"'), talk, file(NOON)) as heads:
        ask(NOW + HOUR)

        failing = present()
        assert busy_starts() == [TEN]
        assert reason in failing.last_error
        assert (failing.failures, failing.failing_since) == (1, NOW + HOUR)
        assert (failing.received_at, failing.etag) == (NOW, '"v1"')
        assert failing.next_fetch_at == NOW + HOUR + 15 * MINUTE

        ask(NOW + HOUR + 15 * MINUTE)

    assert (
        b'If-None-Match: "v1"\r\n' in heads[-1]
    )  # of the good one: the bad one counts for nothing
    assert busy_starts() == [TEN + 2 * HOUR]
    found = present()
    assert (found.failures, found.failing_since, found.last_error) == (0, None, "")


def test_an_address_inside_is_never_asked(mentor: Mentor, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = False
    with serving(file(MORNING)) as (port, heads):
        for url in (f"http://127.0.0.1:{port}/", f"https://127.0.0.1:{port}/"):
            with pytest.raises(CalendarAddress):
                add(mentor, url)
        add(mentor, "https://127.0.0.1/")  # what a name leads to is judged when it is fetched
        ask(NOW)

    assert heads == []
    assert present().last_error == "127.0.0.1 is not on the public network."


def test_an_address_that_fails_is_asked_less_and_less(mentor: Mentor) -> None:
    pauses = []
    with added(mentor, *[GONE] * 9, asked=False):
        for _ in range(9):
            before = present().next_fetch_at
            assert before is not None
            ask(before)
            after = present().next_fetch_at
            assert after is not None
            pauses.append((after - before) / HOUR)

    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 12, 12, 12]
    assert present().failures == 9


def test_the_mentor_is_told_once_when_it_fails_for_a_day_and_once_when_it_works(
    mentor: Mentor,
) -> None:
    told = []
    with added(mentor, file(MORNING), *[GONE] * 9, file(NOON), GONE, file(NOON)):
        for _ in range(12):
            before = present().next_fetch_at
            assert before is not None
            ask(before)
            told.append(sorted(Email.objects.values_list("template", flat=True)))

    # After 0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75 hours; told at 27.75, and at 39.75 not again.
    assert told[:7] == [[]] * 7
    assert told[7:9] == [["calendar_failing"]] * 2
    assert told[9] == ["calendar_failing", "calendar_works"]
    assert told[10:] == [["calendar_failing", "calendar_works"]] * 2  # a short failure is no news
    failing = Email.objects.get(template="calendar_failing")
    assert failing.to == mentor.user.email
    assert "127.0.0.1 answered 404." in failing.text
    assert "since Monday, 1 March 2027, 09:00 London" in failing.text
    assert "secret" not in failing.text + failing.html


def test_a_second_spell_is_told_of_again(mentor: Mentor) -> None:
    with added(mentor, *[GONE, file(NOON), GONE, file(NOON)] * 2, asked=False):
        for day in range(8):
            ask(NOW + timedelta(days=day))
            ExternalCalendar.objects.filter(failures__gt=0).update(
                failing_since=NOW + timedelta(days=day - 2), next_fetch_at=NOW
            )
            ExternalCalendar.objects.filter(failures__gt=0, told_at=None).update(
                told_at=NOW + timedelta(days=day)
            )

    assert Email.objects.filter(template="calendar_works").count() == 4


def test_an_answer_that_a_later_one_overtook_is_not_kept(
    mentor: Mentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = calendar_reader.read

    def overtaken(data: bytes, **how: Any) -> Any:
        monkeypatch.setattr(calendar_reader, "read", read)
        external_calendars.look_again(
            mentor=mentor, calendar_id=present().pk, now=NOW + 10 * MINUTE
        )
        ask(NOW + 10 * MINUTE)
        return read(data, **how)

    monkeypatch.setattr(calendar_reader, "read", overtaken)
    with added(mentor, file(MORNING), file(NOON)) as heads:
        pass

    assert len(heads) == 2
    assert busy_starts() == [TEN + 2 * HOUR]
    assert present().received_at == NOW + 10 * MINUTE


def test_a_calendar_that_is_taken_out_while_it_is_asked_stays_out(
    mentor: Mentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = calendar_reader.read

    def gone(data: bytes, **how: Any) -> Any:
        external_calendars.take_out(mentor=mentor, calendar_id=present().pk)
        return read(data, **how)

    monkeypatch.setattr(calendar_reader, "read", gone)
    with added(mentor, file(MORNING)):
        pass

    assert ExternalCalendar.objects.count() == ExternalBusy.objects.count() == 0
    assert Job.objects.filter(done_at=None).count() == 0


def test_a_file_may_take_the_place_of_an_address_and_the_other_way_round(mentor: Mentor) -> None:
    with added(mentor, file(MORNING, b'ETag: "v1"')):
        pass
    external_calendars.bring_in(mentor=mentor, name="Work", data=NOON, now=NOW)
    found = present()
    assert (found.url, found.etag, found.next_fetch_at) == ("", "", None)
    assert busy_starts() == [TEN + 2 * HOUR]

    with added(mentor, file(MORNING), asked=False) as heads:
        assert busy_starts() == [TEN + 2 * HOUR]  # counts until the address has answered
        ask(NOW)

    assert b"If-None-Match" not in heads[0]
    assert busy_starts() == [TEN]


def test_looking_again_asks_at_once(mentor: Mentor) -> None:
    with added(mentor, file(MORNING), file(NOON)) as heads:
        later = NOW + 10 * MINUTE
        external_calendars.look_again(mentor=mentor, calendar_id=present().pk, now=later)
        ask(later)

    assert len(heads) == 2
    assert present().checked_at == later


def test_what_cannot_be_looked_at_again_says_why(mentor: Mentor) -> None:
    calendar = external_calendars.bring_in(mentor=mentor, name="Work", data=NOON, now=NOW)

    with pytest.raises(CalendarHasNoAddress, match="file that you brought in"):
        external_calendars.look_again(mentor=mentor, calendar_id=calendar.pk, now=NOW)
    with pytest.raises(NotFound):
        external_calendars.look_again(mentor=MentorFactory(), calendar_id=calendar.pk, now=NOW)


def test_nobody_has_us_ask_more_than_thirty_times_an_hour(mentor: Mentor) -> None:
    for _ in range(30):
        add(mentor, "https://calendar.example/a.ics")

    with pytest.raises(TooManyLooks) as caught:
        external_calendars.look_again(mentor=mentor, calendar_id=present().pk, now=NOW)
    assert caught.value.facts["retry_after"] == 3600
    external_calendars.look_again(mentor=mentor, calendar_id=present().pk, now=NOW + HOUR)
    assert Job.objects.count() == 1  # and all of them are one question


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://calendar.example/a.ics", "Only https"),
        ("https://me:too@calendar.example/", "user name"),
        ("nonsense", "Only https"),
        ("https://calendar.example/" + "ü" * 600, "longer than 2000"),
    ],
)
def test_an_address_that_is_none_is_refused_at_once(mentor: Mentor, url: str, reason: str) -> None:
    with pytest.raises(CalendarAddress, match=reason) as caught:
        add(mentor, url)

    assert caught.value.facts["pointer"] == "/url"
    assert ExternalCalendar.objects.count() == 0


def test_the_limits_of_files_hold_for_addresses(mentor: Mentor) -> None:
    with pytest.raises(CalendarName):
        add(mentor, "https://calendar.example/a.ics", name=" ")
    for number in range(10):
        add(mentor, "webcal://calendar.example/a.ics", name=str(number))

    with pytest.raises(TooManyCalendars):
        add(mentor, "https://calendar.example/a.ics", name="10")
    assert {row.url for row in ExternalCalendar.objects.all()} == {"https://calendar.example/a.ics"}


def test_calendars_of_people_who_are_gone_are_not_asked(mentor: Mentor) -> None:
    mentor.user.is_active = False
    mentor.user.save()
    with added(mentor, file(MORNING), asked=False):
        Job.objects.all().delete()

        assert calendar_reader.promise_due(now=NOW + HOUR) == 0


def test_all_calendars_are_listed_by_one_query(mentor: Mentor) -> None:
    for name in ("b", "a"):
        external_calendars.bring_in(mentor=mentor, name=name, data=MORNING, now=NOW)

    with CaptureQueriesContext(connection) as queries:
        found = [
            (one.name, one.busy_count, one.host)  # type: ignore[attr-defined]
            for one in external_calendars.calendars_of(mentor=mentor)
        ]

    assert found == [("a", 1, ""), ("b", 1, "")]
    assert len(queries) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"url": "https://x.test/"},
        {"received_at": None},
        {"received_at": None, "read_at": None},
        {"read_at": None},
        {"failures": 1},
        {"last_error": "x"},
        {"told_at": NOW},
    ],
)
def test_the_database_refuses_half_a_state(mentor: Mentor, values: dict[str, Any]) -> None:
    external_calendars.bring_in(mentor=mentor, name="Work", data=MORNING, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalCalendar.objects.update(**values)
