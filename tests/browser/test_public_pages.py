"""Every kind of public page: accessible, quiet and whole, at both widths and in both themes."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.accounts.signed_in import code_of
from tests.browser.conftest import Arrive
from tests.browser.staff import sign_in
from tests.journeys.demo import Demo

MENTOR = re.compile(r"(?:/mentors|/de/mentoren)/[^/]+/")
ARTICLE = re.compile(r"(?:/articles|/de/artikel)/[^/]+/")
ADA, GERMAN_ADA = "/mentors/ada-winterbourne/", "/de/mentoren/ada-winterbourne/"
KINDS = {"/", "/mentors/", ADA, "/articles/", "/faq/", "/terms/", "/contact/", "/become-a-mentor/"}
GERMAN = {"/de/", "/de/mentoren/", GERMAN_ADA, "/de/artikel/", "/de/fragen/", "/de/bedingungen/"}
TARGET_SIZE = "axe.run(document, {runOnly: {type: 'rule', values: ['target-size']}})"
EDGES = [
    "/mentors/?q=career&language=en&sort=rating",
    "/mentors/?q=nobody+at+all&duration=30",
    "/mentors/?price_max=-5",
    "/search/",
    "/search/?q=cancel",
    "/search/?q=xyzzyx",
    "/de/search/?q=absagen",
    "/de/mentoren/?q=nobody+at+all&duration=30",
    "/contact/?sent=",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/app/register",
]


@pytest.fixture(scope="module")
def paths(demo: Demo) -> list[str]:
    """What the sitemap names, one of its mentors and two articles, and pages it need not name."""
    sitemap = httpx.get(f"{demo.url}/sitemap.xml").text
    found = [urlsplit(url).path for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    profiles = [path for path in found if MENTOR.fullmatch(path)]
    assert set(found) >= KINDS | GERMAN
    assert len(profiles) >= 120
    articles = sorted(path for path in found if ARTICLE.fullmatch(path))
    others = sorted(set(found) - set(profiles) - set(articles))
    return [*others, ADA, GERMAN_ADA, *articles[:2], articles[-1], *EDGES]


def test_every_kind_of_page_is_accessible_and_quiet(
    arrive: Arrive, paths: list[str], width: str
) -> None:
    visitor = arrive(width=width)

    for path in paths:
        visitor.goes_to(path)
        visitor.finds_the_page_accessible()


def test_no_page_scrolls_sideways_at_320_px_and_every_target_is_large_enough(
    arrive: Arrive, paths: list[str]
) -> None:
    """24 CSS pixels or room around it (WCAG 2.2, 2.5.8): axe leaves that out unless asked."""
    visitor = arrive(width="phone")
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 640})
    wrong = []

    for path in paths:
        visitor.goes_to(path)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        page.evaluate(Axe().axe_script)
        small = page.evaluate(TARGET_SIZE)["violations"]
        wrong += [f"{path} is {wider} px too wide"] if wider > 0 else []
        wrong += [f"{path}: {node['html'][:150]}" for rule in small for node in rule["nodes"]]

    assert wrong == [], "\n".join(wrong)


def test_paper_carries_the_answers_that_a_screen_folds_and_no_menu(arrive: Arrive) -> None:
    screen, paper = arrive(width="desk"), arrive(width="desk")
    paper.page.emulate_media(media="print")
    answers = ".questions__item .prose"

    for visitor in (screen, paper):
        visitor.goes_to("/faq/")

    folded, printed = (one.page.locator(answers).all() for one in (screen, paper))
    assert len(folded) == len(printed) > 9
    assert not any(one.is_visible() for one in folded)
    assert all(one.is_visible() for one in printed)
    for part in (".top__nav", ".foot"):
        assert screen.page.locator(part).is_visible()
        assert not paper.page.locator(part).is_visible()


# A person of the staff of this test's own: everybody else's sign-in stays as it is.
NEWCOMER = """
from accounts.roles import SUPPORT, add_to_group
from allauth.mfa.models import Authenticator
from demo.people import People
from kernel import clock
person = People.at(clock.now()).person(
    "EMAIL", name="Nell Newcomer", role="staff", zone="Europe/London", signs_in=True
)
add_to_group(user=person, group=SUPPORT)
Authenticator.objects.filter(user=person).delete()
"""


def test_the_way_of_staff_to_a_second_factor_is_accessible(
    arrive: Arrive, demo: Demo, width: str
) -> None:
    """The page that sets an app up, its recovery codes, and the page that asks for a code again.

    The demo's sign-in asks for none (`DEMO_MFA=off`); the page where it would is built alike.
    """
    email = f"newcomer-{width}@example.com"
    made = demo.manage("shell", "-v", "0", "-c", NEWCOMER.replace("EMAIL", email))
    assert made.returncode == 0, made.stderr
    visitor = arrive(width=width)
    page = visitor.page
    sign_in(visitor, email=email)

    visitor.goes_to("/accounts/2fa/totp/activate/")
    visitor.finds_the_page_accessible()
    secret = page.locator("input[readonly], input[disabled]").first.input_value()
    page.get_by_label(re.compile("code", re.IGNORECASE)).first.fill(code_of(secret, -1))
    page.locator("main form").get_by_role("button").first.click()
    visitor.sees_heading("Recovery codes")
    visitor.finds_the_page_accessible()
    visitor.goes_to("/accounts/2fa/reauthenticate/?next=/cms/")

    visitor.is_at("/accounts/2fa/reauthenticate/")
    visitor.finds_the_page_accessible()


def test_a_page_that_does_not_exist_is_one_of_ours(arrive: Arrive, width: str) -> None:
    visitor = arrive(width=width)
    visitor.watch.expect_refusal(404, "/nowhere/")

    visitor.goes_to("/nowhere/")

    visitor.finds_the_page_accessible()
    assert visitor.page.get_by_role("link").count() > 0


def test_a_reader_changes_the_language_and_stays_on_the_page(arrive: Arrive, width: str) -> None:
    """From the head on a wide screen, from the foot on a phone; to the same mentor and back."""
    visitor = arrive(width=width)
    page = visitor.page
    visitor.goes_to(ADA)
    switch = page.locator("footer .foot__languages" if width == "phone" else "header")

    switch.get_by_role("link", name="Deutsch").click()

    visitor.is_at(GERMAN_ADA)
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.get_by_role("heading", name="Ada Winterbourne", level=1).is_visible()
    assert page.get_by_role("heading", name="Sitzungen").is_visible()
    visitor.finds_the_page_accessible()
    page.locator("footer").get_by_role("link", name="English").click()
    visitor.is_at(ADA)
    for path in ("/de/", "/de/mentoren/"):
        visitor.goes_to(path)
        visitor.finds_the_page_accessible()


def test_the_api_page_finds_an_operation_and_speaks_three_languages(
    arrive: Arrive, width: str
) -> None:
    visitor = arrive(width=width)
    page = visitor.page

    visitor.goes_to("/api/docs")
    page.keyboard.press("/")
    page.keyboard.type("hold a slot")
    page.keyboard.press("Enter")
    operation = page.locator("#sessions_create")
    operation.get_by_role("button", name="Python").click()
    visitor.reloads()

    assert page.url.endswith("/api/docs#sessions_create")
    assert "import httpx" in operation.locator(".sample:visible").inner_text()
    assert page.locator(".sample--curl:visible").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    visitor.sees("Nothing is called so.")
    # One of each kind: axe would look at seventeen thousand elements for two minutes.
    page.keyboard.press("Escape")
    page.evaluate("""
        const others = ".operation:not(#sessions_create), .object:not(#object-SessionOut)";
        for (const one of document.querySelectorAll(others)) one.remove();
    """)
    visitor.finds_the_page_accessible()
