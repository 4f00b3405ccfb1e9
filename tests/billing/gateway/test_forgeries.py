"""R5: 10,000 forged or mutated webhooks are refused, write nothing, and make us call nobody."""

import hashlib
import hmac
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from billing import webhooks
from billing.gateways.base import BadSignature
from billing.models import GatewayEvent
from tests.billing.gateway.journey import NOW, held, intent_of, paid, signed, start
from tests.standin import WEBHOOK_SECRET, StandIn

FORGED = 10_000
OVER_HTTP = 300
URL = "/api/payments/webhook/stripe"

type Delivery = tuple[bytes, dict[str, str]]
type Forge = Callable[[random.Random, Delivery, Delivery], Delivery]


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


def header_of(delivery: Delivery) -> str:
    return delivery[1]["Stripe-Signature"]


def resigned(body: bytes, *, secret: str = WEBHOOK_SECRET, stamp: int | str | None = None) -> str:
    stamp = int(NOW.timestamp()) if stamp is None else stamp
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def with_header(body: bytes, header: str) -> Delivery:
    return body, {"Stripe-Signature": header}


def a_bit_is_flipped(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    body = bytearray(one[0])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body), one[1]


def a_byte_is_lost_or_added(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    at = chance.randrange(len(one[0]))
    more = chance.choice([b"", b" ", b"\x00", one[0]])
    return one[0][:at] + more + one[0][at + (not more) :], one[1]


def the_amount_is_raised(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    return one[0].replace(b"10000", str(chance.randint(10_001, 10**9)).encode()), one[1]


def another_secret(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    secret = chance.choice(["", "whsec_", WEBHOOK_SECRET[:-1], WEBHOOK_SECRET.upper(), "\ufffd"])
    return with_header(one[0], resigned(one[0], secret=secret + str(chance.randrange(9))))


def another_time(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """Signed by the right secret: replayed late, or dated ahead."""
    age = timedelta(seconds=chance.randint(301, 10**7)) * chance.choice([1, -1])
    stamp = int((NOW - age).timestamp())
    return with_header(one[0], resigned(one[0], stamp=stamp))


def an_absurd_time(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    stamp = chance.choice(["9" * chance.randint(13, 4000), "-1", "1e9", "٣٣", "", " ", "nan"])
    return with_header(one[0], resigned(one[0], stamp=stamp))


def the_stamp_is_moved(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    _, _, signature = header_of(one).partition(",v1=")
    stamp = int(NOW.timestamp()) + chance.choice([-1, 1]) * chance.randint(1, 300)
    return with_header(one[0], f"t={stamp},v1={signature}")


def the_signature_of_another(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    return one[0], other[1]


def a_broken_signature(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    stamp, _, signature = header_of(one).partition(",v1=")
    at = chance.randrange(1, 63)
    return with_header(
        one[0],
        chance.choice(
            [
                f"{stamp},v1={signature[::-1]}",
                f"{stamp},v1={signature[:at]}",
                f"{stamp},v1={signature[at:]}{signature[:at]}",
                f"{stamp},v1={signature.upper()}",
                f"{stamp},v1=\udcff{signature}",
                f"{stamp},v1={chance.randbytes(32).hex()}",
                f"{stamp},v1=",
            ]
        ),
    )


def another_scheme(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    stamp, _, signature = header_of(one).partition(",v1=")
    scheme = chance.choice(["v0", "v2", "V1", "v1x", "sha256", "none"])
    return with_header(one[0], f"{stamp},{scheme}={signature}")


def swapped_and_missing_parts(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    stamp, _, signature = header_of(one).partition(",v1=")
    headers: list[dict[str, str]] = [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "," * chance.randint(1, 500)},
        {"Stripe-Signature": stamp},
        {"Stripe-Signature": f"v1={signature}"},
        {"Stripe-Signature": f"t={signature},v1={stamp[2:]}"},
        {"Stripe-Signature": f"{stamp},{stamp},v1={signature}"},
        {"Stripe-Signature": f"{stamp};v1={signature}"},
        {"Paypal-Transmission-Sig": header_of(one)},
        {"Signature": header_of(one)},
    ]
    return one[0], chance.choice(headers)


def signed_nonsense(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """Our own secret over what is no event: a leaked secret must not crash us."""
    body = chance.choice(
        [
            *(b"", b"{", b"[]", b"null", b"{}", b'""', b"1e999", b"\xff\xfe\x00", b"\xed\xa0\x80"),
            *(b'{"id": 1}', b'{"data": []}', b'{"data": {"object": 7}}', b"[" * 50_000),
            b'{"id": "evt", "type": "x", "created": 1e300, "data": {"object": {"object": "y"}}}',
            one[0][: chance.randrange(len(one[0]) - 2)],
            b'{"a":' * 500 + b"1" + b"}" * 500,
            chance.randbytes(200),
        ]
    )
    return with_header(body, resigned(body))


def a_huge_body(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    return one[0] + b" " * chance.randint(1, 200_000), one[1]


FORGERIES: list[Forge] = [
    a_bit_is_flipped,
    a_byte_is_lost_or_added,
    the_amount_is_raised,
    another_secret,
    another_time,
    an_absurd_time,
    the_stamp_is_moved,
    the_signature_of_another,
    a_broken_signature,
    another_scheme,
    swapped_and_missing_parts,
    signed_nonsense,
    a_huge_body,
]


def two_deliveries(standin: StandIn) -> tuple[Delivery, Delivery]:
    """What the gateway really sent of two payments."""
    paid(standin)
    other = start(held(starts_at=NOW + timedelta(hours=33))).payment
    standin.pay(intent_of(other))
    one, two = [e for e in standin.events() if e["type"] == "payment_intent.succeeded"]
    return signed(one), signed(two)


def rows_everywhere() -> dict[str, int]:
    """How many rows each table holds."""
    tables = sorted(model._meta.db_table for model in apps.get_models() if model._meta.managed)
    union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(union)
        return dict(cursor.fetchall())


@contextmanager
def nothing_written_and_nobody_asked(standin: StandIn) -> Iterator[None]:
    before = rows_everywhere()
    standin.fault("error_before", path="^/", times=None)
    with nobody_called():
        yield
    assert rows_everywhere() == before
    assert [rule["fired"] for rule in standin.control("GET", "faults")] == [0]


@pytest.mark.slow
def test_ten_thousand_forged_webhooks_do_nothing(standin: StandIn) -> None:
    one, other = two_deliveries(standin)
    chance = random.Random(5)

    with nothing_written_and_nobody_asked(standin):
        for number in range(FORGED):
            forge = FORGERIES[number % len(FORGERIES)]
            body, headers = forge(chance, one, other)
            assert (body, headers) != one
            with pytest.raises(BadSignature):
                webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)

    # The control: what the gateway really sent is taken.
    receipt = webhooks.receive(gateway="stripe", body=one[0], headers=one[1], now=NOW)
    assert receipt.duplicate is False
    assert GatewayEvent.objects.count() == 1


def test_forged_webhooks_over_http_are_refused_and_never_fail(
    standin: StandIn, client: Client
) -> None:
    one, other = two_deliveries(standin)
    chance = random.Random(6)
    answers: Counter[int] = Counter()

    def deliver(body: bytes, headers: dict[str, str]) -> int:
        sent = {name: value.encode(errors="replace").decode() for name, value in headers.items()}
        return client.post(URL, body, content_type="application/json", headers=sent).status_code

    with nothing_written_and_nobody_asked(standin):
        for number in range(OVER_HTTP):
            answers[deliver(*FORGERIES[number % len(FORGERIES)](chance, one, other))] += 1
        answers[deliver(one[0] + b" " * (1 << 22), one[1])] += 1

    assert answers == {400: OVER_HTTP, 413: 1}
    assert deliver(*one) == 200


def test_the_guard_against_calls_can_fail(standin: StandIn) -> None:
    """The negative control: a check that asks the gateway, as some do, is noticed."""
    with pytest.raises(AssertionError), nobody_called(), suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
