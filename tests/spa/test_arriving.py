"""What a page of the app brings before the app runs: its first picture, and its route's files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from spa.arrivals import ARRIVALS
from tests.spa.conftest import MANIFEST, write_build

SOURCES = project.ROOT / "frontend" / "src"
ROUTES: dict[str, dict[str, Any]] = {
    "src/app/routes/member-layout.tsx": {"file": "assets/members-1.js", "imports": ["_ui.js"]},
    "src/app/routes/mentors.tsx": {"file": "assets/mentors-1.js", "imports": ["_ui.js"]},
    "src/app/routes/visitor-layout.tsx": {"file": "assets/visitors-1.js"},
    "src/app/routes/login.tsx": {"file": "assets/login-1.js", "imports": ["src/main.tsx"]},
    "_ui.js": {"file": "assets/parts-1.js", "imports": ["_react-Bq7ZpX0c.js"]},
}
ENTRY = ["react-Bq7ZpX0c.js", "ui-C0ffee42.js"]


def preloaded(client: Client, address: str) -> list[str]:
    text = client.get(address).content.decode()
    return re.findall(r'rel="modulepreload" href="/static/spa/assets/([^"]+)"', text)


@pytest.mark.parametrize(
    ("address", "files"),
    [
        ("/app/mentors", ["parts-1.js", "members-1.js", "mentors-1.js"]),
        ("/app/mentors?price_max=90", ["parts-1.js", "members-1.js", "mentors-1.js"]),
        ("/app/login", ["visitors-1.js", "login-1.js"]),
        ("/app/sessions", ["parts-1.js", "members-1.js"]),  # a build without this page
        ("/app/goals", []),  # nobody arrives there
        ("/app/mentors/ada/else", []),
    ],
)
def test_what_a_route_needs_comes_with_the_page_each_once(
    client: Client, build: Path, address: str, files: list[str]
) -> None:
    write_build(build, MANIFEST | ROUTES)

    assert preloaded(client, address) == [*ENTRY, *files]


def test_a_route_is_known_by_the_address_that_the_router_gives_it() -> None:
    router = (SOURCES / "app" / "router.tsx").read_text()
    pairs = re.findall(r'path: "([^"]+)",.*?import\("@/app/routes/([^"]+)"\)', router, re.S)
    of_router = {re.sub(r":\w+", "x", path): module for path, module in pairs}
    assert len(of_router) > 20

    for arrival in ARRIVALS:
        pattern, (layout, module) = arrival.pattern, arrival.modules
        found = [path for path, name in of_router.items() if name == module]
        assert found, module
        assert all(pattern.match(path) for path in found), module
        before = router.split(f'routes/{module}")')[0]
        assert re.findall(r"routes/(\w+-layout)", before)[-1] == layout, module


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("/app/mentors", ["/api/users/profile", "/api/mentors?limit=12"]),
        ("/app/mentors?price_max=90", ["/api/users/profile"]),  # another list than that
        ("/app/mentors/ada-1/book?type=sty_1", ["/api/users/profile", "/api/mentors/ada-1"]),
        ("/app/sessions/ses_01ab", ["/api/users/profile", "/api/sessions/ses_01ab"]),
        ("/app/mentors/..%2F..%2Fcredits", []),
        ("/app/mentors/%22%3E%3Cscript%3E", []),
        ("/app/login", []),
        ("/app/goals", []),
    ],
)
def test_what_the_first_screen_asks_for_is_named_for_the_page_to_ask_before_its_scripts(
    client: Client, build: Path, address: str, reads: list[str]
) -> None:
    page = client.get(address).content.decode()

    named = re.findall(r'<meta name="counterfoil-ahead" content="([^"]*)" data-at="([^"]*)">', page)
    assert named == ([(" ".join(reads), address)] if reads else [])
    assert ("counterfoilAhead" in page) == bool(reads)


def test_what_is_asked_ahead_is_an_operation_of_the_api() -> None:
    document = json.loads((project.ROOT / "api" / "openapi.json").read_text())
    readable = {re.sub(r"\{\w+\}", "x", at) for at, on in document["paths"].items() if "get" in on}
    reads = {read for arrival in ARRIVALS for read in arrival.reads}

    assert len(reads) > 3
    assert {re.sub(r"\{\w+\}", "x", read.split("?")[0]) for read in reads} <= readable


def test_the_first_picture_is_drawn_with_the_apps_own_classes(client: Client, build: Path) -> None:
    page = client.get("/app").content.decode()
    picture = page.split('<div id="root">')[1].split("<noscript>")[0]
    opening = (SOURCES / "app" / "opening.tsx").read_text()
    wordmark = (SOURCES / "app" / "wordmark.tsx").read_text()
    known = opening + wordmark + (SOURCES / "components" / "ui" / "skeleton.tsx").read_text()

    classes = {name for names in re.findall('class="([^"]+)"', picture) for name in names.split()}

    assert len(classes) > 12
    assert {name for name in classes if name not in re.findall(r"[^\s\"']+", known)} == set()
    # The same parts in the same order: nothing moves when the app takes the place.
    assert re.findall(r' d="([^"]+)"', picture) == re.findall(r' d="([^"]+)"', wordmark)
    for names in re.findall(r'className="([^"]+)"', opening):
        assert set(names.split()) <= classes
    assert "script" not in picture
