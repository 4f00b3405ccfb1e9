"""Series: the same hour of the mentor's clock, all or nothing, each session by the usual rules."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.errors import Invalid
from scheduling import booking, groups, lifecycle, seats, series
from scheduling.models import DayCount, Schedule, Series, Session, TimeOff
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold, hold_series, open_group, open_mentor
from tests.scheduling.moving import moved

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


def starts(made: Series) -> list[datetime]:
    return list(made.sessions.order_by("position").values_list("starts_at", flat=True))


def missing(refused: series.SeriesNotFree) -> list[tuple[str, str]]:
    return [(each["starts_at"], each["reason"]) for each in refused.facts["sessions"]]


def test_each_session_is_a_hold_of_its_own_and_all_end_at_one_instant() -> None:
    made = hold_series(session_type=open_mentor(), starts_at=TEN, count=10, now=NOW)

    assert starts(made) == [TEN + number * WEEK for number in range(10)]
    sessions = list(made.sessions.order_by("position"))
    assert [session.position for session in sessions] == list(range(1, 11))
    assert {session.expires_at for session in sessions} == {NOW + timedelta(minutes=15)}
    assert {(session.state, session.price_minor) for session in sessions} == {("pending", 10_000)}
    assert len({session.meeting_id for session in sessions}) == 10
    assert (made.rule, made.asked, made.count, made.left_out) == (
        "FREQ=WEEKLY;COUNT=10", 10, 10, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "first", "local"),
    [
        ("Europe/Berlin", datetime(2027, 3, 22, 16, 0, tzinfo=UTC), "17:00"),
        ("America/New_York", datetime(2027, 3, 8, 14, 0, tzinfo=UTC), "09:00"),
        ("Australia/Lord_Howe", datetime(2027, 3, 30, 0, 0, tzinfo=UTC), "11:00"),
    ],
)
def test_it_keeps_the_hour_of_the_mentors_clock_when_that_changes(
    zone: str, first: datetime, local: str
) -> None:
    made = hold_series(
        session_type=open_mentor(time_zone=zone), starts_at=first, count=4, every_weeks=2, now=NOW
    )

    shown = [at.astimezone(ZoneInfo(zone)) for at in starts(made)]
    assert {f"{at:%H:%M}" for at in shown} == {local}
    assert len({at.utcoffset() for at in shown}) == 2
    assert [at.date() - shown[0].date() for at in shown] == [2 * n * WEEK for n in range(4)]


def test_inside_a_gap_and_an_overlap_it_starts_as_the_hours_do() -> None:
    in_gap = series.starts_of(
        first=datetime(2027, 3, 21, 1, 30, tzinfo=UTC),
        time_zone="Europe/Berlin",
        every_weeks=1,
        count=3,
    )
    in_overlap = series.starts_of(
        first=datetime(2027, 10, 24, 0, 30, tzinfo=UTC),
        time_zone="Europe/Berlin",
        every_weeks=1,
        count=2,
    )

    # 02:30 does not exist on 28 March: the offset before the gap counts, and shows 03:30.
    assert [f"{at:%d %H:%M}" for at in in_gap] == ["21 01:30", "28 01:30", "04 00:30"]
    # 02:30 happens twice on 31 October: the first of them.
    assert [f"{at:%d %H:%M}" for at in in_overlap] == ["24 00:30", "31 00:30"]


def test_one_that_cannot_be_had_refuses_all_and_every_such_one_is_named() -> None:
    kind = open_mentor(max_per_day=1)
    client = ClientFactory()
    hold(session_type=kind, starts_at=TEN + WEEK, now=NOW)
    hold(session_type=kind, starts_at=TEN + 2 * WEEK + 5 * HOUR, now=NOW)
    hold(session_type=open_mentor(), starts_at=TEN + 3 * WEEK, now=NOW, client=client)
    schedule = Schedule.objects.get(mentor=kind.mentor)
    TimeOff.objects.create(schedule=schedule, during=(TEN + 4 * WEEK, TEN + 5 * WEEK - HOUR))

    with pytest.raises(series.SeriesNotFree, match="4 of 6 sessions") as refused:
        hold_series(session_type=kind, starts_at=TEN, count=6, now=NOW, client=client)

    assert missing(refused.value) == [
        ((TEN + WEEK).isoformat(), "taken"),
        ((TEN + 2 * WEEK).isoformat(), "day_full"),
        ((TEN + 3 * WEEK).isoformat(), "client_busy"),
        ((TEN + 4 * WEEK).isoformat(), "away"),
    ]
    assert not Series.objects.exists()
    assert Session.objects.filter(client=client).count() == 1


def test_the_client_may_take_what_there_is() -> None:
    kind = open_mentor()
    hold(session_type=kind, starts_at=TEN + WEEK, now=NOW)

    made = hold_series(session_type=kind, starts_at=TEN, count=3, now=NOW, skip_unavailable=True)

    assert starts(made) == [TEN, TEN + 2 * WEEK]
    assert [session.position for session in made.sessions.order_by("position")] == [1, 2]
    assert (made.asked, made.count) == (3, 2)
    (left_out,) = made.left_out
    assert (left_out["starts_at"], left_out["reason"]) == ((TEN + WEEK).isoformat(), "taken")


@pytest.mark.parametrize("taken", [[0], [1, 2]], ids=["the first", "all but one"])
def test_the_first_is_never_left_out_and_one_is_no_series(taken: list[int]) -> None:
    kind = open_mentor()
    for number in taken:
        hold(session_type=kind, starts_at=TEN + number * WEEK, now=NOW)

    with pytest.raises(series.SeriesNotFree, match="Choose another first time"):
        hold_series(session_type=kind, starts_at=TEN, count=3, now=NOW, skip_unavailable=True)

    assert not Series.objects.exists()


def test_the_window_is_asked_of_the_first_alone() -> None:
    kind = open_mentor(window_days=60)

    made = hold_series(session_type=kind, starts_at=TEN, count=10, now=NOW)
    with pytest.raises(series.SeriesNotFree) as refused:
        hold_series(session_type=kind, starts_at=TEN + 9 * WEEK, count=2, now=NOW)

    assert starts(made)[-1] > NOW + timedelta(days=60)
    assert [reason for _, reason in missing(refused.value)] == ["too_far"]


def test_an_occurrence_that_was_given_away_meanwhile_refuses_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = open_mentor()
    really = booking.require_holds_left
    gone: list[bool] = []

    def give_away(*args: Any) -> None:
        really(*args)
        if not gone:
            gone.append(True)
            with transaction.atomic():  # as if another had been first: the constraint alone knows
                by_another(kind, TEN + WEEK)

    monkeypatch.setattr(booking, "require_holds_left", give_away)

    with pytest.raises(series.SeriesNotFree) as refused:
        hold_series(session_type=kind, starts_at=TEN, count=3, now=NOW)

    assert missing(refused.value) == [((TEN + WEEK).isoformat(), "taken")]
    assert not Series.objects.exists()
    assert not DayCount.objects.exists()


def by_another(kind: Any, at: datetime) -> None:
    seat = seats.Seat(
        mentor_id=kind.mentor_id, starts_at=at, ends_at=at + HOUR, gap_minutes=0, day=at.date(),
        max_per_day=None, max_per_week=None,
    )  # fmt: skip
    session = booking.unsaved_hold(client=ClientFactory(), session_type=kind, goals="", now=NOW)
    seats.take(seat=seat, session=session, event="hold", actor="usr_x", now=NOW)


def test_a_series_counts_as_one_hold() -> None:
    client = ClientFactory()
    for number in range(3):
        hold_series(
            session_type=open_mentor(), starts_at=TEN + number * HOUR, now=NOW, client=client
        )

    with pytest.raises(booking.TooManyHolds, match="3 bookings"):
        hold_series(session_type=open_mentor(), starts_at=TEN + 4 * HOUR, now=NOW, client=client)
    with pytest.raises(booking.TooManyHolds):
        hold(session_type=open_mentor(), starts_at=TEN + 4 * HOUR, now=NOW, client=client)


def test_what_is_not_paid_in_time_expires_and_the_rest_stands() -> None:
    made = hold_series(session_type=open_mentor(), starts_at=TEN, now=NOW)
    paid = made.sessions.get(position=2)
    with transaction.atomic():
        lifecycle.confirm(session_id=paid.pk, now=NOW)

    lifecycle.expire_due(now=NOW + HOUR)

    states = made.sessions.order_by("position").values_list("state", flat=True)
    assert list(states) == ["expired", "confirmed", "expired"]


def test_late_money_takes_the_place_in_the_series_again() -> None:
    made = hold_series(session_type=open_mentor(), starts_at=TEN, now=NOW)
    old = made.sessions.get(position=2)

    with transaction.atomic():
        again = lifecycle.take_again(session_id=old.pk, now=NOW + HOUR)

    assert (again.series_id, again.position, again.state) == (made.pk, 2, "confirmed")


def test_one_session_that_moves_stays_in_the_series_and_the_others_where_they_are() -> None:
    made = hold_series(session_type=open_mentor(), starts_at=TEN, now=NOW)
    second = made.sessions.get(position=2)
    with transaction.atomic():
        lifecycle.confirm(session_id=second.pk, now=NOW)

    moved(second, to=TEN + WEEK + 26 * HOUR, now=NOW)

    assert starts(made) == [TEN, TEN + WEEK + 26 * HOUR, TEN + 2 * WEEK]


def test_of_a_group_type_it_is_a_seat_in_each_meeting_that_is_offered() -> None:
    kind = open_group(capacity=2)
    for number in (0, 1):
        groups.offer(session_type=kind, starts_at=TEN + number * WEEK, now=NOW)

    made = hold_series(session_type=kind, starts_at=TEN, count=2, now=NOW)
    with pytest.raises(series.SeriesNotFree) as refused:
        hold_series(session_type=kind, starts_at=TEN, count=3, now=NOW)

    assert starts(made) == [TEN, TEN + WEEK]
    assert [reason for _, reason in missing(refused.value)] == ["no_meeting"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"count": 1}, "/count"), ({"count": 11}, "/count"), ({"every_weeks": 0}, "/every_weeks"),
     ({"every_weeks": 9}, "/every_weeks")],
)  # fmt: skip
def test_what_is_no_series_is_refused(wrong: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        hold_series(session_type=open_mentor(), starts_at=TEN, now=NOW, **wrong)

    assert refused.value.facts["pointer"] == pointer


def test_nothing_is_paid_that_could_not_be_given_back_any_more() -> None:
    """Two sessions 150 days apart to the minute, counted from now, and a step further."""
    kind = open_mentor()
    last = TEN + 7 * 3 * WEEK
    now = last - timedelta(days=150)

    with pytest.raises(Invalid, match=f"would begin on {last:%Y-%m-%d}, more than 150 days") as no:
        hold_series(
            session_type=kind, starts_at=TEN, count=8, every_weeks=3, now=now - timedelta(minutes=1)
        )
    assert no.value.facts["pointer"] == "/count"
    assert hold_series(session_type=kind, starts_at=TEN, count=8, every_weeks=3, now=now).count == 8


def by_sql(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_by_sql_a_series_is_history_and_its_sessions_are_its_peoples() -> None:
    kind = open_mentor()
    made = hold_series(session_type=kind, starts_at=TEN, now=NOW)
    stranger = hold(session_type=kind, starts_at=TEN + 5 * HOUR, now=NOW)

    for sql, values, guard in (
        ("UPDATE scheduling_series SET count = 2", (), "are history"),
        ("DELETE FROM scheduling_series", (), "are history"),
        (
            "UPDATE scheduling_session SET series_id = %s, position = 9 WHERE id = %s",
            (made.pk, stranger.pk),
            "people_of_series",
        ),
        (
            "UPDATE scheduling_session SET position = 1 WHERE series_id = %s AND position = 2",
            (made.pk,),
            "position_once",
        ),
        (
            "UPDATE scheduling_session SET position = NULL WHERE series_id = %s",
            (made.pk,),
            "position_in_series",
        ),
    ):
        with pytest.raises(IntegrityError, match=guard):
            by_sql(sql, *values)
