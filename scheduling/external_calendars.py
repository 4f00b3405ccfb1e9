"""A mentor's calendars from elsewhere: bring a file in, take it out, read all of them anew.

What a file says is `scheduling.busy_times`; that its times are not offered is `diaries`. A file
that cannot be read changes nothing: the last good one keeps counting.
"""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Mentor
from kernel.errors import Invalid, NotFound, Refusal
from scheduling import busy_times, timetables
from scheduling.busy_times import Reading
from scheduling.ics_lines import BadCalendar
from scheduling.models import ExternalBusy, ExternalCalendar
from scheduling.models.external import NAME_LENGTH

logger = logging.getLogger(__name__)

MAX_CALENDARS = 10
# Bookings reach 400 days ahead at most; a session, its gap and the zones want some more.
HORIZON = timedelta(days=410)
BEHIND = timedelta(days=2)


class CalendarUnreadable(Invalid):
    """The file is no calendar, is damaged, or is larger than its limits."""

    code = "calendar_unreadable"


class CalendarName(Invalid):
    """A calendar without a name, or with one that is too long."""

    code = "calendar_name"


class TooManyCalendars(Refusal):
    """The mentor has as many calendars as one may have."""

    code = "too_many_calendars"


def bring_in(*, mentor: Mentor, name: str, data: bytes, now: datetime) -> ExternalCalendar:
    """Keep a file under its name, in place of the one of that name; its busy times count at once.

    Raises CalendarUnreadable with the reason, CalendarName and TooManyCalendars.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise CalendarName(f"Name the calendar, in at most {NAME_LENGTH} characters.")
    reading = _read(data, timetables.timetable_of(mentor=mentor).time_zone, now)
    with transaction.atomic():
        schedule = timetables.locked(mentor=mentor)
        calendars = ExternalCalendar.objects.filter(schedule=schedule)
        others = calendars.exclude(name=name).count()
        if others >= MAX_CALENDARS:
            raise TooManyCalendars(
                f"You have {others} calendars, which is the most. Take one out first."
            )
        calendar, _ = ExternalCalendar.objects.update_or_create(
            schedule=schedule,
            name=name,
            defaults={
                "content": data,
                "skipped": list(reading.skipped),
                "received_at": now,
                "read_at": now,
            },
        )
        _keep(calendar, reading)
    return calendar


def take_out(*, mentor: Mentor, calendar_id: UUID) -> None:
    """Drop a calendar of the mentor; its times are offered again at once."""
    deleted, _ = ExternalCalendar.objects.filter(schedule__mentor=mentor, pk=calendar_id).delete()
    if not deleted:
        raise NotFound("There is no such calendar of yours.")


def read_anew(*, now: datetime) -> int:
    """Read every kept file again, for the days that came into reach and the mentor's zone now.

    Returns how many were read. Each is a transaction of its own; one that fails stands as it was.
    """
    count = 0
    for pk in ExternalCalendar.objects.order_by("read_at", "id").values_list("pk", flat=True):
        with transaction.atomic():
            calendar = (
                ExternalCalendar.objects.select_for_update(no_key=True, of=("self",))
                .select_related("schedule")
                .filter(pk=pk, read_at__lt=now)
                .first()
            )
            if calendar is None:
                continue
            try:
                reading = _read(bytes(calendar.content), calendar.schedule.time_zone, now)
            except CalendarUnreadable as refused:
                logger.warning("calendar %s could not be read anew: %s", pk, refused.detail)
                continue
            calendar.skipped, calendar.read_at = list(reading.skipped), now
            calendar.save(update_fields=["skipped", "read_at"])
            _keep(calendar, reading)
            count += 1
    return count


def _read(data: bytes, time_zone: str, now: datetime) -> Reading:
    start, end = int((now - BEHIND).timestamp()), int((now + HORIZON).timestamp())
    try:
        return busy_times.read(data, time_zone=time_zone, start=start, end=end)
    except BadCalendar as error:
        raise CalendarUnreadable(f"The calendar cannot be used. {error}") from error


def _keep(calendar: ExternalCalendar, reading: Reading) -> None:
    calendar.busy.all().delete()
    ExternalBusy.objects.bulk_create(
        ExternalBusy(
            calendar=calendar,
            during=DateTimeTZRange(
                datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
            ),
        )
        for start, end in reading.busy
    )
