"""A client on the way from a mentor's page to a confirmed session, one step after the other."""

import random
import re
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.visitor import Visitor
from tests.journeys.demo import PASSWORD, Client, Demo

MENTOR, MENTOR_NAME = "ada-winterbourne", "Ada Winterbourne"
CLIENT, OTHER_CLIENT = "client@example.com", "client2@example.com"
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
SESSION = re.compile(r"/app/sessions/(ses_\w+)")


@dataclass
class Booking:
    """The steps of one client's booking with Ada, each leaving the page settled."""

    visitor: Visitor

    def signs_in(self, email: str = CLIENT) -> None:
        page = self.visitor.page
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.visitor.clicks("button", "Sign in")

    def comes_to_the_times(self) -> None:
        """Go straight to Ada's free times, through the sign-in."""
        self.visitor.goes_to(f"/app/mentors/{MENTOR}/book")
        self.signs_in()
        self.sees_the_times()

    def sees_the_times(self) -> None:
        self.visitor.is_at(f"/app/mentors/{MENTOR}/book")
        self.visitor.sees_heading(f"Book with {MENTOR_NAME}")
        expect(self.times().first).to_be_visible()

    def times(self) -> Locator:
        """The buttons of the chosen day's free times."""
        return self.visitor.page.get_by_role("button", name=re.compile(r"^\d{2}:\d{2}$"))

    def picks_a_time(self, goals: str = "") -> datetime:
        """Take the first free time of the day that is shown; return when it begins."""
        self.times().first.click()
        self.visitor.sees_heading("Is this right?")
        if goals:
            self.visitor.page.get_by_label(re.compile("What do you want")).fill(goals)
        chosen = re.search(r"[?&]at=([^&]+)", self.visitor.page.url)
        assert chosen, self.visitor.page.url
        return datetime.fromisoformat(chosen[1].replace("%3A", ":"))

    def books(self) -> str:
        """Press the one button that holds the time; return the session's id."""
        self.visitor.watch.note_shifts()
        self.visitor.clicks("button", re.compile("^Book "))
        return self.is_asked_to_pay()

    def is_asked_to_pay(self) -> str:
        self.visitor.is_at(re.compile(r"/app/sessions/ses_\w+/pay"))
        self.visitor.sees_heading("Pay for your session")
        expect(self.visitor.page.get_by_role("timer")).to_be_visible()
        expect(self.card().get_by_label("Card number")).to_be_visible()
        return self.session()

    def session(self) -> str:
        found = SESSION.search(self.visitor.page.url)
        assert found, self.visitor.page.url
        return found[1]

    def card(self) -> FrameLocator:
        """The gateway's own fields, which live in a frame from the gateway's address."""
        return self.visitor.page.frame_locator("iframe[title*='payment' i]").first

    def pays(self, number: str = GOOD_CARD) -> None:
        card = self.card()
        card.get_by_label("Card number").fill(number)
        card.get_by_label("Expiry").fill("12 / 44")
        card.get_by_label("CVC").fill("123")
        self.visitor.clicks("button", re.compile(r"^Pay "))

    def is_confirmed(self, session: str) -> None:
        self.visitor.is_at(f"/app/sessions/{session}/done")
        self.visitor.sees(re.compile("confirmed|booked", re.IGNORECASE))


class Api(Client):
    """Somebody who uses the API beside the browser: looks after sessions, or is faster."""

    def __init__(self, demo: Demo, email: str = CLIENT) -> None:
        super().__init__(demo, email, rng=random.Random(7))

    def status_of(self, session: str) -> str:
        return str(self.until_answered("GET", f"/api/sessions/{session}").json()["status"])

    def goals_of(self, session: str) -> str:
        return str(self.until_answered("GET", f"/api/sessions/{session}").json()["goals"])

    def takes(self, *, at: datetime) -> str:
        """Hold Ada's slot that begins at this instant; return the session's id."""
        for kind in self.until_answered("GET", f"/api/mentors/{MENTOR}").json()["session_types"]:
            slots = self.until_answered(
                "GET",
                f"/api/mentors/{MENTOR}/slots",
                params={"session_type": kind["id"], "from": at.isoformat()},
            ).json()["items"]
            for slot in slots:
                if datetime.fromisoformat(slot["starts_at"]) == at:
                    body = {"slot_token": slot["token"], "goals": ""}
                    held = self.until_answered(
                        "POST", "/api/sessions", headers=self.key(), json=body
                    )
                    assert held.status_code == 201, held.text
                    return str(held.json()["id"])
        raise AssertionError(f"nothing begins at {at}")

    def gives_back_what_is_unpaid(self) -> None:
        """Cancel every hold: three of them would close the door to the next test."""
        holds = self.until_answered("GET", "/api/sessions?status=pending&limit=100").json()
        for session in holds["items"]:
            self.until_answered(
                "POST", f"/api/sessions/{session['id']}/cancel", headers=self.key(), json={}
            )
