"""A stand-in of these tests' own, Stripe's SDK on it, a receiver for its webhooks. No Django."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.standin import StandIn

SECRET = "whsec_receiver"


class Receiver:
    """Keeps every webhook it is sent and answers with the statuses it was told to give."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.webhook_id = ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                receiver.received.append((dict(self.headers), body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def events(self, *, secret: str = SECRET) -> list[stripe.Event]:
        """Verify every parcel as a shop would; return the events in the order of arrival."""
        return [
            stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)
            for headers, body in list(self.received)
        ]

    def wait_for(self, count: int, *, seconds: float = 10) -> list[stripe.Event]:
        """Wait until so many have come."""
        until(lambda: len(self.received) >= count, seconds=seconds)
        return self.events()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def until(happened: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until something is true, or fail."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One process for all tests of this folder."""
    standin = StandIn(tmp_path_factory.mktemp("sandbox") / "state")
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def standin(running: StandIn) -> StandIn:
    """It, empty."""
    running.reset()
    return running


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    """Stripe's SDK without retries of its own."""
    return client_of(standin)


def client_of(
    standin: StandIn, key: str = "sk_test_sandbox", retries: int = 0
) -> stripe.StripeClient:
    return stripe.StripeClient(
        key, base_addresses={"api": standin.url}, max_network_retries=retries
    )


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[StandIn]:
    """A process of the test's own, to be killed."""
    standin = StandIn(tmp_path / "state")
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver that nobody has told the stand-in of."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def hooked(standin: StandIn, client: stripe.StripeClient, receiver: Receiver) -> Receiver:
    """A receiver that the stand-in delivers to."""
    hook(standin, client, receiver)
    return receiver


def hook(
    standin: StandIn,
    client: stripe.StripeClient,
    receiver: Receiver,
    events: list[Any] | None = None,
) -> str:
    """Register the receiver under the shared secret; return the endpoint's identifier."""
    endpoint = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": events or ["*"]}
    )
    standin.control("POST", f"webhooks/roll/{endpoint.id}", secret=SECRET)
    return endpoint.id


def paid(
    client: stripe.StripeClient,
    amount: int = 10_000,
    *,
    card: str = "pm_card_visa",
    metadata: dict[str, str] | None = None,
) -> stripe.PaymentIntent:
    """Return a confirmed intent with its charge and balance transaction expanded."""
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "confirm": True,
            "payment_method": card,
            "metadata": metadata or {},
            "expand": ["latest_charge.balance_transaction"],
        }
    )
