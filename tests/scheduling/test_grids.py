"""What plain weeks take from the grids of their zone is what their intervals say, and what an
independent reading (`reference.py`) says, whatever the hours, around every kind of clock change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import grids, hours, slots
from scheduling.hours import Availability, DateHours, WeeklyHours
from scheduling.slots import Rules, Taken
from tests.scheduling import reference
from tests.scheduling.reference import Mentor, Reading, Terms
from tests.scheduling.test_slots_reference import FIRST, LAST, as_availability

# A change at night, at midnight, over midnight (Nuuk), of half an hour, of two hours, and none.
ZONES = (
    "America/New_York", "Europe/London", "Africa/Cairo", "Asia/Beirut", "America/Nuuk",
    "America/Scoresbysund", "Australia/Lord_Howe", "Antarctica/Troll", "America/Havana",
    "America/Santiago", "Asia/Kathmandu",
)  # fmt: skip
CHANGES = {zone: reference.transitions(zone, FIRST, LAST) or [29_700_000] for zone in ZONES}
DAYS = 8

EDGES = (0, 1, 30, 45, 60, 90, 120, 150, 180, 540, 720, 1020, 1380, 1395, 1410, 1439, 1440)
minutes = st.one_of(st.sampled_from(EDGES), st.integers(0, 1440))
spans = (
    st.tuples(minutes, minutes)
    .map(lambda pair: (min(pair), max(pair)))
    .filter(lambda span: span[0] < span[1])
)
# Hours that stay off midnight and do not meet: their week is plain.
apart = st.lists(
    st.one_of(st.sampled_from(EDGES[1:-1]), st.integers(1, 1439)), unique=True, max_size=6
).map(lambda found: list(zip(sorted(found)[::2], sorted(found)[1::2], strict=False)))


@dataclass
class Case:
    """A mentor, what is asked of him (minutes since 1970) and by which rules."""

    mentor: Mentor
    external: list[tuple[int, int]]
    terms: Terms
    first_day: date
    start: int
    end: int
    now: int

    def ours(self) -> list[int]:
        terms, mentor = self.terms, self.mentor
        found = slots.slots(
            availability=as_availability(mentor),
            rules=Rules(
                terms.duration,
                terms.step,
                terms.gap,
                terms.notice,
                terms.window_days,
                terms.max_per_day,
                terms.max_per_week,
            ),
            taken=Taken(
                [(low * 60, high * 60) for low, high in mentor.blocked],
                {day.toordinal(): count for day, count in mentor.per_day.items()},
                [(low * 60, high * 60) for low, high in self.external],
            ),
            start=self.start * 60,
            end=self.end * 60,
            now=self.now * 60,
        )
        return [at // 60 for at in found]

    def read(self) -> list[int]:
        self.mentor.blocked += self.external  # to the reading, both are times that are taken
        reading = Reading(self.mentor, self.first_day, DAYS + 1)
        return reading.slots(self.terms, start=self.start, end=self.end, now=self.now)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(CHANGES[zone]))
    first_day = datetime.fromtimestamp(change * 60, UTC).date() - timedelta(
        days=draw(st.integers(2, 5))
    )
    day = st.integers(0, DAYS - 1).map(lambda days: first_day + timedelta(days=days))
    begin = int(datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC).timestamp())
    at = st.integers(begin // 60, begin // 60 + DAYS * 1440)
    period = st.tuples(at, st.integers(1, 600)).map(lambda pair: (pair[0], pair[0] + pair[1]))

    mentor = Mentor(zone)
    tidy = draw(st.booleans())
    daily = draw(apart if tidy else st.lists(spans, max_size=3))  # each day, so the change is met
    mentor.weekly = [
        (weekday, opens, closes, None, None) for weekday in range(7) for opens, closes in daily
    ]
    if not tidy:
        for weekday, span in draw(st.lists(st.tuples(st.integers(0, 6), spans), max_size=3)):
            mentor.weekly.append((weekday, span[0], span[1], draw(st.none() | day), None))
        if draw(st.booleans()):
            away = draw(day)
            mentor.travel = [(away, away + timedelta(days=2), draw(st.sampled_from(ZONES)))]
    if draw(st.booleans()):
        own = apart if tidy else st.lists(spans, max_size=2)
        mentor.overrides = draw(st.dictionaries(day, own, max_size=3))
    mentor.time_off = draw(st.lists(period, max_size=2))
    mentor.blocked = draw(st.lists(period, max_size=6))
    mentor.per_day = draw(st.dictionaries(day, st.integers(1, 3), max_size=5))
    terms = Terms(
        duration=draw(st.sampled_from([15, 30, 50, 60, 90, 240])),
        step=draw(st.sampled_from([5, 15, 20, 30, 50, 60, 120])),
        gap=draw(st.sampled_from([0, 10, 15, 60])),
        notice=draw(st.sampled_from([0, 120, 1440])),
        window_days=draw(st.sampled_from([3, 60])),
        max_per_day=draw(st.sampled_from([None, None, 1, 2])),
        max_per_week=draw(st.sampled_from([None, None, 3])),
    )
    start = begin // 60 + draw(st.integers(0, 1440))
    external = draw(st.lists(period, max_size=3))
    now = start - draw(st.integers(-1440, 1440))
    return Case(mentor, external, terms, first_day, start, start + (DAYS - 2) * 1440, now)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_any_hours_are_read_as_minute_by_minute(case: Case) -> None:
    assert case.ours() == case.read()


@settings(deadline=None, max_examples=300)
@given(cases())
def test_grids_say_what_the_intervals_say(case: Case) -> None:
    by_grids = case.ours()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grids, "plain_week", lambda *args, **kwargs: None)
        by_intervals = case.ours()

    assert by_grids == by_intervals


def week(*daily: tuple[int, int], zone: str = "UTC", **more: object) -> grids.Week | None:
    weekly = [WeeklyHours(weekday, *span) for weekday in range(7) for span in daily]
    availability = Availability(zone, weekly=weekly, **more)  # type: ignore[arg-type]
    return grids.plain_week(availability, duration=3600, step=1800)


def test_a_week_is_plain_where_hours_stay_off_midnight_and_do_not_meet() -> None:
    found = week((540, 720), (780, 1020))

    assert found is not None
    assert [piece[2:] for piece in found.pieces[0]] == [(18, 23), (26, 33)]
    assert week((0, 60)) is None
    assert week((1380, 1440)) is None
    assert week((540, 720), (720, 1020)) is None
    assert week((540, 720), (600, 1020)) is None
    closed, other = date(2027, 3, 2), date(2027, 3, 3)
    own = week((540, 720), overrides=[DateHours(closed), DateHours(other, 60, 120)])
    assert own is not None
    assert own.apart == {closed.toordinal(): False, other.toordinal(): True}
    assert week((540, 720), overrides=[DateHours(other, 0, 120)]) is None


def test_no_day_stands_alone_where_the_clock_skips_midnight() -> None:
    """In Nuuk 23:00 becomes 00:00: 23:30 of that Saturday is 00:30 of the Sunday."""
    saturday = date(2027, 3, 27).toordinal()
    calm = date(2027, 5, 1).toordinal()

    assert not grids.blocks("America/Nuuk", 1800, saturday, saturday)[0][0]
    assert len(grids.blocks("America/Nuuk", 1800, calm, calm)[0][0]) == 1
    # Late hours of the Saturday and early ones of the Sunday meet: one start lies in both.
    late = Availability(
        "America/Nuuk", weekly=[WeeklyHours(5, 1320, 1430), WeeklyHours(6, 30, 120)]
    )
    opened = hours.open_intervals(availability=late, first=saturday, last=saturday + 1)
    assert len(opened) == 1


def test_the_mentors_of_a_zone_share_its_grid() -> None:
    """Negative control of the share: another step or zone has a grid of its own."""
    grids.block_of.cache_clear()
    day = date(2027, 3, 2).toordinal()

    for zone, step in [("UTC", 1800), ("UTC", 1800), ("UTC", 900), ("Asia/Tokyo", 1800)]:
        grids.blocks(zone, step, day, day)

    assert grids.block_of.cache_info().misses == 3
    assert grids.block_of.cache_info().hits == 1
