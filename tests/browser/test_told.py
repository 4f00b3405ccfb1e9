"""What a gateway told, answered in a real browser: an event replayed, a dispute answered once."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import AUDITOR, PREPARER, sign_in
from tests.browser.visitor import Visitor
from tests.journeys.demo import Demo
from tests.standin import SECRET_KEY

KEY = {"Authorization": f"Bearer {SECRET_KEY}"}
PDF = b"%PDF-1.4\n%%EOF\n"
CHAT = "What client and mentor wrote to each other"


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, str]]:
    """A disputed payment, and an event on whose payment nobody has worked; the rest is held."""
    try:
        yield money.plant(demo, "disputed", "failed_event")
    finally:
        httpx.post(f"{demo.sandbox_url}/_sandbox/webhooks/release", json={}, timeout=20)


def test_a_failed_event_is_replayed_once_its_diff_was_seen(
    arrive: Arrive, planted: dict[str, str]
) -> None:
    visitor, watcher = arrive(), arrive(width="phone")
    finance = sign_in(visitor, email=PREPARER)
    finance.opens("/cms/gateway-events/?state=failed")
    visitor.finds_the_page_accessible()
    visitor.page.locator(f"td a[href*='{planted['event']}']").first.click()
    visitor.sees("OperationalError: the line went dead")
    visitor.finds_the_page_accessible()
    finance.presses("Replay")
    visitor.sees_heading("What it would change")
    changed = visitor.page.get_by_role("row").filter(has_text="Payment pay_")
    expect(changed.first).to_contain_text("Succeeded")
    visitor.sees_heading("What will be posted")
    visitor.sees("1100 Gateway clearing (stripe)")
    visitor.finds_the_page_accessible()
    finance.presses(re.compile(r"^Apply \d changes$"))

    finance.is_told("Replayed: confirmed.")
    finance.opens(f"/cms/payments/{planted['event_payment']}/")
    visitor.sees("Payment: captured")
    finance.opens(f"/cms/gateway-events/{planted['event']}/replay/")
    visitor.sees("The gateway says what we know already, or speaks of nothing of ours.")
    expect(visitor.page.get_by_role("button", name="Nothing to apply")).to_be_disabled()

    auditor = sign_in(watcher, email=AUDITOR)
    auditor.opens(f"/cms/gateway-events/{planted['event']}/")
    watcher.finds_the_page_accessible()
    expect(watcher.page.get_by_role("link", name="Replay")).to_have_count(0)


def test_a_dispute_is_answered_once_with_words_and_a_document(
    arrive: Arrive, demo: Demo, planted: dict[str, str]
) -> None:
    visitor = arrive()
    finance = sign_in(visitor, email=PREPARER)
    dispute = f"/cms/disputes/{planted['dispute']}/"
    finance.opens(dispute)
    visitor.finds_the_page_accessible()
    finance.presses("Answer this dispute")
    visitor.sees_heading("What the bank is told")
    visitor.sees_heading("The session's record, also as a PDF")
    visitor.watch.expect_refusal(422, "/answer/")
    _attaches(visitor, CHAT, "chat.pdf", PDF)
    finance.presses("Send the answer to Stripe")
    visitor.sees("Say in your words why the payment is right.")
    visitor.sees(f"Nothing was sent. Choose again: {CHAT}.")  # no browser keeps a file
    visitor.finds_the_page_accessible()
    visitor.watch.expect_refusal(409, "/answer/")
    finance.fills("Why the payment is right", "The session was held as it was agreed.")
    _attaches(visitor, CHAT, "chat.pdf", PDF)
    _attaches(visitor, "Another document", "notes.png", b"Not a picture.")
    finance.presses("Send the answer to Stripe")
    finance.is_refused("notes.png is no PDF, JPEG or PNG. Save it as one of these.")
    visitor.sees(f"Nothing was sent. Choose again: {CHAT}, Another document.")
    _attaches(visitor, CHAT, "chat.pdf", PDF)
    finance.presses("Send the answer to Stripe")

    finance.is_told(re.compile("is on its way to the bank"))
    row = visitor.page.get_by_role("row").filter(has_text="The session was held as it was agreed.")
    expect(row.get_by_role("link", name="Record")).to_be_visible()
    assert visitor.downloads("Communication") == PDF.decode()
    assert visitor.downloaded == "communication.pdf"
    there = f"{demo.sandbox_url}/v1/disputes/{planted['dispute_there']}"
    for _ in range(100):
        if _asked(there)["evidence_details"]["submission_count"]:
            break
        visitor.page.wait_for_timeout(200)
    assert _asked(there)["evidence"]["uncategorized_text"].startswith("The session was held")
    finance.opens(f"{dispute}answer/")
    visitor.sees("This dispute has been answered. Wait for the bank's decision.")
    expect(visitor.page.get_by_role("button", name="Send the answer to Stripe")).to_be_disabled()


def _attaches(visitor: Visitor, label: str, name: str, content: bytes) -> None:
    visitor.page.get_by_label(label).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def _asked(url: str) -> dict[str, Any]:
    """What the gateway says of the dispute."""
    found: dict[str, Any] = httpx.get(url, headers=KEY, timeout=20).raise_for_status().json()
    return found
