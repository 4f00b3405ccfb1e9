"""What passes for an access token, and all that does not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Caller

from accounts import access, tokens
from accounts.tokens import Device, Tokens
from kernel import clock
from tests.accounts.conftest import person

pytestmark = pytest.mark.django_db
HEADER = {"alg": "EdDSA", "typ": "at+jwt"}


@pytest.fixture
def signed_in() -> Tokens:
    return tokens.issue(user=person(), device=Device(), now=clock.now())


def status(token: str) -> tuple[int, str]:
    """Return how the profile answers to a token: the status and the code."""
    answer = Caller().get("/api/users/profile", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", "")


def claims_of(token: str, **changes: Any) -> dict[str, Any]:
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: dict[str, Any], **header: Any) -> str:
    key = access.ring().signing()
    headers = {"kid": key.kid, "typ": "at+jwt"} | header
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers=headers)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_of_ours_passes_and_says_what_it_must(signed_in: Tokens) -> None:
    token = signed_in.access

    claims = claims_of(token)

    assert status(token) == (200, "")
    assert jwt.get_unverified_header(token) == HEADER | {"kid": access.ring().signing().kid}
    assert set(claims) == {"iss", "aud", "sub", "exp", "iat", "typ", "jti", "sid", "sv"}
    assert claims["exp"] - claims["iat"] == 600
    assert status(signed(claims)) == (200, "")  # the forger of the tests below can sign


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"aud": "another-api"}, {}),
        ({"aud": None}, {}),
        ({"iss": "somebody"}, {}),
        ({"iss": None}, {}),
        ({"exp": None}, {}),
        ({"jti": None}, {}),
        ({"sid": None}, {}),
        ({"sv": None}, {}),
        ({"sv": "1"}, {}),
        ({"sv": True}, {}),
        ({"typ": "refresh"}, {}),
        ({"typ": None}, {}),
        ({"sub": "usr_0"}, {}),
        ({"sub": "admin"}, {}),
        ({"sid": "ses_01jd0000000000000000000000"}, {}),
        ({"exp": 10**30}, {}),
        ({"exp": "tomorrow"}, {}),
        ({}, {"typ": "JWT"}),
        ({}, {"typ": "rt+jwt"}),
        ({}, {"kid": "2-0000000000000000"}),
        ({}, {"kid": "../../etc/passwd"}),
        ({}, {"kid": 1}),
        ({}, {"kid": ""}),
        ({}, {"kid": "1.pem"}),
        ({}, {"kid": "' OR 1=1 --"}),
        ({}, {"kid": "1-0000000000000000\x00"}),
        ({}, {"kid": "https://evil.example/key"}),
        ({"nbf": 4102444800}, {}),
        ({"nbf": "tomorrow"}, {}),
        ({"aud": []}, {}),
        ({"aud": ["another-api"]}, {}),
        ({"iss": ["counterfoil"]}, {}),
        ({"sid": "sgn_00000000000000000000000000"}, {}),
        ({}, {"crit": ["exp"]}),
    ],
)
def test_a_claim_or_header_that_is_wrong_refuses_the_token(
    signed_in: Tokens, changes: dict[str, Any], header: dict[str, Any]
) -> None:
    claims = claims_of(signed_in.access, **changes)
    try:
        forged = signed(claims, **header)
    except (TypeError, jwt.PyJWTError):  # PyJWT will not write it; a forger does.
        key = access.ring().signing()
        body = f"{part(HEADER | {'kid': key.kid} | header)}.{part(claims)}"
        signature = base64.urlsafe_b64encode(key.private.sign(body.encode())).rstrip(b"=").decode()
        forged = f"{body}.{signature}"

    refused = status(forged)
    ended = "sid" in changes and changes["sid"] == f"sgn_{'0' * 26}"
    assert refused == (401, "session_ended" if ended else "access_token_refused")


def test_an_expired_token_says_so(signed_in: Tokens) -> None:
    past = claims_of(signed_in.access, exp=int((clock.now() - timedelta(seconds=1)).timestamp()))

    assert status(signed(past)) == (401, "access_token_expired")


def test_a_token_that_was_good_runs_out_although_it_is_remembered(signed_in: Tokens) -> None:
    token = signed_in.access
    assert status(token) == (200, "")

    with clock.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert status(token) == (401, "access_token_expired")


def test_no_algorithm_is_refused(signed_in: Tokens) -> None:
    kid = access.ring().signing().kid
    for name in ("none", "None", "NONE", ""):
        header = part({"alg": name, "typ": "at+jwt", "kid": kid})
        assert status(f"{header}.{part(claims_of(signed_in.access))}.")[0] == 401


def test_the_public_key_is_no_shared_secret(signed_in: Tokens) -> None:
    key = access.ring().signing()
    pem = key.public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    raw = key.public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    header = part({"alg": "HS256", "typ": "at+jwt", "kid": key.kid})
    body = f"{header}.{part(claims_of(signed_in.access))}"

    for secret in (pem, raw):
        mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
        forged = f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert status(forged) == (401, "access_token_refused")


def test_a_key_that_the_token_brings_along_is_not_believed(signed_in: Tokens) -> None:
    stranger = Ed25519PrivateKey.generate()
    raw = stranger.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode()}
    forged = jwt.encode(
        claims_of(signed_in.access),
        stranger,
        algorithm="EdDSA",
        headers={"kid": access.ring().signing().kid, "typ": "at+jwt", "jwk": jwk},
    )

    assert status(forged) == (401, "access_token_refused")


def test_a_changed_payload_under_the_old_signature_is_refused(signed_in: Tokens) -> None:
    eve = tokens.issue(user=person("eve@example.org"), device=Device(), now=clock.now())
    header, _, signature = eve.access.split(".")
    claims = claims_of(eve.access, sub=signed_in.user.public_id)

    assert status(f"{header}.{part(claims)}.{signature}") == (401, "access_token_refused")


def test_one_persons_name_on_anothers_sign_in_is_refused(signed_in: Tokens) -> None:
    eve = tokens.issue(user=person("eve@example.org"), device=Device(), now=clock.now())
    mixed = signed(claims_of(eve.access, sub=signed_in.user.public_id))

    assert status(mixed) == (401, "session_ended")


@pytest.mark.parametrize(
    "text",
    ["", "x", "a.b.c", "..", "é.é.é", "A" * 5000, "eyJhbGciOiJub25lIn0.e30.", "%00", "a b c"],
)
def test_what_is_no_token_is_a_401(signed_in: Tokens, text: str) -> None:
    assert status(text)[0] == 401


def test_any_other_text_for_a_good_token_is_refused(signed_in: Tokens) -> None:
    token = signed_in.access
    header, payload, signature = token.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last letter of 64 bytes carries two bits: sixteen letters mean the same.
    twin = alphabet[alphabet.index(signature[-1]) ^ 1]
    assert base64.urlsafe_b64decode(f"{signature}==") == base64.urlsafe_b64decode(
        f"{signature[:-1]}{twin}=="
    )

    others = [f"{token}{more}" for more in ("=", "==", "!", "A", ".", ".A", " A", "\n", "%20")]
    others += [f"{header}.{payload}.{signature[:-1]}{twin}", f"{header}=.{payload}.{signature}"]
    others += [f"{header}.{payload}!.{signature}", f" {token}", token.replace(".", "..", 1)]

    assert {other: status(other)[0] for other in others} == dict.fromkeys(others, 401)
    assert status(token) == (200, "")


@pytest.mark.parametrize("place", ["header", "payload"])
def test_a_name_that_comes_twice_refuses_the_token(signed_in: Tokens, place: str) -> None:
    key = access.ring().signing()
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": key.kid}
    texts = {"header": json.dumps(header), "payload": json.dumps(claims_of(signed_in.access))}

    def sign() -> str:
        body = ".".join(
            base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in texts.values()
        )
        signature = base64.urlsafe_b64encode(key.private.sign(body.encode())).rstrip(b"=")
        return f"{body}.{signature.decode()}"

    whole = sign()
    name = "kid" if place == "header" else "sub"
    first = f'{{"{name}": "another", '
    texts[place] = first + texts[place][1:]

    assert status(whole) == (200, "")  # the forger of this test can sign
    assert status(sign()) == (401, "access_token_refused")


def test_the_token_of_an_ended_sign_in_is_refused_under_any_jti(signed_in: Tokens) -> None:
    claims = claims_of(signed_in.access, jti="another")
    assert status(signed(claims)) == (200, "")

    tokens.end(family_id=signed_in.family.pk, user=signed_in.user, reason="logout", now=clock.now())

    for token in (signed_in.access, signed(claims)):
        assert status(token) == (401, "session_ended")


def test_a_refresh_token_is_no_access_token(signed_in: Tokens) -> None:
    assert status(signed_in.refresh) == (401, "access_token_refused")


def test_no_token_and_another_scheme_are_a_401_with_a_challenge() -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}):
        answer = Caller().get("/api/users/profile", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
