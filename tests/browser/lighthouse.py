"""Let Lighthouse judge four public pages, each five times: `make lighthouse`.

The front page, the directory, a profile and an article, as Lighthouse's phone on a slow network;
of each category the median counts, and one below `LEAST` ends with status 1. `BASE` names a
product that runs already; without it a demo is started for the occasion. Its figures move with the
machine's load, which the last line tells: no part of CI.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from launcher import node, packages
from launcher.errors import LauncherError
from launcher.options import ROOT
from tests.browser import chromium
from tests.journeys.demo import running_demo

TOOLS = ROOT / "lighthouse"
PAGES = ("/", "/mentors/", "/mentors/ada-winterbourne/", "/articles/six-oclock-is-not-a-time/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
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
        medians = median_of([scores_of(report) for report in reports])
        print("  ".join(f"{medians[name]:>14}" for name in CATEGORIES) + f"  {path}", flush=True)
        low += [f"{path}: {category} is {score}" for category, score in below(medians).items()]
        low += [f"  {path}: {fault}" for fault in faults_of(reports[-1])]
    one, five, _ = os.getloadavg()
    print(f"Load of the machine at the end: {one:.1f} (five minutes: {five:.1f}).")
    print("\n".join(low))
    return 1 if any(not line.startswith(" ") for line in low) else 0


def run(url: str, variables: dict[str, str]) -> Report:
    """Return Lighthouse's report of one visit by a browser that was never there."""
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    done = subprocess.run(
        ["node", "node_modules/lighthouse/cli/index.js", url, "--output=json", "--quiet",
         f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"],
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


def scores_of(report: Report) -> Scores:
    """Return the score of each category, 0 to 100.

    Raises: Unjudged for a page that did not load, or a category without a score.
    """
    if "runtimeError" in report:
        raise Unjudged(f"Lighthouse could not judge the page: {report['runtimeError']['message']}")
    found: Scores = {}
    for category in CATEGORIES:
        score = report.get("categories", {}).get(category, {}).get("score")
        if score is None:
            raise Unjudged(f"The report of {report.get('requestedUrl')} has no score: {category}.")
        found[category] = round(score * 100)
    return found


def median_of(scores: Sequence[Scores]) -> Scores:
    """Return the median of each category."""
    return {
        category: round(statistics.median(one[category] for one in scores))
        for category in CATEGORIES
    }


def below(scores: Mapping[str, int]) -> Scores:
    """Return the categories that are not good enough."""
    return {category: score for category, score in scores.items() if score < LEAST}


def faults_of(report: Report) -> list[str]:
    """Return the audits that count and are not full, of the categories that a machine can fill."""
    return [
        f"{audit['id']}: {audit['title']}"
        for category in CATEGORIES[1:]
        for reference in report["categories"][category].get("auditRefs", ())
        if reference["weight"] and (audit := report["audits"][reference["id"]])["score"] == 0
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
