"""Find Chromium, or have Debian install it: `python -m tests.browser.chromium`.

`make test` runs this first. Where there is no Chromium and none can be had, it says so and ends
well; the browser tests then skip with the same words.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium: install Debian's `chromium`, or name one in CHROMIUM"


def find() -> str | None:
    """Return the path of a Chromium: what CHROMIUM names, or the first on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's Chromium where it is missing and this machine lets us."""
    if find():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The browser tests will skip ({MISSING}).", file=sys.stderr)
        return
    print("Installing Chromium for the browser tests …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            print(f"`{' '.join(command)}` failed; the browser tests will skip.", file=sys.stderr)
            return


if __name__ == "__main__":
    install()
