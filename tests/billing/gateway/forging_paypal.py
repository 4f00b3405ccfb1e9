"""Forged deliveries of PayPal's: keys, certificates, webhooks and times of a transmission."""

import base64
import random
import zlib
from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from billing.gateways.registry import gateway
from tests.billing.gateway import paypal_journey
from tests.billing.gateway.forging import Delivery, Forger, nonsense
from tests.billing.gateway.journey import HOUR, NOW, held, intent_of
from tests.standin import StandIn


def forger(standin: StandIn) -> Forger:
    """What PayPal really sent of two payments, and what is made of it.

    The certificate of the genuine ones is known, as to any process that has had a webhook.
    """
    payments = [paypal_journey.approved(standin, held(starts_at=NOW + n * HOUR)) for n in (30, 33)]
    told = {event["resource"]["id"]: event for event in standin.paypal.events()}
    one, other = [standin.paypal.signed(told[intent_of(payment)], at=NOW) for payment in payments]
    gateway("paypal").verify_webhook(body=one[0], headers=one[1], now=NOW)

    def signed_again(body: bytes, *, age: timedelta = timedelta(0), webhook: str = "") -> Delivery:
        more = {"webhook_id": webhook} if webhook else {}
        return body, standin.paypal.headers(body, at=NOW - age, **more)

    def another_webhook(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
        """PayPal's own signature, for the webhook of somebody else."""
        return signed_again(one[0], webhook=f"WH{chance.randrange(10**15):015d}")

    def another_time(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
        """Replayed after days, or dated ahead."""
        age = chance.choice(
            [
                timedelta(days=4, seconds=chance.randint(1, 10**7)),
                -timedelta(seconds=chance.randint(301, 10**7)),
            ]
        )
        return signed_again(one[0], age=age)

    def signed_nonsense(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
        """PayPal's key over what is no event must not crash us."""
        return signed_again(nonsense(chance, one))

    return Forger(
        gateway="paypal",
        one=one,
        other=other,
        amount=b"100.00",
        own=[
            another_webhook,
            another_time,
            signed_nonsense,
            another_key,
            an_absurd_time,
            a_header_is_changed,
            a_broken_signature,
            a_certificate_elsewhere,
        ],
    )


@cache
def _a_key_of_their_own() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def another_key(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """Signed as PayPal would, by somebody who is not PayPal, under PayPal's certificate."""
    given = one[1]
    message = "|".join(
        [
            given["PAYPAL-TRANSMISSION-ID"],
            given["PAYPAL-TRANSMISSION-TIME"],
            "WHCOMMANDLINE0001",
            str(zlib.crc32(one[0])),
        ]
    )
    made = _a_key_of_their_own().sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())
    return one[0], given | {"PAYPAL-TRANSMISSION-SIG": base64.b64encode(made).decode()}


def an_absurd_time(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    stamp = chance.choice(
        [
            *("", " ", "nan", "-1", "9" * chance.randint(1, 4000), "2027-03-01"),
            *("2027-99-01T08:00:00Z", "2027-03-01T08:00:00+00:00", "٢٠٢٧-03-01T08:00:00Z"),
            "2027-03-01T08:00:00Z\n",
        ]
    )
    return one[0], one[1] | {"PAYPAL-TRANSMISSION-TIME": stamp}


def a_header_is_changed(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """The transmission's name or time is another than was signed, or the algorithm."""
    second = NOW + timedelta(seconds=chance.randint(1, 299))
    name, value = chance.choice(
        [
            ("TRANSMISSION-TIME", second.strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("TRANSMISSION-ID", f"{chance.getrandbits(128):032x}"),
            ("TRANSMISSION-ID", "|" * chance.randint(1, 100)),
            ("AUTH-ALGO", chance.choice(["", "none", "SHA1withRSA", "sha256withrsa", "HS256"])),
        ]
    )
    return one[0], one[1] | {f"PAYPAL-{name}": value}


def a_broken_signature(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    genuine = one[1]["PAYPAL-TRANSMISSION-SIG"]
    at = chance.randrange(4, len(genuine) - 4)
    made = chance.choice(
        [
            *("", "=", "\udcff", genuine[::-1], genuine[:at], genuine[at:] + genuine[:at]),
            genuine.swapcase(),
            genuine + genuine,
            base64.b64encode(chance.randbytes(256)).decode(),
            base64.b64encode(b"\x00" * 256).decode(),
        ]
    )
    return one[0], one[1] | {"PAYPAL-TRANSMISSION-SIG": made}


def a_certificate_elsewhere(chance: random.Random, one: Delivery, other: Delivery) -> Delivery:
    """At another host, another page, or at PayPal's by another road: nobody goes to look."""
    genuine = one[1]["PAYPAL-CERT-URL"]
    base, _, page = genuine.partition("/v1/")
    address = chance.choice(
        [
            *("", "file:///etc/passwd", f"https://evil.example/v1/{page}", f"{genuine}?x=1"),
            f"https://api.paypal.com/v1/{page}",
            f"https://api.paypal.com.evil.example/v1/{page}",
            f"{base}/v1/oauth2/token",
            f"{base}/v1/notifications/certs/../../oauth2/token",
            f"{base}@evil.example/v1/{page}",
            f"{genuine}/",
            f"{genuine}\n",
            genuine.upper(),
            genuine + "0" * chance.randint(20, 4000),
        ]
    )
    return one[0], one[1] | {"PAYPAL-CERT-URL": address}
