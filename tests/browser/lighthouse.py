"""Let Lighthouse judge four public pages and two of the app, each five times: `make lighthouse`.

The front page, the directory, a profile and an article; and, as somebody who is signed in, the
search for a mentor and a booking. All as Lighthouse's phone on a slow network; of each category the
median counts, and one below what is asked for ends with status 1. `BASE` names a product that runs
already; without it a demo is started for the occasion. Its figures move with the machine's load,
which the last line tells: no part of CI.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import sync_playwright

from launcher import node, packages
from launcher.errors import LauncherError
from launcher.options import ROOT
from tests.browser import chromium
from tests.browser.booking import CLIENT
from tests.journeys.demo import PASSWORD, running_demo

TOOLS = ROOT / "lighthouse"
APP = "/app"
PAGES = (
    "/",
    "/mentors/",
    "/mentors/ada-winterbourne/",
    "/articles/six-oclock-is-not-a-time/",
    f"{APP}/mentors",
    f"{APP}/mentors/ada-winterbourne/book",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
# The app's scripts come before its first words. Search engines are asked to keep away from it.
LEAST_OF_APP = {"performance": 90, "accessibility": 95, "best-practices": 95}
RUNS = 5
WAIT_SECONDS = 180

type Scores = dict[str, int]
type Report = dict[str, Any]


class Unjudged(Exception):
    """Lighthouse gave no verdict of a page; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Judge all pages (or those named); return the exit status."""
    if chromium.find() is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    pages, base = tuple(arguments) or PAGES, os.environ.get("BASE")
    try:
        variables = ready()
        if base:
            return judge_all(base.rstrip("/"), pages, variables)
        with tempfile.TemporaryDirectory(prefix="counterfoil-lighthouse-") as data_dir:
            print("Starting a demo to judge …", flush=True)
            with running_demo(Path(data_dir), DEMO_YEAR="off") as demo:
                return judge_all(demo.url, pages, variables)
    except (LauncherError, Unjudged) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def ready() -> dict[str, str]:
    """Have Lighthouse installed and return the variables under which it runs.

    Raises: LauncherError where it cannot be had.
    """
    variables = node.environment()
    packages.locked(TOOLS, variables, announce="Installing Lighthouse …")
    return {**variables, "CHROME_PATH": chromium.find() or ""}


def judge_all(base: str, pages: Sequence[str], variables: dict[str, str]) -> int:
    """Print a line for each page and what pulls it down; return the exit status."""
    print("  ".join(f"{category:>14}" for category in CATEGORIES) + "  page", flush=True)
    low: list[str] = []
    for path in pages:
        reports = [run(f"{base}{path}", variables) for _ in range(RUNS)]
        least = least_of(path)
        medians = median_of([scores_of(report, least) for report in reports])
        columns = (f"{medians.get(name, '–'):>14}" for name in CATEGORIES)
        print("  ".join(columns) + f"  {path}", flush=True)
        low += [f"{path}: {name} is {score}" for name, score in below(medians, least).items()]
        low += [f"  {path}: {fault}" for fault in faults_of(reports[-1], least)]
    one, five, _ = os.getloadavg()
    print(f"Load of the machine at the end: {one:.1f} (five minutes: {five:.1f}).")
    print("\n".join(low))
    return 1 if any(not line.startswith(" ") for line in low) else 0


def least_of(path: str) -> Scores:
    """Return what a page is judged by, and the least score of each."""
    return LEAST_OF_APP if path.startswith(APP) else dict.fromkeys(CATEGORIES, LEAST)


def run(url: str, variables: dict[str, str]) -> Report:
    """Return Lighthouse's report of one visit by a browser that was never there.

    To the app comes somebody who is signed in, and else has nothing kept.
    """
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    parts = urlsplit(url)
    if not parts.path.startswith(APP):
        return _judged(url, variables, f"--chrome-flags={flags}")
    with tempfile.TemporaryDirectory(prefix="counterfoil-profile-") as profile:
        sign_in(f"{parts.scheme}://{parts.netloc}", Path(profile))
        flags += f" --user-data-dir={profile}"
        return _judged(url, variables, f"--chrome-flags={flags}", "--disable-storage-reset")


def sign_in(base: str, profile: Path) -> None:
    """Leave a client's token in a browser's profile, and no file of the app's.

    Raises: Unjudged where the client may not sign in (the demo's second factor: `DEMO_MFA=off`).
    """
    who = {"email": CLIENT, "password": PASSWORD}
    answer = httpx.post(f"{base}/api/users/login", json=who, timeout=WAIT_SECONDS)
    if answer.status_code != httpx.codes.OK:
        raise Unjudged(f"{CLIENT} may not sign in at {base}: {answer.text}")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium.find(), chromium_sandbox=os.geteuid() != 0
        )
        context.pages[0].goto(f"{base}/readyz")
        context.pages[0].evaluate(
            "(token) => localStorage.setItem('counterfoil.token', token)", answer.json()["token"]
        )
        context.close()


def _judged(url: str, variables: dict[str, str], *options: str) -> Report:
    wanted = ",".join(least_of(urlsplit(url).path))
    done = subprocess.run(
        ["node", "node_modules/lighthouse/cli/index.js", url, "--output=json", "--quiet",
         f"--only-categories={wanted}", *options],
        cwd=TOOLS,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise Unjudged(f"Lighthouse could not judge {url}: {done.stderr.strip()[-600:]}")
    report: Report = json.loads(done.stdout)
    return report


def scores_of(report: Report, wanted: Iterable[str]) -> Scores:
    """Return the score of each wanted category, 0 to 100.

    Raises: Unjudged for a page that did not load, or a category without a score.
    """
    if "runtimeError" in report:
        raise Unjudged(f"Lighthouse could not judge the page: {report['runtimeError']['message']}")
    found: Scores = {}
    for category in wanted:
        score = report.get("categories", {}).get(category, {}).get("score")
        if score is None:
            raise Unjudged(f"The report of {report.get('requestedUrl')} has no score: {category}.")
        found[category] = round(score * 100)
    return found


def median_of(scores: Sequence[Scores]) -> Scores:
    """Return the median of each category."""
    return {
        category: round(statistics.median(one[category] for one in scores))
        for category in scores[0]
    }


def below(scores: Mapping[str, int], least: Mapping[str, int]) -> Scores:
    """Return the categories that are not good enough."""
    return {category: score for category, score in scores.items() if score < least[category]}


def faults_of(report: Report, wanted: Iterable[str]) -> list[str]:
    """Return the audits that count and are not full, of the categories that a machine can fill."""
    return [
        f"{audit['id']}: {audit['title']}"
        for category in wanted
        if category != "performance"
        for reference in report["categories"][category].get("auditRefs", ())
        if reference["weight"] and (audit := report["audits"][reference["id"]])["score"] == 0
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
