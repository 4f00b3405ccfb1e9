"""Another site to sign in with, on loopback: OpenID Connect in full, and GitHub's own way.

It is strict about what the product sends (client, redirect address, PKCE, one use of a code), and
`bent` lets a test have it answer what a hostile or broken site would.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from accounts.social_sites import SocialProvider

CLIENT = "counterfoil-test"
SECRET = "a secret of the client"


class Issuer:
    """The site. `person` is who has signed in there; `bent` replaces claims or the signing."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "one"
        self.person: dict[str, Any] = {
            "sub": "248289761001",
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada Lovelace",
        }
        self.bent: dict[str, Any] = {}
        self.bent_token: Any = None  # a function of the honest claims to another token
        self.down = False
        self.apple_key = ec.generate_private_key(ec.SECP256R1())
        self.secrets: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def provider(self, name: str = "oidc", **changes: str) -> SocialProvider:
        values = {"name": name.title(), "client_id": CLIENT, "client_secret": SECRET}
        addresses = (
            {"site": self.url, "api": self.url} if name == "github" else {"issuer": self.url}
        )
        return SocialProvider(id=name, **(values | addresses | changes))

    def visit(self, url: str) -> dict[str, str]:
        """Sign in there as `person`; return what the site sends the person back with."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert urlsplit(url).path in {"/authorize", "/login/oauth/authorize"}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def get(self, path: str) -> Any:
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/jwks",
                }
            case "/jwks":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
                return {"keys": [public | {"kid": self.kid, "use": "sig", "alg": "RS256"}]}
            case "/user":
                return {"id": 583231, "login": "ada", "name": "Ada Lovelace"}
            case "/user/emails":
                proven = self.person["email_verified"]
                return [
                    {"email": "old@example.org", "primary": False, "verified": True},
                    {"email": self.person["email"], "primary": True, "verified": proven},
                ]
        return None

    def post(self, path: str, form: dict[str, str]) -> Any:
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        )
        self.secrets.append(form.get("client_secret", ""))
        if (
            asked is None
            or form["client_id"] != CLIENT
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge.rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return None
        if path == "/login/oauth/access_token":
            return {"access_token": "gho_1", "token_type": "bearer"}
        now = int(time.time())
        honest = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        claims = {name: value for name, value in (honest | self.bent).items() if value is not None}
        token = self.bent_token(claims) if self.bent_token else self.signed(claims)
        return {"id_token": token, "access_token": "unused", "token_type": "Bearer"}

    def signed(self, claims: dict[str, Any], **options: Any) -> str:
        return jwt.encode(
            claims,
            options.get("key", self.key),
            algorithm=options.get("algorithm", "RS256"),
            headers={"kid": options.get("kid", self.kid)},
        )


@contextmanager
def serving() -> Iterator[Issuer]:
    """Serve an issuer on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = Issuer(server.server_address[1])
    server.issuer = issuer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(self._issuer.get(urlsplit(self.path).path))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = dict(parse_qsl(self.rfile.read(length).decode()))
        self._answer(self._issuer.post(self.path, form))

    @property
    def _issuer(self) -> Issuer:
        issuer: Issuer = self.server.issuer  # type: ignore[attr-defined]
        return issuer

    def _answer(self, document: Any) -> None:
        body = json.dumps(document or {"error": "invalid_grant"}).encode()
        self.send_response(503 if self._issuer.down else 200 if document else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass
