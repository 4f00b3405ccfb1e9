"""Whoever writes what a public page reads, changes pages: held against the pages themselves."""

import re
from collections import defaultdict

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from accounts.models import User
from demo.content import make_content
from kernel import clock
from kernel.models import PublicChange
from kernel.page_memory import changes
from scheduling import lifecycle
from scheduling.models import SessionType
from tests.cms.conftest import listed_mentor
from tests.cms.test_directory import NOW
from tests.factories.reviews import reviewed
from tests.factories.scheduling import confirmed

TOLD_OTHERWISE = {
    "accounts_client": "a review's client is never another person",
    "django_content_type": "written by migrations alone",
    "kernel_cache": "the site's addresses, forgotten with a change of their own rows",
    "scheduling_externalbusy": "leaves marks, which are public",
    "scheduling_externalcalendar": "what it brings is in its busy times",
    "scheduling_meeting": "leaves marks, which are public",
    "scheduling_firststart": "made of what leaves marks; asked of the rules once it is old",
    "scheduling_freeblock": "made of what leaves marks",
    "scheduling_startset": "made of what leaves marks",
    "wagtailcore_locale": "written by migrations alone",
    "wagtailimages_rendition": "made of an image, which is public",
}
BESIDE = ("/feed.xml", "/sitemap.xml", "/portraits/ada.svg", "/mentors/?sort=soonest&language=en")


def read_by_pages() -> dict[str, set[str]]:
    """Return the tables that public pages read, each with whose they are."""
    browser, read = Browser(), defaultdict(set)
    for path in (*(page.url for page in Page.objects.live() if page.url), *BESIDE):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(path)
        assert answer.status_code == 200, path
        for query in asked.captured_queries:
            for table in re.findall(r'(?:FROM|JOIN)\s+"?([a-z]+_\w+)"?', query["sql"]):
                read[table].add(path)
    return read


def public_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgfoid = 'kernel_public_changed'::regproc"
        )
        return {table for (table,) in cursor.fetchall()}


def test_every_table_that_pages_read_is_public_or_told_otherwise() -> None:
    _, kind, _ = listed_mentor("Ada Byron", location="London")
    reviewed(session_type=kind, rating=5, starts_at=NOW, comment="Clear.")
    make_content(now=clock.now())
    read = read_by_pages()

    missing = {table: paths for table, paths in read.items() if table not in public_tables()}

    assert len(read) > 25
    assert {table: paths for table, paths in missing.items() if table not in TOLD_OTHERWISE} == {}


def changed(act: object) -> bool:
    """Say whether an act changed pages; each is a transaction of its own, as far as it can be."""
    PublicChange.objects.all().delete()
    changes.taken()
    act()  # type: ignore[operator]
    told = changes.taken()
    assert told == PublicChange.objects.exists()
    return told


def test_what_is_shown_counts_and_what_is_not_does_not() -> None:
    mentor, kind, page = listed_mentor("Ada Byron")
    booked = confirmed(session_type=kind, starts_at=NOW)
    people, kinds = User.objects.filter(pk=mentor.user_id), SessionType.objects.filter(pk=kind.pk)

    assert changed(lambda: kinds.update(price_minor=kind.price_minor + 100))
    assert changed(lambda: people.update(name="Another"))
    assert changed(lambda: people.update(is_active=False))  # suspends the mentor
    assert changed(lambda: page.save_revision().publish())
    assert changed(lambda: lifecycle.advance_due(now=booked.ends_at))
    assert not changed(lambda: people.update(last_login=clock.now()))
    assert not changed(lambda: User.objects.create(email="new@example.com", name="New"))


def test_a_transaction_says_so_once_and_what_is_rolled_back_never_was() -> None:
    _, kind, _ = listed_mentor("Ada Byron")
    kinds = SessionType.objects.filter(pk=kind.pk)
    PublicChange.objects.all().delete()
    heard: list[str] = []
    own = connection.connection
    own.add_notice_handler(lambda notice: heard.append(notice.sqlstate))

    with pytest.raises(psycopg.Error), transaction.atomic():
        kinds.update(price_minor=1_000)
        raise psycopg.Error
    assert not PublicChange.objects.exists()
    with transaction.atomic():
        kinds.update(price_minor=2_000)
        kinds.update(price_minor=3_000)

    assert heard.count(changes.SQLSTATE) == 2
    assert PublicChange.objects.count() == 1
