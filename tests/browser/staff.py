"""A member of the staff at a browser: signs in to the back office, opens screens, presses buttons.

Needs a demo without the second factor (`running_demo` starts one). Whoever plants rows for a screen
does it in the demo's own database (`tests.browser.money`).
"""

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.journeys.demo import PASSWORD

PREPARER, APPROVER = "finance@example.com", "approver@example.com"
AUDITOR, ADMIN = "auditor@example.com", "admin@example.com"


@dataclass
class Staff:
    """One signed-in person of the staff."""

    visitor: Visitor

    def opens(self, path: str) -> None:
        self.visitor.goes_to(path)

    def presses(self, name: str | re.Pattern[str]) -> None:
        """Press a button of a dialog, or a button or link of a screen's header."""
        page = self.visitor.page
        control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
        control.first.click()
        page.wait_for_load_state("networkidle")

    def fills(self, label: str, text: str) -> None:
        self.visitor.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str, option: str) -> None:
        self.visitor.page.get_by_label(label, exact=True).select_option(label=option)

    def is_told(self, words: str | re.Pattern[str]) -> None:
        """See the message of success at the top of the page."""
        message = self.visitor.page.locator(".messages").get_by_text(words)
        expect(message.first).to_be_visible()

    def is_refused(self, words: str | re.Pattern[str]) -> None:
        """See the refusal in the dialog."""
        alert = self.visitor.page.get_by_role("alert").get_by_text(words)
        expect(alert.first).to_be_visible()


def sign_in(visitor: Visitor, *, email: str = PREPARER) -> Staff:
    """Sign in to the back office by the form; return the person on its first screen."""
    visitor.goes_to("/accounts/login/?next=/cms/")
    page = visitor.page
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("sign in|log in", re.IGNORECASE)).first.click()
    page.wait_for_url("**/cms/")
    page.wait_for_load_state("networkidle")
    return Staff(visitor)
