"""Find Chromium, or have Debian install it: `python -m tests.browser.chromium`.

`make test` runs this first. Where there is no Chromium and none can be had, it says so and ends
well; the browser tests then skip with the same words.
"""

import os
import shutil

from tests import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium: install Debian's `chromium`, or name one in CHROMIUM"


def find() -> str | None:
    """Return the path of a Chromium: what CHROMIUM names, or the first on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Have it where it is missing and this machine lets us."""
    if find() is None:
        debian.install("chromium", otherwise="The browser tests will skip")


if __name__ == "__main__":
    install()
