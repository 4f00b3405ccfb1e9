"""What the payer's browser loads and calls: the script, the card fields, the bank's window."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.standin import StandIn

PUBLISHABLE = "pk_test_browser"
SHOP = "http://127.0.0.1:8000"


@pytest.fixture
def browser(standin: StandIn) -> Iterator[httpx.Client]:
    """An HTTP client that comes from the shop's page."""
    with httpx.Client(base_url=standin.url, headers={"Origin": SHOP}, trust_env=False) as client:
        yield client


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {"amount": 8000, "currency": "usd", "metadata": {"payment_id": "pay_1"}}
    )


def confirm(
    browser: httpx.Client, intent: stripe.PaymentIntent, number: str, **more: str
) -> httpx.Response:
    """Confirm as the card fields' frame does (`elements/payment.js`)."""
    return browser.post(
        f"/v1/payment_intents/{intent.id}/confirm",
        data={
            "key": PUBLISHABLE,
            "client_secret": str(intent.client_secret),
            "use_stripe_sdk": "true",
            "expected_payment_method_type": "card",
            "return_url": f"{SHOP}/app/sessions/ses_1/pay",
            "payment_method_data[type]": "card",
            "payment_method_data[card][number]": number,
            "payment_method_data[card][exp_month]": "12",
            "payment_method_data[card][exp_year]": "2034",
            "payment_method_data[card][cvc]": "123",
            **more,
        },
    )


def status_of(browser: httpx.Client, intent: stripe.PaymentIntent) -> str:
    """Look as `stripe.retrievePaymentIntent` does."""
    found = browser.get(
        f"/v1/payment_intents/{intent.id}",
        params={"key": PUBLISHABLE, "client_secret": str(intent.client_secret)},
    )
    assert found.headers["access-control-allow-origin"] == "*"
    return str(found.json()["status"])


@pytest.mark.parametrize("path", ["/js/v3/", "/js/v3"])
def test_the_script_is_served_to_any_page(browser: httpx.Client, path: str) -> None:
    script = browser.get(path)

    assert script.status_code == 200
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "window.Stripe = Stripe" in script.text


def test_whatever_the_card_fields_name_is_served(browser: httpx.Client) -> None:
    page = browser.get("/js/v3/payment")

    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert named == ["/js/v3/payment.css", "/js/v3/payment.js"]
    for path in named:
        assert browser.get(path).status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page.text)


def test_every_card_field_has_a_label_and_a_place_for_its_error(browser: httpx.Client) -> None:
    page = browser.get("/js/v3/payment").text

    labels = dict(re.findall(r'<label class="Label" for="(\w+)">([^<]+)<', page))
    assert labels == {"number": "Card number", "expiry": "Expiry", "cvc": "CVC"}
    for name in labels:
        assert f'aria-describedby="{name}-error"' in page
        assert f'id="{name}-error"' in page


@pytest.mark.parametrize("path", ["/js/", "/js/v3/../../app.py", "/js/v3/stripe.js", "/js/v4/"])
def test_nothing_else_is_served(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_scripts_are_only_read(browser: httpx.Client) -> None:
    assert browser.post("/js/v3/").status_code == 405


def test_a_card_that_succeeds(browser: httpx.Client, intent: stripe.PaymentIntent) -> None:
    answer = confirm(browser, intent, "4242424242424242")

    assert answer.json()["status"] == "succeeded"
    assert "metadata" not in answer.json()
    assert status_of(browser, intent) == "succeeded"


@pytest.mark.parametrize(
    ("number", "code", "decline_code", "message"),
    [
        ("4000000000000002", "card_declined", "generic_decline", "Your card was declined."),
        (
            "4000000000009995",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        ("4000000000000069", "expired_card", "expired_card", "Your card has expired."),
        (
            "4000000000000127",
            "incorrect_cvc",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
        ),
        (
            "4000000000000119",
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ],
)
def test_a_card_that_is_declined_says_why_and_another_may_follow(
    browser: httpx.Client,
    intent: stripe.PaymentIntent,
    number: str,
    code: str,
    decline_code: str,
    message: str,
) -> None:
    answer = confirm(browser, intent, number)

    error = answer.json()["error"]
    assert answer.status_code == 402
    assert (error["type"], error["code"]) == ("card_error", code)
    assert (error["decline_code"], error["message"]) == (decline_code, message)
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert "metadata" not in error["payment_intent"]
    assert confirm(browser, intent, "4242424242424242").json()["status"] == "succeeded"


@pytest.mark.parametrize("number", ["4000002760003184", "4000002500003155"])
def test_the_bank_asks_in_a_window_and_a_yes_pays(
    browser: httpx.Client, intent: stripe.PaymentIntent, number: str
) -> None:
    asked = confirm(browser, intent, number).json()

    assert asked["status"] == "requires_action"
    window = asked["next_action"]["use_stripe_sdk"]["stripe_js"]
    assert window == f"{browser.base_url}/stripe/challenge/{intent.id}".replace("//s", "/s")
    page = browser.get(window)
    assert "80.00 USD" in page.text
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page.text)
    assert "data-answered" not in page.text

    answered = httpx.post(
        window,
        data={"answer": "yes"},
        headers={"Origin": str(browser.base_url).rstrip("/")},
        trust_env=False,
    )

    assert "data-answered" in answered.text
    assert status_of(browser, intent) == "succeeded"
    assert "data-answered" in browser.get(window).text  # a reload closes the window as well


@pytest.mark.parametrize(
    ("number", "answer", "code"),
    [
        ("4000002760003184", "no", "payment_intent_authentication_failure"),
        ("4000008260003178", "yes", "card_declined"),  # the bank says no after the payer's yes
    ],
)
def test_a_refusal_in_the_window_leaves_the_intent_open(
    browser: httpx.Client, intent: stripe.PaymentIntent, number: str, answer: str, code: str
) -> None:
    asked: dict[str, Any] = confirm(browser, intent, number).json()

    browser.post(asked["next_action"]["use_stripe_sdk"]["stripe_js"], data={"answer": answer})

    assert status_of(browser, intent) == "requires_payment_method"
    found = browser.get(
        f"/v1/payment_intents/{intent.id}",
        params={"key": PUBLISHABLE, "client_secret": str(intent.client_secret)},
    ).json()
    assert found["last_payment_error"]["code"] == code


def test_without_the_client_secret_nothing_is_confirmed(
    browser: httpx.Client, intent: stripe.PaymentIntent, client: stripe.StripeClient
) -> None:
    answer = confirm(browser, intent, "4242424242424242", client_secret=f"{intent.id}_secret_x")

    assert answer.status_code == 404
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_container_listens_on_every_address_and_is_named_by_loopback(tmp_path: Path) -> None:
    standin = StandIn(tmp_path / "state", arguments=["--in-container"])
    standin.start()
    try:
        assert standin.url.startswith("http://127.0.0.1:")
        port = standin.url.rpartition(":")[2]
        answer = httpx.get(f"http://127.0.0.2:{port}/js/v3/", trust_env=False)
        levers = httpx.get(
            f"http://127.0.0.2:{port}/_sandbox/health",
            headers={"Host": "elsewhere.example"},
            trust_env=False,
        )
    finally:
        standin.stop()

    assert (answer.status_code, levers.status_code) == (200, 403)
