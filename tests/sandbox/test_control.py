"""The control plane and the pages: for this machine only, and refusing what makes no sense."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import ROOT, StandIn


def test_the_clock_moves_and_freezes(standin: StandIn, client: stripe.StripeClient) -> None:
    standin.control("POST", "clock", set="2026-10-01T00:00:00Z", frozen=True)
    first = client.v1.customers.create({"name": "Ada"})
    standin.control("POST", "clock", advance_seconds=90)
    second = client.v1.customers.create({"name": "Ben"})

    assert (first.created, second.created) == (1_790_812_800, 1_790_812_890)
    assert standin.control("GET", "clock")["frozen"] is True
    for body in ({"advance_seconds": -1}, {"set": "2026-10-01T00:00:00"}, {"set": True}):
        with pytest.raises(RuntimeError):
            standin.control("POST", "clock", **body)
    assert standin.control("GET", "clock")["now"] == 1_790_812_890


def test_a_request_may_say_when_it_is_made(standin: StandIn) -> None:
    def made(**headers: str) -> int:
        answer = httpx.post(
            f"{standin.url}/v1/customers",
            data={"name": "Ada"},
            headers={"Authorization": "Bearer sk_test_any", **headers},
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["created"])

    standin.control("POST", "clock", set="2026-10-01T00:00:00Z", frozen=True)

    assert made(**{"Sandbox-Time": "1700000000"}) == 1_700_000_000
    assert made() == 1_790_812_800  # the clock itself has not moved
    assert made(**{"Sandbox-Time": "soon"}) == 1_790_812_800


def test_a_reset_forgets_everything(standin: StandIn, client: stripe.StripeClient) -> None:
    paid(client)
    standin.fault("error_before")
    standin.control("POST", "settings", async_seconds=99)
    standin.control("POST", "clock", set="2020-01-01T00:00:00Z", frozen=True)

    standin.reset()

    assert client.v1.payment_intents.list().data == []
    assert client.v1.events.list().data == []
    assert standin.control("GET", "faults") == []
    assert standin.control("GET", "settings")["async_seconds"] == 2
    assert standin.control("GET", "clock")["frozen"] is False


@pytest.mark.parametrize("body", [{"async": 1}, {"async_seconds": -1}, {"async_seconds": "x"}])
def test_settings_that_make_no_sense_are_refused(standin: StandIn, body: dict[str, object]) -> None:
    with pytest.raises(RuntimeError):
        standin.control("POST", "settings", **body)

    assert standin.control("GET", "settings")["async_seconds"] == 2


def test_the_control_plane_answers_to_loopback_names_only(standin: StandIn) -> None:
    answer = httpx.post(
        f"{standin.url}/_sandbox/reset", headers={"Host": "evil.example"}, trust_env=False
    )

    assert answer.status_code == 403


def test_the_front_page_pays_an_intent(standin: StandIn, client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "metadata": {"note": "<script>"}}
    )
    page = httpx.get(standin.url, trust_env=False)
    form = f"{standin.url}/stripe/payment_intents/{intent.id}/confirm"

    declined = httpx.post(form, data={"card": "pm_card_chargeDeclined"}, trust_env=False)
    foreign = httpx.post(form, headers={"Origin": "https://evil.example"}, trust_env=False)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    accepted = httpx.post(form, data={"card": "pm_card_visa"}, trust_env=False)

    assert intent.id in page.text
    assert "<script>" not in page.text
    assert (declined.status_code, foreign.status_code, accepted.status_code) == (402, 403, 303)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_the_banks_page_leads_back_to_the_shop(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "http://127.0.0.1/back?a=1",
        }
    )
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    page = str(intent.next_action.redirect_to_url.url)

    shown = httpx.get(page, trust_env=False)
    answer = httpx.post(page, data={"answer": "yes"}, trust_env=False)

    assert "Approve" in shown.text
    assert answer.headers["location"].startswith(
        f"http://127.0.0.1/back?a=1&payment_intent={intent.id}"
    )
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--host", "0.0.0.0", "--state", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    assert "loopback only" in ended.stderr


def test_one_state_folder_serves_one_process(standin: StandIn) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", "0", "--state", str(standin.state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert "locked" in ended.stderr
    assert standin.control("GET", "health")["status"] == "ok"
