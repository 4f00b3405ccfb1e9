"""The scripts of production: which addresses of the gateways the browser asks, and what is said
where they do not answer.

The site is production's as far as a browser can see, with production's policy. The test answers in
the gateways' place, with the stand-in's own scripts and frames.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.booking import CLIENT, Api, Booking
from tests.browser.conftest import Arrive, second_server
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo

STRIPE_SCRIPT = "https://js.stripe.com/endive/stripe.js"
PAYPAL_SCRIPT = "https://www.paypal.com/sdk/js"
OWN_SCRIPTS = "tests.browser.gateways_own_scripts:application"
HOSTS = ("js.stripe.com", "api.stripe.com", "www.paypal.com")
# Where the stand-in has what the gateways have under these addresses.
PLACES = {STRIPE_SCRIPT: "/js/v3/", PAYPAL_SCRIPT: "/paypal/sdk/js"}


@dataclass
class Gateways:
    """What stands in the place of the gateways' hosts, and what was asked of them."""

    stand_in: str
    session: str = ""  # that waits to be paid
    reachable: bool = True
    asked: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        """Answer with what the stand-in has there, or not at all."""
        request = route.request
        if request.resource_type == "script" and not request.frame.parent_frame:
            self.asked.append(request.url)
        if not self.reachable:
            route.abort("connectionrefused")
            return
        parts = urlsplit(request.url)
        bare = f"{parts.scheme}://{parts.netloc}{parts.path}"
        path = PLACES.get(bare, parts.path) + (f"?{parts.query}" if parts.query else "")
        headers = {key: value for key, value in request.headers.items() if key != "origin"}
        answer = route.fetch(url=f"{self.stand_in}{path}", headers=headers)
        if bare != STRIPE_SCRIPT:
            allowed = {**answer.headers, "access-control-allow-origin": "*"}
            route.fulfill(response=answer, headers=allowed)
            return
        # Stripe's script lies on one host and calls another, as the policy of the page has it.
        calling = answer.text().replace("${ORIGIN}/v1/", "https://api.stripe.com/v1/")
        route.fulfill(response=answer, body=calling)


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[str]:
    """The address of a web server of the demo that names the gateways' own hosts."""
    with second_server(demo, application=OWN_SCRIPTS) as url:
        yield url


@pytest.fixture
def gateways(demo: Demo) -> Gateways:
    return Gateways(stand_in=demo.sandbox_url)


@pytest.fixture
def payer(arrive: Arrive, demo: Demo, site: str, gateways: Gateways) -> Iterator[Visitor]:
    """A client who has held a time and goes to pay for it."""
    with Api(demo, CLIENT) as api:
        gateways.session = str(api.hold(slug="ada-winterbourne")["id"])
        visitor = arrive(base=site)
        visitor.watch.expect_hosts(*HOSTS)
        for host in HOSTS:
            visitor.page.context.route(f"https://{host}/**", gateways.answer)
        # A page of the gateway's origin may not fetch the fonts of a loopback address.
        visitor.page.context.route(f"{site}/static/spa/assets/*.woff2", with_leave_for_all)
        visitor.goes_to("/app/login")
        Booking(visitor).signs_in()
        visitor.sees_heading(re.compile("^Hello, "))
        yield visitor
        api.gives_back_what_is_unpaid()


def with_leave_for_all(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "access-control-allow-origin": "*"})


def comes_to_pay(visitor: Visitor, gateways: Gateways) -> str:
    visitor.page.goto(f"{visitor.base}/app/sessions/{gateways.session}/pay")
    visitor.sees_heading("Pay for your session")
    return gateways.session


def says_that_nothing_came(page: Page) -> None:
    alert = page.get_by_role("alert").filter(has_text="The payment form could not be loaded")
    expect(alert).to_contain_text("Nothing was charged, and the time stays yours")
    expect(page.get_by_role("timer")).to_be_visible()


def test_stripes_script_is_asked_of_stripe_alone_and_pays(
    payer: Visitor, gateways: Gateways
) -> None:
    session = comes_to_pay(payer, gateways)

    booking = Booking(payer)
    expect(booking.card().get_by_label("Card number")).to_be_visible()
    assert gateways.asked == [STRIPE_SCRIPT]
    booking.pays()
    booking.is_confirmed(session)


def test_without_stripe_the_checkout_says_so_and_a_retry_pays(
    payer: Visitor, gateways: Gateways
) -> None:
    payer.watch.expect_disconnection()
    gateways.reachable = False
    session = comes_to_pay(payer, gateways)

    says_that_nothing_came(payer.page)
    payer.finds_the_page_accessible()
    once = len(gateways.asked)
    with payer.page.expect_navigation():
        payer.clicks("button", "Try again")
    says_that_nothing_came(payer.page)  # as long as it is so
    twice = len(gateways.asked)

    gateways.reachable = True
    payer.clicks("button", "Try again")
    booking = Booking(payer)
    expect(booking.card().get_by_label("Card number")).to_be_visible()
    assert 0 < once < twice < len(gateways.asked)
    assert set(gateways.asked) == {STRIPE_SCRIPT}
    booking.pays()
    booking.is_confirmed(session)


def test_without_paypal_the_checkout_says_so_and_a_retry_pays(
    payer: Visitor, gateways: Gateways
) -> None:
    session = comes_to_pay(payer, gateways)
    expect(Booking(payer).card().get_by_label("Card number")).to_be_visible()
    payer.watch.expect_disconnection()
    gateways.asked.clear()
    gateways.reachable = False

    payer.clicks("radio", "PayPal")
    says_that_nothing_came(payer.page)
    payer.finds_the_page_accessible()

    gateways.reachable = True
    payer.clicks("button", "Try again")
    payer.sees_heading("Pay for your session")
    payer.clicks("radio", "PayPal")
    payer.clicks("button", "Pay with PayPal")
    page = payer.page.frame_locator("iframe[title^='PayPal']")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    Booking(payer).is_confirmed(session)

    asked = [urlsplit(url) for url in gateways.asked if url.startswith(PAYPAL_SCRIPT)]
    assert len(asked) == 2
    for one in asked:
        assert f"{one.scheme}://{one.netloc}{one.path}" == PAYPAL_SCRIPT
        query = dict(parse_qsl(one.query))
        assert query.pop("client-id")
        assert query == {
            "currency": "USD",
            "intent": "capture",
            "components": "buttons",
            "disable-funding": "card,credit,paylater,venmo",
        }
