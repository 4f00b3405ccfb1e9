"""Pages keep their places while what they show comes late, one answer after the other."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.booking import CLIENT, MENTOR, Api, Booking
from tests.browser.conftest import Arrive
from tests.journeys.demo import Demo

LATE_MS = 900  # longer than the half second in which what moves counts as the person's own doing


@pytest.fixture
def api(demo: Demo) -> Iterator[Api]:
    with Api(demo, CLIENT) as client:
        yield client
        client.gives_back_what_is_unpaid()


def comes_late(page: Page, *paths: str) -> None:
    """Have these answers of the API come late, each later than the one before."""

    def lateness(milliseconds: int) -> Callable[[Route], None]:
        def late(route: Route) -> None:
            answer = route.fetch()
            page.wait_for_timeout(milliseconds)
            route.fulfill(response=answer)

        return late

    for turn, path in enumerate(paths, start=1):
        page.route(re.compile(rf"/api/{path}(\?.*)?$"), lateness(turn * LATE_MS))


def test_a_chosen_time_stands_before_it_is_known_to_be_free(
    arrive: Arrive, api: Api, width: str
) -> None:
    visitor = arrive(width=width)
    booking = Booking(visitor)
    booking.comes_to_the_times()
    visitor.watch.note_shifts()
    at = booking.picks_a_time()
    comes_late(visitor.page, rf"mentors/{MENTOR}", rf"mentors/{MENTOR}/slots", "sessions")
    visitor.reloads()
    visitor.sees_heading("Is this right?")
    book = visitor.finds("button", re.compile("^Book "))
    expect(book).to_be_enabled()
    visitor.watch.note_shifts()

    api.takes(at=at)  # by the same person: where it went is told with the times
    visitor.reloads()
    visitor.sees(re.compile("^You hold "))
    expect(book).to_have_count(0)


def test_the_first_slow_step_into_a_time_moves_nothing(arrive: Arrive, width: str) -> None:
    """On a busy machine the next step comes later than half a second after the click."""
    visitor = arrive(width=width)
    booking = Booking(visitor)
    booking.comes_to_the_times()
    visitor.watch.note_shifts()
    visitor.page.evaluate(SLOW_STEPS)
    booking.picks_a_time()
    visitor.page.wait_for_timeout(300)


@pytest.mark.parametrize(
    ("path", "email", "heading", "late"),
    [
        (
            "/app/earnings",
            "mentor@example.com",
            "Payout account",
            ("mentors/me/payout-account", "mentors/me/earnings/analytics", "mentors/me/earnings"),
        ),
        (
            "/app/settings/sign-in",
            CLIENT,
            "Signed-in devices",
            ("users/sessions", "users/mfa", "users/social/providers"),
        ),
        (
            "/app/settings/data",
            CLIENT,
            "Erase your account",
            ("users/erasure", "users/export"),
        ),
    ],
)
def test_cards_that_come_late_come_together(
    arrive: Arrive, width: str, path: str, email: str, heading: str, late: tuple[str, ...]
) -> None:
    visitor = arrive(width=width)
    visitor.goes_to("/app/settings/you")
    Booking(visitor).signs_in(email)
    visitor.is_at("/app/settings/you")
    comes_late(visitor.page, *late)
    visitor.goes_to(path)
    visitor.sees_heading(heading)
    expect(visitor.page.locator("[data-slot=loading]")).to_have_count(0)
    visitor.page.wait_for_timeout(300)  # until it is told what moved


# React Router shows the next step when the address is written: that is when time passes here.
SLOW_STEPS = f"""
const push = history.pushState.bind(history);
history.pushState = (...given) => {{
  const until = performance.now() + {LATE_MS};
  while (performance.now() < until);
  push(...given);
}};
null
"""
