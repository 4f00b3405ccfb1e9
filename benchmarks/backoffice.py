"""Screens of the back office at rest and grown: their cost follows what they show, not what exists.

The curators' list of profiles, the lists of mentors and sessions and the first screen, as an
administrator sees them, with 100 mentors and 10,000 sessions, and with 10,000 and 1,000,000. Each
is asked for in this process, by turns; times are those of the whole answer, CPU is the process's
and its PostgreSQL backend's.

    python -m benchmarks.backoffice [mentors] [asked]
"""

import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.kit import office  # noqa: E402
from benchmarks.kit.measure import cpu_of  # noqa: E402
from scheduling.models import Session  # noqa: E402
from tests.cms.conftest import shows  # noqa: E402

SMALL, GROWTH, ASKED, WITHIN = 100, 100, 60, 1.2
SCREENS = {
    "profiles": "/cms/profiles/",
    "profiles, the last sheet": "/cms/profiles/?p=last",
    "profiles, live ones": "/cms/profiles/?state=live",
    "profiles, by location": "/cms/profiles/?ordering=mentor__location",
    "mentors": "/cms/mentor-list/",
    "sessions": "/cms/sessions/",
    "the first screen": "/cms/",
}
JUDGED = "profiles"


def administrator() -> Browser:
    user, _ = User.objects.update_or_create(
        email="bench@example.com", defaults={"name": "Bench", "is_superuser": True}
    )
    browser = Browser()
    browser.force_login(user)
    shows(browser, "password")
    return browser


def asked(browser: Browser, path: str) -> tuple[float, float]:
    """Return milliseconds by the clock, and on a CPU (process and backend)."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    there, own, wall = cpu_of(pid), time.process_time(), time.perf_counter()
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    took = time.perf_counter() - wall
    return took * 1e3, (time.process_time() - own + cpu_of(pid) - there) * 1e3


def measured(count: int, times: int) -> dict[str, tuple[float, float, float]]:
    """Return p50, p99 and CPU of each screen in a market of so many mentors."""
    with office.kept(count):
        browser = administrator()
        print(f"{count:,} mentors, {Session.objects.count():,} sessions", flush=True)
        for path in SCREENS.values():
            asked(browser, path)
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in SCREENS}
        for _ in range(times):
            for name, path in SCREENS.items():
                took[name].append(asked(browser, path))
        return {name: _figures(all_) for name, all_ in took.items()}


def _figures(took: list[tuple[float, float]]) -> tuple[float, float, float]:
    wall = sorted(each for each, _ in took)
    return wall[len(wall) // 2], wall[int(len(wall) * 0.99)], median(cpu for _, cpu in took)


def report(small: Any, large: Any) -> None:
    print(
        f"\n{'milliseconds':28}{'p50':>8}{'grown':>8}{'÷':>6}{'p99':>8}{'grown':>8}{'÷':>6}", end=""
    )
    print(f"{'CPU':>8}{'grown':>8}{'÷':>6}")
    for name in SCREENS:
        print(f"{name:28}", end="")
        for before, after in zip(small[name], large[name], strict=True):
            print(f"{before:8.1f}{after:8.1f}{after / before:6.2f}", end="")
        print()
    for at, what in enumerate(("p50", "p99", "CPU")):
        ratio = large[JUDGED][at] / small[JUDGED][at]
        verdict = "PASS" if ratio <= WITHIN else "missed"
        print(f"{JUDGED}, {what}: {ratio:.2f}  ≤ {WITHIN}: {verdict}")


def main(mentors: int, times: int) -> None:
    setup_test_environment()
    found: list[list[Any]] = [[], []]
    for _ in range(2):  # by turns, so that a slow moment meets both
        for at, count in enumerate((mentors, mentors * GROWTH)):
            found[at].append(measured(count, times))
    print(f"load {os.getloadavg()[0]:.1f}")
    small, large = (
        {name: _middle([run[name] for run in runs]) for name in SCREENS} for runs in found
    )
    report(small, large)


def _middle(runs: list[tuple[float, float, float]]) -> tuple[float, ...]:
    return tuple(median(figure) for figure in zip(*runs, strict=True))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *[SMALL, ASKED][len(given) :]])
