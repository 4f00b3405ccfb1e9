"""Somebody who is signed in: to the product, and to the peers' own tables."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import jwt
import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test.utils import override_settings

from accounts import tokens
from accounts.tokens import Device
from kernel import clock
from tests.factories.people import ClientFactory

TABLES = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.person (id uuid PRIMARY KEY, name text NOT NULL, email text NOT NULL,
    active bool NOT NULL, version int NOT NULL);
CREATE TABLE bench.sign_in (id uuid PRIMARY KEY, person uuid NOT NULL REFERENCES bench.person,
    version int NOT NULL, ended_at timestamptz, expires_at timestamptz NOT NULL);
"""
LONG = timedelta(hours=2)  # a run takes longer than a token's ten minutes


class Person:
    """A client of the product, with the tokens of both sides and the peers' public key."""

    def __init__(self, peer: psycopg.Connection) -> None:
        self.client = ClientFactory()
        with override_settings(ACCESS_TOKEN_LIFETIME=LONG):
            issued = tokens.issue(user=self.client.user, device=Device(), now=clock.now())
        self.token = issued.access
        peer.execute(TABLES)
        person, sign_in, now = uuid4(), uuid4(), datetime.now(UTC)
        peer.execute(
            "INSERT INTO bench.person VALUES (%s, 'A', 'a@example.com', true, 1)", [person]
        )
        peer.execute(
            "INSERT INTO bench.sign_in VALUES (%s, %s, 1, NULL, %s)", [sign_in, person, now + LONG]
        )
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key = public.decode()
        claims: dict[str, Any] = {
            "iss": "bench", "aud": "bench", "sub": str(person), "sid": str(sign_in), "sv": 1,
            "iat": int(now.timestamp()), "exp": int((now + LONG).timestamp()), "typ": "access",
            "jti": uuid4().hex,
        }  # fmt: skip
        self.peers_token = jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": "1"})

    @staticmethod
    def dsn(parameters: dict[str, Any]) -> str:
        """Return the database's address as asyncpg reads it."""
        host, port = quote(str(parameters["host"]), safe=""), parameters.get("port") or 5432
        name = parameters["dbname"]
        return f"postgresql://{parameters['user']}@/{name}?host={host}&port={port}"
