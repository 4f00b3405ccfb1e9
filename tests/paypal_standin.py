"""PayPal's side of the stand-in: the payer, PayPal's own site, and events signed anew.

The stand-in signs a webhook at the instant it sends it; a test that travels signs the same event
with the same key at its own instant.
"""

import base64
import hashlib
import json
import uuid
import zlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

if TYPE_CHECKING:
    from tests.standin import StandIn

CLIENT_ID, CLIENT_SECRET = "counterfoil_test_client", "counterfoil_test_secret"
WEBHOOK_ID = "WHCOMMANDLINE0001"


@cache
def _key_of(file: Path) -> rsa.RSAPrivateKey:
    """Read and check the key that signs; that takes as long as a hundred signatures."""
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@cache
def _digest_of(certificate: Path) -> str:
    return hashlib.sha256(certificate.read_bytes()).hexdigest()


class PayPalSide:
    """What happens to orders and captures outside of the product."""

    def __init__(self, standin: "StandIn") -> None:
        self._standin = standin
        self.url = f"{standin.url}/paypal"

    def approve(self, order_id: str, *, funding: str = "balance") -> None:
        """Say yes in PayPal's window; `funding` decides what becomes of it."""
        answer = httpx.post(
            f"{self.url}/v2/checkout/orders/{order_id}/approve",
            json={"funding": funding},
            trust_env=False,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text

    def order(self, order_id: str) -> dict[str, Any]:
        """Read an order, as PayPal's own site shows it."""
        return self.get(f"/v2/checkout/orders/{order_id}")

    def captures(self, order_id: str) -> list[dict[str, Any]]:
        """Return what was captured of an order."""
        found: list[dict[str, Any]] = (
            self.order(order_id)["purchase_units"][0].get("payments", {}).get("captures", [])
        )
        return found

    def refund(self, order_id: str, amount: int) -> dict[str, Any]:
        """Give back by hand, at PayPal's own site; nothing of it names a refund of ours."""
        (capture,) = self.captures(order_id)
        made: dict[str, Any] = self.lever(f"captures/{capture['id']}/refund", amount=amount)
        return made

    def fund(self, amount: int) -> str:
        """Take a sale of no row of ours; what PayPal leaves of it can be paid out."""
        made = self.lever("plant/charge", amount=amount, currency="USD")
        return str(made["order"]["id"])

    def settle(self, order_id: str, outcome: str) -> None:
        """Let a pending capture be `completed` or `denied`."""
        (capture,) = self.captures(order_id)
        self.lever(f"captures/{capture['id']}/settle", outcome=outcome)

    def lever(self, path: str, **body: Any) -> Any:
        """Pull a lever of PayPal's part of the control plane."""
        return self._standin.control("POST", f"paypal/{path}", **body)

    def events(self) -> list[dict[str, Any]]:
        """Return every event that was emitted, oldest first, as webhooks would carry them."""
        found: list[dict[str, Any]] = self._standin.control("GET", "paypal/events")
        return found

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read with a token of our own."""
        token = httpx.post(
            f"{self.url}/v1/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(CLIENT_ID, CLIENT_SECRET),
            trust_env=False,
        ).json()["access_token"]
        answer = httpx.get(
            f"{self.url}{path}",
            params=query,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @property
    def authorities(self) -> Path:
        """The file of the authority that vouches for the stand-in's certificate."""
        return self._standin.state / "paypal-ca.pem"

    def signed(
        self, event: dict[str, Any], *, at: datetime, webhook_id: str = WEBHOOK_ID
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a webhook, signed with the stand-in's key at `at`."""
        body = json.dumps(event, indent=1).encode()
        return body, self.headers(body, at=at, webhook_id=webhook_id)

    def headers(self, body: bytes, *, at: datetime, webhook_id: str = WEBHOOK_ID) -> dict[str, str]:
        """Sign a body as it is."""
        transmission, time = str(uuid.uuid4()), at.strftime("%Y-%m-%dT%H:%M:%SZ")
        message = f"{transmission}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()
        made = _key_of(self._standin.state / "paypal-leaf.key").sign(
            message, padding.PKCS1v15(), hashes.SHA256()
        )
        return {
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": self.certificate_url,
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(made).decode(),
            "PAYPAL-TRANSMISSION-TIME": time,
        }

    @property
    def certificate_url(self) -> str:
        """Where the certificate that signs lies."""
        digest = _digest_of(self._standin.state / "paypal-leaf.pem")
        return f"{self.url}/v1/notifications/certs/CERT-{digest[:8]}-{digest[8:24]}"
