"""PayPal's signing certificates: fetched once each, from PayPal's own host, and kept.

A webhook names its certificate by an address that anybody can write down, so a forged one must not
make us call: only an address of the one host that belongs to our API is looked at, whatever it
answers is remembered, and strange names are fetched a few times in ten minutes at most. While one
is fetched nobody waits but the few who named the same one, and they not for long
(docs/adr/0013-paypal-webhooks-offline.md).
"""

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from billing.gateways.base import BadSignature, GatewayUnavailable

logger = logging.getLogger(__name__)

_PATH = r"/v1/notifications/certs/CERT(?:-[0-9a-f]{8,32}){1,3}"
MOST_BYTES = 64 * 1024
_KEPT = 32
_FETCHES = 4
_PATIENCE_SECONDS = 3.0
_MOST_WAITING = 16
_SPELL = timedelta(minutes=10)
_LIVE, _SANDBOX = "https://api.paypal.com", "https://api.sandbox.paypal.com"
_SIGNERS = {
    _LIVE: "messageverificationcerts.paypal.com",
    _SANDBOX: "messageverificationcerts.sandbox.paypal.com",
}


def signing_origin(api_base: str) -> str:
    """Return where the certificates of an API lie: PayPal's two are named, others beside it."""
    host = urlsplit(api_base).hostname or ""
    if host == "paypal.com" or host.endswith(".paypal.com"):
        return _SANDBOX if "sandbox" in host.split(".") else _LIVE
    return api_base.rstrip("/")


type _Found = x509.Certificate | None


class Certificates:
    """The keys that PayPal signs with, as far as this process has met them."""

    def __init__(
        self,
        *,
        api_base: str,
        fetch: Callable[[str], bytes],
        authorities: Path | None = None,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """`fetch` gets a document or raises GatewayUnavailable; `authorities` is a PEM file.

        `patience_seconds` is how long one waits for what another is fetching.
        """
        origin = signing_origin(api_base)
        self._address = re.compile(re.escape(origin) + _PATH)
        self._signer = _SIGNERS.get(origin, _SIGNERS[_LIVE])
        self._fetch = fetch
        self._authorities = authorities or Path(certifi.where())
        self._patience_seconds = patience_seconds
        # The lock guards what follows, and is never held while anybody is asked.
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[_Found, datetime]] = OrderedDict()
        self._under_way: dict[str, Future[_Found]] = {}
        self._waiting = 0
        self._fetched_at: list[datetime] = []

    def key(self, address: str, *, now: datetime) -> RSAPublicKey:
        """Return the public key of the certificate at `address`; raise BadSignature.

        Makes a call the first time that a name is met, and no other.
        """
        if len(address) > 300 or self._address.fullmatch(address) is None:
            raise BadSignature("The webhook's certificate does not lie at PayPal.")
        certificate = self._found(address, now=now)
        if certificate is None:
            raise BadSignature("The webhook's certificate is none of PayPal's.")
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise BadSignature("The webhook's certificate is not valid now.")
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise BadSignature("The webhook's certificate has no RSA key.")
        return key

    def _found(self, address: str, *, now: datetime) -> _Found:
        """Return what lies at an address: known, fetched by us, or by whoever came before."""
        with self._lock:
            if not self._is_due(address, now=now):
                self._known.move_to_end(address)
                return self._known[address][0]
            others = self._under_way.get(address)
            if others is None:
                self._count(now=now)
                ours = self._under_way[address] = Future()
            elif self._waiting >= _MOST_WAITING:
                raise BadSignature("The webhook's certificate is being fetched. Come again later.")
            else:
                self._waiting += 1
        return self._fetched(address, ours, now=now) if others is None else self._awaited(others)

    def _fetched(self, address: str, ours: Future[_Found], *, now: datetime) -> _Found:
        """Fetch for all who wait. What no answer could be made of is remembered by nobody."""
        try:
            certificate = self._vouched(address, now=now)
        except BaseException as error:
            ours.set_exception(error)
            raise
        else:
            with self._lock:
                self._remember(address, certificate, now=now)
            ours.set_result(certificate)
            return certificate
        finally:
            with self._lock:
                del self._under_way[address]

    def _awaited(self, others: Future[_Found]) -> _Found:
        try:
            return others.result(timeout=self._patience_seconds)
        except TimeoutError:
            raise BadSignature(
                "The webhook's certificate is being fetched. Come again later."
            ) from None
        finally:
            with self._lock:
                self._waiting -= 1

    def _is_due(self, address: str, *, now: datetime) -> bool:
        """Say whether to ask: never asked, or nothing was there, and that is a while ago."""
        certificate, at = self._known.get(address, (None, None))
        return certificate is None and (at is None or abs(now - at) >= _SPELL)

    def _remember(self, address: str, certificate: _Found, *, now: datetime) -> None:
        """Keep what was found. Strangers make room first: forgeries cannot push ours out."""
        self._known[address] = (certificate, now)
        while len(self._known) > _KEPT:
            strangers = (name for name, (found, _) in self._known.items() if found is None)
            del self._known[next(strangers, next(iter(self._known)))]

    def _count(self, *, now: datetime) -> None:
        """Count a fetch; raise BadSignature where too many strange names came lately.

        PayPal delivers a refused webhook again, and the sweep asks for what it would have told.
        """
        self._fetched_at = [at for at in self._fetched_at if abs(now - at) < _SPELL]
        if len(self._fetched_at) >= _FETCHES:
            raise BadSignature("Too many unknown certificates were named lately. Come again later.")
        self._fetched_at.append(now)

    def _vouched(self, address: str, *, now: datetime) -> _Found:
        """Fetch a certificate that an authority vouches for; None where there is none."""
        try:
            chain = x509.load_pem_x509_certificates(self._fetch(address))
        except GatewayUnavailable as error:
            logger.warning("PayPal's certificate %s: %s", address, error.detail)
            return None
        except ValueError:
            logger.warning("PayPal's certificate %s is no certificate", address)
            return None
        try:
            roots = list(_readable(self._authorities.read_bytes()))
            verifier = (
                PolicyBuilder()
                .store(Store(roots))
                .time(now)
                .build_server_verifier(x509.DNSName(self._signer))
            )
            verifier.verify(chain[0], chain[1:])
        except (OSError, ValueError, VerificationError, UnsupportedAlgorithm) as error:
            logger.warning("PayPal's certificate %s is not vouched for: %s", address, error)
            return None
        return chain[0]


def _readable(authorities: bytes) -> Iterator[x509.Certificate]:
    """Yield the certificates of a bundle; one that breaks today's rules vouches for nobody."""
    begin = b"-----BEGIN CERTIFICATE-----"
    for each in authorities.split(begin)[1:]:
        with suppress(ValueError):
            yield x509.load_pem_x509_certificate(begin + each)
