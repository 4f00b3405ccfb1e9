"""The signing keys of access tokens: files in one directory that every process shares.

Files are named `<n>.pem` (Ed25519, PKCS 8): the highest number signs, the one below it still
verifies, so a rotation refuses nobody. Knows nothing of what is signed.
"""

import contextlib
import hashlib
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.errors import Refusal

LIVE = 2


class TooSoon(Refusal):
    """Rotating twice within one token's life would refuse tokens that are still good."""

    code = "key_rotation_too_soon"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: `kid` names it in a token's header, by number and thumbprint."""

    number: int
    kid: str
    private: Ed25519PrivateKey
    public: Ed25519PublicKey
    made_at: datetime


class KeyRing:
    """The live keys of a directory, read again whenever its listing changes.

    The first key is made on first use. Processes that race for it all end with the same one:
    a finished file is *linked* into place, which only one of them can do.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._stamp: int | None = None
        self._keys: tuple[SigningKey, ...] = ()

    def live(self) -> tuple[SigningKey, ...]:
        """Return the live keys, the signing one first."""
        with self._lock:
            try:
                stamp = self.directory.stat().st_mtime_ns
            except FileNotFoundError:
                self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                stamp = self.directory.stat().st_mtime_ns
            if stamp != self._stamp or not self._keys:
                if not self._numbers():
                    self._make(1)
                # Taken before reading: a key that comes meanwhile changes the listing again.
                self._stamp = self.directory.stat().st_mtime_ns
                self._keys = tuple(self._read(number) for number in self._numbers()[:LIVE])
            return self._keys

    def signing(self) -> SigningKey:
        """Return the key that signs."""
        return self.live()[0]

    def find(self, kid: str) -> SigningKey | None:
        """Return the live key with this id."""
        return next((key for key in self.live() if key.kid == kid), None)

    def rotate(
        self, *, now: datetime, token_lifetime: timedelta, force: bool = False
    ) -> SigningKey:
        """Make a new signing key, keep the present one for verifying, delete older ones.

        Raises TooSoon while tokens of the key that would go may still be in use.
        """
        newest = self.signing()
        if not force and newest.made_at + token_lifetime > now:
            raise TooSoon(
                f"Key {newest.kid} signs since {newest.made_at:%H:%M:%S} UTC and the key before it "
                f"may still be needed; rotate after {newest.made_at + token_lifetime:%H:%M:%S} UTC."
            )
        self._make(newest.number + 1)
        for number in self._numbers()[LIVE:]:
            self._path(number).unlink(missing_ok=True)
        return self.signing()

    def rotate_when_old(
        self, *, now: datetime, age: timedelta, token_lifetime: timedelta
    ) -> SigningKey | None:
        """Rotate where the signing key is `age` old; return the new key, None where it is not."""
        if self.signing().made_at + age > now:
            return None
        return self.rotate(now=now, token_lifetime=token_lifetime)

    def _path(self, number: int) -> Path:
        return self.directory / f"{number}.pem"

    def _numbers(self) -> list[int]:
        names = (path.stem for path in self.directory.glob("*.pem"))
        return sorted((int(name) for name in names if name.isdecimal()), reverse=True)

    def _make(self, number: int) -> None:
        """Put a new key in place, unless another process has been first."""
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = self.directory / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            with contextlib.suppress(FileExistsError):
                self._path(number).hardlink_to(draft)
        finally:
            draft.unlink()

    def _read(self, number: int) -> SigningKey:
        path = self._path(number)
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError(f"{path} holds no Ed25519 key; remove it, a new one is made.")
        public = private.public_key()
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return SigningKey(
            number=number,
            kid=f"{number}-{hashlib.sha256(raw).hexdigest()[:16]}",
            private=private,
            public=public,
            made_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )
