"""The line before a full group meeting: joined in order, offered in turn, owed to nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction

from accounts.models import Client
from kernel import clock
from kernel.transitions import IllegalTransition
from notifications.conditions import Condition, why_untrue
from notifications.models import Email
from scheduling import booking, groups, lifecycle, queries, waitlist
from scheduling.models import Meeting, Session, SessionType, WaitlistEntry
from scheduling.states import WAIT, WaitEvent, WaitState
from tests.factories.people import ClientFactory
from tests.factories.scheduling import confirmed, hold, open_group, open_mentor, waits
from tests.scheduling.moving import cancelled

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def full(capacity: int = 2, **rules: Any) -> tuple[SessionType, list[Session]]:
    """A meeting at TEN, every seat of it paid."""
    kind = open_group(capacity=capacity, **rules)
    groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    return kind, [confirmed(session_type=kind, starts_at=TEN, now=NOW) for _ in range(capacity)]


def waiting(kind: SessionType, count: int = 1, now: datetime = NOW) -> list[WaitlistEntry]:
    return [waits(session_type=kind, starts_at=TEN, now=now) for _ in range(count)]


def statuses(entries: list[WaitlistEntry], now: datetime) -> list[str]:
    found = WaitlistEntry.objects.select_related("session__replaced_by")
    return [found.get(pk=entry.pk).status(now=now) for entry in entries]


def offered_to(entry: WaitlistEntry) -> Session:
    entry.refresh_from_db()
    assert entry.session is not None
    return entry.session


def mails(template: str) -> list[str]:
    found = Email.objects.filter(template=template).order_by("pk")
    return list(found.values_list("to", flat=True))


def test_the_chain_goes_on_over_a_lapse_and_a_decline_to_who_accepts() -> None:
    kind, seats = full()
    line = waiting(kind, 4)
    assert waitlist.offer_due(now=NOW) == 0

    cancelled(seats[0], now=NOW)
    assert waitlist.offer_due(now=NOW) == 1
    assert waitlist.offer_due(now=NOW + 29 * MINUTE) == 0
    assert statuses(line, NOW) == ["offered", "waiting", "waiting", "waiting"]

    lapsed = NOW + 30 * MINUTE
    assert waitlist.offer_due(now=lapsed) == 1
    assert statuses(line, lapsed) == ["lapsed", "offered", "waiting", "waiting"]

    cancelled(offered_to(line[1]), now=lapsed)
    assert waitlist.offer_due(now=lapsed + MINUTE) == 1
    with transaction.atomic():
        lifecycle.confirm(session_id=offered_to(line[2]).pk, now=lapsed + 2 * MINUTE)

    later = lapsed + 5 * HOUR
    assert waitlist.offer_due(now=later) == 0
    assert statuses(line, later) == ["lapsed", "declined", "accepted", "waiting"]
    assert Meeting.objects.get().seats_taken == 2
    assert mails("waitlist_place") == [entry.client.user.email for entry in line[:3]]


def test_an_offer_is_a_hold_at_todays_price_and_expires_when_it_says(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WAITLIST_OFFER_MINUTES = 45
    kind, seats = full()
    (entry,) = waiting(kind)
    SessionType.objects.update(price_minor=12_000)
    cancelled(seats[1], now=NOW)

    waitlist.offer_due(now=NOW)

    session = offered_to(entry)
    assert (session.state, session.seat, session.client) == ("pending", 2, entry.client)
    assert (session.price_minor, session.expires_at) == (12_000, NOW + 45 * MINUTE)
    mail = Email.objects.get(template="waitlist_place")
    for text in (mail.text, mail.html):
        assert f"/app/sessions/{session.public_id}" in text
        assert "Monday, 1 March 2027, 08:45" in text
    kept = Condition(mail.condition, mail.condition_arguments)
    monkeypatch.setattr(clock, "now", lambda: NOW + 44 * MINUTE)
    assert why_untrue(kept) == ""
    monkeypatch.setattr(clock, "now", lambda: NOW + 45 * MINUTE)
    assert why_untrue(kept) == "The offer has ended."
    cancelled(session, now=NOW)
    assert why_untrue(kept) == "The offer was answered or has ended."


def test_a_freed_seat_is_nobody_elses_before_the_sweep_and_after_it() -> None:
    kind, seats = full()
    waiting(kind)
    cancelled(seats[0], now=NOW)

    assert listed(kind) == []
    assert queries.explain(session_type=kind, at=TEN, now=NOW).reason == "full"
    with pytest.raises(booking.SlotTaken):
        hold(session_type=kind, starts_at=TEN, now=NOW)

    cancelled(seats[1], now=NOW)  # two are free, one is owed
    assert listed(kind) == [1]
    other = hold(session_type=kind, starts_at=TEN, now=NOW)
    assert waitlist.offer_due(now=NOW) == 1
    assert other.live
    assert listed(kind) == []


def listed(kind: SessionType) -> list[int | None]:
    found = queries.open_slots(session_type=kind, start=NOW, end=TEN + HOUR, now=NOW)
    return [slot.seats_left for slot in found]


def test_late_money_gets_a_seat_again_only_while_none_is_owed() -> None:
    kind, seats = full()
    line = waiting(kind, 2)
    cancelled(seats[0], now=NOW)
    waitlist.offer_due(now=NOW)
    late = NOW + HOUR

    with pytest.raises(lifecycle.TimeGone), transaction.atomic():
        lifecycle.take_again(session_id=offered_to(line[0]).pk, now=late)
    waitlist.offer_due(now=late)
    cancelled(offered_to(line[1]), now=late)
    with transaction.atomic():
        again = lifecycle.take_again(session_id=offered_to(line[0]).pk, now=late)

    assert again.state == "confirmed"
    assert statuses(line, late) == ["accepted", "declined"]


@pytest.mark.parametrize(
    ("rules", "now", "until"),
    [
        ({"notice_minutes": 60}, TEN - 80 * MINUTE, TEN - 60 * MINUTE),
        ({"notice_minutes": 0}, TEN - 20 * MINUTE, TEN),
        ({"notice_minutes": 0}, TEN - 4 * MINUTE, None),
        ({"notice_minutes": 60}, TEN - 64 * MINUTE, None),
    ],
)
def test_no_offer_lasts_past_the_last_moment_of_a_booking(
    rules: dict[str, int], now: datetime, until: datetime | None
) -> None:
    kind, seats = full(**rules)
    entries = waiting(kind, 2)
    groups.decide_due(now=TEN - 24 * HOUR)
    cancelled(seats[0], now=TEN - 2 * HOUR)

    waitlist.offer_due(now=now)

    if until is not None:
        assert offered_to(entries[0]).expires_at == until
    else:
        assert statuses(entries, now) == ["closed", "closed"]
        assert {entry.reason for entry in WaitlistEntry.objects.all()} == {"too_late"}
        assert len(mails("waitlist_closed")) == 2


def test_before_the_cut_off_an_offer_ends_with_it_and_until_it_is_decided_none_is_made() -> None:
    kind, seats = full(minimum=1)
    entries = waiting(kind, 2)
    cut_off = TEN - 24 * HOUR
    cancelled(seats[0], now=NOW)

    waitlist.offer_due(now=cut_off - 20 * MINUTE)
    assert offered_to(entries[0]).expires_at == cut_off
    assert waitlist.offer_due(now=cut_off) == 0
    groups.decide_due(now=cut_off)
    assert waitlist.offer_due(now=cut_off) == 1


def test_a_withdrawn_meeting_ends_its_line() -> None:
    kind, _ = full()
    entries = waiting(kind, 2)
    groups.withdraw(meeting_id=Meeting.objects.get().pk, mentor=kind.mentor, reason="Ill", now=NOW)

    waitlist.offer_due(now=NOW)

    assert statuses(entries, NOW) == ["closed", "closed"]
    assert {entry.reason for entry in WaitlistEntry.objects.all()} == {"withdrawn"}


def test_who_has_another_session_by_then_is_passed_over_and_told() -> None:
    kind, seats = full()
    entries = waiting(kind, 2)
    hold(session_type=open_mentor(), starts_at=TEN, now=NOW, client=entries[0].client)
    cancelled(seats[0], now=NOW)

    assert waitlist.offer_due(now=NOW) == 1

    assert statuses(entries, NOW) == ["closed", "offered"]
    assert mails("waitlist_closed") == [entries[0].client.user.email]


def test_two_who_part_wait_for_each_other_no_more_and_nobody_else_is_concerned() -> None:
    kind, seats = full()
    first, second = waiting(kind, 2)

    waitlist.part(kind.mentor.user, first.client.user, now=NOW)
    cancelled(seats[0], now=NOW)

    assert waitlist.offer_due(now=NOW) == 1
    assert statuses([first, second], NOW) == ["left", "offered"]


def test_whose_account_is_closed_is_passed_over() -> None:
    kind, seats = full()
    gone, next_one = waiting(kind, 2)
    gone.client.user.is_active = False
    gone.client.user.save()
    cancelled(seats[0], now=NOW)

    assert waitlist.offer_due(now=NOW) == 1
    assert statuses([gone, next_one], NOW) == ["left", "offered"]


def test_the_line_is_in_the_order_of_joining_and_moves_up() -> None:
    kind, _ = full()
    entries = waiting(kind, 3)

    waitlist.leave(entry_id=entries[0].pk, client=entries[0].client, now=NOW)
    waitlist.leave(entry_id=entries[0].pk, client=entries[0].client, now=NOW)
    back = waits(session_type=kind, starts_at=TEN, now=NOW, client=entries[0].client)
    again = waits(session_type=kind, starts_at=TEN, now=NOW, client=entries[1].client)

    assert again.pk == entries[1].pk
    ahead = {
        entry.pk: entry.ahead  # type: ignore[attr-defined]
        for entry in WaitlistEntry.objects.waiting().with_position()
    }
    assert ahead == {entries[1].pk: 0, entries[2].pk: 1, back.pk: 2}


def test_only_a_full_meeting_is_waited_for_and_not_by_those_in_it() -> None:
    kind, seats = full()
    (first,) = waiting(kind)
    free = groups.offer(session_type=kind, starts_at=TEN + 5 * HOUR, now=NOW)

    def join(client: Client, at: datetime = TEN, now: datetime = NOW) -> WaitlistEntry:
        return waitlist.join(session_type=kind, starts_at=at, client=client, now=now)

    with pytest.raises(waitlist.SeatsFree):
        join(ClientFactory(), at=free.during.lower)
    with pytest.raises(booking.ClientBusy):
        join(seats[0].client)
    with pytest.raises(booking.SlotNotOffered) as own:
        join(ClientFactory(user=kind.mentor.user))
    with pytest.raises(booking.SlotNotOffered) as undecided:
        join(ClientFactory(), now=TEN - 24 * HOUR)
    assert (own.value.facts["reason"], undecided.value.facts["reason"]) == ("own_time", "undecided")
    cancelled(seats[0], now=NOW)
    assert join(ClientFactory()).number == first.number + 1  # the free one is owed


def test_nobody_waits_for_more_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitlist, "MOST_WAITS", 1)
    client = ClientFactory()
    first, second = full()[0], full()[0]
    waits(session_type=first, starts_at=TEN, now=NOW, client=client)

    with pytest.raises(waitlist.TooManyWaits):
        waits(session_type=second, starts_at=TEN, now=NOW, client=client)


def test_the_table_of_states() -> None:
    assert set(WAIT.pairs()) == {(WaitState.WAITING, state) for state in WaitState} - {
        (WaitState.WAITING, WaitState.WAITING)
    }
    kind, _ = full()
    (entry,) = waiting(kind)
    entry.move(WaitEvent.LEAVE, now=NOW)
    with pytest.raises(IllegalTransition):
        entry.move(WaitEvent.LEAVE, now=NOW)


def by_sql(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_by_sql_an_owed_seat_and_the_line_are_guarded() -> None:
    kind, seats = full()
    one, _ = waiting(kind, 2)
    cancelled(seats[0], now=NOW)

    for sql, guard in (
        ("UPDATE scheduling_waitlistentry SET number = 9 WHERE id = %s", "never changed"),
        ("DELETE FROM scheduling_waitlistentry WHERE id = %s", "are history"),
        (
            "UPDATE scheduling_waitlistentry SET state = 'closed', ended_at = now() WHERE id = %s",
            "reason_where_closed",
        ),
        (
            "UPDATE scheduling_waitlistentry SET state = 'offered', ended_at = now() WHERE id = %s",
            "session_where_offered",
        ),
    ):
        with pytest.raises(IntegrityError, match=guard):
            by_sql(sql, one.pk)
    copy = """
        INSERT INTO scheduling_session (
            id, meeting_id, client_id, mentor_id, session_type_id, seat, state, live, starts_at,
            ends_at, during, expires_at, price_minor, currency, policy, goals, sequence,
            cancelled_by, cancel_reason, created_at)
        SELECT gen_random_uuid(), meeting_id, %s, mentor_id, session_type_id, 1, 'pending', true,
            starts_at, ends_at, during, now(), price_minor, currency, policy, goals, 0, '', '',
            created_at
        FROM scheduling_session WHERE id = %s
    """
    with pytest.raises(IntegrityError, match="owed to 2 who wait"):
        by_sql(copy, ClientFactory().pk, seats[0].pk)
    WaitlistEntry.objects.update(state="left", ended_at=NOW)
    by_sql(copy, ClientFactory().pk, seats[0].pk)  # the control: it was the line that refused
