"""A mentor's calendars from elsewhere: bring a file in, name an address, look again, take one out.

What a file says is `scheduling.busy_times`, asking addresses is `calendar_reader`; that busy
times are not offered is `diaries`.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from accounts.models import Mentor
from kernel import limits, outbound
from kernel.errors import Invalid, Kind, NotFound, Refusal
from kernel.limits import Limit
from kernel.outbound import FetchRefused
from scheduling import calendar_reader, timetables
from scheduling.models import ExternalCalendar
from scheduling.models.external import NAME_LENGTH, URL_LENGTH

MAX_CALENDARS = 10
ASKED = Limit("calendar-addresses", 30, timedelta(hours=1))


class CalendarName(Invalid):
    """A calendar without a name, or with one that is too long."""

    code = "calendar_name"


class CalendarAddress(Invalid):
    """The address is not one that calendars are fetched from."""

    code = "calendar_address"


class CalendarHasNoAddress(Refusal):
    """The calendar is a file that was brought in: there is no address to look at."""

    code = "calendar_has_no_address"


class TooManyCalendars(Refusal):
    """The mentor has as many calendars as one may have."""

    code = "too_many_calendars"


class TooManyLooks(Refusal):
    """The mentor had addresses looked at as often as one may within an hour."""

    code = "too_many_looks"
    kind = Kind.TOO_MANY


def calendars_of(*, mentor: Mentor) -> QuerySet[ExternalCalendar]:
    """Return the mentor's calendars by name, each with its `busy_count`; one query."""
    return (
        ExternalCalendar.objects.filter(schedule__mentor=mentor)
        .defer("content")
        .annotate(busy_count=Count("busy"))
        .order_by("name", "id")
    )


def bring_in(*, mentor: Mentor, name: str, data: bytes, now: datetime) -> ExternalCalendar:
    """Keep a file under its name, in place of the one of that name; its busy times count at once.

    Raises CalendarUnreadable with the reason, CalendarName and TooManyCalendars.
    """
    name = _checked_name(name)
    reading = calendar_reader.read(
        data, time_zone=timetables.timetable_of(mentor=mentor).time_zone, now=now
    )
    with transaction.atomic():
        calendar = _placed(
            mentor, name, url="", content=data, received_at=now, read_at=now, next_fetch_at=None
        )
        calendar_reader.keep(calendar, reading, now=now)
    return calendar


def add_address(*, mentor: Mentor, name: str, url: str, now: datetime) -> ExternalCalendar:
    """Keep an address under a name and have it asked soon, and every hour from then on.

    In place of the one of that name: what that said counts until the new address has answered.
    Raises CalendarAddress, CalendarName, TooManyCalendars and TooManyLooks.
    """
    name = _checked_name(name)
    try:
        url = outbound.fetcher().checked(url)
    except FetchRefused as refused:
        raise CalendarAddress(
            f"{refused} Give the calendar's public or secret address in iCalendar format.",
            pointer="/url",
        ) from refused
    if len(url) > URL_LENGTH:
        raise CalendarAddress(
            f"The address is longer than {URL_LENGTH} characters.", pointer="/url"
        )
    _count_look(mentor, now)
    with transaction.atomic():
        calendar = _placed(mentor, name, url=url, next_fetch_at=now)
        calendar_reader.promise(calendar)
    return calendar


def look_again(*, mentor: Mentor, calendar_id: UUID, now: datetime) -> ExternalCalendar:
    """Have an address asked now instead of when it is due.

    Raises NotFound, CalendarHasNoAddress and TooManyLooks.
    """
    calendar = calendars_of(mentor=mentor).filter(pk=calendar_id).first()
    if calendar is None:
        raise _no_such()
    if not calendar.url:
        raise CalendarHasNoAddress(
            f"{calendar.name} is a file that you brought in. Bring the newer file in under the "
            "same name, or give the calendar's address instead."
        )
    _count_look(mentor, now)
    with transaction.atomic():
        ExternalCalendar.objects.filter(pk=calendar.pk).exclude(url="").update(next_fetch_at=now)
        calendar_reader.promise(calendar)
    calendar.next_fetch_at = now
    return calendar


def take_out(*, mentor: Mentor, calendar_id: UUID) -> None:
    """Drop a calendar of the mentor; its times are offered again at once."""
    deleted, _ = ExternalCalendar.objects.filter(schedule__mentor=mentor, pk=calendar_id).delete()
    if not deleted:
        raise _no_such()


def _placed(mentor: Mentor, name: str, **values: Any) -> ExternalCalendar:
    """Return the mentor's calendar of a name with these values, new or changed to them."""
    schedule = timetables.locked(mentor=mentor)
    others = ExternalCalendar.objects.filter(schedule=schedule).exclude(name=name).count()
    if others >= MAX_CALENDARS:
        raise TooManyCalendars(
            f"You have {others} calendars, which is the most. Take one out first."
        )
    unasked = {
        "etag": "",
        "last_modified": "",
        "checked_at": None,
        "failures": 0,
        "failing_since": None,
        "last_error": "",
        "told_at": None,
    }
    calendar, _ = ExternalCalendar.objects.update_or_create(
        schedule=schedule, name=name, defaults={**unasked, **values}
    )
    return calendar


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise CalendarName(
            f"Name the calendar, in at most {NAME_LENGTH} characters.", pointer="/name"
        )
    return name


def _count_look(mentor: Mentor, now: datetime) -> None:
    counted = limits.count(ASKED, subject=str(mentor.pk), now=now)
    if not counted.allowed:
        raise TooManyLooks(
            f"You had addresses looked at {ASKED.quota} times within an hour. Every calendar is "
            "looked at each hour by itself; wait for that, or come back later.",
            retry_after=counted.reset_seconds,
        )


def _no_such() -> NotFound:
    return NotFound("There is no such calendar of yours.")
