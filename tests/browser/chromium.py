"""Find Chromium, or have Debian install it: `python -m tests.browser.chromium`.

`make test` runs this first. Where there is no Chromium and none can be had, it says so and ends
well; the browser tests then skip with the same words.
"""

import os
import shutil

from playwright.sync_api import Browser, Playwright

from tests import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium: install Debian's `chromium`, or name one in CHROMIUM"

# For each window Chromium also keeps its address bar's suggestions as a page, in a process, which
# costs as much as the page that is looked at. The switch that leaves it out takes the place of
# Playwright's, so what that leaves out is named again.
LEFT_OUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)


def find() -> str | None:
    """Return the path of a Chromium: what CHROMIUM names, or the first on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def launched(playwright: Playwright) -> Browser:
    """Return a browser without a window; in a sandbox wherever Chromium can have one."""
    return playwright.chromium.launch(
        executable_path=find(),
        chromium_sandbox=os.geteuid() != 0,
        args=[f"--disable-features={LEFT_OUT}"],
    )


def install() -> None:
    """Have it where it is missing and this machine lets us."""
    if find() is None:
        debian.install("chromium", otherwise="The browser tests will skip")


if __name__ == "__main__":
    install()
