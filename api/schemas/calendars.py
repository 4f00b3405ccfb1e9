"""A mentor's calendars from elsewhere as they travel: an address is shown by its host alone."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from api.schemas.base import Body, Out, PlainText
from scheduling.models import ExternalCalendar
from scheduling.models.external import NAME_LENGTH, URL_LENGTH

FILE_LENGTH = 1_000_000

CalendarStatus = Literal["waiting", "good", "failing"]


class CalendarRequest(Body):
    """A calendar by its address, or its file as text; in place of the one of that name."""

    name: Annotated[
        PlainText, Field(min_length=1, max_length=NAME_LENGTH, examples=["Family and friends"])
    ]
    url: (
        Annotated[
            PlainText,
            Field(
                min_length=1,
                max_length=URL_LENGTH,
                description="https: or webcal:, in iCalendar format; it is never shown again.",
            ),
        ]
        | None
    ) = None
    file: (
        Annotated[
            PlainText,
            Field(min_length=1, max_length=FILE_LENGTH, description="An .ics file's text."),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.url is None) == (self.file is None):
            raise ValueError("give the calendar's url, or its file")
        return self


class CalendarOut(Out):
    """A calendar and how it stands. `waiting`: its address was not asked yet."""

    id: str
    name: str
    status: CalendarStatus
    host: Annotated[
        str | None, Field(description="Where its address is, which stays secret; null: a file.")
    ]
    received_at: Annotated[
        datetime | None, Field(description="When what counts now came; null: nothing came yet.")
    ]
    read_at: Annotated[datetime | None, Field(description="When that was read last.")]
    entries: Annotated[int, Field(description="How many of its entries were read.")]
    busy_times: Annotated[int, Field(description="How many times of yours they block.")]
    left_out: Annotated[
        list[str], Field(description="Why entries could not be read; the first twenty.")
    ]
    checked_at: Annotated[datetime | None, Field(description="When its address was asked last.")]
    next_check_at: datetime | None
    failing_since: datetime | None
    error: Annotated[
        str | None, Field(description="What is wrong; what came before keeps counting.")
    ]

    @classmethod
    def of(cls, calendar: ExternalCalendar) -> "CalendarOut":
        """Return the shape; load the calendar by `external_calendars.calendars_of`."""
        return cls(
            id=calendar.public_id,
            name=calendar.name,
            status=calendar.status,
            host=calendar.host or None,
            received_at=calendar.received_at,
            read_at=calendar.read_at,
            entries=calendar.entries,
            busy_times=calendar.busy_count,  # type: ignore[attr-defined]
            left_out=calendar.skipped,
            checked_at=calendar.checked_at,
            next_check_at=calendar.next_fetch_at,
            failing_since=calendar.failing_since,
            error=calendar.last_error or None,
        )


class CalendarList(Out):
    """All calendars of a mentor, by name."""

    items: list[CalendarOut]
