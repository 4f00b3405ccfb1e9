"""Webhooks: signed as PayPal signs, checked as a receiver checks them without asking anybody."""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store

from tests.sandbox.conftest import Receiver, until
from tests.sandbox.paypal.conftest import Shop
from tests.standin import StandIn


def _leaf(shop: Shop, headers: Mapping[str, str]) -> x509.Certificate:
    url = headers["PAYPAL-CERT-URL"]
    assert url.startswith(f"{shop.standin.url}/paypal/v1/notifications/certs/CERT-")
    return x509.load_pem_x509_certificate(shop.http.get(url).content)


def _verify(leaf: x509.Certificate, headers: Mapping[str, str], webhook: str, body: bytes) -> None:
    message = "|".join(
        [
            headers["PAYPAL-TRANSMISSION-ID"],
            headers["PAYPAL-TRANSMISSION-TIME"],
            webhook,
            str(zlib.crc32(body)),
        ]
    )
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(headers["PAYPAL-TRANSMISSION-SIG"])
    key.verify(signature, message.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_every_parcel_is_signed_for_its_receiver(shop: Shop, hooked_shop: Receiver) -> None:
    capture = shop.paid(custom_id="pay_1")
    until(lambda: len(hooked_shop.received) == 3)

    kinds = {}
    for headers, body in hooked_shop.received:
        leaf = _leaf(shop, headers)
        _verify(leaf, headers, hooked_shop.webhook_id, body)
        assert headers["PAYPAL-AUTH-ALGO"] == "SHA256withRSA"
        event = json.loads(body)
        kinds[event["event_type"]] = event
    assert set(kinds) == {
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.CAPTURE.COMPLETED",
        "CHECKOUT.ORDER.COMPLETED",
    }
    assert kinds["PAYMENT.CAPTURE.COMPLETED"]["resource"]["id"] == capture["id"]
    assert kinds["PAYMENT.CAPTURE.COMPLETED"]["resource"]["custom_id"] == "pay_1"


def test_one_other_byte_or_receiver_breaks_the_signature(shop: Shop, hooked_shop: Receiver) -> None:
    shop.approve(shop.create()["id"])
    until(lambda: len(hooked_shop.received) == 1)
    headers, body = hooked_shop.received[0]
    leaf = _leaf(shop, headers)

    for webhook, text in ((hooked_shop.webhook_id, body + b" "), ("OTHER", body)):
        with pytest.raises(InvalidSignature):
            _verify(leaf, headers, webhook, text)


def test_the_leaf_is_vouched_for_by_the_root_beside_the_state(
    shop: Shop, standin: StandIn, hooked_shop: Receiver
) -> None:
    shop.approve(shop.create()["id"])
    until(lambda: len(hooked_shop.received) == 1)
    leaf = _leaf(shop, hooked_shop.received[0][0])
    root = x509.load_pem_x509_certificate((standin.state / "paypal-ca.pem").read_bytes())

    verifier = (
        PolicyBuilder()
        .store(Store([root]))
        .time(datetime.now(UTC))
        .build_server_verifier(x509.DNSName("messageverificationcerts.paypal.com"))
    )

    assert verifier.verify(leaf, []) == [leaf, root]


def test_what_was_refused_or_lost_comes_again(
    shop: Shop, standin: StandIn, hooked_shop: Receiver
) -> None:
    standin.control("POST", "settings", webhook_backoff_seconds=0.05)
    hooked_shop.statuses = [500]
    shop.approve(shop.create()["id"])
    until(lambda: len(hooked_shop.received) == 2)
    event = json.loads(hooked_shop.received[0][1])["id"]
    assert event == json.loads(hooked_shop.received[1][1])["id"]

    answer = shop.call("POST", f"/v1/notifications/webhooks-events/{event}/resend", {})

    assert answer.status_code == 202
    until(lambda: len(hooked_shop.received) == 3)


def test_the_command_lines_endpoint_outlives_a_reset(mortal: StandIn, receiver: Receiver) -> None:
    mortal.stop()
    mortal._arguments = ["--paypal-webhook-url", receiver.url, "--paypal-webhook-id", "WH1"]
    mortal.start()
    mortal.reset()
    shop = Shop(mortal)

    assert [
        (one["id"], one["url"]) for one in shop.get("/v1/notifications/webhooks")["webhooks"]
    ] == [("WH1", receiver.url)]
    before = mortal.state / "paypal-leaf.pem"
    certificate = before.read_bytes()
    mortal.stop(kill=True)
    mortal.start()
    assert before.read_bytes() == certificate
    shop.http.close()
