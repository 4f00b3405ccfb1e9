"""How much JavaScript stands between a person and a page of the app: at most 180 kB, compressed.

Twice: what the network brings to three pages until nothing is loading any more (bodies alone), in a
browser that has nothing kept, compressed as this machine's server does (gzip); and of every page
what Vite's manifest says that it needs at once, compressed as production does (Brotli).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import Browser, Page

from launcher import frontend
from tests.browser.booking import MENTOR, Api
from tests.browser.visitor import PHONE
from tests.browser.weighing import weigh
from tests.journeys.demo import Demo

MOST_BYTES = 180_000
PAGES = {
    "/app/login": "Sign in",
    "/app/mentors": "Find a mentor",
    f"/app/mentors/{MENTOR}/book": "Book with",
}
FOR_VISITORS = {"login", "register", "verify", "forgot", "reset", "social", "undo-email"}
ROUTES = "src/app/routes/"

type Manifest = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def token(demo: Demo) -> Iterator[str]:
    """A client's access token."""
    with Api(demo) as client:
        yield client.http.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Page]:
    """A page of a phone that was never here; nothing is fetched for later."""
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        service_workers="block",
    )
    yield context.new_page()
    context.close()


def scripts_of(page: Page, demo: Demo, path: str, token: str) -> int:
    """Return the bytes of the scripts that came until the page stood there."""
    if not path.startswith("/app/login"):
        page.add_init_script(f"localStorage.setItem('counterfoil.token', {json.dumps(token)})")
    weighed = weigh(page, f"{demo.url}{path}")
    assert weighed.bodies_of["Script"] < weighed.bytes_of["Script"]
    page.get_by_role("heading", name=PAGES[path]).first.wait_for()
    return weighed.bodies_of["Script"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_app_stands_after_180_kb_of_scripts(
    newcomer: Page, demo: Demo, token: str, path: str
) -> None:
    found = scripts_of(newcomer, demo, path, token)

    assert 100_000 < found <= MOST_BYTES  # fewer: something was not counted


def test_a_script_too_many_is_found(newcomer: Page, demo: Demo, token: str) -> None:
    """The negative control: the same page, and one file that is not needed."""

    def heavier(route: Any) -> None:
        answer = route.fetch()
        more = "// " + "0123456789abcdef" * 6_000 + "\n"
        headers = {**answer.headers}
        headers.pop("content-encoding", None)
        headers.pop("content-length", None)
        route.fulfill(response=answer, headers=headers, body=answer.text() + more)

    newcomer.route("**/assets/login-*.js", heavier)

    assert scripts_of(newcomer, demo, "/app/login", token) > MOST_BYTES


# --- What Vite's manifest says -------------------------------------------------------------


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of a build of the sources as they are."""
    frontend.build()
    return frontend.DIST


def read(folder: Path) -> Manifest:
    found: Manifest = json.loads((folder / ".vite" / "manifest.json").read_text())
    return found


def needed_at_once(chunks: Manifest, route: str) -> set[str]:
    """Return the files that a page cannot be drawn without: entry, layout, route, their imports."""
    layout = "visitor-layout" if route in FOR_VISITORS else "member-layout"
    waiting = ["src/main.tsx", f"{ROUTES}{layout}.tsx", f"{ROUTES}{route}.tsx"]
    visited: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in visited:
            visited.add(name)
            waiting += chunks[name].get("imports", [])
    return {chunks[name]["file"] for name in visited}


def weights(folder: Path) -> dict[str, int]:
    """Return the compressed bytes of scripts of every page, by the name of its route."""
    chunks = read(folder)
    sizes = {
        chunk["file"]: len(brotli.compress((folder / chunk["file"]).read_bytes()))
        for chunk in chunks.values()
        if chunk["file"].endswith(".js")
    }
    routes = [
        name.removeprefix(ROUTES).removesuffix(".tsx")
        for name in chunks
        if name.startswith(ROUTES) and not name.endswith("-layout.tsx")
    ]
    return {route: sum(sizes[name] for name in needed_at_once(chunks, route)) for route in routes}


@pytest.mark.slow
def test_no_page_needs_more_than_180_kb_of_scripts_at_once(built: Path) -> None:
    found = weights(built)

    assert len(found) > 30
    assert {route: size for route, size in found.items() if size > MOST_BYTES} == {}
    assert min(found.values()) > 90_000  # the entry is in every sum


def test_what_a_part_of_a_page_imports_is_counted_and_what_it_fetches_later_is_not(
    tmp_path: Path,
) -> None:
    """The negative control: a heavy file behind two imports, and one behind an `import()`."""
    heavy, light = "".join(chr(33 + (n * n) % 90) for n in range(9_000)), "0"
    chunks: Manifest = {
        "src/main.tsx": {"file": "main.js", "imports": ["_part.js"]},
        "_part.js": {"file": "part.js", "imports": ["_deep.js"], "dynamicImports": ["_later.js"]},
        "_deep.js": {"file": "deep.js", "imports": ["_part.js"]},
        "_later.js": {"file": "later.js"},
        f"{ROUTES}visitor-layout.tsx": {"file": "layout.js"},
        f"{ROUTES}login.tsx": {"file": "login.js"},
    }
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(chunks))
    for chunk in chunks.values():
        (tmp_path / chunk["file"]).write_text(light)

    before = weights(tmp_path)["login"]
    (tmp_path / "later.js").write_text(heavy)
    assert weights(tmp_path)["login"] == before
    (tmp_path / "deep.js").write_text(heavy)
    assert weights(tmp_path)["login"] > before
