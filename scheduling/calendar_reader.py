"""Ask a calendar's address, read what a file says, and keep it: each calendar is a job of its own.

Nothing is fetched or read while a row is locked. An address that fails, or answers with what is
no calendar, changes no busy time: the last good file keeps counting, and the mentor is told.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from kernel import clock, outbound
from kernel.errors import Invalid
from kernel.outbound import Fetched, FetchRefused
from kernel.tasks import enqueue, task
from scheduling import busy_times, calendar_letters
from scheduling.busy_times import Reading
from scheduling.ics_lines import BadCalendar
from scheduling.models import ExternalBusy, ExternalCalendar

logger = logging.getLogger(__name__)

# Bookings reach 400 days ahead at most; a session, its gap and the zones want some more.
HORIZON = timedelta(days=410)
BEHIND = timedelta(days=2)
EVERY = timedelta(hours=1)
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=12)
UNDER_WAY = timedelta(minutes=5)  # whoever asks an address is left alone for so long
TELL_AFTER = timedelta(days=1)


class CalendarUnreadable(Invalid):
    """The file is no calendar, is damaged, or is larger than its limits."""

    code = "calendar_unreadable"


def read(data: bytes, *, time_zone: str, now: datetime) -> Reading:
    """Return what a file says for as far as bookings reach. Raises CalendarUnreadable."""
    start, end = int((now - BEHIND).timestamp()), int((now + HORIZON).timestamp())
    try:
        return busy_times.read(data, time_zone=time_zone, start=start, end=end)
    except BadCalendar as error:
        raise CalendarUnreadable(f"The calendar cannot be used. {error}") from error


def keep(calendar: ExternalCalendar, reading: Reading, *, now: datetime) -> None:
    """Have a calendar say what was read of its content. Expects a transaction with its row."""
    calendar.entries, calendar.skipped, calendar.read_at = (
        reading.entries,
        list(reading.skipped),
        now,
    )
    calendar.save()
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


def promise(calendar: ExternalCalendar) -> None:
    """Have an address asked as soon as the surrounding transaction is over."""
    enqueue(fetch, dedupe_key=str(calendar.pk), calendar_id=str(calendar.pk))


def promise_due(*, now: datetime) -> int:
    """Promise a job for each address that is due; return how many are."""
    due = ExternalCalendar.objects.filter(
        next_fetch_at__lte=now, schedule__mentor__user__is_active=True
    ).order_by("next_fetch_at", "id")
    return _promised(fetch, due.values_list("pk", flat=True))


def promise_all_anew(*, now: datetime) -> int:
    """Promise a job for each file to be read again: for the days that came into reach."""
    known = ExternalCalendar.objects.filter(read_at__lt=now).order_by("read_at", "id")
    return _promised(read_anew, known.values_list("pk", flat=True))


@task
def fetch(*, calendar_id: str) -> None:
    """Ask an address if that is due, and keep what came; safe at any time, twice, or late.

    The next time is written down first, so that two workers do not ask at once and a crash on the
    way is no end. Of an answer that is overtaken by a later one nothing is kept.
    """
    now = clock.now()
    pk = UUID(calendar_id)
    claimed = ExternalCalendar.objects.filter(pk=pk, next_fetch_at__lte=now).update(
        next_fetch_at=now + UNDER_WAY
    )
    calendar = ExternalCalendar.objects.select_related("schedule").filter(pk=pk).first()
    if not claimed or calendar is None:
        return
    try:
        found, reading = _asked(calendar, now=now)
    except (FetchRefused, CalendarUnreadable) as refused:
        _note_failure(calendar, str(refused), now=now)
    else:
        _note_success(calendar, found, reading, now=now)


@task
def read_anew(*, calendar_id: str) -> None:
    """Read a kept file again, for the days that came into reach and the mentor's zone now.

    One that cannot be read (its recurrences have grown beyond the limit) stands as it was.
    """
    now = clock.now()
    rows = ExternalCalendar.objects.filter(pk=UUID(calendar_id), read_at__lt=now)
    calendar = rows.select_related("schedule").first()
    if calendar is None:
        return
    try:
        reading = read(bytes(calendar.content), time_zone=calendar.schedule.time_zone, now=now)
    except CalendarUnreadable as refused:
        logger.warning("calendar %s could not be read anew: %s", calendar.pk, refused.detail)
        return
    with transaction.atomic():
        # Another file may have come meanwhile; then that one counts, and is as new.
        still = rows.filter(received_at=calendar.received_at).select_for_update(no_key=True).first()
        if still is not None:
            keep(still, reading, now=now)


def _asked(calendar: ExternalCalendar, *, now: datetime) -> tuple[Fetched, Reading | None]:
    """Return what an address answers and what that says: nothing where it has not changed."""
    found = outbound.fetcher().fetch(
        calendar.url, etag=calendar.etag, last_modified=calendar.last_modified
    )
    if found.body is not None:
        return found, read(found.body, time_zone=calendar.schedule.time_zone, now=now)
    if calendar.read_at is None:
        raise FetchRefused(f"{calendar.host} says that nothing changed, but never sent anything.")
    return found, None


def _promised(job: Callable[..., None], keys: Iterable[UUID]) -> int:
    count = 0
    for pk in keys:
        enqueue(job, dedupe_key=str(pk), calendar_id=str(pk))
        count += 1
    return count


def _locked(calendar: ExternalCalendar, *, now: datetime) -> ExternalCalendar | None:
    """Return the calendar's row as it is, unless it is gone or another answer overtook ours."""
    return (
        ExternalCalendar.objects.select_for_update(no_key=True, of=("self",))
        .select_related("schedule__mentor__user")
        .filter(Q(checked_at=None) | Q(checked_at__lt=now), pk=calendar.pk, url=calendar.url)
        .first()
    )


@transaction.atomic
def _note_success(
    calendar: ExternalCalendar, found: Fetched, reading: Reading | None, *, now: datetime
) -> None:
    present = _locked(calendar, now=now)
    if present is None:
        return
    if present.told_at is not None:
        calendar_letters.works_again(present, now=now)
    present.checked_at, present.next_fetch_at = now, now + EVERY
    present.failures, present.failing_since = 0, None
    present.last_error, present.told_at = "", None
    if found.body is None or reading is None:
        present.save()
        return
    present.content, present.received_at = found.body, now
    present.etag, present.last_modified = found.etag, found.last_modified
    keep(present, reading, now=now)


@transaction.atomic
def _note_failure(calendar: ExternalCalendar, reason: str, *, now: datetime) -> None:
    present = _locked(calendar, now=now)
    if present is None:
        return
    present.failures += 1
    present.failing_since = present.failing_since or now
    present.last_error = reason[:300]
    present.checked_at = now
    pause = FIRST_PAUSE * 2 ** min(present.failures - 1, 10)
    present.next_fetch_at = now + min(pause, LONGEST_PAUSE)
    if present.told_at is None and now - present.failing_since >= TELL_AFTER:
        calendar_letters.failing(present, now=now)
        present.told_at = now
    present.save()
    logger.info("calendar %s failed (%s times): %s", present.pk, present.failures, reason)
