"""A mentor's own availability as it travels: clocks as text, days and instants as RFC 3339."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from api.schemas.base import Body, Instant, Out, PlainText, TimeZoneName
from api.schemas.mentors import SlotExplanation
from kernel.errors import Invalid
from scheduling.adjustments import KeptGap
from scheduling.hours import DateHours, Travel, WeeklyHours, check_hours
from scheduling.timetables import Away, BookingRules, Timetable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


def read_day(value: Any) -> date:
    """Return the day that an ISO 8601 text names, within 2000 to 2100; else raise ValueError."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("write a day as ISO 8601 text, such as 2027-03-01")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("this day does not exist") from None
    if not 2000 <= day.year < 2100:
        raise ValueError("days lie between 2000 and 2100")
    return day


Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "maxLength": 10}),
]
Start = Annotated[
    str, Field(pattern=f"^{_CLOCK}$", max_length=5, description="Local.", examples=["09:00"])
]
End = Annotated[
    str,
    Field(
        pattern=f"^({_CLOCK}|24:00)$",
        max_length=5,
        description="Local, after the start; 24:00 is the end of the day.",
        examples=["17:00"],
    ),
]


def minute_of(clock: str) -> int:
    """Return the minute of the day of a checked clock text: `09:30` is 570."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def clock_of(minute: int) -> str:
    """Return a minute of the day as clock text: 570 is `09:30`, 1440 is `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _checked[**Given, Value](
    rule: Callable[Given, Value], *given: Given.args, **named: Given.kwargs
) -> Value:
    """Call a rule of the domain inside a schema, so that its "no" points at the very item."""
    try:
        return rule(*given, **named)
    except Invalid as refusal:
        raise ValueError(refusal.detail) from None


class WeeklyHoursIn(Body):
    """Open on each of these weekdays; between two dates, both inclusive, where they are given."""

    weekday: Annotated[int, Field(ge=0, le=6, description="Monday is 0.")]
    start: Start
    end: End
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _checked(check_hours, minute_of(self.start), minute_of(self.end))
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def value(self) -> WeeklyHours:
        start, end = minute_of(self.start), minute_of(self.end)
        return WeeklyHours(self.weekday, start, end, self.valid_from, self.valid_to)


class DateHoursIn(Body):
    """The hours of one date in place of the weekly ones: `start` and `end`, or `closed: true`.

    A date may be named more than once: all its hours together are that day's.
    """

    date: Day
    start: Start | None = None
    end: End | None = None
    closed: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.closed and (self.start or self.end):
            raise ValueError("a date is closed or has a start and an end, not both")
        if not self.closed and not (self.start and self.end):
            raise ValueError("give start and end, or closed: true")
        if self.start and self.end:
            _checked(check_hours, minute_of(self.start), minute_of(self.end))
        return self

    def value(self) -> DateHours:
        if self.start is None or self.end is None:
            return DateHours(self.date)
        return DateHours(self.date, minute_of(self.start), minute_of(self.end))


class TimeOffIn(Body):
    """Away, whatever the hours say."""

    starts_at: Instant
    ends_at: Instant
    reason: Annotated[PlainText, Field(max_length=200, description="For yourself.")] = ""


class TravelIn(Body):
    """Between two dates, both inclusive, the hours are read by another zone's clock."""

    from_date: Day
    to_date: Day
    time_zone: Annotated[TimeZoneName, PlainText, Field(examples=["Asia/Tokyo"])]


class RulesIn(Body):
    """The booking rules; a session type may have its own, the gap excepted."""

    step_minutes: Annotated[int, Field(ge=5, le=1440, description="Starts lie so far apart.")]
    gap_minutes: Annotated[int, Field(ge=0, le=1440, description="Kept free between meetings.")]
    notice_minutes: Annotated[int, Field(ge=0, le=576_000, description="No start is sooner.")]
    window_days: Annotated[int, Field(ge=1, le=400, description="No start is later.")]
    max_per_day: Annotated[int, Field(ge=1, le=1000)] | None = None
    max_per_week: Annotated[int, Field(ge=1, le=1000)] | None = None


class AvailabilityIn(Body):
    """All that a mentor says about when he may be booked; what is left out is gone."""

    time_zone: Annotated[TimeZoneName, PlainText, Field(examples=["Europe/London"])]
    weekly: Annotated[list[WeeklyHoursIn], Field(max_length=200)]
    overrides: Annotated[list[DateHoursIn], Field(max_length=1000)]
    time_off: Annotated[list[TimeOffIn], Field(max_length=500)]
    travel: Annotated[list[TravelIn], Field(max_length=200)]
    rules: RulesIn

    def value(self) -> Timetable:
        """Return the domain's own words for it."""
        return Timetable(
            time_zone=self.time_zone,
            rules=BookingRules(**self.rules.model_dump()),
            weekly=[one.value() for one in self.weekly],
            overrides=[one.value() for one in self.overrides],
            time_off=[Away(one.starts_at, one.ends_at, one.reason) for one in self.time_off],
            travel=[Travel(one.from_date, one.to_date, one.time_zone) for one in self.travel],
        )


def _absent(value: Any) -> bool:
    return not value


class WeeklyHoursOut(Out):
    """Weekly hours; the dates only where they are limited."""

    weekday: Annotated[int, Field(description="Monday is 0.")]
    start: str
    end: str
    valid_from: Annotated[date | None, Field(exclude_if=_absent)] = None
    valid_to: Annotated[date | None, Field(exclude_if=_absent)] = None

    @classmethod
    def of(cls, hours: WeeklyHours) -> "WeeklyHoursOut":
        return cls(
            weekday=hours.weekday,
            start=clock_of(hours.start_minute),
            end=clock_of(hours.end_minute),
            valid_from=hours.valid_from,
            valid_to=hours.valid_to,
        )


class DateHoursOut(Out):
    """A date with its own hours, or closed."""

    date: date
    start: Annotated[str | None, Field(exclude_if=_absent)] = None
    end: Annotated[str | None, Field(exclude_if=_absent)] = None
    closed: Annotated[bool, Field(exclude_if=_absent)] = False

    @classmethod
    def of(cls, hours: DateHours) -> "DateHoursOut":
        if hours.start_minute is None or hours.end_minute is None:
            return cls(date=hours.date, closed=True)
        return cls(
            date=hours.date, start=clock_of(hours.start_minute), end=clock_of(hours.end_minute)
        )


class TimeOffOut(Out):
    """A time away, in UTC."""

    starts_at: datetime
    ends_at: datetime
    reason: Annotated[str, Field(exclude_if=_absent)] = ""


class TravelOut(Out):
    """A journey's dates and zone."""

    from_date: date
    to_date: date
    time_zone: str


class RulesOut(Out):
    """The booking rules; null is no limit."""

    step_minutes: int
    gap_minutes: int
    notice_minutes: int
    window_days: int
    max_per_day: int | None
    max_per_week: int | None


class AvailabilityOut(Out):
    """A mentor's availability, each part in the order of time."""

    time_zone: str
    weekly: list[WeeklyHoursOut]
    overrides: list[DateHoursOut]
    time_off: list[TimeOffOut]
    travel: list[TravelOut]
    rules: RulesOut

    @classmethod
    def of(cls, timetable: Timetable, **more: Any) -> Self:
        return cls(
            time_zone=timetable.time_zone,
            weekly=[WeeklyHoursOut.of(hours) for hours in timetable.weekly],
            overrides=[DateHoursOut.of(hours) for hours in timetable.overrides],
            time_off=[
                TimeOffOut(starts_at=away.starts_at, ends_at=away.ends_at, reason=away.reason)
                for away in timetable.time_off
            ],
            travel=[
                TravelOut(
                    from_date=travel.from_date, to_date=travel.to_date, time_zone=travel.time_zone
                )
                for travel in timetable.travel
            ],
            rules=RulesOut.model_validate(timetable.rules, from_attributes=True),
            **more,
        )


class KeptGapOut(Out):
    """A meeting to come that keeps its gap: the new one would reach into the next meeting."""

    starts_at: datetime
    ends_at: datetime
    gap_minutes: int


class AvailabilitySaved(AvailabilityOut):
    """What was saved, and what the new gap left alone. The ETag is that of a GET."""

    kept_gaps: list[KeptGapOut]

    @classmethod
    def leaving(cls, timetable: Timetable, kept: list[KeptGap]) -> "AvailabilitySaved":
        gaps = [KeptGapOut.model_validate(gap, from_attributes=True) for gap in kept]
        return cls.of(timetable, kept_gaps=gaps)


class OwnSlotExplanation(SlotExplanation):
    """The same, for the mentor: what would have to change."""

    advice: Annotated[str, Field(description="What would help; empty where it is offered.")]
