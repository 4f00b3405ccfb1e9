"""A session that moves: the same row at another time, what it keeps, and what refuses."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from accounts.models import Client, Mentor
from kernel.errors import NotFound, Refusal
from notifications.models import Email
from scheduling import booking, groups, lifecycle, queries, rescheduling, seats, slot_tokens
from scheduling.models import DayCount, Meeting, Session, SessionEvent, SessionType, WeekCount
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory
from tests.factories.scheduling import SessionTypeFactory, confirmed, hold, open_group, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def token_of(session: Session, to: datetime, now: datetime = NOW) -> str:
    kind = SessionType.objects.select_related("policy").get(pk=session.session_type_id)
    return slot_tokens.mint(session_type=kind, starts_at=to, now=now, moving=session)


def move(session: Session, to: datetime, now: datetime = NOW, token: str | None = None) -> Session:
    return rescheduling.reschedule(
        session_id=session.pk,
        slot_token=token or token_of(session, to, now),
        actor="usr_someone",
        now=now,
    )


def cancel(session: Session, now: datetime = NOW) -> None:
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.CLIENT,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=now,
        )


@contextmanager
def unchanged(session: Session) -> Iterator[None]:
    """Check that session, meeting, counters and outbox are the same behind the block."""

    def all_of_it() -> list[object]:
        return [
            Session.objects.filter(pk=session.pk).values().get(),
            Meeting.objects.filter(pk=session.meeting_id).values().get(),
            list(DayCount.objects.order_by("day").values()),
            list(WeekCount.objects.order_by("monday").values()),
            SessionEvent.objects.count(),
            Email.objects.count(),
        ]

    before = all_of_it()
    yield
    assert all_of_it() == before


def test_row_meeting_price_and_state_stay_and_the_time_moves() -> None:
    session = confirmed(session_type=open_mentor(gap_minutes=15), starts_at=TEN, now=NOW)

    moved = move(session, TEN + DAY)

    meeting = Meeting.objects.get()
    moved.refresh_from_db()
    assert Session.objects.get() == session
    assert (moved.state, moved.price_minor, moved.meeting_id) == ("confirmed", 10_000, meeting.pk)
    assert (moved.starts_at, moved.ends_at) == (TEN + DAY, TEN + DAY + HOUR)
    assert (meeting.during.lower, meeting.during.upper) == (TEN + DAY, TEN + DAY + HOUR)
    assert (meeting.blocked.upper, meeting.day) == (TEN + DAY + 1.25 * HOUR, date(2027, 3, 4))
    assert (moved.sequence, moved.client_moves, moved.refund_cap_bps) == (1, 1, 10_000)
    event = SessionEvent.objects.get(event="reschedule")
    assert (event.from_state, event.to_state, event.actor) == (
        "confirmed",
        "confirmed",
        "usr_someone",
    )
    assert event.data == {
        "by": "client",
        "agreed": False,
        "from": "2027-03-03T10:00:00+00:00",
        "to": "2027-03-04T10:00:00+00:00",
        "refund_cap_bps": 10_000,
    }


def test_both_are_invited_anew_under_the_same_uid_with_a_higher_sequence() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    move(session, TEN + DAY)

    mails = Email.objects.filter(template="session_moved").order_by("key")
    assert [mail.key.rsplit(":", 2)[1:] for mail in mails] == [["1", "client"], ["1", "mentor"]]
    for mail in mails:
        event = Calendar.from_ical(mail.ics).walk("VEVENT")[0]
        assert mail.ics_method == "REQUEST"
        assert (str(event["UID"]), event["SEQUENCE"]) == (f"{session.public_id}@counterfoil", 1)
        assert event.decoded("DTSTART") == TEN + DAY
    assert "Before: Wednesday, 3 March 2027, 10:00" in mails[0].text


def test_it_may_move_to_a_time_that_overlaps_its_own() -> None:
    session = confirmed(session_type=open_mentor(gap_minutes=30), starts_at=TEN, now=NOW)

    assert move(session, TEN + HOUR / 2).starts_at == TEN + HOUR / 2
    assert DayCount.objects.get().count == 1


def test_on_a_full_day_it_moves_within_the_day() -> None:
    session = confirmed(session_type=open_mentor(max_per_day=1), starts_at=TEN, now=NOW)

    move(session, TEN + 3 * HOUR)

    assert (DayCount.objects.get().count, DayCount.objects.get().maximum) == (1, 1)


def test_the_list_for_a_move_offers_what_overlaps_its_own_time_and_each_start_is_taken() -> None:
    kind = open_mentor(gap_minutes=30, max_per_day=1)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    start, end = TEN - HOUR, TEN + 2 * HOUR

    mine = queries.open_slots(
        session_type=kind, start=start, end=end, now=NOW, moving=lifecycle.found(session.pk)
    )
    others = queries.open_slots(session_type=kind, start=start, end=end, now=NOW)

    assert [slot.starts_at for slot in mine] == [start + number * HOUR / 2 for number in range(6)]
    assert others == []
    for slot in mine:
        kind = open_mentor(gap_minutes=30, max_per_day=1)
        if slot.starts_at != TEN:
            session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
            assert move(session, slot.starts_at).starts_at == slot.starts_at


def test_counters_go_from_the_old_day_and_week_to_the_new() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    move(session, TEN + DAY)
    move(session, TEN - 2 * DAY + 7 * DAY)

    days = dict(DayCount.objects.values_list("day", "count"))
    assert days == {date(2027, 3, 3): 0, date(2027, 3, 4): 0, date(2027, 3, 8): 1}
    weeks = dict(WeekCount.objects.values_list("monday", "count"))
    assert weeks == {date(2027, 3, 1): 0, date(2027, 3, 8): 1}


def test_a_full_day_or_week_refuses_and_everything_stays() -> None:
    kind = open_mentor(max_per_day=1, max_per_week=2)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    confirmed(session_type=kind, starts_at=TEN + DAY, now=NOW)
    for days in (7, 8):
        confirmed(session_type=kind, starts_at=TEN + days * DAY, now=NOW)

    for to, reason in ((TEN + DAY + 2 * HOUR, "day_full"), (TEN + 9 * DAY, "week_full")):
        with unchanged(session), pytest.raises(booking.SlotNotOffered) as caught:
            move(session, to)
        assert caught.value.facts["reason"] == reason


def test_a_client_moves_it_twice_and_no_more() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    move(session, TEN + HOUR)
    move(session, TEN + 2 * HOUR)

    with unchanged(session), pytest.raises(rescheduling.MovesUsedUp) as caught:
        move(session, TEN + 3 * HOUR)

    assert caught.value.code == "moves_used_up"


def test_sql_by_hand_neither_raises_the_moves_beyond_two_nor_takes_one_back() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    move(session, TEN + HOUR, now=TEN - 3 * HOUR)
    row = Session.objects.filter(pk=session.pk)

    for change in ({"client_moves": 3}, {"client_moves": 0}, {"refund_cap_bps": 5_001}):
        with unchanged(session), pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)

    assert row.update(client_moves=2, refund_cap_bps=0) == 1


def test_inside_the_mentors_notice_it_takes_consent() -> None:
    kind = open_mentor(notice_minutes=120)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    late = TEN - 2 * HOUR + timedelta(microseconds=1)

    with unchanged(session), pytest.raises(rescheduling.InsideNotice) as caught:
        move(session, TEN + DAY, now=late)

    assert (caught.value.code, caught.value.facts["notice_minutes"]) == ("inside_notice", 120)
    assert move(session, TEN + DAY, now=TEN - 2 * HOUR).starts_at == TEN + DAY


@pytest.mark.parametrize("field", ["price", "currency", "length", "type", "mentor"])
def test_a_token_on_other_terms_is_refused(field: str) -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    match field:
        case "price":
            kind.price_minor += 1
        case "currency":
            kind.currency = "EUR"
        case "length":
            kind.duration_minutes = 30
        case "type":
            kind = SessionTypeFactory(mentor=kind.mentor)
        case "mentor":
            kind = open_mentor()
    kind.save()
    other = slot_tokens.mint(session_type=kind, starts_at=TEN + DAY, now=NOW)

    with unchanged(session), pytest.raises(rescheduling.OtherTerms):
        move(session, TEN + DAY, token=other)


def test_a_dearer_longer_or_withdrawn_type_moves_on_the_terms_as_booked() -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    kind.price_minor, kind.duration_minutes, kind.is_active = 20_000, 90, False
    kind.save()

    moved = move(session, TEN + DAY)

    assert (moved.ends_at - moved.starts_at, moved.price_minor) == (HOUR, 10_000)


def _pending(kind: SessionType) -> tuple[Session, datetime]:
    return hold(session_type=kind, starts_at=TEN, now=NOW), NOW


def _begun(kind: SessionType) -> tuple[Session, datetime]:
    return confirmed(session_type=kind, starts_at=TEN, now=NOW), TEN


def _cancelled(kind: SessionType) -> tuple[Session, datetime]:
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    cancel(session)
    return session, NOW


def _ended(kind: SessionType) -> tuple[Session, datetime]:
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    lifecycle.advance_due(now=TEN + HOUR)
    return session, TEN + HOUR


@pytest.mark.parametrize("made", [_pending, _begun, _cancelled, _ended])
def test_only_a_confirmed_session_before_its_start_moves(
    made: Callable[[SessionType], tuple[Session, datetime]],
) -> None:
    session, now = made(open_mentor())

    with unchanged(session), pytest.raises(rescheduling.NotMovable) as caught:
        move(session, TEN + DAY, now=now)

    assert caught.value.code == "not_movable"


def test_a_seat_in_a_groups_meeting_does_not_move() -> None:
    kind = open_group()
    groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)

    with unchanged(session), pytest.raises(rescheduling.NotMovable):
        move(session, TEN + DAY)


def test_its_own_time_is_refused_and_costs_no_move() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    with unchanged(session), pytest.raises(rescheduling.SameTime):
        move(session, TEN)


def test_a_taken_time_names_three_others_on_the_sessions_terms() -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    confirmed(session_type=kind, starts_at=TEN + DAY, now=NOW)
    kind.price_minor = 20_000
    kind.save()

    with unchanged(session), pytest.raises(booking.SlotTaken) as caught:
        move(session, TEN + DAY)

    alternatives = caught.value.facts["alternatives"]
    assert len(alternatives) == 3
    assert move(session, TEN, token=alternatives[0]["token"]).price_minor == 10_000


def test_a_client_who_is_busy_then_or_a_mentor_who_is_not_live_is_told_so() -> None:
    client = ClientFactory()
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW, client=client)
    other = confirmed(session_type=open_mentor(), starts_at=TEN + DAY, now=NOW, client=client)

    with unchanged(session), pytest.raises(booking.ClientBusy):
        move(session, other.starts_at)
    Mentor.objects.filter(pk=kind.mentor_id).update(status=Mentor.Status.SUSPENDED)
    with unchanged(session), pytest.raises(booking.MentorNotLive):
        move(session, TEN + 2 * DAY)


def test_an_overdue_hold_in_the_way_counts_as_free() -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    overdue = hold(session_type=kind, starts_at=TEN + DAY, now=NOW)

    move(session, TEN + DAY, now=NOW + HOUR)

    overdue.refresh_from_db()
    assert overdue.state == "expired"


def test_an_unknown_session_is_not_found() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    token = token_of(session, TEN + DAY)
    session.pk = session.meeting_id

    with pytest.raises(NotFound):
        move(session, TEN + DAY, token=token)


def test_a_move_is_no_way_out_of_a_late_cancellation() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    late = TEN - 20 * HOUR

    moved = move(session, TEN + 14 * DAY, now=late)

    quote = queries.cancellation_quote(session=moved, by=CancelledBy.CLIENT, now=late)
    assert (quote.refund_bps, quote.changes_at, quote.next_refund_bps) == (
        5_000,
        TEN + 14 * DAY,
        0,
    )
    by_mentor = queries.cancellation_quote(session=moved, by=CancelledBy.MENTOR, now=late)
    assert by_mentor.refund_bps == 10_000
    mail = Email.objects.get(template="session_moved", key__endswith="client")
    assert "gives back 50 % at most" in mail.text


def test_moved_in_good_time_the_hours_count_from_the_new_start() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    moved = move(session, TEN + 14 * DAY, now=TEN - 24 * HOUR)

    quote = queries.cancellation_quote(session=moved, by=CancelledBy.CLIENT, now=TEN)
    assert (quote.refund_bps, quote.changes_at) == (10_000, TEN + 13 * DAY)


def test_over_a_clock_change_it_keeps_the_wall_clock_and_the_day() -> None:
    """Berlin, Sunday 28 March 2027: 09:00 is 07:00 UTC, on Saturday it was 08:00 UTC."""
    kind = open_mentor(time_zone="Europe/Berlin")
    saturday = datetime(2027, 3, 27, 8, 0, tzinfo=UTC)
    session = confirmed(session_type=kind, starts_at=saturday, now=NOW)

    moved = move(session, datetime(2027, 3, 28, 7, 0, tzinfo=UTC))
    late_that_day = move(session, datetime(2027, 3, 28, 21, 30, tzinfo=UTC))  # 23:30 to 00:30

    assert moved.ends_at - moved.starts_at == HOUR
    assert Meeting.objects.get().day == date(2027, 3, 28)
    assert late_that_day.starts_at == datetime(2027, 3, 28, 21, 30, tzinfo=UTC)
    days = dict(DayCount.objects.values_list("day", "count"))
    assert days == {date(2027, 3, 27): 0, date(2027, 3, 28): 1}
    with unchanged(session), pytest.raises(Refusal):
        move(session, datetime(2027, 3, 28, 7, 10, tzinfo=UTC))


def counted() -> tuple[dict[object, int], dict[object, int]]:
    """Return what the counters of days and of weeks say, without the zeros."""
    days = DayCount.objects.filter(count__gt=0).values_list("mentor_id", "day", "count")
    weeks = WeekCount.objects.filter(count__gt=0).values_list("mentor_id", "monday", "count")
    return {row[:2]: row[2] for row in days}, {row[:2]: row[2] for row in weeks}


def live() -> tuple[dict[object, int], dict[object, int]]:
    """Return how many meetings are live, by day and by week."""
    meetings = list(Meeting.objects.filter(live=True).values_list("mentor_id", "day"))
    return (
        dict(Counter(meetings)),
        dict(Counter((mentor, day - timedelta(days=day.weekday())) for mentor, day in meetings)),
    )


def live_through(chance: random.Random, *, steps: int) -> int:
    """Book, pay, move, cancel and let lapse at random; return how many moves there were."""
    kinds = [open_mentor(gap_minutes=15, max_per_day=3, max_per_week=8) for _ in range(2)]
    clients: list[Client] = ClientFactory.create_batch(4)
    now, moves = NOW, 0
    for _ in range(steps):
        now += timedelta(minutes=chance.randrange(12))
        start = TEN + timedelta(days=chance.randrange(12), minutes=30 * chance.randrange(20))
        going = list(Session.objects.filter(state="confirmed"))
        try:
            match chance.choice(["book", "hold", "move", "move", "cancel", "lapse"]):
                case "book":
                    confirmed(
                        session_type=chance.choice(kinds),
                        starts_at=start,
                        now=now,
                        client=chance.choice(clients),
                    )
                case "hold":
                    hold(
                        session_type=chance.choice(kinds),
                        starts_at=start,
                        now=now,
                        client=chance.choice(clients),
                    )
                case "move" if going:
                    move(chance.choice(going), start, now=now)
                    moves += 1
                case "cancel" if going:
                    cancel(chance.choice(going), now=now)
                case "lapse":
                    lifecycle.expire_due(now=now)
        except Refusal:
            continue
    return moves


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_the_counters_are_the_live_meetings(seed: int) -> None:
    moves = live_through(random.Random(seed), steps=50)

    assert moves > 3
    assert counted() == live()


def test_control_a_move_that_forgot_the_counters_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seats, "_recount", lambda **_: None)

    move(confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW), TEN + DAY)

    assert counted() != live()
