"""What a mentor hears of a group: each seat once, and of the meeting itself once, not per seat."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from kernel import clock
from notifications import outbox
from notifications.models import Email
from scheduling import calendar_feeds, groups, lifecycle, reminders
from scheduling.models import Meeting, Session, SessionType
from scheduling.states import CancelledBy
from tests.factories.people import MentorFactory
from tests.factories.scheduling import confirmed, open_group, open_mentor
from tests.scheduling.calendar_rules import events, faults, value

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def kind() -> SessionType:
    mentor = MentorFactory(user__name="Ada Byron", user__email="ada@example.com")
    return open_group(capacity=5, mentor=mentor)


def full(kind: SessionType, seats: int = 3) -> tuple[Meeting, list[Session]]:
    meeting = groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    return meeting, [confirmed(session_type=kind, starts_at=TEN, now=NOW) for _ in range(seats)]


def cancel(session: Session, by: CancelledBy = CancelledBy.CLIENT, now: datetime = NOW) -> None:
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk, by=by, actor="usr_x", reason="", refund_bps=10_000, now=now
        )


def to_ada(template: str) -> list[Email]:
    return list(Email.objects.filter(to="ada@example.com", template=template).order_by("id"))


def names_no_seat(email: Email) -> bool:
    """Whether what is said of all seats leads to the list, and not to one of them."""
    bodies = (email.text, email.html)
    return all("ses_" not in body and "/app/sessions" in body for body in bodies)


def test_one_reminder_for_all_seats_and_each_client_has_their_own(kind: SessionType) -> None:
    _, seats = full(kind)

    reminders.promise_due(now=TEN - 24 * HOUR)
    reminders.promise_due(now=TEN - HOUR)
    reminders.promise_due(now=TEN - HOUR)

    assert [email.subject for email in to_ada("session_reminder")] == [
        f"Reminder: {kind.name} with your group, Wednesday, 3 March 2027, 10:00"
    ] * 2
    for seat in seats:
        theirs = Email.objects.filter(to=seat.client.user.email, template="session_reminder")
        assert theirs.count() == 2
        assert all(
            seat.public_id in email.text and seat.public_id in email.html for email in theirs
        )
    assert all(names_no_seat(email) for email in to_ada("session_reminder"))


def test_each_seat_of_one_to_one_hours_is_reminded_of(kind: SessionType) -> None:
    """The control: without a group there is a reminder for each session."""
    single = open_mentor(mentor=MentorFactory(user__email="ben@example.com"))
    for hours in (0, 2, 4):
        confirmed(session_type=single, starts_at=TEN + hours * HOUR, now=NOW)

    reminders.promise_due(now=TEN - 20 * HOUR)

    told = Email.objects.filter(to="ben@example.com", template="session_reminder")
    assert told.count() == 3


@pytest.mark.parametrize(("gone", "sent"), [(1, True), (3, False)])
def test_it_is_sent_while_a_paid_seat_is_left(kind: SessionType, gone: int, sent: bool) -> None:
    _, seats = full(kind)
    reminders.promise_due(now=TEN - 24 * HOUR)
    for seat in seats[:gone]:
        cancel(seat, now=TEN - 24 * HOUR)

    with clock.travel(TEN - 24 * HOUR):
        Email.objects.exclude(template="session_reminder").delete()
        outbox.send_waiting()

    [reminder] = to_ada("session_reminder")
    assert [message.to for message in mail.outbox].count(["ada@example.com"]) == sent
    assert reminder.withdrawn_reason == ("" if sent else "No seat of the group is left.")


def test_a_group_that_lacks_clients_is_told_to_its_mentor_once(kind: SessionType) -> None:
    kind.minimum = 4
    kind.save()
    meeting, seats = full(kind)
    groups.decide_due(now=TEN - 24 * HOUR)
    for seat in seats:
        cancel(seat, by=CancelledBy.PLATFORM, now=TEN - 24 * HOUR)

    [told] = to_ada("session_cancelled")
    assert "your group" in told.text
    assert names_no_seat(told)
    assert (told.ics, told.key) == ("", f"meeting-withdrawn:{meeting.public_id}")


def test_who_withdraws_a_group_is_not_told_of_it(kind: SessionType) -> None:
    meeting, seats = full(kind)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="Ill.", now=NOW)
    for seat in seats:
        cancel(seat, by=CancelledBy.MENTOR)

    assert to_ada("session_cancelled") == []
    for seat in seats:
        [theirs] = Email.objects.filter(to=seat.client.user.email, template="session_cancelled")
        assert theirs.ics_method == "CANCEL"


def test_a_seat_that_a_client_gives_back_is_told_without_a_calendars_cancellation(
    kind: SessionType,
) -> None:
    _, seats = full(kind)
    cancel(seats[0])

    assert [email.ics_method for email in to_ada("session_confirmed")] == ["", "", ""]
    assert all("invitation" not in email.text + email.html for email in to_ada("session_confirmed"))
    [told] = to_ada("session_cancelled")
    assert seats[0].client.user.name in told.text
    assert told.ics_method == ""


def test_the_mentors_feed_has_a_group_once_from_its_offer_to_its_withdrawal(
    kind: SessionType,
) -> None:
    meeting = groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    told = [feed(kind)]
    seats = [confirmed(session_type=kind, starts_at=TEN, now=NOW) for _ in range(3)]
    told.append(feed(kind))
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="Ill.", now=NOW)
    told.append(feed(kind))

    uid = f"{meeting.public_id}@counterfoil"
    assert told == [
        [(uid, "0", "CONFIRMED")],
        [(uid, "0", "CONFIRMED")],
        [(uid, "1", "CANCELLED")],
    ]
    theirs = calendar_feeds.document(reader=seats[0].client.user, now=NOW)
    assert [value(lines, "UID") for lines in events(theirs)] == [
        f"{seats[0].public_id}@counterfoil"
    ]


def feed(kind: SessionType) -> list[tuple[str, str, str]]:
    text = calendar_feeds.document(reader=kind.mentor.user, now=NOW)
    assert faults(text, method="PUBLISH") == []
    return [
        (value(lines, "UID"), value(lines, "SEQUENCE"), value(lines, "STATUS"))
        for lines in events(text)
    ]
