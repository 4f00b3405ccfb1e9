"""PayPal's webhooks: checked offline, and no forgery makes us call anybody."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest

from billing.gateways.base import BadSignature, GatewayMessage, GatewayUnavailable
from billing.gateways.paypal_certificates import Certificates, signing_origin
from billing.gateways.paypal_webhooks import read_webhook
from billing.models import GatewayEvent
from kernel.ids import public_id, uuid7
from tests.billing.gateway.journey import NOW, held, intent_of
from tests.billing.gateway.paypal_journey import approved, receive, start
from tests.paypal_standin import WEBHOOK_ID
from tests.standin import StandIn

PAYMENT = uuid7()
EVENT: dict[str, Any] = {
    "id": "WH-1",
    "event_type": "PAYMENT.CAPTURE.COMPLETED",
    "resource_type": "capture",
    "create_time": "2027-03-01T08:00:00Z",
    "resource": {
        "id": "CAP1",
        "custom_id": public_id("pay", PAYMENT),
        "supplementary_data": {"related_ids": {"order_id": "ORDER1"}},
    },
}


class Shelf:
    """Where certificates are fetched from; counts how often."""

    def __init__(self, standin: StandIn, *, authorities: Path | None = None) -> None:
        self.paypal = standin.paypal
        self.leaf = (standin.state / "paypal-leaf.pem").read_bytes()
        self.asked: list[str] = []
        self.down = False
        self.certificates = Certificates(
            api_base=self.paypal.url,
            fetch=self.fetch,
            authorities=authorities or self.paypal.authorities,
        )

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.down or url != self.paypal.certificate_url:
            raise GatewayUnavailable("404")
        return self.leaf

    def read(
        self,
        event: Any = EVENT,
        *,
        at: datetime = NOW,
        now: datetime = NOW,
        ids: tuple[str, ...] = (WEBHOOK_ID,),
        mend: Callable[[bytes, dict[str, str]], bytes] | None = None,
    ) -> GatewayMessage:
        body, headers = self.paypal.signed(event, at=at)
        if mend is not None:
            body = mend(body, headers)
        return read_webhook(
            body=body, headers=headers, webhook_ids=ids, certificates=self.certificates, now=now
        )


@pytest.fixture
def shelf(standin: StandIn) -> Shelf:
    return Shelf(standin)


def test_a_genuine_one_is_read_and_its_certificate_is_fetched_once(shelf: Shelf) -> None:
    for _ in range(3):
        message = shelf.read()

    assert shelf.asked == [shelf.paypal.certificate_url]
    assert (message.event_id, message.object_type, message.object_id) == ("WH-1", "charge", "CAP1")
    assert (message.charge_id, message.intent_id) == ("CAP1", "ORDER1")
    assert message.payment_id == PAYMENT


def test_a_new_webhook_id_is_taken_beside_the_old_one(shelf: Shelf) -> None:
    assert shelf.read(ids=("WH-NEW", WEBHOOK_ID)).event_id == "WH-1"
    with pytest.raises(BadSignature, match="does not match"):
        shelf.read(ids=("WH-NEW",))


def test_a_delivery_that_is_days_late_is_taken_and_one_of_the_future_is_not(shelf: Shelf) -> None:
    day = timedelta(days=1)

    assert shelf.read(at=NOW - 3 * day).event_id == "WH-1"
    for at in (NOW - 5 * day, NOW + timedelta(minutes=6)):
        with pytest.raises(BadSignature, match="time"):
            shelf.read(at=at)


def changed(**headers: str) -> Callable[[bytes, dict[str, str]], bytes]:
    def mend(body: bytes, given: dict[str, str]) -> bytes:
        given.update({f"PAYPAL-{name.replace('_', '-')}": value for name, value in headers.items()})
        return body

    return mend


FORGERIES: dict[str, Callable[[bytes, dict[str, str]], bytes]] = {
    "another body": lambda body, _: body.replace(b"CAP1", b"CAP2"),
    "one more byte": lambda body, _: body + b" ",
    "no body": lambda body, _: b"",
    "another algorithm": changed(AUTH_ALGO="SHA1withRSA"),
    "another transmission": changed(TRANSMISSION_ID="00000000-0000-0000-0000-000000000000"),
    "another time": changed(TRANSMISSION_TIME="2027-03-01T08:00:01Z"),
    "a time that is none": changed(TRANSMISSION_TIME="2027-99-01T08:00:01Z"),
    "no signature": changed(TRANSMISSION_SIG=""),
    "a signature that is no base64": changed(TRANSMISSION_SIG="\udcff*"),
    "a foreign certificate": changed(CERT_URL="https://evil.example/v1/notifications/certs/CERT-1"),
    "PayPal's name in a foreign host": changed(
        CERT_URL="https://api.paypal.com.evil.example/v1/notifications/certs/CERT-00000000"
    ),
    "another page of PayPal's": changed(CERT_URL="https://api.paypal.com/v1/oauth2/token"),
    "an address with a user": changed(
        CERT_URL="https://api.paypal.com@evil.example/v1/notifications/certs/CERT-00000000"
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused_without_any_call(shelf: Shelf, forgery: str) -> None:
    shelf.read()  # PayPal's certificate is known

    with pytest.raises(BadSignature):
        shelf.read(mend=FORGERIES[forgery])

    assert len(shelf.asked) == 1


def test_names_that_nobody_knows_are_asked_for_a_few_times_and_no_more(shelf: Shelf) -> None:
    shelf.read()
    for number in range(100):
        name = f"{shelf.paypal.url}/v1/notifications/certs/CERT-{number:08x}-00000000"
        with pytest.raises(BadSignature):
            shelf.read(mend=changed(CERT_URL=name))

    assert len(shelf.asked) == 4
    assert shelf.read().event_id == "WH-1"  # the known one is not pushed out


def test_a_certificate_that_was_not_to_be_had_is_asked_for_again_later(shelf: Shelf) -> None:
    shelf.down = True
    for _ in range(3):
        with pytest.raises(BadSignature):
            shelf.read()
    assert len(shelf.asked) == 1
    shelf.down = False

    later = NOW + timedelta(minutes=11)

    assert shelf.read(at=later, now=later).event_id == "WH-1"


class SlowShelf(Shelf):
    """Fetches of strangers hang until `go` is set."""

    def __init__(self, standin: StandIn) -> None:
        super().__init__(standin)
        self.go, self.begun = threading.Event(), threading.Event()
        self.certificates = Certificates(
            api_base=self.paypal.url,
            fetch=self.fetch,
            authorities=self.paypal.authorities,
            patience_seconds=0.05,
        )

    def fetch(self, url: str) -> bytes:
        if url != self.paypal.certificate_url:
            self.begun.set()
            assert self.go.wait(timeout=30)
        return super().fetch(url)

    def stranger(self) -> GatewayMessage:
        name = f"{self.paypal.url}/v1/notifications/certs/CERT-00000001-00000000"
        return self.read(mend=changed(CERT_URL=name))


def test_a_slow_fetch_holds_up_nobody_who_named_another_certificate(standin: StandIn) -> None:
    shelf = SlowShelf(standin)
    shelf.read()
    with ThreadPoolExecutor(max_workers=3) as pool:
        slow = pool.submit(shelf.stranger)
        assert shelf.begun.wait(timeout=30)
        try:
            assert pool.submit(shelf.read).result(timeout=10).event_id == "WH-1"
            # Who named the same one waits a moment, and then leaves it to the next delivery.
            with pytest.raises(BadSignature, match="Come again later"):
                pool.submit(shelf.stranger).result(timeout=10)
        finally:
            shelf.go.set()
        with pytest.raises(BadSignature, match="none of PayPal's"):
            slow.result()
    assert len(shelf.asked) == 2  # ours, and the stranger's once


def test_many_who_meet_a_new_certificate_at_once_fetch_it_once(standin: StandIn) -> None:
    shelf = Shelf(standin)
    meet = threading.Barrier(4)

    def read() -> str:
        meet.wait(timeout=30)
        return shelf.read().event_id

    with ThreadPoolExecutor(max_workers=4) as pool:
        found = [one.result() for one in [pool.submit(read) for _ in range(4)]]

    assert found == ["WH-1"] * 4
    assert len(shelf.asked) == 1


def test_a_fetch_that_broke_leaves_nothing_under_way(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(shelf.certificates, "_fetch", lambda _: 1 // 0)
        shelf.read()

    assert shelf.read().event_id == "WH-1"


def test_a_certificate_that_no_authority_vouches_for_is_none(standin: StandIn) -> None:
    """The stand-in's own authority is none of the public ones."""
    shelf = Shelf(standin, authorities=Path(certifi.where()))

    for _ in range(2):
        with pytest.raises(BadSignature, match="none of PayPal's"):
            shelf.read()

    assert len(shelf.asked) == 1


def test_a_certificate_that_has_ended_is_refused(shelf: Shelf) -> None:
    shelf.read()
    end = datetime(2101, 1, 1, tzinfo=NOW.tzinfo)

    with pytest.raises(BadSignature, match="not valid now"):
        shelf.read(at=end, now=end)


def test_certificates_lie_where_the_api_is() -> None:
    assert signing_origin("https://api-m.paypal.com") == "https://api.paypal.com"
    assert signing_origin("https://api-m.sandbox.paypal.com") == "https://api.sandbox.paypal.com"
    assert signing_origin("http://127.0.0.1:8001/paypal") == "http://127.0.0.1:8001/paypal"
    assert signing_origin("https://notpaypal.com/x/") == "https://notpaypal.com/x"


@pytest.mark.parametrize(
    ("kind", "resource", "found"),
    [
        ("CHECKOUT.ORDER.APPROVED", {"id": "O1"}, ("payment_intent", "O1", "O1", None)),
        (
            "PAYMENT.CAPTURE.REFUNDED",
            {"id": "R1", "links": [{"rel": "up", "href": "https://x/v2/payments/captures/C1"}]},
            ("refund", "R1", None, "C1"),
        ),
        (
            "CUSTOMER.DISPUTE.CREATED",
            {"dispute_id": "PP-D-1", "disputed_transactions": [{"seller_transaction_id": "C1"}]},
            ("dispute", "PP-D-1", None, "C1"),
        ),
        (
            "PAYMENT.PAYOUTS-ITEM.SUCCEEDED",
            {"payout_batch_id": "B1"},
            ("transfer", "B1", None, None),
        ),
        (
            "MERCHANT.ONBOARDING.COMPLETED",
            {"tracking_id": "pya_1"},
            ("account", "pya_1", None, None),
        ),
        ("BILLING.PLAN.CREATED", {"id": "P-1"}, ("plan", "P-1", None, None)),
    ],
)
def test_an_event_is_read_in_the_ports_words(
    shelf: Shelf, kind: str, resource: dict[str, Any], found: tuple[str | None, ...]
) -> None:
    event = {**EVENT, "event_type": kind, "resource": resource, "resource_type": "plan"}

    message = shelf.read(event)

    said = (message.object_type, message.object_id, message.intent_id, message.charge_id)
    assert said == found


@pytest.mark.parametrize("event", [[], "x", {"id": 1}, {**EVENT, "resource": None}])
def test_what_is_signed_and_no_event_is_refused(shelf: Shelf, event: Any) -> None:
    with pytest.raises(BadSignature):
        shelf.read(event)


def test_what_jsonb_cannot_hold_is_stored_all_the_same(standin: StandIn) -> None:
    payment = start(held()).payment
    order = {"id": intent_of(payment), "note": "a\u0000b"}
    event = {**EVENT, "event_type": "CHECKOUT.ORDER.APPROVED", "resource": order}

    receive(standin, event)

    stored = GatewayEvent.objects.get()
    assert stored.payload["resource"]["note"] == "a\ufffdb"
    assert (stored.gateway, stored.intent_id) == ("paypal", intent_of(payment))


def test_a_duplicate_starts_nothing(standin: StandIn) -> None:
    approved(standin)
    (event,) = standin.paypal.events()

    first, second = receive(standin, event), receive(standin, event)

    assert (first.duplicate, second.duplicate) == (False, True)
    assert GatewayEvent.objects.count() == 1


def test_no_bit_of_the_body_can_be_turned(shelf: Shelf) -> None:
    shelf.read()
    body, headers = shelf.paypal.signed(EVENT, at=NOW)
    for place in range(0, len(body), max(1, len(body) // 300)):
        flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(BadSignature):
            read_webhook(
                body=flipped,
                headers=headers,
                webhook_ids=(WEBHOOK_ID,),
                certificates=shelf.certificates,
                now=NOW,
            )

    assert len(shelf.asked) == 1
    assert json.loads(body) == EVENT
