"""Pages from memory in several real processes: what was changed is seen by the next visitor."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts.models import User
from kernel import clock
from kernel.page_memory.watch import LEASE
from scheduling.models import SessionType
from tests.api.callers import Served
from tests.cms.conftest import listed_mentor
from tests.factories.people import UserFactory
from tests.factories.reviews import completed

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SITE = "tests.content.acting_site.settings"
VISITORS = 24  # each on a connection of its own, so that every process has some
PROFILE = "/mentors/ada/"


def served(log: Path, **environment: str) -> Served:
    return Served(
        log,
        threads=4,
        workers=2,
        patience=240,
        DJANGO_SETTINGS_MODULE=SITE,
        PAGE_MEMORY_MB="8",
        **environment,
    )


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    with django_db_blocker.unblock():
        running = served(tmp_path_factory.mktemp("pages") / "web.log")
        with running:
            yield running


@pytest.fixture
def ada() -> SessionType:
    """A mentor with a session that may be reviewed, and somebody of the staff."""
    _, kind, _ = listed_mentor("Ada Byron", price_minor=9_900)
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    completed(session_type=kind, starts_at=at)
    User.objects.filter(pk=UserFactory().pk).update(is_superuser=True)
    return kind


def visit(site: Served, path: str = PROFILE) -> httpx.Response:
    return httpx.get(site.url + path, trust_env=False, timeout=60)


def warmed(site: Served, path: str = PROFILE) -> str:
    """Have every process keep the page; return it. A whole minute is ahead of whoever comes."""
    while time.time() % 60 > 45:
        time.sleep(0.5)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answers = [visit(site, path) for _ in range(VISITORS)]
        if all("hit" in answer.headers.get("Cache-Status", "") for answer in answers):
            return answers[0].text
        time.sleep(0.2)
    raise AssertionError([answer.headers.get("Cache-Status") for answer in answers])


def act(site: Served, name: str) -> None:
    answer = httpx.post(f"{site.url}/act/{name}/ada", trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text


def test_publish_price_and_review_are_each_seen_by_the_next_visitor(
    site: Served, ada: SessionType
) -> None:
    for name, words, gone in (
        ("publish", "Published a moment ago", ""),
        ("price", "123.45", "99.00"),
        ("review", "Left a moment ago.", "Nobody has reviewed"),
        ("hide", "Nobody has reviewed", "Left a moment ago."),
    ):
        before = warmed(site)
        assert words not in before
        assert gone in before

        act(site, name)

        seen = [visit(site).text for _ in range(VISITORS)]
        assert all(words in page for page in seen), name
        assert not any(gone and gone in page for page in seen), name


@pytest.mark.parametrize("name", ["suspend", "deactivate", "unpublish"])
def test_who_is_taken_away_is_gone_for_the_next_visitor(
    name: str, site: Served, ada: SessionType
) -> None:
    warmed(site)
    assert "Ada Byron" in warmed(site, "/mentors/")

    act(site, name)

    assert {visit(site).status_code for _ in range(VISITORS)} == {404}
    assert not any("Ada Byron" in visit(site, "/mentors/").text for _ in range(VISITORS))


def test_a_draft_is_seen_by_nobody(site: Served, ada: SessionType) -> None:
    warmed(site)

    act(site, "draft")

    assert not any("Only a draft" in visit(site).text for _ in range(VISITORS))


def test_what_is_written_past_the_web_is_seen_within_the_lease(
    site: Served, ada: SessionType
) -> None:
    for path, words in ((PROFILE, "123.45"), ("/mentors/", "67.89")):
        warmed(site, path)
        minor = int(words.replace(".", ""))

        SessionType.objects.filter(pk=ada.pk).update(price_minor=minor)  # by this process

        deadline = time.monotonic() + LEASE
        while words not in visit(site, path).text and time.monotonic() < deadline:
            time.sleep(0.02)
        assert all(words in visit(site, path).text for _ in range(VISITORS))


def test_a_hit_asks_the_database_nothing_and_without_it_there_is_none(
    site: Served, ada: SessionType
) -> None:
    warmed(site)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'page watch'"
        )
        watching = cursor.fetchone()[0]
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    hits = [visit(site) for _ in range(VISITORS)]  # their own connections are gone, too

    assert watching >= 2
    assert {answer.status_code for answer in hits} == {200}
    assert any("hit" in answer.headers.get("Cache-Status", "") for answer in hits)
    warmed(site)  # they look again


def test_without_the_purge_the_next_visitor_sees_the_old(tmp_path: Path, ada: SessionType) -> None:
    with served(tmp_path / "web.log", UNPURGED="1") as site:
        warmed(site)

        act(site, "price")

        assert any("99.00" in visit(site).text for _ in range(VISITORS))
