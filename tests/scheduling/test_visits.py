"""A session's room: who gets in and when, what is kept of it, and how the session then ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.errors import NotFound
from scheduling import lifecycle, visits
from scheduling.models import Room, RoomVisit, Session
from scheduling.rooms.base import BadRoomSignature
from scheduling.visits import RoomClosed, RoomNotOpen
from tests.factories.people import UserFactory
from tests.factories.scheduling import confirmed, hold, open_mentor
from tests.scheduling import room_reports
from tests.scheduling.moving import cancelled, moved
from tests.scheduling.room_reports import opened_jwt
from tests.scheduling.rooms_of_sessions import enter, told, was_there

pytestmark = pytest.mark.django_db

TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ELEVEN = TEN + 60 * MINUTE
NOON = TEN + 120 * MINUTE
SECRET = "counterfoil_demo_secret_of_the_rooms"


@pytest.fixture
def session() -> Session:
    """An hour from ten."""
    return confirmed(session_type=open_mentor(), starts_at=TEN)


def ended(session: Session, *, now: datetime) -> tuple[str, str]:
    """What the clock makes of it by `now`: state and outcome."""
    lifecycle.advance_due(now=now)
    session.refresh_from_db()
    return session.state, session.outcome


def test_the_room_opens_ten_minutes_before_and_closes_five_after(session: Session) -> None:
    client = session.client.user

    with pytest.raises(RoomNotOpen) as early:
        enter(session, client, at=TEN - 10 * MINUTE - timedelta(seconds=1))
    first = enter(session, client, at=TEN - 10 * MINUTE)
    last = enter(session, client, at=ELEVEN + 5 * MINUTE - timedelta(seconds=1))
    with pytest.raises(RoomClosed):
        enter(session, client, at=ELEVEN + 5 * MINUTE)

    assert early.value.facts["opens_at"] == TEN - 10 * MINUTE
    assert (first.provider, first.hours) == (
        "jitsi",
        visits.Hours(TEN - 10 * MINUTE, ELEVEN + 5 * MINUTE),
    )
    claims = [opened_jwt(each.token, SECRET)[1] for each in (first, last)]
    assert [(one["nbf"], one["exp"]) for one in claims] == [
        (1_804_067_400, 1_804_067_700),  # 09:50, for five minutes
        (1_804_067_400, 1_804_071_900),  # to 11:05, when the room closes
    ]


def test_who_asks_again_gets_a_pass_that_holds_from_now_on(session: Session) -> None:
    passes = [enter(session, session.client.user, at=TEN + n * MINUTE) for n in (0, 30)]

    ends = [opened_jwt(each.token, SECRET)[1]["exp"] for each in passes]
    assert ends == [1_804_068_300, 1_804_070_100]  # 10:05, 10:35


def test_who_loses_the_seat_has_no_pass_five_minutes_later(session: Session) -> None:
    held = enter(session, session.client.user, at=TEN - 10 * MINUTE)
    cancelled(session, now=TEN - 9 * MINUTE)

    with pytest.raises(RoomClosed):
        enter(session, session.client.user, at=TEN - 8 * MINUTE)
    assert opened_jwt(held.token, SECRET)[1]["exp"] == 1_804_067_700  # 09:55


def test_both_come_into_one_room_that_nobody_guesses(session: Session) -> None:
    passes = [enter(session, one.user, at=TEN) for one in (session.client, session.mentor)]
    other = confirmed(session_type=open_mentor(), starts_at=TEN)
    enter(other, other.client.user, at=TEN)

    rooms = {opened_jwt(each.token, SECRET)[1]["room"] for each in passes}
    assert rooms == {Room.objects.get(meeting=session.meeting_id).name}
    names = list(Room.objects.values_list("name", flat=True))
    assert len(set(names)) == 2
    assert {len(name) for name in names} == {32}  # 128 random bits, as hexadecimal digits
    assert all(session.public_id not in name for name in names)


def test_nobody_else_gets_a_pass(session: Session) -> None:
    with pytest.raises(ValueError, match="only the two people"):
        enter(session, UserFactory(), at=TEN)

    assert not Room.objects.exists()


def test_a_session_that_is_not_booked_or_off_has_no_room(session: Session) -> None:
    held = hold(session_type=open_mentor(), starts_at=TEN)
    cancelled(session, now=TEN - 60 * MINUTE)

    for without in (held, session):
        with pytest.raises(RoomClosed):
            enter(without, without.client.user, at=TEN)


def test_a_room_stays_at_the_provider_where_it_was_opened(
    session: Session, settings: LazySettings
) -> None:
    settings.ROOM_PROVIDER = "livekit"
    first = enter(session, session.client.user, at=TEN)
    settings.ROOM_PROVIDER = "jitsi"
    second = enter(session, session.mentor.user, at=TEN)

    assert (first.provider, second.provider) == ("livekit", "livekit")
    assert told(session, session.client.user, "joined", at=TEN)


def test_what_is_told_is_kept_once_and_never_changed(session: Session) -> None:
    enter(session, session.client.user, at=TEN)
    room = Room.objects.get()
    report = room_reports.jitsi(room.name, session.client.user.public_id, "joined", at=TEN)

    for late in (0, 1):
        body, headers = report
        visits.receive(name="jitsi", body=body, headers=headers, now=TEN + late * MINUTE)

    visit = RoomVisit.objects.get()
    assert (visit.user, visit.move, visit.at, visit.told_at) == (
        session.client.user,
        "joined",
        TEN,
        TEN,
    )
    for change in (
        lambda: RoomVisit.objects.update(at=ELEVEN),
        lambda: RoomVisit.objects.all().delete(),
        lambda: Room.objects.update(name="another"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    Room.objects.update(opened_at=ELEVEN)  # the guard is about names, and lets this pass


def test_a_forged_report_writes_nothing(session: Session) -> None:
    enter(session, session.client.user, at=TEN)
    name, guest = Room.objects.get().name, session.mentor.user.public_id
    body, headers = room_reports.jitsi(name, guest, "joined", at=TEN, secret="guessed")

    with pytest.raises(BadRoomSignature):
        visits.receive(name="jitsi", body=body, headers=headers, now=TEN)
    with pytest.raises(NotFound):
        visits.receive(name="zoom", body=body, headers=headers, now=TEN)

    assert not RoomVisit.objects.exists()
    assert told(session, session.mentor.user, "joined", at=TEN)  # signed, it does


@pytest.mark.parametrize("room", ["", "another", "x\x00y"])
def test_a_report_of_another_room_is_none_of_ours(session: Session, room: str) -> None:
    enter(session, session.client.user, at=TEN)
    body, headers = room_reports.jitsi(room, session.client.user.public_id, "joined", at=TEN)

    assert visits.receive(name="jitsi", body=body, headers=headers, now=TEN) is False
    assert not RoomVisit.objects.exists()


def test_a_report_of_a_stranger_is_none_of_ours(session: Session) -> None:
    enter(session, session.client.user, at=TEN)

    for guest in (UserFactory().public_id, "usr_nobody", ""):
        body, headers = room_reports.jitsi(Room.objects.get().name, guest, "joined", at=TEN)
        assert visits.receive(name="jitsi", body=body, headers=headers, now=TEN) is False

    assert not RoomVisit.objects.exists()


def test_a_clock_of_the_provider_that_is_fast_tells_nothing_of_the_future(session: Session) -> None:
    enter(session, session.client.user, at=TEN)

    told(session, session.client.user, "joined", at=TEN + 2 * MINUTE, told_at=TEN)

    assert RoomVisit.objects.get().at == TEN


def test_who_has_a_pass_has_not_come(session: Session) -> None:
    for person in (session.client.user, session.mentor.user):
        enter(session, person, at=TEN)

    assert ended(session, now=ELEVEN) == ("completed", "")


def test_a_session_without_a_room_is_completed_as_ever(session: Session) -> None:
    assert ended(session, now=ELEVEN) == ("completed", "")


def test_both_came_and_the_session_was_held(session: Session) -> None:
    was_there(session, session.client.user, -5, 60)
    was_there(session, session.mentor.user, 1, 60)

    assert ended(session, now=ELEVEN) == ("completed", "held")


def test_the_client_stayed_away_and_nothing_is_refunded(session: Session) -> None:
    was_there(session, session.mentor.user, -1, 15)

    assert ended(session, now=ELEVEN + 4 * MINUTE) == ("in_progress", "")
    assert ended(session, now=ELEVEN + 5 * MINUTE) == ("completed", "client_absent")
    assert visits.mentors_absent(now=ELEVEN + 5 * MINUTE) == []


def test_a_session_whose_mentor_stayed_away_is_left_to_billing(session: Session) -> None:
    was_there(session, session.client.user, -5, 20)

    assert ended(session, now=ELEVEN + 4 * MINUTE) == ("in_progress", "")
    assert visits.mentors_absent(now=ELEVEN + 4 * MINUTE) == []
    for _ in range(2):
        assert ended(session, now=ELEVEN + 5 * MINUTE) == ("in_progress", "")
        assert visits.mentors_absent(now=ELEVEN + 5 * MINUTE) == [session.pk]


def test_the_mentors_step_that_is_told_late_saves_the_session(session: Session) -> None:
    was_there(session, session.client.user, -5, 20)
    assert ended(session, now=ELEVEN) == ("in_progress", "")

    told(session, session.mentor.user, "joined", at=TEN, told_at=ELEVEN + 3 * MINUTE)

    assert ended(session, now=ELEVEN + 3 * MINUTE) == ("completed", "held")


def test_a_silent_provider_blames_nobody(session: Session) -> None:
    """The last that was heard of anything is from before the mentor could be late."""
    was_there(session, session.client.user, -5)

    assert ended(session, now=ELEVEN + 5 * MINUTE) == ("completed", "")
    assert visits.mentors_absent(now=ELEVEN + 5 * MINUTE) == []


def test_what_the_provider_tells_after_the_session_is_no_sign_that_it_was_heard(
    session: Session,
) -> None:
    """It was down while the mentor came and both left, and told of another room once it was up."""
    was_there(session, session.client.user, -5)
    elsewhere = confirmed(session_type=open_mentor(), starts_at=TEN + 90 * MINUTE)
    was_there(elsewhere, elsewhere.client.user, -5)

    assert ended(session, now=TEN + 95 * MINUTE) == ("completed", "")
    assert visits.mentors_absent(now=TEN + 95 * MINUTE) == []


def test_who_is_still_there_counts_as_long_as_the_provider_is_heard(session: Session) -> None:
    was_there(session, session.client.user, -5)
    elsewhere = confirmed(session_type=open_mentor(), starts_at=TEN)
    was_there(elsewhere, elsewhere.client.user, 10)

    lifecycle.advance_due(now=ELEVEN)

    assert set(visits.mentors_absent(now=ELEVEN + 5 * MINUTE)) == {session.pk, elsewhere.pk}


def test_a_visit_of_hours_before_is_none_of_the_session(session: Session) -> None:
    """As in a meeting that was moved: the same room, at another time."""
    was_there(session, session.client.user, -5, 60)
    enter(session, session.mentor.user, at=TEN)
    for kind, minute in (("joined", -60), ("left", -30)):
        told(session, session.mentor.user, kind, at=TEN + minute * MINUTE, told_at=TEN)

    lifecycle.advance_due(now=ELEVEN)

    assert visits.mentors_absent(now=ELEVEN + 5 * MINUTE) == [session.pk]


def test_who_sits_in_the_room_while_it_is_moved_has_come(session: Session) -> None:
    """Both came when it opened and stay; it is moved to noon, and nobody goes out again."""
    for person in (session.client.user, session.mentor.user):
        enter(session, person, at=TEN - 10 * MINUTE)
        told(session, person, "joined", at=TEN - 10 * MINUTE)
    moved(session, to=NOON, now=TEN - 5 * MINUTE)
    session.refresh_from_db()
    told(session, session.client.user, "left", at=NOON + 60 * MINUTE)

    assert ended(session, now=NOON + 60 * MINUTE) == ("completed", "held")


@pytest.mark.parametrize(
    ("steps", "absent"),
    [
        ([("joined", -10), ("left", -6)], True),
        ([("joined", -10), ("joined", -9), ("left", -6)], False),  # two tabs, one of them closed
        ([("joined", -10), ("left", -8), ("joined", -6)], False),
        ([("joined", -721)], True),  # twelve hours and a minute before ten
    ],
)
def test_a_mentor_who_had_left_before_it_was_moved_has_not_come(
    session: Session, steps: list[tuple[str, int]], *, absent: bool
) -> None:
    enter(session, session.mentor.user, at=TEN - 10 * MINUTE)
    for kind, minute in steps:
        at = TEN + minute * MINUTE
        told(session, session.mentor.user, kind, at=at, told_at=max(at, TEN - 10 * MINUTE))
    moved(session, to=TEN + 30 * MINUTE, now=TEN - 5 * MINUTE)
    session.refresh_from_db()
    was_there(session, session.client.user, -5, 30)
    over = TEN + 95 * MINUTE

    lifecycle.advance_due(now=over)

    assert (visits.mentors_absent(now=over) == [session.pk]) is absent


def test_any_number_of_sessions_end_with_a_fixed_number_of_reads() -> None:
    def reads(count: int, start: datetime) -> int:
        sessions = [
            confirmed(session_type=open_mentor(), starts_at=start, now=start) for _ in range(count)
        ]
        for session in sessions:
            was_there(session, session.client.user, -5, 60)
        rows = list(Session.objects.filter(starts_at=start).select_related("client", "mentor"))
        with CaptureQueriesContext(connection) as queries:
            found = visits.findings(rows, now=start + 70 * MINUTE)
        assert len(found) == count
        return len(queries)

    assert (reads(1, TEN), reads(3, TEN + 24 * 60 * MINUTE)) == (2, 2)


def test_more_that_wait_than_a_batch_do_not_stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "BATCH", 2)
    waiting = [confirmed(session_type=open_mentor(), starts_at=TEN) for _ in range(3)]
    for session in waiting:
        was_there(session, session.client.user, -5, 60)
    simple = [confirmed(session_type=open_mentor(), starts_at=TEN) for _ in range(3)]

    lifecycle.advance_due(now=ELEVEN)

    states = dict(Session.objects.values_list("pk", "state"))
    assert {states[session.pk] for session in waiting} == {"in_progress"}
    assert {states[session.pk] for session in simple} == {"completed"}
