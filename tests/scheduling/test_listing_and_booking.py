"""Listing and booking agree: what is listed can be booked, and what is not is refused with the very
reason that *explain* gives.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling import booking, external_calendars, queries, slot_tokens, timetables
from scheduling.advice import advice
from scheduling.diaries import read_diaries
from scheduling.hours import WeeklyHours
from scheduling.models import DateOverride, Session, SessionType, TimeOff, TravelZone
from scheduling.slots import Reason
from tests.factories.people import ClientFactory
from tests.factories.scheduling import ScheduleFactory, SessionTypeFactory, hold, open_mentor
from tests.scheduling.odd_calendars import file, hourly

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = datetime(2027, 3, 25, 7, 0, tzinfo=UTC)


def busy_mentor(rng: random.Random) -> SessionType:
    """A mentor with everything that bends a calendar, around the change of London's clock."""
    schedule = ScheduleFactory(
        hours=(540, 1080),
        time_zone="Europe/London",
        step_minutes=15,
        gap_minutes=rng.choice([0, 10, 15]),
        notice_minutes=120,
        window_days=20,
        max_per_day=4,
        max_per_week=12,
    )
    session_type = SessionTypeFactory(mentor=schedule.mentor, duration_minutes=50)
    DateOverride.objects.create(schedule=schedule, date=date(2027, 3, 26))
    DateOverride.objects.create(
        schedule=schedule, date=date(2027, 3, 27), start_minute=1200, end_minute=1440
    )
    TravelZone.objects.create(
        schedule=schedule,
        from_date=date(2027, 3, 31),
        to_date=date(2027, 4, 1),
        time_zone="America/New_York",
    )
    away = datetime(2027, 3, 30, 11, 0, tzinfo=UTC)
    TimeOff.objects.create(schedule=schedule, during=DateTimeTZRange(away, away + HOUR))
    elsewhere = file(*hourly(":20270402T140000"))
    external_calendars.bring_in(mentor=schedule.mentor, name="Work", data=elsewhere, now=NOW)
    return session_type


class Undo(Exception):
    """Raised within a hold, so that it was possible and leaves nothing."""


def undo(session: Session) -> None:
    raise Undo


@pytest.mark.parametrize("seed", range(3))
def test_each_listed_slot_can_be_booked_and_no_other_instant(seed: int) -> None:
    rng = random.Random(seed)
    session_type = busy_mentor(rng)
    now = NOW
    period: dict[str, Any] = {"start": now, "end": now + 10 * DAY, "now": now}
    for _ in range(7):
        free = queries.open_slots(session_type=session_type, **period)
        hold(session_type=session_type, starts_at=rng.choice(free).starts_at, now=now)
    listed = {slot.starts_at for slot in queries.open_slots(session_type=session_type, **period)}
    others = {now + timedelta(minutes=rng.randrange(10 * 1440)) for _ in range(30)}
    quarters = {now + timedelta(minutes=15 * rng.randrange(10 * 96)) for _ in range(40)}
    client = ClientFactory()

    def book(at: datetime) -> None:
        token = slot_tokens.mint(session_type=session_type, starts_at=at, now=now)
        booking.hold_slot(client=client, slot_token=token, goals="", now=now, within=undo)

    assert len(listed) > 50
    for at in rng.sample(sorted(listed), 15):
        with pytest.raises(Undo):
            book(at)
        assert queries.explain(session_type=session_type, at=at, now=now).offered
    for at in (others | quarters) - listed:
        with pytest.raises((booking.SlotNotOffered, booking.SlotTaken)) as caught:
            book(at)
        explanation = queries.explain(session_type=session_type, at=at, now=now)
        assert caught.value.facts.get("reason", "taken") == explanation.reason
        assert explanation.detail
    assert Session.objects.count() == 7


def fill_days(session_type: SessionType, days: list[date]) -> None:
    """Sell four sessions, all that a day takes, on each day."""
    for day in days:
        for _ in range(4):
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            free = queries.open_slots(
                session_type=session_type, start=start, end=start + DAY, now=NOW
            )
            hold(session_type=session_type, starts_at=free[0].starts_at, now=NOW)


def unlisted(rng: random.Random, listed: set[datetime], count: int) -> list[datetime]:
    """Return random instants from before now to behind the window: whole seconds, whole
    minutes and quarters of an hour.
    """
    found: set[datetime] = set()
    while len(found) < count:
        step = rng.choice([1, 60, 900])
        at = NOW - DAY + timedelta(seconds=step * rng.randrange(23 * 86_400 // step))
        if at not in listed:
            found.add(at)
    return sorted(found)


def test_tokens_of_ten_thousand_unlisted_instants_are_refused_with_the_reason_that_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is written meanwhile: what is sold and the diary are read once, and the test above
    reads them each time.
    """
    session_type = busy_mentor(random.Random(7))
    fill_days(session_type, [date(2027, 3, 29), date(2027, 4, 6), date(2027, 4, 7)])
    fill_days(session_type, [date(2027, 4, 8)])  # the twelfth of that week
    end = NOW + 30 * DAY
    listed = queries.open_slots(session_type=session_type, start=NOW, end=end, now=NOW)
    diaries = read_diaries(mentor_ids=[session_type.mentor_id], start=NOW - DAY, end=end, now=NOW)
    monkeypatch.setattr(queries, "read_diaries", lambda **_: diaries)
    monkeypatch.setattr(booking, "offered_type", lambda offer: session_type)
    instants = unlisted(random.Random(7), {slot.starts_at for slot in listed}, 10_000)
    client = ClientFactory()
    said, explained = [], []

    for at in instants:
        token = slot_tokens.mint(session_type=session_type, starts_at=at, now=NOW)
        with pytest.raises((booking.SlotNotOffered, booking.SlotTaken)) as caught:
            booking.hold_slot(client=client, slot_token=token, goals="", now=NOW)
        said.append(caught.value.facts.get("reason", Reason.TAKEN))
        explained.append(queries.explain(session_type=session_type, at=at, now=NOW).reason)

    assert said == explained
    assert set(Counter(said)) == set(Reason)
    assert Session.objects.count() == 16


def test_every_listed_slot_can_be_booked() -> None:
    session_type = busy_mentor(random.Random(7))
    fill_days(session_type, [date(2027, 3, 29)])
    listed = queries.open_slots(session_type=session_type, start=NOW, end=NOW + 8 * DAY, now=NOW)
    client = ClientFactory()

    for slot in listed:
        token = slot_tokens.mint(session_type=session_type, starts_at=slot.starts_at, now=NOW)
        with pytest.raises(Undo):
            booking.hold_slot(client=client, slot_token=token, goals="", now=NOW, within=undo)

    assert len(listed) > 100
    assert Session.objects.count() == 4


@pytest.mark.parametrize(
    ("rules", "weekly", "found"),
    [
        ({"gap_minutes": 45}, [WeeklyHours(2, 540, 1080)], 45),
        ({}, [WeeklyHours(2, 540, 600)], "closed"),
        ({"notice_minutes": 30 * 1440}, [WeeklyHours(2, 540, 1080)], "too_soon"),
    ],
)
def test_hours_that_change_between_the_look_and_the_booking_decide(
    monkeypatch: pytest.MonkeyPatch, rules: dict, weekly: list[WeeklyHours], found: object
) -> None:
    kind = open_mentor()
    at = datetime(2027, 3, 31, 10, 0, tzinfo=UTC)  # a Wednesday

    def mentor_writes(**_: object) -> None:
        with transaction.atomic():
            schedule = timetables.locked(mentor=kind.mentor)
            present = timetables.read(schedule=schedule)
            wanted = replace(present, weekly=weekly, rules=replace(present.rules, **rules))
            timetables.replace(schedule=schedule, timetable=wanted, now=NOW)

    monkeypatch.setattr(booking, "expire_in_the_way", mentor_writes)

    def book() -> object:
        try:
            return hold(session_type=kind, starts_at=at, now=NOW).meeting.gap_minutes
        except booking.SlotNotOffered as refusal:
            return refusal.facts["reason"]

    assert book() == found
    assert Session.objects.exists() is isinstance(found, int)


def test_every_reason_has_its_words_and_its_advice() -> None:
    reasons = set(queries._DETAILS)

    assert reasons >= set(Reason)
    assert {reason for reason in reasons if advice(reason)} == reasons
    assert advice("") == ""
