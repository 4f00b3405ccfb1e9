"""The directory's rows follow each fact in its own transaction; a night finds and mends a drift."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Mentor
from cms import listing, tasks
from cms.models import Listing, MentorProfilePage, Term
from scheduling.models import Review, Schedule, SessionType
from tests.cms.conftest import listed_mentor
from tests.factories.reviews import reviewed

LIST_ALL = import_module("cms.migrations.0024_listing_follows").LIST_ALL
BEGAN = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def renamed(page: MentorProfilePage) -> None:
    page.title = "Augusta King"
    page.save_revision().publish()


def reworded(page: MentorProfilePage) -> None:
    page.headline, page.expertise, page.bio = "Chess", ["Violin"], "<p>Go <b>on</b></p>"
    page.save_revision().publish()


def of_mentor(**values: Any) -> Callable[[MentorProfilePage], object]:
    return lambda page: Mentor.objects.filter(pk=page.mentor_id).update(**values)


def of_type(**values: Any) -> Callable[[MentorProfilePage], object]:
    return lambda page: SessionType.objects.filter(mentor=page.mentor_id).update(**values)


def another_type(page: MentorProfilePage) -> None:
    kind = SessionType.objects.get(mentor=page.mentor_id)
    kind.pk, kind.price_minor, kind.duration_minutes = None, 500, 30
    kind.pk = SessionType._meta.pk.get_default()
    kind.save(force_insert=True)


def a_review(page: MentorProfilePage) -> None:
    kind = SessionType.objects.get(mentor=page.mentor_id)
    reviewed(session_type=kind, rating=5, starts_at=BEGAN)


CHANGES: dict[str, Callable[[MentorProfilePage], object]] = {
    "name": renamed,
    "words": reworded,
    "address": of_mentor(slug="ada-two"),
    "place": of_mentor(location="Köln"),
    "languages": of_mentor(languages=["fr", "de"]),
    "price": of_type(price_minor=1),
    "currency": of_type(currency="EUR"),
    "length": of_type(duration_minutes=90),
    "another type": another_type,
    "review": a_review,
    "zone": lambda page: Schedule.objects.filter(mentor=page.mentor_id).update(
        time_zone="Asia/Tokyo"
    ),
}
LEAVINGS: dict[str, Callable[[MentorProfilePage], object]] = {
    "suspended": of_mentor(status=Mentor.Status.SUSPENDED),
    "offers nothing": of_type(is_active=False),
    "unpublished": lambda page: page.unpublish(),
    "page deleted": lambda page: page.delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_row_follows_each_fact_at_once(change: Callable[[MentorProfilePage], object]) -> None:
    _, _, page = listed_mentor("Ada Byron", headline="Careers", bio="<p>Years</p>")
    listed_mentor("Bea B")
    before = Listing.objects.filter(mentor=page.mentor_id).values().get()

    change(page)

    assert Listing.objects.filter(mentor=page.mentor_id).values().get() != before
    assert listing.drifted() == []
    assert Listing.objects.count() == 2


@pytest.mark.parametrize("leave", LEAVINGS.values(), ids=LEAVINGS.keys())
def test_who_is_not_listed_has_no_row(leave: Callable[[MentorProfilePage], object]) -> None:
    _, _, page = listed_mentor("Ada Byron")

    leave(page)

    assert (Listing.objects.count(), listing.drifted()) == (0, [])


def test_a_hidden_review_leaves_the_row() -> None:
    kind = listed_mentor("Ada Byron")[1]
    reviewed(session_type=kind, rating=5, starts_at=BEGAN)
    bad = reviewed(session_type=kind, rating=1, starts_at=BEGAN + timedelta(days=1))
    row = Listing.objects.get()
    assert (row.reviews, row.stars, row.rating, row.standing) == (2, 6, 3.0, -26 / 7)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Review.objects.filter(pk=bad.pk).update(visible=False)  # past every trigger
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert listing.drifted() == ["ada"]
    listing.rebuild()

    row = Listing.objects.get()
    assert (row.reviews, row.rating) == (1, 5.0)


def test_a_draft_changes_nothing() -> None:
    _, _, page = listed_mentor("Ada Byron", headline="Careers")
    page.headline = "Kubernetes"
    page.save_revision()

    assert Listing.objects.get().headline == "Careers"


def test_a_drift_is_found_told_and_mended() -> None:
    listed_mentor("Ada Byron")
    listed_mentor("Bea B")
    call_command("check_listing")

    Listing.objects.filter(slug="ada").update(price_low=0)
    Listing.objects.filter(slug="bea").delete()

    assert listing.drifted() == ["ada", "bea"]
    with pytest.raises(CommandError, match="2 of the directory's rows"):
        call_command("check_listing")
    assert tasks.mend_the_listing() == 2
    assert (listing.drifted(), tasks.mend_the_listing()) == ([], 0)


def test_the_migration_lists_everybody_and_locks_nobody() -> None:
    listed_mentor("Ada Byron", expertise=("Public speaking",), bio="<p>harvest</p>")
    listed_mentor("Bea B", location="Köln", bio="<p>public</p>")

    def rows() -> list[list[Any]]:
        terms = Term.objects.order_by("kind", "key")
        said = terms.values_list("kind", "key", "shown", "mentors", "telling", "lexeme", "slips")
        return [list(Listing.objects.order_by("slug").values_list()), list(said)]

    made = rows()
    Listing.objects.all().delete()
    Term.objects.all().delete()
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"

    with connection.cursor() as cursor:
        cursor.execute(locks)
        before = cursor.fetchone()
        assert before[0] >= 2, "cms_list holds a lock of each mentor: the count could not fail"
        cursor.execute(LIST_ALL)
        cursor.execute(locks)
        assert cursor.fetchone() == before

    assert rows() == made


def test_terms_are_there_at_once_and_counted_at_night() -> None:
    listed_mentor(
        "Ada Byron", expertise=("Public speaking",), bio="<p>harvest</p>", location="Köln"
    )
    _, _, page = listed_mentor("Bea Byron", expertise=("Public speaking",))

    def terms(kind: str) -> dict[str, tuple[int, bool]]:
        rows = Term.objects.filter(kind=kind)
        return {row.key: (row.mentors, row.telling) for row in rows}

    assert terms("subject") == {"public speaking": (1, True)}
    assert terms("place") == {"koln": (1, True)}
    assert terms("word")["harvest"] == (1, False)
    listing.rebuild()
    assert terms("subject") == {"public speaking": (2, True)}
    assert terms("word")["byron"] == (2, True)

    page.unpublish()
    Mentor.objects.filter(slug="ada").update(status=Mentor.Status.SUSPENDED)
    listing.rebuild()
    assert not Term.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_facts_of_one_mentor_that_change_at_once_are_both_in_the_row() -> None:
    mentor, kind, page = listed_mentor("Ada Byron")
    failed: list[BaseException] = []

    def often(change: Callable[[int], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                for number in range(1, 21):
                    change(number)
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        return run

    threads = [
        Thread(target=often(act))
        for act in (
            lambda n: SessionType.objects.filter(pk=kind.pk).update(price_minor=n),
            lambda n: Mentor.objects.filter(pk=mentor.pk).update(location=f"Place {n}"),
            lambda n: Schedule.objects.filter(mentor=mentor).update(time_zone=f"Etc/GMT-{n % 12}"),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    row = Listing.objects.get()
    assert (row.price_low, row.location, row.time_zone) == (20, "Place 20", "Etc/GMT-8")
    assert page.mentor_id == row.mentor_id
