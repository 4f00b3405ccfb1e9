"""One running demo for all browser tests, one Chromium for each module, a fresh person each.

Playwright's plugin for pytest is left out on purpose: it keeps an event loop running until the
last test of the session, and Django refuses its database to all tests in between.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import chromium
from tests.browser.visitor import WIDTHS, Visitor
from tests.browser.watch import Watch
from tests.journeys.demo import Demo, running_demo

PATIENCE_MS = 15_000
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
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A whole `make run` with the small seed; its app is built once for all tests.

    Who writes these tests keeps one running and names it: BROWSER_DEMO=data_dir:port:sandbox_port.
    """
    running = os.environ.get("BROWSER_DEMO")
    if running:
        data_dir, port, sandbox_port = running.split(":")
        environment = {**os.environ, "DATA_DIR": data_dir, "PORT": port}
        nothing = subprocess.Popen(["true"])
        yield Demo(Path(data_dir), int(port), int(sandbox_port), environment, nothing)
        nothing.wait()
        return
    with running_demo(tmp_path_factory.mktemp("browser"), DEMO_YEAR="off") as demo:
        yield demo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=os.geteuid() != 0
        )
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

    def come(*, width: str = "desk", base: str = demo.url, zone: str = BROWSER_ZONE) -> Visitor:
        context = browser.new_context(
            viewport=WIDTHS[width],  # type: ignore[arg-type]
            has_touch=width == "phone",
            locale="en-GB",
            timezone_id=zone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visitors.append(Visitor(page=page, base=base, watch=Watch(page)))
        return visitors[-1]

    yield come
    faults = [fault for visitor in visitors for fault in visitor.watch.verdict()]
    for visitor in visitors:
        visitor.page.context.close()
    assert faults == [], "\n".join(faults)
