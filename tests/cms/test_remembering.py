"""An answer is given again by one query for as long as it is true, and not a commit longer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from cms import directory, listing, remembering
from cms.filtering import Filters, Sort
from cms.models import ListingChange, MentorProfilePage
from cms.remembering import Memory
from kernel import prepared
from scheduling import blocks, starts
from scheduling.models import SessionType
from tests.cms.conftest import listed_mentor
from tests.factories.scheduling import confirmed

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)

committing = pytest.mark.django_db(transaction=True)


@contextmanager
def statements() -> Iterator[list[int]]:
    """Give a list that has, at the end, how many statements were run."""
    count: list[int] = []
    with (
        mock.patch.object(prepared, "fetch", wraps=prepared.fetch) as own,
        CaptureQueriesContext(connection) as others,
    ):
        yield count
    count.append(own.call_count + len(others))


def found(filters: Filters = Filters(), **place: object) -> directory.Results:  # noqa: B008
    return directory.search(filters=filters, now=NOW, limit=2, **place)  # type: ignore[arg-type]


def settle() -> None:
    blocks.refresh(now=NOW)
    starts.refresh(now=NOW)


@committing
def test_what_was_answered_is_answered_again_by_one_query() -> None:
    for name in ("Ada A", "Bea B", "Cara C"):
        listed_mentor(name, headline="Violins")
    settle()
    first = found()
    second = found(after=first.next)
    worded = found(Filters(q="voilins"))

    known: directory.Results
    again: Callable[[], directory.Results]
    for again, known in (
        (found, first),
        (lambda: found(after=first.next), second),
        (lambda: found(Filters(q="voilins")), worded),
    ):
        with statements() as count:
            assert again() == known
        assert count == [1]
    assert (first.total, len(second.items), worded.corrected) == (3, 1, "violins")


def publish(page: MentorProfilePage) -> None:
    listed_mentor(f"{page.title[0]}dora D", languages=("fr",))


def reprice(page: MentorProfilePage) -> None:
    SessionType.objects.filter(mentor=page.mentor_id).update(price_minor=1)


def suspend(page: MentorProfilePage) -> None:
    Mentor.objects.filter(pk=page.mentor_id).update(status=Mentor.Status.SUSPENDED)


@committing
@pytest.mark.parametrize("change", [publish, reprice, suspend])
def test_a_change_is_in_the_next_answer(change: object) -> None:
    pages = [listed_mentor(name)[2] for name in ("Ada A", "Bea B")]
    settle()
    before = found()

    change(pages[0])  # type: ignore[operator]
    settle()

    after = found()
    directory.answers.forget()
    assert after == found() != before
    # Negative control: without its mark the change is not seen.
    change(pages[1])  # type: ignore[operator]
    ListingChange.objects.all().delete()
    assert found() == after
    directory.answers.forget()
    assert found() != after


@committing
def test_a_change_that_was_under_way_when_the_answer_was_made_is_seen_with_its_commit() -> None:
    kind = listed_mentor("Ada A")[1]
    settle()
    changed, answered = Event(), Event()

    def reprices() -> None:
        try:
            with transaction.atomic():
                SessionType.objects.filter(pk=kind.pk).update(price_minor=1)
                changed.set()
                answered.wait(20)
        finally:
            connection.close()

    other = Thread(target=reprices)
    other.start()
    changed.wait(20)
    listed_mentor("Bea B")  # a later transaction, which ends earlier
    under_way = found()
    again = found()
    answered.set()
    other.join()

    prices = [{entry.price.amount_minor for entry in one.items if entry.price}
              for one in (under_way, again, found())]  # fmt: skip
    assert prices == [{10_000}, {10_000}, {1, 10_000}]


@committing
def test_what_a_transaction_sees_of_itself_is_told_to_nobody() -> None:
    listed_mentor("Ada A")
    settle()
    known = found()

    with transaction.atomic():
        listed_mentor("Bea B")
        assert found().total == 2
        transaction.set_rollback(True)

    assert found() == known


@committing
def test_free_times_are_those_of_now() -> None:
    kind = listed_mentor("Ada A")[1]
    listed_mentor("Bea B")
    settle()
    assert [entry.free_at for entry in found().items] == [NOW, NOW]

    confirmed(session_type=kind, starts_at=NOW, now=NOW - 30 * HOUR)

    assert [entry.free_at for entry in found().items] == [NOW + HOUR, NOW]
    later = directory.search(filters=Filters(), now=NOW + 3 * HOUR, limit=2)
    assert [entry.free_at for entry in later.items] == [NOW + 3 * HOUR] * 2
    settle()
    with statements() as count:
        assert [entry.free_at for entry in found().items] == [NOW + HOUR, NOW]
    assert count == [1]
    found().made["x"] = b"made of these"
    with statements() as count:
        assert found().made == {"x": b"made of these"}
    assert count == [1]


@committing
@pytest.mark.parametrize("filters", [Filters(free_from=NOW), Filters(sort=Sort.SOONEST)])
def test_what_asks_for_time_is_never_kept(filters: Filters) -> None:
    listed_mentor("Ada A")

    found(filters)

    assert len(directory.answers) == 0


def test_the_oldest_answers_go_and_so_does_what_is_too_old() -> None:
    clock = [0.0]
    memory: Memory[int] = Memory(now=lambda: clock[0])
    for number in range(remembering.MOST + 1):
        memory.keep(number, number, snapshot="1:1:")
        memory.get(0)  # which is asked for all the time

    assert len(memory) == remembering.MOST
    kept = memory.get(0)
    assert kept is not None
    assert (memory.get(1), kept.answer) == (None, 0)
    clock[0] = remembering.LONGEST + 1
    assert memory.get(0) is None


def test_changes_are_forgotten_long_after_the_answers_are() -> None:
    listed_mentor("Ada A")
    assert ListingChange.objects.count() == 1  # this test's transaction
    listing.rebuild()
    assert ListingChange.objects.count() == 1

    ListingChange.objects.update(at=datetime.now(UTC) - timedelta(days=1, hours=1))
    listing.rebuild()

    assert not ListingChange.objects.exists()
    assert timedelta(hours=1).total_seconds() > remembering.LONGEST
