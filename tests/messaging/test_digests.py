"""Who is away is told by one letter of what waits unread; not too often, and nothing untrue."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from kernel import clock
from messaging import operations, safety
from messaging.digests import PAUSE, REACH, UNREAD_FOR, tell_due
from messaging.masking import HIDDEN
from messaging.models import Conversation, Digest
from notifications import outbox, switches
from notifications.models import Email, Kind
from notifications.switches import SWITCHED_OFF, Switch
from tests.factories.scheduling import confirmed, open_mentor
from tests.messaging.test_conversations import NOW, Pair

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
SENT = NOW + MINUTE  # the first message of a pair


@pytest.fixture
def pair() -> Pair:
    return Pair()


def send_at(at: datetime) -> list[str]:
    before = len(mail.outbox)
    with clock.travel(at):
        outbox.send_waiting()
    return [message.to[0] for message in mail.outbox[before:]]


def tell_at(at: datetime) -> int:
    with clock.travel(at):
        return tell_due(now=at)


def read_all(pair: Pair, at: datetime) -> None:
    conversation = Conversation.objects.get(mentor=pair.mentor)
    operations.read(conversation_id=conversation.pk, reader=pair.mentor.user, now=at)


def test_what_is_unread_for_a_quarter_of_an_hour_is_told_once(pair: Pair) -> None:
    pair.ask("Are you free on Tuesday?")

    counts = [tell_at(SENT + after) for after in (14 * MINUTE, UNREAD_FOR, 20 * MINUTE)]

    assert counts == [0, 1, 0]
    [email] = Email.objects.all()
    assert (email.to, email.subject) == (pair.mentor.user.email, "Ann wrote to you")
    assert "1 message waits for you." in email.text
    assert "Are you free on Tuesday?" in email.text
    assert send_at(SENT + UNREAD_FOR) == [pair.mentor.user.email]


def test_one_letter_tells_of_all_messages_in_all_conversations(pair: Pair) -> None:
    pair.ask("One.")
    pair.ask("Two.")
    other = Pair(mentor=pair.mentor)
    other.client.user.name = "Ben"
    other.client.user.save()
    other.now = pair.now
    other.ask("Three.")

    assert tell_at(SENT + UNREAD_FOR) == 1

    [email] = Email.objects.all()
    assert email.subject == "Ben and 1 other wrote to you"
    assert "3 messages wait for you." in email.text
    assert "Ann, the newest of 2:\nTwo." in email.text
    assert "Ben:\nThree." in email.text
    assert "One." not in email.text


def test_who_read_it_meanwhile_is_not_told(pair: Pair) -> None:
    pair.ask()
    read_all(pair, SENT + MINUTE)

    assert tell_at(SENT + UNREAD_FOR) == 0


def test_who_wrote_is_not_told_of_the_own_message(pair: Pair) -> None:
    pair.ask()

    tell_at(SENT + UNREAD_FOR)

    assert not Email.objects.filter(to=pair.client.user.email).exists()


def test_a_letter_whose_messages_were_read_before_it_left_is_withdrawn(pair: Pair) -> None:
    pair.ask()
    tell_at(SENT + UNREAD_FOR)
    read_all(pair, SENT + UNREAD_FOR)

    assert send_at(SENT + UNREAD_FOR) == []
    assert (
        Email.objects.get().withdrawn_reason == "Everything was read, or blocked, before it left."
    )


def test_the_next_letter_waits_some_hours_and_needs_something_new(pair: Pair) -> None:
    pair.ask()
    told = SENT + UNREAD_FOR
    tell_at(told)

    assert tell_at(told + PAUSE) == 0  # nothing new is unread
    pair.now = told
    pair.ask("Or on Wednesday?")
    assert tell_at(told + PAUSE - MINUTE) == 0
    assert tell_at(told + PAUSE) == 1

    newest = Email.objects.latest("created_at")
    assert "2 messages wait for you." in newest.text
    assert list(Digest.objects.order_by("through").values_list("through", flat=True)) == [1, 2]


def test_old_unread_is_left_alone(pair: Pair) -> None:
    pair.ask()

    assert tell_at(SENT + REACH) == 0


def test_contact_details_are_masked_until_a_session_is_paid(pair: Pair) -> None:
    pair.ask("Write to ann@example.org")
    tell_at(SENT + UNREAD_FOR)

    confirmed(
        session_type=open_mentor(mentor=pair.mentor),
        starts_at=NOW.replace(hour=15) + timedelta(days=3),
        client=pair.client,
    )
    pair.now = SENT + UNREAD_FOR
    pair.ask("And call +49 30 1234567")
    tell_at(SENT + UNREAD_FOR + PAUSE)

    masked, open_text = Email.objects.filter(template="message_digest").order_by("created_at")
    assert f"Write to {HIDDEN}" in masked.text
    assert "ann@example.org" not in masked.text + masked.html
    assert "+49 30 1234567" in open_text.text


def test_who_is_gone_is_not_told(pair: Pair) -> None:
    pair.ask()
    pair.mentor.user.is_active = False
    pair.mentor.user.save()

    assert tell_at(SENT + UNREAD_FOR) == 0


def test_what_was_told_is_history(pair: Pair) -> None:
    pair.ask()
    tell_at(SENT + UNREAD_FOR)

    with (
        pytest.raises(IntegrityError, match="history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE messaging_digest SET through = 9")


def test_who_switched_letters_off_is_told_of_nothing_until_they_are_on_again(pair: Pair) -> None:
    switch = Switch(Kind.MESSAGE_DIGEST, pair.mentor.user)
    with transaction.atomic():
        switches.turn(switch=switch, on=False, now=SENT)
    pair.ask()

    assert tell_at(SENT + UNREAD_FOR) == 0
    assert not Digest.objects.exists()
    with transaction.atomic():
        switches.turn(switch=switch, on=True, now=SENT)
    assert tell_at(SENT + UNREAD_FOR) == 1


def test_a_letter_that_waits_is_not_sent_to_who_switches_them_off(pair: Pair) -> None:
    pair.ask()
    tell_at(SENT + UNREAD_FOR)
    with transaction.atomic():
        switch = Switch(Kind.MESSAGE_DIGEST, pair.mentor.user)
        switches.turn(switch=switch, on=False, now=SENT)

    assert send_at(SENT + UNREAD_FOR) == []
    assert Email.objects.get().withdrawn_reason == SWITCHED_OFF


def test_nobody_is_told_of_a_conversation_that_is_blocked(pair: Pair) -> None:
    pair.ask("Buy my book.")
    safety.block(conversation_id=Conversation.objects.get().pk, by=pair.mentor.user, now=pair.now)
    assert tell_at(SENT + UNREAD_FOR) == 0

    other = Pair(mentor=pair.mentor)
    other.now = pair.now
    other.ask("Are you free?")

    assert tell_at(SENT + 2 * UNREAD_FOR) == 1
    [email] = Email.objects.all()
    assert "Are you free?" in email.text
    assert "Buy my book." not in email.text


def test_a_letter_that_waits_is_withdrawn_by_a_block(pair: Pair) -> None:
    pair.ask("Buy my book.")
    assert tell_at(SENT + UNREAD_FOR) == 1

    safety.block(conversation_id=Conversation.objects.get().pk, by=pair.mentor.user, now=pair.now)

    assert send_at(SENT + 2 * UNREAD_FOR) == []
