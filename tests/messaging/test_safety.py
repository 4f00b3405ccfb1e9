"""Who blocks ends the writing for both; who reports is heard by the staff and nobody else."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction

from accounts.models import User
from kernel.errors import Invalid, NotFound
from messaging import operations, queries, safety
from messaging.models import Block, Conversation, Message, Report
from scheduling import groups
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import confirmed, open_group, waits
from tests.messaging.test_conversations import NOW, Pair

pytestmark = pytest.mark.django_db

CLOSED = "No messages can be sent in this conversation any more."
STATEMENTS_OF_HISTORY = [
    "DELETE FROM messaging_{}",
    "UPDATE messaging_{} SET id = gen_random_uuid()",
]


@pytest.fixture
def pair() -> Pair:
    made = Pair()
    made.ask()
    made.answer()
    return made


def here() -> Conversation:
    return Conversation.objects.get()


def block(by: User) -> None:
    safety.block(conversation_id=here().pk, by=by, now=NOW)


def unblock(by: User) -> None:
    safety.unblock(conversation_id=here().pk, by=by, now=NOW)


def report(by: User, message: Message | None = None, reason: str = "spam") -> Report:
    return safety.report(
        conversation_id=here().pk,
        by=by,
        reason=reason,
        words=" Again and again. ",
        now=NOW,
        message_id=message.pk if message else None,
    )


def test_a_block_ends_the_writing_for_both_and_keeps_what_was_written(pair: Pair) -> None:
    block(pair.client.user)

    for write in (pair.ask, pair.answer):
        with pytest.raises(safety.ConversationBlocked):
            write()

    assert here().length == 2
    assert len(pair.read_by(pair.mentor.user)) == 2


def test_only_who_has_blocked_reads_who_did(pair: Pair) -> None:
    block(pair.client.user)

    with pytest.raises(safety.ConversationBlocked) as own:
        pair.ask()
    with pytest.raises(safety.ConversationBlocked) as others:
        pair.answer()
    [mine] = queries.conversations_for(pair.client.user)
    [theirs] = queries.conversations_for(pair.mentor.user)

    assert own.value.detail == "You have blocked this person. Unblock them to write again."
    assert others.value.detail == CLOSED
    assert set(others.value.facts) == {"conversation_id"}
    assert [(one.blocked, one.open) for one in (mine, theirs)] == [(True, False), (False, False)]


def test_each_lifts_the_own_block_and_no_other(pair: Pair) -> None:
    block(pair.client.user)
    block(pair.client.user)  # safe twice
    block(pair.mentor.user)

    unblock(pair.client.user)
    with pytest.raises(safety.ConversationBlocked, match=CLOSED):
        pair.ask()
    unblock(pair.mentor.user)
    unblock(pair.mentor.user)

    assert pair.ask().number == 3
    lifted = Block.objects.order_by("id")
    assert [(one.by, one.lifted_by) for one in lifted] == [
        (pair.client.user, pair.client.user),
        (pair.mentor.user, pair.mentor.user),
    ]


def test_a_block_by_the_staff_is_not_lifted_by_the_two(pair: Pair) -> None:
    with transaction.atomic():
        safety.place(here(), by=pair.client.user, by_staff=True, now=NOW)

    unblock(pair.client.user)

    with pytest.raises(safety.ConversationBlocked, match=CLOSED):
        pair.ask()


def test_who_is_blocked_finds_no_way_round_in_the_other_role(pair: Pair) -> None:
    """Each of the two is a client and a mentor: they could have a second conversation."""
    other_way = Pair(
        client=ClientFactory(user=pair.mentor.user), mentor=MentorFactory(user=pair.client.user)
    )
    block(pair.client.user)

    with pytest.raises(safety.ConversationBlocked):
        other_way.ask()
    unblock(pair.client.user)

    assert other_way.ask().number == 1


def test_a_conversation_that_began_meanwhile_in_the_other_role_is_closed_too(pair: Pair) -> None:
    other_way = Pair(
        client=ClientFactory(user=pair.mentor.user), mentor=MentorFactory(user=pair.client.user)
    )
    other_way.ask()
    # As if the block did not see it yet: its transaction was not over.
    first = Conversation.objects.get(client=pair.client)
    Block.objects.create(conversation=first, by=pair.client.user, placed_at=NOW)

    for person in (pair.client.user, pair.mentor.user):
        assert [one.open for one in queries.conversations_for(person)] == [False, False]


def test_a_stranger_neither_blocks_nor_reports(pair: Pair) -> None:
    stranger = UserFactory.create()

    for act in (block, unblock, report):
        with pytest.raises(NotFound):
            act(stranger)

    assert (Block.objects.count(), Report.objects.count()) == (0, 0)
    assert pair.ask().number == 3


def test_no_message_gets_past_a_block_even_by_sql(pair: Pair) -> None:
    block(pair.client.user)
    row = {"conversation": here(), "number": 3, "text": "x", "sent_at": NOW}

    with pytest.raises(Error, match="is blocked"), transaction.atomic():
        Message.objects.create(author=pair.mentor.user, **row)
    unblock(pair.client.user)

    assert Message.objects.create(author=pair.mentor.user, **row).number == 3


def test_no_block_is_placed_by_a_stranger_even_by_sql(pair: Pair) -> None:
    row = {"conversation": here(), "placed_at": NOW}

    with pytest.raises(Error, match="by the people"), transaction.atomic():
        Block.objects.create(by=UserFactory.create(), **row)

    assert Block.objects.create(by=pair.mentor.user, **row).by_staff is False


@pytest.mark.parametrize("statement", STATEMENTS_OF_HISTORY)
@pytest.mark.parametrize("table", ["block", "report"])
def test_blocks_and_reports_are_history(pair: Pair, table: str, statement: str) -> None:
    block(pair.client.user)
    report(pair.client.user)

    with (
        pytest.raises(Error, match=r"history|never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_a_lifted_block_stays_lifted(pair: Pair) -> None:
    block(pair.client.user)
    unblock(pair.client.user)

    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Block.objects.update(lifted_at=None, lifted_by=None)


def test_a_report_names_the_other_and_waits_once(pair: Pair) -> None:
    message = Message.objects.get(number=2)

    whole, one = report(pair.client.user), report(pair.client.user, message)

    assert [(made.about, made.state, made.words) for made in (whole, one)] == [
        (pair.mentor.user, "open", "Again and again.")
    ] * 2
    for again in (None, message):
        with pytest.raises(safety.AlreadyReported):
            report(pair.client.user, again)
    assert report(pair.mentor.user).about == pair.client.user
    assert Report.objects.count() == 3


def test_one_reports_neither_oneself_nor_what_is_elsewhere(pair: Pair) -> None:
    own = Message.objects.get(number=1)
    elsewhere = Pair(client=pair.client).answer

    with pytest.raises(Invalid, match="your own"):
        report(pair.client.user, own)
    with pytest.raises(Invalid, match="reason is one of"):
        report(pair.client.user, reason="boring")
    with pytest.raises(NotFound):
        safety.report(
            conversation_id=here().pk,
            by=pair.client.user,
            reason="spam",
            words="",
            now=NOW,
            message_id=elsewhere().pk,
        )
    with pytest.raises(Error, match="other person"), transaction.atomic():
        Report.objects.create(
            conversation=own.conversation,
            message=own,
            reporter=pair.client.user,
            about=pair.mentor.user,
            reason="spam",
            made_at=NOW,
        )


def test_so_many_reports_a_day_and_no_more(pair: Pair) -> None:
    messages = [pair.answer(f"No. {number}") for number in range(11)]
    for message in messages[:10]:
        report(pair.client.user, message)

    with pytest.raises(safety.TooManyReports) as refused:
        report(pair.client.user, messages[10])

    assert refused.value.facts["retry_after"] == 24 * 3600
    assert report(pair.mentor.user).state == "open"


def test_what_is_refused_as_reported_already_counts_for_nothing(pair: Pair) -> None:
    report(pair.client.user)
    for _ in range(safety.REPORTS.quota):
        with pytest.raises(safety.AlreadyReported):
            report(pair.client.user)

    assert report(pair.client.user, Message.objects.get(number=2)).state == "open"


@pytest.mark.django_db(transaction=True)
def test_a_message_and_a_block_at_once_leave_no_message_behind_the_block() -> None:
    """Whatever comes first, nothing is written once the block stands."""
    pair = Pair()
    pair.ask()
    place = here().pk
    start = threading.Barrier(2)
    failures: list[Exception] = []

    def write() -> None:
        try:
            start.wait()
            for number in range(20):
                pair_message(number)
        except safety.ConversationBlocked as refusal:
            failures.append(refusal)
        finally:
            connection.close()

    def pair_message(number: int) -> None:
        operations.send(
            client_id=pair.client.pk,
            mentor_id=pair.mentor.pk,
            author=pair.mentor.user,
            text=f"No. {number}",
            now=datetime.now(UTC) + timedelta(days=1000),
        )

    writer = threading.Thread(target=write)
    writer.start()
    start.wait()
    safety.block(conversation_id=place, by=pair.client.user, now=NOW)
    length = here().length
    writer.join()

    assert here().length == length
    assert len(failures) == 1 or length == 21


def test_after_a_block_neither_waits_for_a_seat_at_the_other(
    pair: Pair, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    at = NOW + timedelta(days=5)
    kind = open_group(capacity=2, mentor=pair.mentor)
    groups.offer(session_type=kind, starts_at=at, now=NOW)
    for _ in range(2):
        confirmed(session_type=kind, starts_at=at, now=NOW)
    theirs = waits(session_type=kind, starts_at=at, now=NOW, client=pair.client)
    other = waits(session_type=kind, starts_at=at, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        block(pair.mentor.user)

    for entry in (theirs, other):
        entry.refresh_from_db()
    assert (theirs.state, other.state) == ("left", "waiting")
