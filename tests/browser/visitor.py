"""A person at a browser: goes to addresses, clicks what has a name, and sees clean pages."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import Watch

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
WIDTHS = {"phone": PHONE, "desk": DESK}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


# The page around a frame has the landmarks and the first heading, for both.
IN_FRAMES = {
    rule: {"enabled": False} for rule in ("landmark-one-main", "page-has-heading-one", "region")
}
# What shines through a transparent frame, which axe inside of it would take for white.
BACKGROUND = """
(element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!/, 0\\)$|transparent/.test(colour)) return colour;
  }
  return "white";
}
"""
# From one theme to the next colours fade, each element after its parent. They are judged at the
# end of it, so the fade is left out: a style sheet for it is taken on once by each document.
NO_FADE = """
(() => {
  if (window.__noFade) return;
  window.__noFade = new CSSStyleSheet();
  window.__noFade.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets.push(window.__noFade);
})()
"""
NEXT_FRAME = "new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))"


@dataclass
class Visitor:
    """One browser page on the running product, watched (`tests.browser.watch`)."""

    page: Page
    base: str
    watch: Watch
    downloaded: str = ""  # the name of the newest file

    def goes_to(self, path: str) -> None:
        """Open an address of the product and wait until nothing is loading."""
        if self.page.url != "about:blank":
            self.watch.note_shifts()
        self.page.goto(f"{self.base}{path}", wait_until="networkidle")

    def reloads(self) -> None:
        self.watch.note_shifts()
        self.page.reload(wait_until="networkidle")

    def goes_back(self) -> None:
        self.watch.note_shifts()
        self.page.go_back(wait_until="networkidle")

    def goes_forward(self) -> None:
        self.watch.note_shifts()
        self.page.go_forward(wait_until="networkidle")

    def clicks(self, role: Any, name: str | re.Pattern[str]) -> None:
        """Click the first thing that has this role and name."""
        self.finds(role, name).click()

    def finds(self, role: Any, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role(role, name=name).first

    def is_at(self, path: str | re.Pattern[str]) -> None:
        """Wait until the address (without its query) is this one."""
        pattern = path.pattern if isinstance(path, re.Pattern) else re.escape(path)
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.base)}{pattern}(\?.*)?$"))

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_heading(self, name: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def downloads(self, name: str) -> str:
        """Press the link or button that gives a file, and return what is in it."""
        page = self.page
        control = page.get_by_role("link", name=name, exact=True)
        with page.expect_download() as told:
            control.or_(page.get_by_role("button", name=name, exact=True)).first.click()
        self.downloaded = told.value.suggested_filename
        return told.value.path().read_bytes().decode()

    def finds_the_page_accessible(self) -> None:
        """Run axe, all rules and all impact levels, in both themes. Nothing may overflow."""
        for theme in THEMES:
            self.waits_for(theme)
            problems = violations(self.page)
            assert problems == [], f"{theme}, {self.page.url}:\n" + "\n".join(problems)
        wider = self.overflow()
        assert wider <= 0, f"{self.page.url} is {wider} px wider than its window"

    def waits_for(self, theme: Literal["light", "dark"]) -> None:
        """Turn the page to day or night, and wait until it is drawn so."""
        for frame in self.page.frames:
            frame.evaluate(NO_FADE)
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for frame in self.page.frames:
            frame.evaluate(NEXT_FRAME)

    def overflow(self) -> int:
        """Return how many pixels wider than its window the page is."""
        wider: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wider


def violations(page: Page, *, without: str = "") -> list[str]:
    """Return what axe finds on the page and in its frames: rule, impact, place and markup.

    The whole page, or `without` what a selector finds.

    Each frame is looked at by itself: axe's own way into frames of another origin does not work.
    """
    found = []
    for frame in page.frames:
        inside = frame.parent_frame is not None
        if inside:
            beneath = frame.frame_element().evaluate(BACKGROUND)
            frame.evaluate("(it) => { document.documentElement.style.background = it }", beneath)
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(Axe().axe_script)
        options = {"iframes": False, "resultTypes": ["violations"]}
        rules = IN_FRAMES if inside else {}
        found += frame.evaluate(
            """([out, options]) => {
              const excluded = out && document.querySelector(out) ? [out] : [];
              return axe.run({ include: [document], exclude: excluded }, options);
            }""",
            [without, {**options, "rules": rules}],
        )["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:200]} "
        f"{node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]
