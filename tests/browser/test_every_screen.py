"""Every screen of our own in the back office is accessible: lists, a row of each, dialogs, reports.

Which those are is read from the menu and from the screens themselves (`tests.browser.screens`).
Each is judged by all rules on a desk by day, and fits a phone. The first of each kind, made of
other parts than those before, is judged on a phone by night as well.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.browser import money, screens
from tests.browser.conftest import Arrive
from tests.browser.staff import ADMIN, Staff, sign_in
from tests.browser.visitor import DESK, PHONE, violations
from tests.journeys.demo import Demo

FEWEST_LISTS, FEWEST_ROWS, FEWEST_DIALOGS = 40, 12, 8
# Rows are alike and the menu is on every page: four rows of each table are judged, the menu once.
# An e-mail lies in a sandbox where nothing runs, axe included.
FEWER_ROWS = """
document.querySelectorAll("main iframe[sandbox]").forEach((frame) => frame.remove());
document.querySelectorAll("main tbody").forEach((body) =>
  [...body.rows].slice(4).forEach((row) => row.remove()))
"""
MENU = "#wagtail-sidebar"


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, object]]:
    """A row in as many lists as a few plants give one; what the gateways tell is held meanwhile."""
    try:
        yield money.plant(
            demo, "paid", "explored", "owing", "disputed", "failed_event", "came_back", "meetings"
        )
    finally:
        httpx.post(f"{demo.sandbox_url}/_sandbox/webhooks/release", json={}, timeout=20)


@dataclass
class Inspector:
    """Looks at screens, and notes what is wrong with each."""

    staff: Staff
    seen: set[str] = field(default_factory=set)
    kinds: set[tuple[str, ...]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def looks_at(self, path: str) -> bool:
        """Open a screen and judge it; return whether it was new."""
        if path in self.seen:
            return False
        self.seen.add(path)
        print(f"{time.monotonic():.0f} {path}", flush=True)
        visitor = self.staff.visitor
        visitor.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        visitor.page.goto(f"{visitor.base}{path}", wait_until="load")
        had_frames = len(visitor.page.frames) > 1
        visitor.page.evaluate(FEWER_ROWS)
        if had_frames:
            visitor.page.wait_for_timeout(500)  # until Playwright has heard that it is gone
        visitor.waits_for("light")
        menu = MENU if len(self.seen) > 1 else ""
        self.notes(f"{path}, desk", violations(visitor.page, without=menu))
        if self.is_new_kind():
            visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            visitor.waits_for("dark")
            self.notes(f"{path}, phone by night", violations(visitor.page, without=MENU))
        visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if wider := visitor.overflow():
            self.notes(f"{path}, phone", [f"{wider} px wider than its window"])
        visitor.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        return True

    def is_new_kind(self) -> bool:
        """Whether no screen before was made of the very same parts."""
        parts = self.staff.visitor.page.locator("main [class]").evaluate_all(
            "(found) => [...new Set(found.flatMap((one) => [...one.classList]))]"
            ".filter((name) => name.startsWith('cf-') || name === 'listing').sort()"
        )
        is_new = tuple(parts) not in self.kinds
        self.kinds.add(tuple(parts))
        return is_new

    def notes(self, where: str, problems: list[str]) -> None:
        self.wrong += [f"{where}: {problem}" for problem in problems]
        for problem in problems:
            print(f"{where}: {problem[:400]}", flush=True)


@pytest.mark.usefixtures("planted")
def test_every_list_a_row_of_it_and_its_dialogs_are_accessible(arrive: Arrive) -> None:
    staff = sign_in(arrive(), email=ADMIN)
    page, inspector = staff.visitor.page, Inspector(staff)
    ours = [path for path in screens.menu(page) if not screens.STOCK.match(path)]
    rows = dialogs = 0
    for path in ours:
        if not inspector.looks_at(path):
            continue
        row = screens.newest_row(page, path)
        if row is None or not inspector.looks_at(row):
            continue
        rows += 1
        verbs = {screens.verb(found): found for found in screens.dialogs(page, path)}
        for dialog in verbs.values():
            dialogs += inspector.looks_at(dialog)
    print(f"{len(ours)} lists, {rows} rows, {dialogs} dialogs, {len(inspector.kinds)} kinds")
    assert inspector.wrong == [], "\n\n".join(inspector.wrong)
    assert len(ours) >= FEWEST_LISTS
    assert rows >= FEWEST_ROWS
    assert dialogs >= FEWEST_DIALOGS
