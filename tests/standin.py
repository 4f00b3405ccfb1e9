"""The payment stand-in as a subprocess, and the levers that tests pull on it.

One process per test run, on a free loopback port, with its state in a folder of its own. It is
reached as the product reaches it (Stripe's SDK) and through its control plane; nothing of
`sandbox` is imported.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests import paypal_standin
from tests.paypal_standin import PayPalSide

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "sk_test_counterfoil"
WEBHOOK_SECRET = "whsec_counterfoil_test"


class StandIn:
    """A running stand-in: the payer's browser, the gateway's dashboard and its misfortunes."""

    def __init__(self, state: Path, *, arguments: Sequence[str] = ()) -> None:
        self.state = state
        self._arguments = list(arguments)
        self._port = 0
        self._log = state.with_suffix(".log")
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, at first on a free port and then always on that one; wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "sandbox", "--state", str(self.state)),
                    *("--port", str(self._port), *self._arguments),
                ],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        if "http://" not in line:
            raise RuntimeError(f"the stand-in did not start: {self._log.read_text()}")
        self.url = line.split()[1]
        self._port = int(self.url.rpartition(":")[2])
        self._http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self._stripe = stripe.StripeClient(
            SECRET_KEY, base_addresses={"api": self.url}, max_network_retries=0
        )

    def stop(self, *, kill: bool = False) -> None:
        """End it: kindly, or as a power cut would."""
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._http.close()
        self._process = None

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Pull a lever of the control plane (`sandbox/control.py` lists them)."""
        answer = self._http.request(
            method,
            f"/_sandbox/{path}",
            json=body if method == "POST" else None,
            params=body if method != "POST" else None,
        )
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json()

    def reset(self) -> None:
        """Forget every object, event, fault and setting."""
        self.control("POST", "reset")

    def fault(self, kind: str, **match: Any) -> None:
        """Plan a misfortune, such as `fault("error_after", path="/v1/refunds")`.

        It strikes once unless `times` (a count, or None for always) says otherwise; `options`
        are the fault's own. `sandbox/core/faults.py` has the words.
        """
        options = match.pop("options", {})
        self.control("POST", "faults", match=match, fault={"kind": kind, **options})

    def pay(self, intent_id: str, *, card: str = "pm_card_visa") -> stripe.PaymentIntent:
        """Confirm an intent with a card, as the payer's browser does.

        A declined card raises stripe.CardError.
        """
        return self._stripe.v1.payment_intents.confirm(intent_id, {"payment_method": card})

    def decline(self, intent_id: str) -> None:
        """Try to pay with a card that the bank declines."""
        try:
            self.pay(intent_id, card="pm_card_visa_chargeDeclined")
        except stripe.CardError:
            return
        raise AssertionError("the card was not declined")

    def refund(self, intent_id: str, amount: int) -> stripe.Refund:
        """Give money back on the gateway's own dashboard; nothing of it names our rows."""
        return self._stripe.v1.refunds.create({"payment_intent": intent_id, "amount": amount})

    def verify(self, account_id: str, state: str = "verified") -> None:
        """Finish a payee's onboarding, as the mentor and the gateway's checks would."""
        self.control("POST", f"stripe/accounts/{account_id}/verify", state=state)

    def fund(self, amount: int = 100_000) -> None:
        """Take a sale of no row of ours whose money is available at once."""
        intent = self._stripe.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        self.pay(intent.id, card="pm_card_bypassPending")

    def reset_money(self) -> None:
        """Pay the platform's whole available balance out to its bank."""
        for row in self._stripe.v1.balance.retrieve().available:
            if row.amount > 0:
                self._stripe.v1.payouts.create({"amount": row.amount, "currency": row.currency})

    def send_back(self, transfer_id: str, amount: int) -> None:
        """Take money of a transfer back on the gateway's dashboard."""
        self._stripe.v1.transfers.reversals.create(transfer_id, {"amount": amount})

    @property
    def stripe(self) -> stripe.StripeClient:
        """The gateway's own API, for what is done on its dashboard."""
        return self._stripe

    @property
    def paypal(self) -> PayPalSide:
        """PayPal's part of it."""
        return PayPalSide(self)

    def events(self) -> list[dict[str, Any]]:
        """Return every event that was emitted, oldest first, as webhooks would carry them."""
        page = self._stripe.v1.events.list({"limit": 100})
        return [event.to_dict() for event in page.auto_paging_iter()][::-1]

    def wait_until_up(self, *, seconds: float = 10) -> None:
        """Wait for the health lever to answer."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.control("GET", "health")
            except httpx.HTTPError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


@pytest.fixture(scope="session")
def standin_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The one stand-in of this test run.

    Stripe's SDK pauses for half a second and longer before it tries again; here it does not.
    """
    running = StandIn(tmp_path_factory.mktemp("standin") / "state")
    running.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.02)
        patch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.04)
        yield running
    running.stop()


@pytest.fixture
def standin(standin_process: StandIn, settings: Any) -> StandIn:
    """An empty stand-in that the product's settings point at."""
    standin_process.reset()
    for name, value in pointing_at(standin_process).items():
        setattr(settings, name, value)
    return standin_process


def pointing_at(standin: StandIn) -> dict[str, Any]:
    """Return the settings with which the product takes the stand-in for its gateways."""
    return {
        "STRIPE_API_BASE": standin.url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": [WEBHOOK_SECRET],
        "PAYPAL_API_BASE": standin.paypal.url,
        "PAYPAL_CLIENT_ID": paypal_standin.CLIENT_ID,
        "PAYPAL_CLIENT_SECRET": paypal_standin.CLIENT_SECRET,
        "PAYPAL_WEBHOOK_IDS": [paypal_standin.WEBHOOK_ID],
        "PAYPAL_WEBHOOK_CA": standin.paypal.authorities,
    }
