"""Photograph every kind of page for people to look at: `make screenshots`.

Public pages, the app's screens and the back office, at phone and desk width, in both themes, into
`FOLDER` (var/screenshots). `BASE` names a product that runs already with demo people, started with
DEMO_MFA=off; without it a demo is started for the occasion. Then every screen of the app's table
(`app_pictures`), for which people are planted: into the demo that was started, or into the one that
BROWSER_DEMO names (data_dir:port:sandbox_port:stream_port). Words after the folder take only the
screens of the table whose names have one of them; `--german` takes the table's screens in German,
too. Nothing here decides whether a page is good.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import app_pictures, chromium, screens
from tests.browser.visitor import THEMES, WIDTHS
from tests.journeys.demo import PASSWORD, Demo, named_demo, running_demo

CLIENT, STAFF = "client@example.com", "admin@example.com"
OTHERS = {
    "mentor@example.com": (
        "/app",
        "/app/sessions",
        "/app/profile",
        "/app/profile?tab=offers",
        "/app/reviews",
        "/app/earnings",
        "/app/earnings/statements",
        "/app/availability",
        "/app/availability?tab=seen",
        "/app/availability?tab=calendars",
        "/app/messages",
    ),
    "applicant@example.com": ("/app", "/app/apply", "/app/profile"),
    "client2@example.com": ("/app/apply", "/app/messages"),
}
ADA = "ada-winterbourne"
SIGNED_OUT = ("/app/login", "/app/register", "/app/verify", "/app/forgot", "/app/reset")
ROLES = ("curator", "support", "finance", "approver", "auditor", "editor")
# What the menu does not name: screens that a list or a page leads to.
UNLISTED = (
    "/cms/jump/?q=ada",
    "/cms/jump/?q=nobody+at+all",
    "/cms/erasures/person/",
    "/cms/payout-runs/build/",
    "/cms/discounts/add/",
    "/cms/credit/give/",
    "/cms/costs/enter/",
    "/cms/periods/propose/",
    "/cms/bank-statements/bring-in/",
    "/cms/policies/add/",
    "/cms/rates/commission/add/",
    "/cms/reconciliation-rules/limit/",
    "/cms/categories/add/",
    "/cms/webhook-endpoints/make/",
    "/cms/sessions/?status=no_show",
    "/cms/nowhere/",
)
TOO_TALL = 6_000
HEIGHT = """Math.max(...[...document.querySelectorAll("html, main.content-wrapper")]
  .map((one) => one.scrollHeight))"""


class Studio:
    """A browser pointed at one product, and the folder that the pictures go to."""

    def __init__(self, browser: Browser, base: str, folder: Path) -> None:
        self.browser = browser
        self.base = base
        self.folder = folder
        self.only = re.compile(os.environ.get("ONLY", ""))
        self.taken = 0

    @contextmanager
    def person(self, width: str) -> Iterator[Page]:
        context: BrowserContext = self.browser.new_context(
            viewport=WIDTHS[width],  # type: ignore[arg-type]
            has_touch=width == "phone",
            locale="en-GB",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()

    def photograph(self, page: Page, path: str, *, area: str, width: str, name: str = "") -> None:
        """Take the page at an address, whole unless it is very tall, in each theme."""
        page.goto(f"{self.base}{path}", wait_until="networkidle")
        if self.only.search(name := name or slug_of(path)):
            self.shoot(page, name, area=area, width=width)

    def shoot(self, page: Page, name: str, *, area: str, width: str) -> None:
        size = page.viewport_size
        height = page.evaluate(HEIGHT)
        if page.locator("main.content-wrapper").count():  # what scrolls in the back office
            page.set_viewport_size({**WIDTHS[width], "height": min(height, TOO_TALL)})  # type: ignore[typeddict-item]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            place = self.folder / area / f"{name[:70]}.{width}.{theme}.png"
            page.screenshot(path=place, full_page=height < TOO_TALL, animations="disabled")
            self.taken += 1
        if size:
            page.set_viewport_size(size)


def slug_of(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"


def main(arguments: list[str]) -> int:
    """Take all pictures; return the exit status."""
    if chromium.find() is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    folder, *rest = arguments or ["var/screenshots"]
    words = [word for word in rest if word != "--german"]
    base = os.environ.get("BASE")
    if base:
        photograph_all(base.rstrip("/"), Path(folder))
        return 0
    with a_demo() as demo:
        if not rest:
            photograph_all(demo.url, Path(folder))
        photograph_app(demo, Path(folder), words=words, german="--german" in rest)
    return 0


@contextmanager
def a_demo() -> Iterator[Demo]:
    """The demo that BROWSER_DEMO names, or one for the occasion."""
    running = os.environ.get("BROWSER_DEMO")
    if running:
        yield named_demo(running)
        return
    with tempfile.TemporaryDirectory(prefix="counterfoil-screenshots-") as data_dir:
        print("Starting a demo to photograph …", flush=True)
        with running_demo(Path(data_dir)) as demo:
            yield demo


def photograph_app(demo: Demo, folder: Path, *, words: list[str], german: bool) -> None:
    with sync_playwright() as playwright:
        browser = chromium.launched(playwright)
        taken = app_pictures.take(browser, demo, folder, words=words, german=german)
        browser.close()
    print(f"{taken} pictures of the app's table in {folder}/app/", flush=True)


def photograph_all(base: str, folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = chromium.launched(playwright)
        studio = Studio(browser, base, folder)
        for width in WIDTHS:
            for take in (public_pages, app_pages, back_office, first_screens):
                with studio.person(width) as page:
                    take(studio, page, width)
        browser.close()
    print(f"{studio.taken} pictures in {folder}/", flush=True)


def public_pages(studio: Studio, page: Page, width: str) -> None:
    """What the sitemap names, with one mentor for all in each language, and pages of the edge."""
    sitemap = httpx.get(f"{studio.base}/sitemap.xml").text
    paths = {urlsplit(url).path for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)}
    several = {path for path in paths if re.fullmatch(r"(?:/mentors|/de/mentoren)/[^/]+/", path)}
    kinds = (paths - several) | {"/", "/mentors/", f"/mentors/{ADA}/", f"/de/mentoren/{ADA}/"}
    edges = [
        "/mentors/?q=kubernetes&sort=rating",
        "/mentors/?q=nobody+at+all",
        "/search/?q=price",
        "/search/?q=nothing+like+it",
        "/terms/versions/1-2/",
        "/nowhere/",
        "/de/search/?q=absagen",
        "/de/nirgends/",
        "/emails/unsubscribe",
        "/accounts/login/",
    ]
    for path in [*sorted(kinds), *edges]:
        studio.photograph(page, path, area="public", width=width)


def app_pages(studio: Studio, page: Page, width: str) -> None:
    """The app signed out, as a client on the way through a booking, then as the OTHERS."""
    for path in SIGNED_OUT:
        studio.photograph(page, path, area="app", width=width)
    with httpx.Client(base_url=studio.base, timeout=30) as http:
        sign_in_app(http, page, CLIENT)
        kind, session = held_session(http)
        for path in (
            "/app",
            "/app/mentors",
            "/app/mentors?q=nobody+at+all",
            f"/app/mentors/{ADA}",
            f"/app/mentors/{ADA}/book?type={kind}",
            f"/app/sessions/{session}/pay",
            f"/app/sessions/{session}",
            "/app/sessions",
            "/app/sessions?when=past",
            "/app/goals",
            "/app/payments",
            "/app/settings/you",
            "/app/settings/emails",
            "/app/settings/sign-in",
            "/app/settings/data",
            "/app/nowhere",
            *confirmed_sessions(http),
        ):
            page.goto(f"{studio.base}{path}", wait_until="networkidle")
            name = slug_of(re.sub(r"ses_\w+", "session", path).partition(f"?type={kind}")[0])
            if studio.only.search(name):
                studio.shoot(page, name, area="app", width=width)
    for email, paths in OTHERS.items():
        with httpx.Client(base_url=studio.base, timeout=30) as http:
            sign_in_app(http, page, email)
            for path in paths:
                name = f"as-{email.partition('@')[0]}-{slug_of(path)}"
                studio.photograph(page, path, area="app", width=width, name=name)


def sign_in_app(http: httpx.Client, page: Page, email: str) -> None:
    """Sign in over the API and leave the token where the app looks for it."""
    answer = http.post("/api/users/login", json={"email": email, "password": PASSWORD})
    token = answer.raise_for_status().json()["token"]
    http.headers["Authorization"] = f"Bearer {token}"
    page.goto(f"{http.base_url}/app/login")
    page.evaluate("(token) => localStorage.setItem('counterfoil.token', token)", token)


def held_session(http: httpx.Client) -> tuple[str, str]:
    """Return Ada's first session type, and an unpaid session of the client with her."""
    kind = http.get(f"/api/mentors/{ADA}").json()["session_types"][0]["id"]
    waiting = http.get("/api/sessions?status=pending").json()["items"]
    if waiting:
        return kind, waiting[0]["id"]
    slots = http.get(f"/api/mentors/{ADA}/slots", params={"session_type": kind}).json()["items"]
    made = http.post(
        "/api/sessions",
        headers={"Idempotency-Key": uuid4().hex},
        json={"slot_token": slots[-1]["token"], "goals": "Ask for a raise, and mean it."},
    )
    return kind, made.raise_for_status().json()["id"]


def confirmed_sessions(http: httpx.Client) -> list[str]:
    """Return where a booking ended well, if the client has one."""
    found = http.get("/api/sessions?status=confirmed&limit=1").json()["items"]
    return [f"/app/sessions/{one['id']}/done" for one in found]


def back_office(studio: Studio, page: Page, width: str) -> None:
    """The sign-in, the first screen, every screen that the menu leads to, rows and dialogs."""
    enter(studio, page, STAFF)
    studio.photograph(page, "/cms/", area="cms", width=width)
    for path in [*screens.menu(page), *UNLISTED]:
        studio.photograph(page, path, area="cms", width=width)
        if not screens.STOCK.match(path):
            newest_row(studio, page, path, width)


def newest_row(studio: Studio, page: Page, path: str, width: str) -> None:
    """The first row of the open list, and one of each kind of dialog that it leads to."""
    row, name = screens.newest_row(page, path), slug_of(path)
    if row is None:
        return
    studio.photograph(page, row, area="cms", width=width, name=f"{name}-one")
    verbs = {screens.verb(found): found for found in screens.dialogs(page, path)}
    for verb, found in verbs.items():
        studio.photograph(page, found, area="cms", width=width, name=f"{name}-one-{verb}")


def first_screens(studio: Studio, page: Page, width: str) -> None:
    """The first screen and the inbox as each role finds them."""
    for role in ROLES:
        enter(studio, page, f"{role}@example.com")
        for path in ("/cms/", "/cms/inbox/"):
            name = f"{slug_of(path)}-as-{role}"
            studio.photograph(page, path, area="cms", width=width, name=name)
        page.context.clear_cookies()


def enter(studio: Studio, page: Page, email: str) -> None:
    page.goto(f"{studio.base}/accounts/login/?next=/cms/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("sign in|log in", re.IGNORECASE)).first.click()
    page.wait_for_url(re.compile("/cms/|/2fa/"))
    if "/2fa/" in page.url:
        raise SystemExit(f"{studio.base} asks staff for a code; start it with DEMO_MFA=off.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
