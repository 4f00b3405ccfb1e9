"""R5: 10,000 forged or mutated webhooks are refused, write nothing, and make us call nobody.

That of each gateway. Certificates of PayPal's that nobody has met are another matter: a few of them
are looked for (`test_paypal_webhooks.py`).
"""

import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from billing import webhooks
from billing.gateways.base import BadSignature
from billing.models import GatewayEvent
from tests.billing.gateway import forging_paypal, forging_stripe
from tests.billing.gateway.forging import Delivery, Forger
from tests.billing.gateway.journey import NOW
from tests.standin import StandIn

FORGED = 10_000
OVER_HTTP = 300
FORGERS = {"stripe": forging_stripe.forger, "paypal": forging_paypal.forger}


@pytest.fixture(params=sorted(FORGERS))
def forger(request: pytest.FixtureRequest, standin: StandIn) -> Forger:
    """One gateway after the other."""
    return FORGERS[request.param](standin)


@contextmanager
def nobody_called() -> Iterator[None]:
    """Refuse every connection that is tried in this block, and fail at its end if one was."""
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError("a forged webhook made us call somebody")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, connect)
        yield
    assert tried == []


def rows_everywhere() -> dict[str, int]:
    """How many rows each table holds."""
    tables = sorted(model._meta.db_table for model in apps.get_models() if model._meta.managed)
    union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(union)
        return dict(cursor.fetchall())


def _rows() -> dict[str, int]:
    """Count every table but that of the calls from an address."""
    return {name: count for name, count in rows_everywhere().items() if name != "kernel_ratecount"}


@contextmanager
def nothing_written_and_nobody_asked(standin: StandIn) -> Iterator[None]:
    before = _rows()
    standin.fault("error_before", path="^/", times=None)
    with nobody_called():
        yield
    assert _rows() == before
    assert [rule["fired"] for rule in standin.control("GET", "faults")] == [0]


@pytest.mark.slow
def test_ten_thousand_forged_webhooks_do_nothing(standin: StandIn, forger: Forger) -> None:
    chance = random.Random(5)

    with nothing_written_and_nobody_asked(standin):
        for number in range(FORGED):
            body, headers = forger.forge(chance, number)
            with pytest.raises(BadSignature):
                webhooks.receive(gateway=forger.gateway, body=body, headers=headers, now=NOW)

    # The control: what the gateway really sent is taken.
    body, headers = forger.one
    receipt = webhooks.receive(gateway=forger.gateway, body=body, headers=headers, now=NOW)
    assert receipt.duplicate is False
    assert GatewayEvent.objects.count() == 1


def test_forged_webhooks_over_http_are_refused_and_never_fail(
    standin: StandIn, forger: Forger, client: Client
) -> None:
    chance = random.Random(6)
    answers: Counter[int] = Counter()
    url = f"/api/payments/webhook/{forger.gateway}"

    def deliver(delivery: Delivery) -> int:
        body, headers = delivery
        sent = {name: value.encode(errors="replace").decode() for name, value in headers.items()}
        return client.post(url, body, content_type="application/json", headers=sent).status_code

    with nothing_written_and_nobody_asked(standin):
        for number in range(OVER_HTTP):
            answers[deliver(forger.forge(chance, number))] += 1
        answers[deliver((forger.one[0] + b" " * (1 << 22), forger.one[1]))] += 1

    assert answers == {400: OVER_HTTP, 413: 1}
    assert deliver(forger.one) == 200


def test_the_guard_against_calls_can_fail(standin: StandIn) -> None:
    """The negative control: a check that asks the gateway, as some do, is noticed."""
    with pytest.raises(AssertionError), nobody_called(), suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
