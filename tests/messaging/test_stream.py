"""Live messages over a real server: at once, without a gap, nothing twice, nobody else's."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts import tokens
from accounts.models import Client, Mentor, RefreshFamily, User
from kernel import clock
from kernel.ids import uuid7
from messaging import operations, queries, tickets
from messaging.masking import HIDDEN
from messaging.models import Conversation, Inbox, Message, StreamTicket
from tests.factories.people import ClientFactory, MentorFactory
from tests.messaging.streaming import Source, Streaming, ticket_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def stream(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Streaming]:
    """One process for all: it keeps nothing between two tests."""
    with django_db_blocker.unblock():
        running = Streaming(tmp_path_factory.mktemp("stream") / "stream.log")
    with running:
        yield running


@pytest.fixture
def ann() -> Client:
    return ClientFactory(user__name="Ann", user__password=None)


@pytest.fixture
def ada() -> Mentor:
    return MentorFactory(user__name="Ada", user__password=None)


@pytest.fixture
def opened(stream: Streaming) -> Iterator[Callable[..., Source]]:
    """Open a person's stream; all are closed at the end."""
    sources: list[Source] = []

    def opening(user: User, *, last: int | None = None) -> Source:
        source = Source(stream.url, ticket_for(user), last=last)
        sources.append(source)
        return source

    yield opening
    for source in sources:
        source.close()


def say(client: Client, mentor: Mentor, text: str, *, by: User | None = None) -> Message:
    return operations.send(
        client_id=client.pk,
        mentor_id=mentor.pk,
        author=by or client.user,
        text=text,
        now=clock.now(),
    )


def status_of(stream: Streaming, ticket: str) -> int:
    """Open a stream, look at the answer's status, and close it."""
    source = Source(stream.url, ticket)
    source.close()
    return source.answer.status_code


def test_a_message_is_with_the_other_within_a_second_and_with_nobody_else(
    ann: Client, ada: Mentor, opened: Callable[..., Source]
) -> None:
    stranger = ClientFactory(user__password=None)
    hers, his, none = opened(ada.user), opened(ann.user), opened(stranger.user)
    for source in (hers, his, none):
        assert [(one.kind, one.id) for one in source.take(1)] == [("ready", 0)]

    began = time.monotonic()
    sent = say(ann, ada, "Write to ann@example.org")
    [received] = hers.take(1, seconds=1)

    assert time.monotonic() - began < 1
    assert received.data == {
        "id": sent.public_id,
        "conversation_id": Conversation.objects.get().public_id,
        "number": 1,
        "text": f"Write to {HIDDEN}",
        "mine": False,
        "sent_at": sent.sent_at.isoformat(),
    }
    [own] = his.take(1)  # another window of the writer
    assert (own.id, own.data["mine"]) == (1, True)
    say(stranger, ada, "Me too")
    assert [one.data["text"] for one in none.take(1)] == ["Me too"]
    assert (none.seen.qsize(), his.seen.qsize()) == (0, 0)


def test_after_a_dropped_connection_nothing_is_missing_and_nothing_comes_twice(
    ann: Client, ada: Mentor, opened: Callable[..., Source]
) -> None:
    first = opened(ada.user)
    say(ann, ada, "0")
    last = first.take(2)[-1]
    first.close()

    for number in range(1, 21):
        say(ann, ada, str(number))
    second = opened(ada.user, last=last.id)
    assert second.take(1)[0].kind == "ready"
    found = second.take(20)
    say(ann, ada, "21")

    assert [one.data["text"] for one in [*found, *second.take(1)]] == [
        str(number) for number in range(1, 22)
    ]
    assert second.seen.empty()


def test_a_backlog_longer_than_a_page_comes_whole(
    ann: Client, ada: Mentor, opened: Callable[..., Source]
) -> None:
    for number in range(205):  # pages have 100
        say(ann, ada, str(number))

    source = opened(ada.user, last=0)

    assert [one.id for one in source.take(206)] == [0, *range(1, 206)]


def test_concurrent_senders_lose_nothing(ada: Mentor, opened: Callable[..., Source]) -> None:
    people = ClientFactory.create_batch(4, user__password=None)
    source = opened(ada.user)
    source.take(1)

    def write(client: Client) -> None:
        try:
            for number in range(10):
                say(client, ada, f"{client.pk} {number}")
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(client,)) for client in people]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    found = source.take(40)
    assert [one.id for one in found] == list(range(1, 41))
    assert {one.data["text"] for one in found} == {
        f"{client.pk} {number}" for client in people for number in range(10)
    }
    assert source.seen.empty()


def test_a_cursor_of_ids_would_lose_what_commits_late_and_the_inbox_does_not(
    ann: Client, ada: Mentor
) -> None:
    """The negative control: ids are made before the writers queue up."""
    ben = ClientFactory(user__password=None)
    say(ben, ada, "Begun before")
    early = uuid7()
    last = say(ann, ada, "Made later, written first")
    seen = queries.end_of_inbox(ada.user_id)
    late = Message.objects.create(
        id=early,
        conversation=Conversation.objects.get(client=ben),
        number=2,
        author=ben.user,
        text="Made first, written later",
        sent_at=clock.now(),
    )

    assert list(Message.objects.filter(id__gt=last.pk)) == []
    found = queries.deliveries_after(person_id=ada.user_id, number=seen, limit=10)
    assert [(one.number, one.message.id) for one in found] == [(3, late.public_id)]


def test_a_ticket_opens_once_and_runs_out(ann: Client, stream: Streaming) -> None:
    ticket = ticket_for(ann.user)
    old = ticket_for(ann.user)
    StreamTicket.objects.exclude(digest=hashlib.sha256(ticket.encode()).digest()).update(
        expires_at=clock.now() - timedelta(seconds=1)
    )

    statuses = [status_of(stream, text) for text in (ticket, ticket, old, "", "nonsense")]

    assert statuses == [200, 401, 401, 401, 401]


def test_a_ticket_is_good_for_one_minute_and_no_secret_is_kept(ann: Client) -> None:
    now = clock.now()
    ticket = ticket_for(ann.user)
    row = StreamTicket.objects.get()

    assert abs(row.expires_at - now - timedelta(minutes=1)) < timedelta(seconds=5)
    assert ticket.encode() not in bytes(row.digest)
    assert tickets.redeem(secret=ticket, now=row.expires_at) is None
    assert tickets.redeem(secret=ticket, now=now) is None  # too late used it up too


def test_a_sign_in_that_ended_opens_nothing_and_hears_nothing(
    ann: Client, ada: Mentor, stream: Streaming, opened: Callable[..., Source]
) -> None:
    source, unused = opened(ada.user), ticket_for(ada.user)
    source.take(1)

    tokens.end_all(user=ada.user, reason=RefreshFamily.EndReason.LOGOUT, now=clock.now())
    say(ann, ada, "Still there?")

    assert source.ended.wait(5)
    assert source.seen.empty()
    assert status_of(stream, unused) == 401


def test_it_listens_again_after_its_connection_was_cut(
    ann: Client, ada: Mentor, stream: Streaming, opened: Callable[..., Source]
) -> None:
    source = opened(ada.user)
    source.take(1)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        assert cursor.fetchone() == (1,)
    say(ann, ada, "Meanwhile")

    assert [one.data["text"] for one in source.take(1, seconds=5)] == ["Meanwhile"]


def test_a_page_of_ours_may_read_it_and_another_may_not(ann: Client, stream: Streaming) -> None:
    allowed = []
    ours = ["http://127.0.0.1:8000", "http://localhost:8000"]
    others = ["https://evil.example", "http://localhost:9000", "http://127.0.0.1:8000.evil.example"]
    for origin in (*ours, *others):
        answer = httpx.get(
            f"{stream.url}/stream/messages", headers={"Origin": origin}, trust_env=False
        )
        allowed.append((answer.status_code, answer.headers.get("Access-Control-Allow-Origin")))

    assert allowed == [(401, origin) for origin in ours] + [(401, None)] * len(others)


def test_the_process_ends_in_order_with_a_stream_open(ann: Client, tmp_path: Path) -> None:
    with Streaming(tmp_path / "stream.log") as stream:
        source = Source(stream.url, ticket_for(ann.user))
        source.take(1)
        began = time.monotonic()

    assert time.monotonic() - began < 10
    assert source.ended.wait(1)
    source.close()


def test_the_inbox_counts_what_there_is(ann: Client, ada: Mentor) -> None:
    say(ann, ada, "Hello")
    say(ann, ada, "Hello, Ann", by=ada.user)

    assert sorted(Inbox.objects.values_list("person", "length")) == sorted(
        [(ann.user_id, 2), (ada.user_id, 2)]
    )
