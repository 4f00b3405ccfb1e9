"""The main job over HTTP alone: real server, real job cluster, the gateway's stand-in.

Login → profile → mentors → slots → session → create-intent → the intent confirmed by Stripe's
own call, or approved at PayPal and captured by us → webhook → confirmed; with our confirm, without
it, and with both at the same instant.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from billing.ledger.checks import check_books
from billing.models import Line, Payment
from kernel import clock
from kernel.ids import parse_public_id
from scheduling.models import Session
from tests.api.callers import ROOT, Served
from tests.api.market import open_market
from tests.paypal_standin import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID
from tests.standin import SECRET_KEY, WEBHOOK_SECRET, StandIn

# Of 100.00: the gateway's fee (2.9 % + 0.30, or 3.49 % + 0.49), 15 % commission, the mentor's rest.
PARTS = {"stripe": (320, 1_500, 8_180), "paypal": (398, 1_500, 8_102)}

PASSWORD = "a long enough password"
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class World:
    """The running product and the gateway beside it."""

    url: str
    gateway: str
    client_email: str
    mentor_email: str


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with _running(tmp_path) as running:
        yield running


@contextmanager
def _running(logs: Path) -> Iterator[World]:
    market = open_market(listed=True)
    emails = [_with_password(market.ann_client.user), _with_password(market.mentor.user)]
    served = Served(logs / "web.log")
    hook = f"{served.url}/api/payments/webhook"
    gateway = StandIn(
        logs / "gateway",
        arguments=[
            *("--webhook-url", f"{hook}/stripe", "--webhook-secret", WEBHOOK_SECRET),
            *("--paypal-webhook-url", f"{hook}/paypal", "--paypal-webhook-id", WEBHOOK_ID),
        ],
    )
    gateway.start()
    served.environment |= {
        "STRIPE_API_BASE": gateway.url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "PAYPAL_API_BASE": gateway.paypal.url,
        "PAYPAL_CLIENT_ID": CLIENT_ID,
        "PAYPAL_CLIENT_SECRET": CLIENT_SECRET,
        "PAYPAL_WEBHOOK_IDS": WEBHOOK_ID,
        "PAYPAL_WEBHOOK_CA": str(gateway.paypal.authorities),
    }
    try:
        with served, _job_cluster(served.environment, logs / "jobs.log"):
            yield World(served.url, gateway.url, emails[0], emails[1])
    finally:
        gateway.stop()


@contextmanager
def _job_cluster(environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, str(ROOT / "manage.py"), "qcluster"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _with_password(user: User) -> str:
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user.email


class Person:
    """Somebody with a browser: signs in by password and keeps the token."""

    def __init__(self, world: World, email: str) -> None:
        self.world = world
        self.http = httpx.Client(base_url=world.url, timeout=30, trust_env=False)
        login = self.post("/api/users/login", {"email": email, "password": PASSWORD})
        self.http.headers["Authorization"] = f"Bearer {login['token']}"
        assert self.get("/api/users/profile")["email"] == email

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return _body(self.http.get(path, params=query))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        return _body(self.http.post(path, json=body, headers=key))

    def hold(self) -> str:
        """Hold the first slot that is at least two days away; return the session's id."""
        slug = self.get("/api/mentors")["items"][0]["slug"]
        kind = self.get(f"/api/mentors/{slug}")["session_types"][0]["id"]
        start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 * 86_400))
        slots = self.get(f"/api/mentors/{slug}/slots", **{"session_type": kind, "from": start})[
            "items"
        ]
        session = self.post("/api/sessions", {"slot_token": slots[0]["token"], "goals": "Grow"})
        assert session["status"] == "pending"
        held: str = session["id"]
        return held

    def begin(self, session: str, gateway: str) -> dict[str, Any]:
        return self.post("/api/payments/create-intent", {"session_id": session, "gateway": gateway})

    def pay(self, intent: dict[str, Any]) -> None:
        """Do what the payer's browser does: nothing of it passes our server."""
        if intent["gateway"] == "paypal":
            self.approve(intent)
        else:
            self.pay_by_card(intent)

    def approve(self, intent: dict[str, Any]) -> None:
        """Say yes in PayPal's window; the money is ours to capture."""
        answer = httpx.post(
            f"{self.world.gateway}/paypal/v2/checkout/orders/{intent['order_id']}/approve",
            json={},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def pay_by_card(self, intent: dict[str, Any]) -> None:
        """Make Stripe's own call, with the publishable key and the client secret."""
        secret = intent["client_secret"]
        answer = httpx.post(
            f"{self.world.gateway}/v1/payment_intents/{secret.partition('_secret_')[0]}/confirm",
            data={"client_secret": secret, "payment_method": "pm_card_visa"},
            auth=(intent["publishable_key"], ""),
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def confirm(self, intent: dict[str, Any]) -> dict[str, Any]:
        return self.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})

    def until_confirmed(self, session: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (status := self.get(f"/api/sessions/{session}")["status"]) != "confirmed":
            assert time.monotonic() < deadline, f"{session} is still {status}"
            time.sleep(0.2)


def _body(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code < 300, answer.text
    body: dict[str, Any] = answer.json()
    return body


def check_the_split(world: World, payment: str, *, gateway: str = "stripe") -> None:
    """Assert the mentor's breakdown and the ledger, to the cent, and that the books balance."""
    fee, commission, share = PARTS[gateway]
    mentor = Person(world, world.mentor_email)
    seen = mentor.get(f"/api/payments/{payment}")
    mentor.http.close()
    assert seen["breakdown"] == {
        "gateway_fee": fee,
        "commission": commission,
        "mentor_share": share,
    }
    assert (seen["status"], seen["amount"]) == ("succeeded", {"amount": 10_000, "currency": "USD"})
    (row,) = Payment.objects.filter(purchase__session_id=parse_public_id("ses", seen["session_id"]))
    lines = Line.objects.filter(purchase=row.purchase, entry__kind="captured", amount_minor__lt=0)
    assert sorted(lines.values_list("amount_minor", flat=True)) == [-share, -commission, -fee]
    assert (row.gateway, row.actual_fee_minor) == (gateway, fee)
    report = check_books(now=clock.now())
    assert report.ok, report.as_json()


def with_our_confirm(world: World, client: Person, gateway: str) -> None:
    """Ask us to look at the gateway, and be answered at once."""
    session = client.hold()
    intent = client.begin(session, gateway)

    client.pay(intent)
    confirmed = client.confirm(intent)

    assert confirmed == {
        "payment": {"id": intent["payment_id"], "status": "succeeded", "failure": None},
        "session": {"id": session, "status": "confirmed"},
        "package_id": None,
        "refunds": [],
    }
    check_the_split(world, intent["payment_id"], gateway=gateway)


def by_the_webhook_alone(world: World, client: Person, gateway: str) -> None:
    """Pay, and never call us again but to look."""
    session = client.hold()
    intent = client.begin(session, gateway)

    client.pay(intent)
    client.until_confirmed(session)

    check_the_split(world, intent["payment_id"], gateway=gateway)


def by_both_at_the_same_instant(world: World, client: Person, gateway: str) -> None:
    """Eight confirms around the payment, while the webhook arrives: the same books."""
    session = client.hold()
    intent = client.begin(session, gateway)

    with ThreadPoolExecutor(5) as pool:
        hints = [pool.submit(client.confirm, intent) for _ in range(4)]
        client.pay(intent)
        hints += [pool.submit(client.confirm, intent) for _ in range(4)]
    client.until_confirmed(session)

    assert [hint.result()["payment"]["id"] for hint in hints] == [intent["payment_id"]] * 8
    check_the_split(world, intent["payment_id"], gateway=gateway)


def by_the_lines_of_the_documentation(world: World, client: Person) -> None:
    """Run the walk-through of docs/api.md as it stands."""
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("curl and jq are not on the PATH")
    page = (ROOT / "docs" / "api.md").read_text()
    steps = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    script = "\n".join(["set -euo pipefail", *steps, 'echo "$STATUS $REFUND $PAYMENT"'])

    done = subprocess.run(
        ["bash", "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "BASE": world.url,
            "GATEWAY": world.gateway,
            "EMAIL": world.client_email,
            "PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    status, refund, payment = done.stdout.split()
    assert (status, refund) == ("confirmed", "10000")
    check_the_split(world, payment)


def by_nobody_after_the_hold(world: World, client: Person) -> None:
    """Approve when the hold has ended: PayPal's order is not captured, and no money moves."""
    session = client.hold()
    intent = client.begin(session, "paypal")
    Session.objects.filter(pk=parse_public_id("ses", session)).update(expires_at=clock.now())

    client.approve(intent)
    late = client.confirm(intent)

    assert late["payment"]["status"] in {"pending", "cancelled"}
    (row,) = Payment.objects.filter(purchase__session_id=parse_public_id("ses", session))
    assert (row.capture_ordered_at, row.succeeded_at) == (None, None)
    assert not Line.objects.filter(purchase=row.purchase).exists()


WAYS = [with_our_confirm, by_the_webhook_alone, by_both_at_the_same_instant]


def test_a_client_books_and_pays(world: World, subtests: pytest.Subtests) -> None:
    """One running product for all ways: to start it costs more than to use it."""
    client = Person(world, world.client_email)
    for gateway in PARTS:
        for way in WAYS:
            with subtests.test(f"{way.__name__} through {gateway}"):
                way(world, client, gateway)
    for alone in (by_nobody_after_the_hold, by_the_lines_of_the_documentation):
        with subtests.test(alone.__name__):
            alone(world, client)
    client.http.close()
