"""Blocks say what rules, meetings and calendars say, and follow them when they change."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from scheduling import blocks, external_calendars, lifecycle, queries, seats, zone_data
from scheduling.models import (
    BlockBasis,
    BlockMark,
    DateOverride,
    ExternalBusy,
    ExternalCalendar,
    FreeBlock,
    Meeting,
    OpenBlock,
    Schedule,
    Session,
    SessionType,
    TimeOff,
    TravelZone,
    WeeklyRule,
)
from scheduling.states import CancelledBy
from tests.factories.people import MentorFactory
from tests.factories.scheduling import SessionTypeFactory, confirmed, hold, open_mentor
from tests.scheduling import reference
from tests.scheduling.odd_calendars import at
from tests.scheduling.reference import Reading
from tests.scheduling.test_slots_reference import SAMPLE, random_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 8, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def free(mentor_id: UUID, day: datetime = TEN) -> list[tuple[int, int]]:
    """Return from which to which hour of a day the mentor's free blocks are."""
    begin = day.replace(hour=0)
    return [
        (int((start - begin) / HOUR), int((end - begin) / HOUR))
        for start, end in (
            (max(during.lower, begin), min(during.upper, begin + DAY))
            for during in FreeBlock.objects.filter(
                mentor_id=mentor_id, during__overlap=(begin, begin + DAY)
            )
            .order_by("during")
            .values_list("during", flat=True)
        )
    ]


def nine_to_five(time_zone: str = "UTC") -> SessionType:
    kind = open_mentor(hours=(540, 1020), time_zone=time_zone)
    blocks.refresh(now=NOW)
    return kind


# What they say ----------------------------------------------------------------------------------


def written(mentor: reference.Mentor, rng: random.Random) -> UUID:
    """Write a mentor of the reference into tables; of what blocks, half are meetings."""
    owner: Mentor = MentorFactory()
    schedule = Schedule.objects.create(mentor=owner, time_zone=mentor.zone)
    for weekday, start, end, since, until in mentor.weekly:
        WeeklyRule.objects.create(
            schedule=schedule,
            weekday=weekday,
            start_minute=start,
            end_minute=end,
            valid_from=since,
            valid_to=until,
        )
    for day, spans in mentor.overrides.items():
        if not spans:
            DateOverride.objects.create(schedule=schedule, date=day)
        for start, end in spans:
            DateOverride.objects.create(
                schedule=schedule, date=day, start_minute=start, end_minute=end
            )
    for first, last, zone in mentor.travel:
        TravelZone.objects.create(schedule=schedule, from_date=first, to_date=last, time_zone=zone)
    for period in mentor.time_off:
        TimeOff.objects.create(schedule=schedule, during=as_range(period))
    calendar = ExternalCalendar.objects.create(
        schedule=schedule, name="Work", content=b"", received_at=NOW, read_at=NOW
    )
    apart: list[tuple[int, int]] = []
    for low, high in sorted(mentor.blocked):
        if not apart or apart[-1][1] <= low:
            apart.append((low, high))
    mentor.blocked = apart
    for index, period in enumerate(apart):
        if index % 2:
            ExternalBusy.objects.create(calendar=calendar, during=as_range(period))
        else:
            gap = rng.randrange(20)
            during = as_range((period[0], period[1] - gap))
            Meeting.objects.create(
                mentor=owner,
                during=during,
                gap_minutes=gap,
                blocked=as_range(period),
                day=during.lower.date(),
            )
            Meeting.objects.create(
                mentor=owner,
                during=as_range((period[0] - 300, period[1])),
                blocked=as_range((period[0] - 300, period[1])),
                day=during.lower.date(),
                live=False,
            )
    return owner.id


def as_range(period: tuple[int, int]) -> DateTimeTZRange:
    return DateTimeTZRange(*(datetime.fromtimestamp(minute * 60, UTC) for minute in period))


def minutes_of(model: type[OpenBlock] | type[FreeBlock], mentor_id: UUID) -> set[int]:
    found: set[int] = set()
    for during in model.objects.filter(mentor_id=mentor_id).values_list("during", flat=True):
        found.update(range(unix_minute(during.lower), unix_minute(during.upper)))
    return found


def unix_minute(when: datetime) -> int:
    return int(when.timestamp()) // 60


def test_random_mentors_have_the_free_minutes_that_a_walk_through_the_year_finds() -> None:
    rng = random.Random(20270301)
    first, last = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 11, 20, tzinfo=UTC)
    mentors: dict[UUID, tuple[reference.Mentor, date]] = {}
    for _ in range(12):
        zone = rng.choice(SAMPLE)
        turning = reference.transitions(zone, first, last) or [unix_minute(TEN)]
        near = datetime.fromtimestamp(rng.choice(turning) * 60, UTC).date() - timedelta(days=3)
        mentor = random_mentor(rng, near)
        mentor.zone = zone
        mentors[written(mentor, rng)] = (mentor, near)

    assert blocks.refresh(now=first) == 12

    for mentor_id, (mentor, near) in mentors.items():
        reading = Reading(mentor, near, 9)
        start = unix_minute(datetime(near.year, near.month, near.day, tzinfo=UTC))
        week = set(range(start, start + 9 * 1440))
        away = {m for low, high in mentor.time_off for m in range(low, high)}
        sold = {m for low, high in mentor.blocked for m in range(low, high)}
        opened = (reading.open - away) & week
        assert minutes_of(OpenBlock, mentor_id) & week == opened, mentor
        assert minutes_of(FreeBlock, mentor_id) & week == opened - sold, mentor


def test_listing_offers_a_start_exactly_where_a_free_block_has_room() -> None:
    rng = random.Random(7)
    mentor = random_mentor(rng, TEN.date())
    mentor.weekly.append((0, 540, 1020, None, None))
    owner = written(mentor, rng)
    Schedule.objects.update(step_minutes=5, notice_minutes=0)
    kind = SessionTypeFactory(mentor_id=owner, mentor=None, duration_minutes=45)

    blocks.refresh(now=NOW)

    listed = queries.open_slots(session_type=kind, start=NOW, end=NOW + 30 * DAY, now=NOW)
    room = [
        minute
        for during in FreeBlock.objects.order_by("during").values_list("during", flat=True)
        for minute in range(unix_minute(during.lower), unix_minute(during.upper) - 44)
        if minute % 5 == 0 and unix_minute(NOW) <= minute < unix_minute(NOW + 30 * DAY)
    ]
    assert [unix_minute(slot.starts_at) for slot in listed] == room
    assert len(room) > 100


def test_blocks_reach_410_days_and_go_on_with_the_nights() -> None:
    kind = nine_to_five()

    assert OpenBlock.objects.count() == FreeBlock.objects.count() == 410
    blocks.rebuild_all(now=NOW + 3 * DAY)

    assert free(kind.mentor_id, NOW + 2 * DAY) == []
    assert free(kind.mentor_id, NOW + 412 * DAY) == [(9, 17)]
    assert OpenBlock.objects.count() == FreeBlock.objects.count() == 410


# How they follow --------------------------------------------------------------------------------


def book(kind: SessionType) -> None:
    confirmed(session_type=kind, starts_at=TEN, now=NOW)


def cancel(kind: SessionType) -> None:
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    blocks.refresh(now=NOW)
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.CLIENT,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=NOW,
        )


def let_lapse(kind: SessionType) -> None:
    session = hold(session_type=kind, starts_at=TEN, now=NOW)
    blocks.refresh(now=NOW)
    seats.expire_overdue([session.pk], now=NOW + HOUR)


def lengthen_the_gap(kind: SessionType) -> None:
    book(kind)
    blocks.refresh(now=NOW)
    Meeting.objects.update(gap_minutes=60, blocked=DateTimeTZRange(TEN, TEN + 2 * HOUR))


def close_the_day(kind: SessionType) -> None:
    schedule = Schedule.objects.get(mentor=kind.mentor)
    DateOverride.objects.create(schedule=schedule, date=TEN.date())


def move_to_tokyo(kind: SessionType) -> None:
    Schedule.objects.filter(mentor=kind.mentor).update(time_zone="Asia/Tokyo")


def go_away(kind: SessionType) -> None:
    schedule = Schedule.objects.get(mentor=kind.mentor)
    TimeOff.objects.create(schedule=schedule, during=DateTimeTZRange(TEN, TEN + 3 * HOUR))


def stop_working(kind: SessionType) -> None:
    WeeklyRule.objects.filter(schedule__mentor=kind.mentor).delete()


def bring_a_calendar(kind: SessionType) -> ExternalCalendar:
    data = at("0308T1100", "0308T1200")
    return external_calendars.bring_in(mentor=kind.mentor, name="Work", data=data, now=NOW)


def take_a_calendar_out(kind: SessionType) -> None:
    calendar = bring_a_calendar(kind)
    blocks.refresh(now=NOW)
    external_calendars.take_out(mentor=kind.mentor, calendar_id=calendar.pk)


def move_what_a_calendar_says(kind: SessionType) -> None:
    bring_a_calendar(kind)
    blocks.refresh(now=NOW)
    ExternalBusy.objects.update(during=DateTimeTZRange(TEN - HOUR, TEN))


def leave(kind: SessionType) -> None:
    WeeklyRule.objects.filter(schedule__mentor=kind.mentor).delete()
    Schedule.objects.filter(mentor=kind.mentor).delete()


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (book, [(9, 10), (11, 17)]),
        (cancel, [(9, 17)]),
        (let_lapse, [(9, 17)]),
        (lengthen_the_gap, [(9, 10), (12, 17)]),
        (close_the_day, []),
        (move_to_tokyo, [(0, 8)]),
        (go_away, [(9, 10), (13, 17)]),
        (stop_working, []),
        (bring_a_calendar, [(9, 11), (12, 17)]),
        (take_a_calendar_out, [(9, 17)]),
        (move_what_a_calendar_says, [(10, 17)]),
        (leave, []),
    ],
)
def test_a_change_marks_the_mentor_and_the_next_refresh_follows_it(
    change: Callable[[SessionType], object], left: list[tuple[int, int]]
) -> None:
    kind, other = nine_to_five(), nine_to_five()
    assert (free(kind.mentor_id), BlockMark.objects.count()) == ([(9, 17)], 0)

    change(kind)

    assert set(BlockMark.objects.values_list("mentor_id", flat=True)) == {kind.mentor_id}
    assert blocks.refresh(now=NOW) == 1
    assert (free(kind.mentor_id), BlockMark.objects.count()) == (left, 0)
    assert free(other.mentor_id) == [(9, 17)]


def test_a_session_that_begins_changes_no_block_and_marks_nobody() -> None:
    kind = nine_to_five()
    book(kind)
    blocks.refresh(now=NOW)

    assert lifecycle.advance_due(now=TEN) == 1

    assert BlockMark.objects.count() == 0


def test_a_refresh_writes_no_more_than_what_differs() -> None:
    kind = nine_to_five()
    book(kind)

    with connection.cursor() as cursor:
        cursor.execute("SELECT mentor_id, during, ctid::text FROM scheduling_freeblock")
        before = set(cursor.fetchall())
        blocks.refresh(now=NOW)
        cursor.execute("SELECT mentor_id, during, ctid::text FROM scheduling_freeblock")
        after = set(cursor.fetchall())

    assert (len(before - after), len(after - before)) == (1, 2)


def test_another_edition_of_the_time_zones_makes_everything_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = nine_to_five()
    OpenBlock.objects.filter(mentor=kind.mentor).delete()  # as if the zone had been another
    blocks.refresh(now=NOW)
    assert OpenBlock.objects.count() == 0

    monkeypatch.setattr(zone_data, "edition", lambda: "2099z")

    assert blocks.refresh(now=NOW) == 1
    assert free(kind.mentor_id) == [(9, 17)]
    assert BlockBasis.objects.get().zone_data == "2099z"


def test_the_edition_is_what_the_folder_says_or_a_digest_of_it(tmp_path: Path) -> None:
    (tmp_path / "Europe").mkdir()
    zone = tmp_path / "Europe" / "London"
    zone.write_bytes(b"TZif one")
    one = zone_data.edition_of(tmp_path)
    zone.write_bytes(b"TZif two")
    two = zone_data.edition_of(tmp_path)
    (tmp_path / "tzdata.zi").write_text("# version 2026f\nR d 1916\n")

    assert one != two
    assert zone_data.edition_of(tmp_path) == "2026f"
    assert len(one) == len(two) == 16


def test_a_missed_night_is_made_up_for_before_bookings_reach_past_the_blocks() -> None:
    nine_to_five()

    assert blocks.refresh(now=NOW + 8 * DAY) == 0
    assert blocks.refresh(now=NOW + 10 * DAY) == 1
    assert FreeBlock.objects.count() == 410


@pytest.mark.django_db(transaction=True)
def test_a_refresh_that_dies_leaves_its_marks_and_the_old_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = nine_to_five()
    book(kind)

    def die(*_: object, **__: object) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return ""

    class Dying(str):
        format = die

    with monkeypatch.context() as patch:
        patch.setattr(blocks, "_EXCHANGE", Dying())
        with pytest.raises(DatabaseError):
            blocks.refresh(now=NOW)
    connection.close()

    assert free(kind.mentor_id) == [(9, 17)]
    assert BlockMark.objects.count() > 0
    assert blocks.refresh(now=NOW) == 1
    assert free(kind.mentor_id) == [(9, 10), (11, 17)]


# What the database refuses ----------------------------------------------------------------------


def block(kind: SessionType, start: int, end: int, day: datetime = TEN) -> FreeBlock:
    begin = day.replace(hour=0)
    return FreeBlock(
        mentor=kind.mentor, during=DateTimeTZRange(begin + start * HOUR, begin + end * HOUR)
    )


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (16, 18, "scheduling_freeblock_apart"),
        (10, 11, "scheduling_freeblock_apart"),
        (17, 18, "scheduling_freeblock_apart"),
        (18, 18, "scheduling_freeblock_half_open"),
    ],
)
def test_blocks_that_overlap_touch_or_are_empty_are_refused(
    start: int, end: int, name: str
) -> None:
    kind = nine_to_five()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        FreeBlock.objects.bulk_create([block(kind, start, end)])

    assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]
    FreeBlock.objects.bulk_create([block(kind, 18, 19)])


def test_a_block_moved_onto_another_is_refused() -> None:
    kind = nine_to_five()
    FreeBlock.objects.bulk_create([block(kind, 18, 19)])

    with (
        pytest.raises(IntegrityError, match="are one, or overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE scheduling_freeblock SET during = tstzrange(lower(during) - '2 h'::interval, "
            "upper(during)) WHERE during = %s",
            [block(kind, 18, 19).during],
        )


def test_a_block_of_nobody_is_refused() -> None:
    kind = SessionTypeFactory()

    with pytest.raises(IntegrityError, match="nothing says what"), transaction.atomic():
        OpenBlock.objects.bulk_create(
            [OpenBlock(mentor=kind.mentor, during=DateTimeTZRange(TEN, TEN + HOUR))]
        )


# Who has time -----------------------------------------------------------------------------------


def have_time(
    start: datetime, end: datetime | None, minutes: int, now: datetime = NOW
) -> set[UUID]:
    return blocks.free_between(start=start, end=end, minutes=minutes, now=now)


def test_a_mentor_has_time_where_the_whole_of_it_lies_in_a_free_block() -> None:
    kind = nine_to_five()
    confirmed(session_type=kind, starts_at=TEN, now=NOW)
    blocks.refresh(now=NOW)
    mine = {kind.mentor_id}

    assert have_time(TEN - HOUR, TEN + 3 * HOUR, 120) == mine  # 11:00–13:00
    assert have_time(TEN - HOUR, TEN + 2.5 * HOUR, 120) == set()
    assert have_time(TEN, TEN + HOUR, 1) == set()
    assert have_time(TEN + 6.5 * HOUR, TEN + 12 * HOUR, 30) == mine
    assert have_time(TEN + 6.5 * HOUR, TEN + 12 * HOUR, 31) == set()
    assert have_time(TEN + 12 * HOUR, None, 480) == mine
    assert have_time(TEN + 12 * HOUR, None, 481) == set()
    found = blocks.free_between(
        start=TEN, end=None, minutes=60, now=NOW, mentor_ids=[MentorFactory().pk]
    )
    assert found == set()


def test_whoever_may_have_gained_time_since_is_not_left_out() -> None:
    kind = nine_to_five()
    hold(session_type=kind, starts_at=TEN, now=NOW)
    lapses = NOW + timedelta(minutes=15)
    mine = {kind.mentor_id}
    assert have_time(TEN, TEN + HOUR, 60) == mine  # a mark waits
    blocks.refresh(now=NOW)

    assert have_time(TEN, TEN + HOUR, 60, now=NOW) == set()
    assert have_time(TEN, TEN + HOUR, 60, now=lapses) == mine  # nobody swept it yet
    far = NOW + 415 * DAY
    assert have_time(far, far + HOUR, 60, now=NOW + 14 * DAY) == mine  # blocks do not reach there
    BlockBasis.objects.update(zone_data="2001a")
    assert have_time(TEN, TEN + HOUR, 60) == mine


@pytest.mark.parametrize("rows", [1, 3])
def test_the_search_for_time_finds_whom_the_rules_find_in_eight_queries(rows: int) -> None:
    kinds = [nine_to_five() for _ in range(rows)]
    night = nine_to_five(time_zone="Asia/Tokyo")
    for kind in kinds:
        confirmed(session_type=kind, starts_at=TEN, now=NOW)
    blocks.refresh(now=NOW)
    mentors = [kind.mentor_id for kind in [*kinds, night]]

    def ask(start: datetime, end: datetime) -> dict[UUID, datetime | None]:
        return queries.next_free(mentor_ids=mentors, now=NOW, start=start, end=end)

    with CaptureQueriesContext(connection) as captured:  # fmt: skip
        noon = ask(TEN, TEN + 2 * HOUR)

    assert noon == {**dict.fromkeys(mentors, TEN + HOUR), night.mentor_id: None}
    assert len(captured) == 8
    assert set(ask(TEN, TEN + HOUR).values()) == {None}
    assert ask(TEN - 8 * HOUR, TEN - 5 * HOUR)[night.mentor_id] == TEN - 8 * HOUR


def test_marks_and_blocks_go_with_a_mentor() -> None:
    kind = nine_to_five()
    leave(kind)
    kind.delete()
    Mentor.objects.get(pk=kind.mentor_id).delete()

    assert not BlockMark.objects.exists()
    assert not BlockBasis.objects.exists()
    assert not FreeBlock.objects.exists()
    assert not OpenBlock.objects.exists()
    assert not Session.objects.exists()
