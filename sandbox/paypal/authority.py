"""The keys behind the webhooks: an authority of the stand-in's own and its leaf certificate.

PayPal's leaf is issued by a public authority; this one's root lies beside the state
(`paypal-ca.pem`), for a receiver to be told to trust. Both are made once and outlive a reset.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAF_NAME = "messageverificationcerts.paypal.com"
CA_FILE, LEAF_FILE, KEY_FILE = "paypal-ca.pem", "paypal-leaf.pem", "paypal-leaf.key"
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_PEM = serialization.Encoding.PEM


class Authority:
    """Signs parcels, and shows the certificate that proves it."""

    def __init__(self, folder: Path) -> None:
        if not (folder / KEY_FILE).exists():
            _make(folder)
        key = serialization.load_pem_private_key((folder / KEY_FILE).read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{KEY_FILE} holds no RSA key")
        self._key = key
        self.ca_pem = (folder / CA_FILE).read_bytes()
        self.leaf_pem = (folder / LEAF_FILE).read_bytes()
        digest = hashlib.sha256(self.leaf_pem).hexdigest()
        self.name = f"CERT-{digest[:8]}-{digest[8:24]}"

    def sign(self, message: bytes) -> str:
        """Return the signature (SHA256withRSA) in base64."""
        made = self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(made).decode()


def _make(folder: Path) -> None:
    """Write root, leaf and key; the root's own key is forgotten. The key comes last."""
    root_key, leaf_key = _new_key(), _new_key()
    root_name = _name("Counterfoil stand-in authority")
    root = _root(root_key, root_name)
    leaf = _leaf(root_key, root_name, leaf_key)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CA_FILE).write_bytes(root.public_bytes(_PEM))
    (folder / LEAF_FILE).write_bytes(leaf.public_bytes(_PEM))
    secret = folder / KEY_FILE
    secret.touch(mode=0o600)
    secret.write_bytes(
        leaf_key.private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
    )


def _root(key: rsa.RSAPrivateKey, name: x509.Name) -> x509.Certificate:
    return (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False, issues=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    root_key: rsa.RSAPrivateKey, root_name: x509.Name, key: rsa.RSAPrivateKey
) -> x509.Certificate:
    return (
        _builder(_name(LEAF_NAME), root_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(LEAF_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True, issues=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
