"""Time: policies, session types, schedules; and sessions made by the product's own operations."""

from datetime import datetime, timedelta
from typing import Any

import factory
from django.db import transaction

from accounts.models import Client, Mentor
from scheduling import booking, lifecycle, series, slot_tokens, waitlist
from scheduling.models import (
    CancellationPolicy,
    Schedule,
    Series,
    Session,
    SessionType,
    WaitlistEntry,
    WeeklyRule,
)
from tests.factories.people import ClientFactory, MentorFactory


class PolicyFactory(factory.django.DjangoModelFactory[CancellationPolicy]):
    class Meta:
        model = CancellationPolicy
        django_get_or_create = ("name", "version")

    name = "Standard"
    version = 1


class ScheduleFactory(factory.django.DjangoModelFactory[Schedule]):
    """Open every day 00:00–24:00 in UTC, no gap, no notice, a start each half hour."""

    class Meta:
        model = Schedule
        skip_postgeneration_save = True

    mentor = factory.SubFactory(MentorFactory)
    time_zone = "UTC"
    step_minutes = 30
    gap_minutes = 0
    notice_minutes = 0
    window_days = 400

    @factory.post_generation
    def hours(self, create: bool, extracted: tuple[int, int] | None, **kwargs: object) -> None:
        start, end = extracted or (0, 1440)
        for weekday in range(7):
            WeeklyRule.objects.create(
                schedule=self, weekday=weekday, start_minute=start, end_minute=end
            )


class SessionTypeFactory(factory.django.DjangoModelFactory[SessionType]):
    """An hour for USD 100.00."""

    class Meta:
        model = SessionType

    mentor = factory.SubFactory(MentorFactory)
    name = "Career coaching"
    duration_minutes = 60
    price_minor = 10_000
    currency = "USD"
    policy = factory.SubFactory(PolicyFactory)


def open_mentor(*, mentor: Mentor | None = None, **schedule: Any) -> SessionType:
    """Return a session type (60 min, USD 100.00) of a live mentor who is always open."""
    mentor = mentor or MentorFactory()
    ScheduleFactory(mentor=mentor, **schedule)
    return SessionTypeFactory(mentor=mentor)


def open_group(
    *, capacity: int = 10, minimum: int = 1, cutoff_minutes: int = 1440, **schedule: Any
) -> SessionType:
    """Return a group type (60 min, USD 100.00 a seat) of a live mentor who is always open."""
    kind = open_mentor(**schedule)
    kind.capacity, kind.minimum, kind.cutoff_minutes = capacity, minimum, cutoff_minutes
    kind.save()
    return kind


def hold(
    *,
    session_type: SessionType,
    starts_at: datetime,
    now: datetime | None = None,
    client: Client | None = None,
    goals: str = "",
) -> Session:
    """Return a pending session, held by `booking.hold_slot` (30 hours ahead by default)."""
    at = now or starts_at - timedelta(hours=30)
    token = slot_tokens.mint(session_type=session_type, starts_at=starts_at, now=at)
    return booking.hold_slot(
        client=client or ClientFactory(), slot_token=token, goals=goals, now=at
    )


def hold_series(
    *,
    session_type: SessionType,
    starts_at: datetime,
    count: int = 3,
    every_weeks: int = 1,
    skip_unavailable: bool = False,
    now: datetime | None = None,
    client: Client | None = None,
) -> Series:
    """Return a series that `series.hold_series` booked (30 hours ahead by default)."""
    at = now or starts_at - timedelta(hours=30)
    return series.hold_series(
        client=client or ClientFactory(),
        slot_token=slot_tokens.mint(session_type=session_type, starts_at=starts_at, now=at),
        every_weeks=every_weeks,
        count=count,
        skip_unavailable=skip_unavailable,
        goals="",
        now=at,
    )


def waits(
    *,
    session_type: SessionType,
    starts_at: datetime,
    now: datetime,
    client: Client | None = None,
) -> WaitlistEntry:
    """Return the place of a client in the line before the full meeting that begins then."""
    return waitlist.join(
        session_type=session_type, starts_at=starts_at, client=client or ClientFactory(), now=now
    )


def confirmed(
    *,
    session_type: SessionType,
    starts_at: datetime,
    now: datetime | None = None,
    client: Client | None = None,
) -> Session:
    """Return a session that was held and confirmed at the same instant."""
    at = now or starts_at - timedelta(hours=30)
    session = hold(session_type=session_type, starts_at=starts_at, now=at, client=client)
    with transaction.atomic():
        return lifecycle.confirm(session_id=session.pk, now=at)
