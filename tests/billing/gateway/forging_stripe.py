"""Forged deliveries of Stripe's: secrets, stamps and schemes of `Stripe-Signature`."""

import hashlib
import hmac
import random
from datetime import timedelta

from tests.billing.gateway.forging import Delivery, Forger, nonsense
from tests.billing.gateway.journey import HOUR, NOW, held, intent_of, paid, signed, start
from tests.standin import WEBHOOK_SECRET, StandIn


def forger(standin: StandIn) -> Forger:
    """What the gateway really sent of two payments, and what is made of it."""
    paid(standin)
    other = start(held(starts_at=NOW + 33 * HOUR)).payment
    standin.pay(intent_of(other))
    one, two = [e for e in standin.events() if e["type"] == "payment_intent.succeeded"]
    return Forger(
        gateway="stripe",
        one=signed(one),
        other=signed(two),
        amount=b"10000",
        own=[
            another_secret,
            another_time,
            an_absurd_time,
            the_stamp_is_moved,
            a_broken_signature,
            another_scheme,
            swapped_and_missing_parts,
            signed_nonsense,
        ],
    )


def header_of(delivery: Delivery) -> str:
    return delivery[1]["Stripe-Signature"]


def resigned(body: bytes, *, secret: str = WEBHOOK_SECRET, stamp: int | str | None = None) -> str:
    stamp = int(NOW.timestamp()) if stamp is None else stamp
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def with_header(body: bytes, header: str) -> Delivery:
    return body, {"Stripe-Signature": header}


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
    body = nonsense(chance, one)
    return with_header(body, resigned(body))
