"""A passkey in software: makes credentials and signs challenges as a browser would hand them over.

Each method takes what a hostile page or authenticator could bend, so that tests can bend it.
"""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

ORIGIN = "http://localhost:8000"
SITE = "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftPasskey:
    """One key, of one person, on one device."""

    def __init__(self, *, verifies: bool = True, counts: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.handle: str | None = None
        self.counter = 0
        self._verifies = verifies
        self._counts = counts

    def create(
        self, options: dict[str, Any], *, origin: str = ORIGIN, site: str = SITE
    ) -> dict[str, Any]:
        """Return what `navigator.credentials.create` would, as JSON."""
        self.handle = options["user"]["id"]
        public = cbor.encode(dict(_cose(self.key.public_key())))
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        data = self._data(site, ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=_client_data("webauthn.create", options["challenge"], origin),
            attestationObject=statement,
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def get(
        self,
        options: dict[str, Any],
        *,
        origin: str = ORIGIN,
        site: str = SITE,
        kind: str = "webauthn.get",
        handle: str | None = None,
    ) -> dict[str, Any]:
        """Return what `navigator.credentials.get` would, as JSON."""
        self.counter += self._counts
        data = self._data(site)
        client_data = _client_data(kind, options["challenge"], origin)
        signature = self.key.sign(
            data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256())
        )
        credential = self._credential(
            clientDataJSON=client_data, authenticatorData=data, signature=signature
        )
        credential["response"]["userHandle"] = handle or self.handle
        return credential

    def _data(self, site: str, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self._verifies else 0) | more
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _credential(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.credential_id),
            "rawId": websafe_encode(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }


def _cose(public: ec.EllipticCurvePublicKey) -> Any:
    return ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps(
        {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    ).encode()
