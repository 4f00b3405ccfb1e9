"""A mentor's hours in a browser, by the keyboard alone: written, saved, found again, removed."""

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.browser.booking import Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

MENTOR = "mentor@example.com"  # who is open on weekdays alone
PATH = "/app/availability"
MOST_TABS = 250


@dataclass(frozen=True)
class Keyboard:
    """Hands that touch no mouse."""

    visitor: Visitor

    def comes_to(self, target: Locator) -> None:
        """Press the tab key until the focus is there."""
        for _ in range(MOST_TABS):
            if target.evaluate("(it) => it === document.activeElement"):
                return
            self.presses("Tab")
        raise AssertionError(f"the tab key does not lead to {target}")

    def presses(self, key: str) -> None:
        self.visitor.page.keyboard.press(key)

    def types(self, clock: str) -> None:
        """Write a clock into the field; half a day's letters count where it asks for them."""
        self.visitor.page.keyboard.type(clock)

    def saves(self) -> None:
        self.comes_to(self.button("Save the hours"))
        with self.visitor.page.expect_response(lambda it: it.request.method == "PUT") as told:
            self.presses("Enter")
        assert told.value.status == 200
        self.visitor.sees("All of this is saved.")
        expect(self.button("Save the hours")).to_be_focused()

    def button(self, name: str) -> Locator:
        return self.visitor.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.visitor.page.get_by_label(label, exact=True)


def test_hours_are_written_and_removed_by_the_keyboard_alone(arrive: Arrive, width: str) -> None:
    visitor = arrive(width=width)
    hands = Keyboard(visitor)
    visitor.page.goto(f"{visitor.base}{PATH}")
    Booking(visitor).signs_in(MENTOR)
    visitor.sees_heading("Weekly hours")
    visitor.finds_the_page_accessible()

    hands.comes_to(hands.button("Add hours on Sunday"))
    hands.presses("Enter")
    expect(hands.field("Sunday, from")).to_be_focused()
    hands.types("0615AM")
    hands.comes_to(hands.field("Sunday, until"))
    hands.types("0715AM")
    hands.saves()
    visitor.reloads()

    expect(hands.field("Sunday, from")).to_have_value("06:15")
    expect(hands.field("Sunday, until")).to_have_value("07:15")
    hands.comes_to(hands.button("Remove 06:15–07:15 on Sunday"))
    hands.presses("Enter")
    expect(hands.button("Add hours on Sunday")).to_be_focused()
    hands.saves()
    expect(hands.field("Sunday, from")).to_have_count(0)


def test_what_comes_of_the_hours_and_calendars_is_accessible(arrive: Arrive, width: str) -> None:
    visitor = arrive(width=width)
    visitor.page.goto(f"{visitor.base}{PATH}?tab=seen")
    Booking(visitor).signs_in(MENTOR)
    visitor.sees_heading("A week as clients see it")
    visitor.page.get_by_label("Day").fill("2027-03-07")
    visitor.page.get_by_label("Time (London time)").fill("03:00")
    visitor.clicks("button", "Ask")
    visitor.sees("Clients are not offered")
    visitor.finds_the_page_accessible()

    visitor.clicks("tab", "Calendars")
    visitor.sees_heading("Your sessions in another calendar")
    visitor.finds_the_page_accessible()
