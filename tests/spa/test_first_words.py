"""The words that two pages of the app bring with them: right, public, and never in the way."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as project
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from spa import first
from tests.cms.conftest import listed_mentor
from tests.spa.conftest import MANIFEST, write_build

pytestmark = pytest.mark.django_db

SEARCH = "/app/mentors"
SOURCES = project.ROOT / "frontend" / "src"
PICTURES = project.ROOT / "templates" / "app" / "first"


@pytest.fixture(autouse=True)
def _built(build: Path) -> None:
    write_build(build, MANIFEST)


def picture(client: Client, address: str, language: str = "en") -> str:
    """Return what the page brings to be shown, "" for the plain one."""
    page = client.get(address, headers={"accept-language": language}).content.decode()
    found = re.search(r'data-picture="page" lang="(\w+)">(.*?)<template id="scripts">', page, re.S)
    assert found is None or found[1] == language
    return unescape(found[2].split("<script")[0]) if found else ""


def test_the_search_shows_its_first_three_mentors(client: Client) -> None:
    for name in ("Ada Byron", "Bea Byron", "Cara Byron", "Dora Byron"):
        listed_mentor(name, headline=f"What {name} teaches")

    shown = picture(client, SEARCH)

    assert "<h1" in shown
    assert "Find a mentor" in shown
    assert re.findall(r"What (\w+) Byron teaches", shown) == ["Ada", "Bea", "Cara"]
    assert re.findall(r'<img src="([^"]+)"', shown)[0].endswith("/ada.svg")


def test_a_booking_says_whom_it_is_with(client: Client) -> None:
    listed_mentor("Ada Byron")

    assert "Book with Ada Byron" in picture(client, "/app/mentors/ada/book?type=sty_1")
    assert "Bei Ada Byron buchen" in picture(client, "/app/mentors/ada/book", "de")


def test_the_words_are_those_of_the_app_in_both_languages() -> None:
    german = (SOURCES / "german" / "booking.json").read_text()
    assert '"Book with {name}": "Bei {name} buchen"' in german
    listed_mentor("Ada Byron")
    found = (
        '"Find a mentor": "Mentor suchen"' in (SOURCES / "german" / "discovery.json").read_text()
    )

    assert found
    assert "Mentor suchen" in picture(Client(), SEARCH, "de")


@pytest.mark.parametrize(
    "address",
    [
        "/app",
        "/app/login",
        f"{SEARCH}?price_max=9000",  # another list: the app alone knows how it asks for that
        "/app/mentors/nobody/book",
    ],
)
def test_other_pages_bring_the_plain_picture(client: Client, address: str) -> None:
    listed_mentor("Ada Byron")

    assert picture(client, address) == ""


def test_who_is_not_public_is_not_named(client: Client) -> None:
    mentor, _, page = listed_mentor("Ada Byron", headline="A secret of hers")
    assert "A secret of hers" in picture(client, SEARCH)
    page.headline = "Not approved yet"
    page.save_revision()
    assert "Not approved yet" not in picture(client, SEARCH)

    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)

    assert picture(client, "/app/mentors/ada/book") == ""
    assert "A secret of hers" not in picture(client, SEARCH)


def test_what_a_mentor_wrote_is_text(client: Client) -> None:
    listed_mentor("Ada Byron", headline='</template><script>alert("x")</script>')

    page = client.get(SEARCH).content.decode()

    assert "<script>alert" not in page
    assert "&lt;/template&gt;&lt;script&gt;alert" in page


def test_where_the_words_cannot_be_had_the_page_comes_without_them(
    client: Client, caplog: Any
) -> None:
    listed_mentor("Ada Byron")
    with mock.patch("cms.directory.search", side_effect=DatabaseError("gone")):
        response = client.get(SEARCH)

    assert response.status_code == 200
    assert 'data-picture="page"' not in response.content.decode()
    assert "could not be had" in caplog.text


def test_scripts_wait_for_the_first_paint_only_where_there_is_something_to_paint(
    client: Client,
) -> None:
    listed_mentor("Ada Byron")
    entry = '<script type="module" src='

    head, body = client.get(SEARCH).content.decode().split("</head>")
    assert entry not in head
    assert entry in body.split('<template id="scripts">')[1].split("</template>")[0]

    head, body = client.get("/app").content.decode().split("</head>")
    assert entry in head
    assert entry not in body


def test_the_page_varies_by_language_and_is_nobody_elses(client: Client) -> None:
    response = client.get(SEARCH)

    assert "Accept-Language" in response["Vary"]
    assert response["Cache-Control"] == "no-cache, private"


def test_as_many_queries_for_one_mentor_as_for_many(client: Client) -> None:
    counts = []
    for name in ("Ada Byron", "Bea Byron", "Cara Byron"):
        listed_mentor(name)
        picture(client, SEARCH)
        with CaptureQueriesContext(connection) as asked:
            picture(client, SEARCH)
        counts.append(len(asked))

    assert len(set(counts)) == 1
    assert counts[0] <= 8


@pytest.fixture
def _no_sources() -> Iterator[None]:
    with mock.patch.dict(first._sources, clear=True):
        yield


@pytest.mark.usefixtures("_no_sources")
def test_without_a_room_that_knows_mentors_every_page_is_plain(client: Client) -> None:
    listed_mentor("Ada Byron")

    assert picture(client, SEARCH) == ""


def test_the_pictures_are_drawn_with_classes_that_the_app_has() -> None:
    tokens = {
        token
        for file in SOURCES.rglob("*.tsx")
        for token in re.findall(r"[^\s\"'`{}]+", file.read_text())
    }
    ticket = (project.ROOT / "static" / "css" / "ticket.css").read_text()

    strange = {
        name
        for file in PICTURES.glob("*.html")
        for names in re.findall('class="([^"]+)"', file.read_text())
        for name in names.split()
        if name not in tokens and f".{name}" not in ticket
    }

    assert len(list(PICTURES.glob("*.html"))) == 3
    assert strange == set()
    assert "w-never" not in tokens  # a class of nobody would be found
