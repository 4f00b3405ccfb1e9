"""What mentors are told about a calendar of theirs that cannot be fetched, once each way.

Written into the outbox in the transaction of the event; the words are in `templates/emails`.
"""

from datetime import datetime
from typing import Any

from kernel import written
from notifications.outbox import put_email
from scheduling.models import ExternalCalendar


def failing(calendar: ExternalCalendar, *, now: datetime) -> None:
    """Tell that its address has failed for a while, and what counts meanwhile."""
    _put("calendar_failing", calendar, now=now, reason=calendar.last_error)


def works_again(calendar: ExternalCalendar, *, now: datetime) -> None:
    """Tell that its address answers again, to a mentor who was told that it did not."""
    _put("calendar_works", calendar, now=now)


def _put(template: str, calendar: ExternalCalendar, *, now: datetime, **more: str) -> None:
    """Write the letter; `failing_since` makes it the only one of this spell."""
    reader = calendar.schedule.mentor.user
    since = calendar.failing_since or now
    context: dict[str, Any] = {
        "name": reader.name,
        "calendar": calendar.name,
        "host": calendar.host,
        "since": written.moment(since, reader.time_zone),
        "received": written.moment(calendar.received_at, reader.time_zone)
        if calendar.received_at
        else "",
        **more,
    }
    put_email(
        key=f"{template}:{calendar.public_id}:{since:%Y%m%dT%H%M%S}",
        template=template,
        to=reader.email,
        language=reader.language,
        context=context,
    )
