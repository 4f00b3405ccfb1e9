"""One running demo for all browser tests, one Chromium for each module, a fresh person each.

Playwright's plugin for pytest is left out on purpose: it keeps an event loop running until the
last test of the session, and Django refuses its database to all tests in between.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from launcher import frontend
from tests.browser import chromium
from tests.browser.visitor import WIDTHS, Visitor
from tests.browser.watch import Watch
from tests.journeys.demo import ROOT, Demo, named_demo, running_demo
from tests.migrated_folder import fill
from tests.ports import free_port

PATIENCE_MS = 60_000
BROWSER_ZONE = "Europe/Paris"

Arrive = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here as slow, and skip it where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            if chromium.find() is None:
                item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A whole `make run` with the small seed; its app is built once for all tests.

    Who writes these tests keeps one running and names it:
    BROWSER_DEMO=data_dir:port:sandbox_port:stream_port.
    """
    running = os.environ.get("BROWSER_DEMO")
    if running:
        named = named_demo(running)
        yield named
        named.process.wait()
        return
    frontend.build()  # the site is ready before its first build is
    data_dir = request.getfixturevalue("tmp_path_factory").mktemp("browser")
    fill(data_dir, request.getfixturevalue("migrated_dump"))
    with running_demo(data_dir, DEMO_YEAR="off") as demo:
        yield demo


@pytest.fixture(scope="module")
def short_hold(demo: Demo) -> Iterator[str]:
    """A second web server of the same demo, where a hold lasts 18 seconds; its address."""
    with second_server(demo, settings="tests.browser.short_hold") as url:
        yield url


@contextmanager
def second_server(
    demo: Demo,
    *,
    settings: str = "config.settings.dev",
    application: str = "config.wsgi:application",
) -> Iterator[str]:
    """Run another web server of the same demo, set or made otherwise; yield its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, *command, "--log-level", "warning", application],
        cwd=ROOT,
        env={
            **demo.environment,
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": settings,
        },
    )
    try:
        wait_until_ready(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/readyz", timeout=3).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the second web server did not get ready")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launched(playwright)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    """Phone and desk, one after the other."""
    return str(request.param)


@pytest.fixture
def arrive(browser: Browser, demo: Demo) -> Iterator[Arrive]:
    """Return how a new person comes to the product; in the end nobody has seen a fault."""
    visitors: list[Visitor] = []

    def come(
        *,
        width: str = "desk",
        base: str = demo.url,
        zone: str = BROWSER_ZONE,
        installs: bool = False,
    ) -> Visitor:
        context = browser.new_context(
            viewport=WIDTHS[width],  # type: ignore[arg-type]
            has_touch=width == "phone",
            locale="en-GB",
            timezone_id=zone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        if not installs:  # else what the worker does would be seen in whatever comes later
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        page = context.new_page()
        visitors.append(Visitor(page=page, base=base, watch=Watch(page)))
        return visitors[-1]

    yield come
    faults = [fault for visitor in visitors for fault in visitor.watch.verdict()]
    for visitor in visitors:
        visitor.page.context.close()
    assert faults == [], "\n".join(faults)
