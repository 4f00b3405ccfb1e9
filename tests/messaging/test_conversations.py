"""A client and a mentor write to each other: one conversation, numbered history, read marks."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, Mentor, User
from kernel.errors import Invalid, NotFound
from messaging import operations, queries
from messaging.masking import HIDDEN
from messaging.models import Conversation, Message, ReadMark
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import confirmed, hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Pair:
    """A client and a mentor who write to each other, a minute apart."""

    def __init__(self, client: Client | None = None, mentor: Mentor | None = None) -> None:
        self.client = client or ClientFactory(user__name="Ann")
        self.mentor = mentor or MentorFactory(user__name="Ada")
        self.now = NOW

    def send(self, author: User, text: str) -> Message:
        self.now += MINUTE
        return operations.send(
            client_id=self.client.pk,
            mentor_id=self.mentor.pk,
            author=author,
            text=text,
            now=self.now,
        )

    def ask(self, text: str = "Are you free?") -> Message:
        return self.send(self.client.user, text)

    def answer(self, text: str = "I am.") -> Message:
        return self.send(self.mentor.user, text)

    def read_by(self, reader: User) -> list[str]:
        found = queries.messages_in(conversation_id=Conversation.objects.get().pk, reader=reader)
        return [message.text for message in found]


@pytest.fixture
def pair() -> Pair:
    return Pair()


def unread(user: User) -> list[int]:
    return [item.unread for item in queries.conversations_for(user)]


def test_the_first_message_begins_the_one_conversation(pair: Pair) -> None:
    first, second = pair.ask(), pair.answer()

    conversation = Conversation.objects.get()
    assert (first.number, second.number, conversation.length) == (1, 2, 2)
    assert (conversation.created_at, conversation.last_sent_at) == (first.sent_at, second.sent_at)
    assert (first.public_id[:4], conversation.public_id[:4]) == ("msg_", "cnv_")


def test_each_counts_what_the_other_wrote_and_they_have_not_read(pair: Pair) -> None:
    pair.ask()
    pair.ask("Tuesday?")
    assert (unread(pair.client.user), unread(pair.mentor.user)) == ([0], [2])

    pair.answer()  # writing counts as having read
    assert (unread(pair.client.user), unread(pair.mentor.user)) == ([1], [0])

    operations.read(
        conversation_id=Conversation.objects.get().pk, reader=pair.client.user, now=pair.now
    )
    assert (unread(pair.client.user), unread(pair.mentor.user)) == ([0], [0])


def test_a_read_mark_never_goes_back_nor_past_the_end(pair: Pair) -> None:
    pair.ask()
    pair.ask("Tuesday?")
    here: dict[str, Any] = {
        "conversation_id": Conversation.objects.get().pk,
        "reader": pair.mentor.user,
    }

    for up_to, expected in [(1, 1), (99, 2), (1, 2)]:
        operations.read(**here, up_to=up_to, now=NOW)
        assert ReadMark.objects.get(reader=pair.mentor.user).number == expected

    with pytest.raises(Error, match="only moves forward"), transaction.atomic():
        ReadMark.objects.update(number=0)


def test_a_stranger_neither_writes_nor_reads_nor_sees(pair: Pair) -> None:
    pair.ask()
    stranger = UserFactory.create()
    conversation = Conversation.objects.get()

    for act in (
        lambda: pair.send(stranger, "Hello"),
        lambda: operations.read(conversation_id=conversation.pk, reader=stranger, now=NOW),
        lambda: queries.messages_in(conversation_id=conversation.pk, reader=stranger),
        lambda: operations.read(conversation_id=stranger.pk, reader=stranger, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()

    assert queries.conversations_for(stranger) == []
    assert (Message.objects.count(), ReadMark.objects.count()) == (1, 1)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001, "a\x00b"])
def test_a_message_says_something_that_fits(pair: Pair, text: str) -> None:
    with pytest.raises(Invalid):
        pair.ask(text)

    assert Conversation.objects.count() == 0


def test_nobody_begins_with_a_mentor_who_is_not_live_but_goes_on(pair: Pair) -> None:
    other = Pair(client=pair.client)
    pair.ask()
    Mentor.objects.update(status=Mentor.Status.SUSPENDED)

    pair.answer("Something came up.")
    with pytest.raises(operations.MentorNotReachable):
        other.ask()

    assert Conversation.objects.get().length == 2


def test_contact_details_are_hidden_until_a_session_is_paid() -> None:
    kind = open_mentor()
    pair = Pair(mentor=kind.mentor)
    pair.ask("Call me: +44 20 7946 0958")
    pair.answer("Or write to ada@example.com")
    at = NOW + timedelta(days=3)

    hold(session_type=kind, starts_at=at, client=pair.client)
    before = pair.read_by(pair.mentor.user)
    listed = queries.conversations_for(pair.client.user)[0].last_text
    confirmed(session_type=kind, starts_at=at + timedelta(hours=2), client=pair.client)
    after = pair.read_by(pair.mentor.user)

    assert before == [f"Call me: {HIDDEN}", f"Or write to {HIDDEN}"]
    assert listed == f"Or write to {HIDDEN}"
    assert after == ["Call me: +44 20 7946 0958", "Or write to ada@example.com"]
    assert queries.conversations_for(pair.client.user)[0].last_text == after[1]


def test_a_paid_session_with_another_mentor_lifts_nothing(pair: Pair) -> None:
    pair.ask("ann@example.com")
    confirmed(session_type=open_mentor(), starts_at=NOW, client=pair.client)

    assert pair.read_by(pair.mentor.user) == [HIDDEN]


def test_the_list_names_the_other_and_shows_the_newest_first(pair: Pair) -> None:
    pair.ask()
    later = Pair(client=pair.client, mentor=MentorFactory(user__name="Bob"))
    later.now += timedelta(hours=1)
    later.ask("And you?")

    listed = queries.conversations_for(pair.client.user)
    rest = queries.conversations_for(pair.client.user, before=listed[0].conversation)

    assert [(item.other.name, item.last_text) for item in listed] == [
        ("Bob", "And you?"),
        ("Ada", "Are you free?"),
    ]
    assert [item.other.name for item in rest] == ["Ada"]
    assert [item.other.name for item in queries.conversations_for(pair.mentor.user)] == ["Ann"]


def test_messages_come_in_pages_from_the_end(pair: Pair) -> None:
    for number in range(1, 6):
        pair.ask(f"Message {number}")
    here: dict[str, Any] = {
        "conversation_id": Conversation.objects.get().pk,
        "reader": pair.client.user,
    }

    newest = queries.messages_in(**here, limit=2)
    older = queries.messages_in(**here, limit=2, before=newest[0].number)

    assert [message.number for message in newest] == [4, 5]
    assert [message.number for message in older] == [2, 3]


def test_a_list_takes_one_query_and_a_conversation_two_whatever_they_hold(pair: Pair) -> None:
    counts = []
    for _ in range(3):
        other = Pair(client=pair.client)
        for _ in range(3):
            other.ask()
        conversation = Conversation.objects.order_by("-id").first()
        assert conversation is not None
        with CaptureQueriesContext(connection) as listing:
            queries.conversations_for(pair.client.user)
        with CaptureQueriesContext(connection) as reading:
            queries.messages_in(conversation_id=conversation.pk, reader=pair.client.user)
        counts.append((len(listing), len(reading)))

    assert counts == [(1, 2)] * 3


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE messaging_message SET text = 'No'", "history"),
        ("DELETE FROM messaging_message", "history"),
    ],
)
def test_what_was_written_stays(pair: Pair, statement: str, guard: str) -> None:
    pair.ask()

    with pytest.raises(Error, match=guard), transaction.atomic():
        connection.cursor().execute(statement)

    assert Message.objects.get().text == "Are you free?"


@pytest.mark.parametrize(("number", "author"), [(1, "own"), (3, "own"), (2, "stranger")])
def test_no_message_is_inserted_out_of_its_order_or_by_a_stranger(
    pair: Pair, number: int, author: str
) -> None:
    first = pair.ask()
    by = first.author if author == "own" else UserFactory.create()

    with pytest.raises(Error, match="next one of its conversation"), transaction.atomic():
        Message.objects.create(
            conversation=first.conversation, number=number, author=by, text="x", sent_at=NOW
        )

    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_first_messages_at_once_make_one_conversation_without_a_hole() -> None:
    pair = Pair()
    people = [pair.client.user, pair.mentor.user] * 8
    gate = threading.Barrier(len(people))
    failures: list[BaseException] = []

    def write(author: User) -> None:
        try:
            gate.wait()
            operations.send(
                client_id=pair.client.pk,
                mentor_id=pair.mentor.pk,
                author=author,
                text="Hello",
                now=NOW,
            )
        except BaseException as error:  # a thread's failure would pass unseen
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[author]) for author in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Conversation.objects.get().length == 16
    assert sorted(Message.objects.values_list("number", flat=True)) == list(range(1, 17))
