"""Signing in with another site: in full against one on loopback, and every way it must not go."""

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client as Caller
from pytest_django import Settings

from accounts import operations, roles
from accounts.models import RefreshFamily, User
from config.env import BadSetting, Env
from config.social import social_providers
from tests.accounts.conftest import PASSWORD, Post, letters, person
from tests.accounts.issuer import CLIENT, SECRET, Issuer, serving
from tests.accounts.signed_in import SignedIn, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(settings: Settings) -> Iterator[Issuer]:
    cache.clear()
    with serving() as running:
        settings.SOCIAL_PROVIDERS = {
            "oidc": running.provider(),
            "github": running.provider("github"),
        }
        settings.DEMO_MFA = True
        yield running
    cache.clear()


def begin(post: Post, name: str = "oidc") -> dict[str, Any]:
    answer = post(f"social/{name}/begin")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def sign_in(post: Post, issuer: Issuer, name: str = "oidc", **changes: Any) -> Any:
    begun = begin(post, name)
    back = issuer.visit(begun["authorization_url"])
    return post("social/finish", {"ceremony": begun["ceremony"], **back, **changes})


def connect(who: SignedIn, issuer: Issuer, name: str = "oidc") -> Any:
    status, begun = who.post(f"social/{name}/link")
    assert status == 200, begun
    back = issuer.visit(begun["authorization_url"])
    return who.post("social/link", {"ceremony": begun["ceremony"], **back})


def test_nobody_signs_in_elsewhere_unless_the_installation_says_so(post: Post) -> None:
    assert Caller().get("/api/users/social/providers").json() == {"items": []}
    assert post("social/google/begin").status_code == 404
    assert post("social/evil/begin").status_code == 422


@pytest.mark.parametrize("name", ["oidc", "github"])
def test_a_newcomer_gets_an_account_and_comes_back_to_it(
    issuer: Issuer, post: Post, name: str
) -> None:
    first = sign_in(post, issuer, name, role="mentor", time_zone="Europe/London")
    issuer.person |= {"email": "moved@example.org"}
    again = sign_in(post, issuer, name)

    user = first.json()["user"]
    assert first.status_code == again.status_code == 200
    assert (user["email"], user["name"], user["role"]) == (
        "ada@example.org",
        "Ada Lovelace",
        "mentor",
    )
    assert again.json()["user"]["id"] == user["id"]
    assert "counterfoil_refresh" in first.cookies
    assert not User.objects.get().has_usable_password()
    assert SocialAccount.objects.get().provider == name
    assert [item["id"] for item in Caller().get("/api/users/social/providers").json()["items"]] == [
        "oidc",
        "github",
    ]


def test_a_newcomer_is_written_to_in_the_language_that_they_read_and_later_in_their_own(
    issuer: Issuer, post: Post
) -> None:
    first = sign_in(post, issuer, language="de")
    again = sign_in(post, issuer, language="en")

    assert first.json()["user"]["language"] == again.json()["user"]["language"] == "de"
    assert sign_in(post, issuer, language="fr").status_code == 422


@pytest.mark.parametrize(
    "bent",
    [
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"]},
        {"aud": None},
        {"azp": "another-client"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4102444800},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    issuer: Issuer, post: Post, bent: dict[str, Any]
) -> None:
    issuer.bent = bent
    refused = sign_in(post, issuer)
    issuer.bent = {}

    assert (refused.status_code, refused.json()["code"]) == (422, "social_refused")
    assert not User.objects.exists()
    assert sign_in(post, issuer).status_code == 200


def _stranger() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    "forge",
    [
        lambda issuer, claims: issuer.signed(claims, key=_stranger()),
        lambda issuer, claims: issuer.signed(claims, kid="unknown"),
        lambda issuer, claims: jwt.encode(claims, "", algorithm="none"),
        lambda issuer, claims: issuer.signed(claims, key=SECRET * 2, algorithm="HS256"),
        lambda issuer, claims: "",
        lambda issuer, claims: "a.b.c",
    ],
    ids=["stranger", "kid", "none", "secret", "empty", "text"],
)
def test_an_id_token_that_the_issuer_did_not_sign_is_refused(
    issuer: Issuer, post: Post, forge: Any
) -> None:
    issuer.bent_token = lambda claims: forge(issuer, claims)

    assert sign_in(post, issuer).json()["code"] == "social_refused"
    assert not User.objects.exists()


def test_a_new_key_of_the_issuer_is_asked_for(issuer: Issuer, post: Post) -> None:
    assert sign_in(post, issuer).status_code == 200

    issuer.key, issuer.kid = _stranger(), "two"

    assert sign_in(post, issuer).status_code == 200


@pytest.mark.parametrize("name", ["oidc", "github"])
def test_an_address_that_the_site_has_not_verified_makes_no_account(
    issuer: Issuer, post: Post, name: str
) -> None:
    issuer.person["email_verified"] = False

    refused = sign_in(post, issuer, name)

    assert (refused.status_code, refused.json()["code"]) == (403, "social_email_unverified")
    assert not User.objects.exists()


@pytest.mark.parametrize("value", ["false", "yes", 1, None, [True]])
def test_verified_is_what_says_true(issuer: Issuer, post: Post, value: Any) -> None:
    issuer.bent = {"email_verified": value}

    assert sign_in(post, issuer).json()["code"] == "social_email_unverified"


def test_an_account_with_a_password_is_not_taken_over(issuer: Issuer, post: Post) -> None:
    person()

    refused = sign_in(post, issuer)

    assert (refused.status_code, refused.json()["code"]) == (409, "social_connect_first")
    assert not SocialAccount.objects.exists()
    assert not RefreshFamily.objects.exists()


def test_nor_one_of_the_back_office_nor_one_with_a_factor(issuer: Issuer, post: Post) -> None:
    staff = person(role="staff", password=None)
    roles.add_to_group(user=staff, group=roles.SUPPORT)
    eve = person("eve@example.org", password=None)
    operations.set_totp(user=eve, secret="JBSWY3DPEHPK3PXP")

    of_staff = sign_in(post, issuer)
    issuer.person |= {"email": "eve@example.org", "sub": "2"}
    with_factor = sign_in(post, issuer)

    assert of_staff.json()["code"] == with_factor.json()["code"] == "social_connect_first"


def test_what_a_stranger_has_registered_and_not_proven_does_not_stay(
    issuer: Issuer, post: Post
) -> None:
    planted = {"email": "ada@example.org", "password": "planted by a stranger"}
    post("register", {**planted, "name": "Eve", "role": "mentor", "time_zone": "UTC"})

    opened = sign_in(post, issuer)

    assert opened.status_code == 200
    assert (opened.json()["user"]["name"], opened.json()["user"]["role"]) == (
        "Ada Lovelace",
        "client",
    )
    assert post("login", planted).status_code == 401


def test_from_inside_an_account_is_connected_and_told_of_it(issuer: Issuer, post: Post) -> None:
    ada = SignedIn(person())
    issuer.person["email"] = "another@example.org"

    connected = connect(ada, issuer)
    opened = sign_in(post, issuer)
    listed = ada.get("social")[1]["items"]

    assert connected == (204, None)
    assert opened.json()["user"]["email"] == "ada@example.org"
    assert [item["provider"] for item in listed] == ["oidc"]
    assert "signing in with Oidc was switched on" in letters("account_sign_in_changed")[0].text


def test_connecting_asks_for_a_proof(issuer: Issuer) -> None:
    ada = SignedIn(person()).unproved()

    assert ada.post("social/oidc/link")[1]["code"] == "reauthentication_required"
    assert ada.delete("social/oidc")[1]["code"] == "reauthentication_required"


def test_one_identity_belongs_to_one_account(issuer: Issuer) -> None:
    ada, eve = SignedIn(person()), SignedIn(person("eve@example.org"))
    connect(ada, issuer)

    assert connect(eve, issuer)[1]["code"] == "social_taken"
    assert connect(ada, issuer)[0] == 204


def test_the_second_factor_is_asked_for_here_too(issuer: Issuer, post: Post) -> None:
    ada = SignedIn(person())
    secret = ada.with_app()
    connect(ada, issuer)

    first = sign_in(post, issuer)
    step = {"mfa_token": first.json()["mfa_token"], "code": code_of(secret, 1)}

    assert (first.status_code, first.json()["code"]) == (401, "mfa_required")
    assert post("login/mfa", step).status_code == 200


def test_the_only_way_in_cannot_be_taken_away(issuer: Issuer, post: Post) -> None:
    sign_in(post, issuer)
    user = User.objects.get()
    only = SignedIn(user).delete("social/oidc")
    user.set_password(PASSWORD)
    user.save()
    ada = SignedIn(user)

    assert (only[0], only[1]["code"]) == (409, "last_way_in")
    assert (ada.delete("social/oidc")[0], ada.delete("social/oidc")[0]) == (204, 404)
    assert sign_in(post, issuer).json()["code"] == "social_connect_first"


def test_a_deactivated_person_does_not_come_in(issuer: Issuer, post: Post) -> None:
    sign_in(post, issuer)
    user = User.objects.get()
    operations.deactivate(user=user, actor="system", reason="left", now=user.date_joined)

    assert sign_in(post, issuer).status_code == 401


def test_a_second_site_is_connected_from_inside_alone(issuer: Issuer, post: Post) -> None:
    sign_in(post, issuer)

    other = sign_in(post, issuer, "github")

    assert (other.status_code, other.json()["code"]) == (409, "social_connect_first")
    assert SocialAccount.objects.get().provider == "oidc"


def test_nothing_is_connected_to_a_deactivated_account(issuer: Issuer, post: Post) -> None:
    user = person(password=None)
    operations.deactivate(user=user, actor="system", reason="left", now=user.date_joined)

    assert sign_in(post, issuer).status_code == 401
    assert not SocialAccount.objects.exists()
    assert letters() == []


def test_an_answer_fits_the_beginning_that_it_belongs_to_and_once(
    issuer: Issuer, post: Post
) -> None:
    mine, other = begin(post), begin(post)
    back, others = (issuer.visit(one["authorization_url"]) for one in (mine, other))

    injected = post("social/finish", {"ceremony": mine["ceremony"], **others})
    over = post("social/finish", {"ceremony": mine["ceremony"], **back})
    mixed = begin(post)
    stolen = issuer.visit(mixed["authorization_url"]) | {"code": back["code"]}
    by_pkce = post("social/finish", {"ceremony": mixed["ceremony"], **stolen})
    good = post("social/finish", {"ceremony": other["ceremony"], **others})

    assert (injected.status_code, injected.json()["code"]) == (422, "social_refused")
    assert (over.status_code, over.json()["code"]) == (409, "ceremony_over")
    assert by_pkce.json()["code"] == "social_refused"
    assert good.status_code == 200


def test_a_connection_that_was_begun_is_not_finished_as_a_sign_in_nor_by_another(
    issuer: Issuer, post: Post
) -> None:
    ada, eve = SignedIn(person()), SignedIn(person("eve@example.org"))
    _, begun = ada.post("social/oidc/link")
    answer = {"ceremony": begun["ceremony"], **issuer.visit(begun["authorization_url"])}

    assert post("social/finish", answer).json()["code"] == "ceremony_over"
    assert eve.post("social/link", answer)[1]["code"] == "ceremony_over"
    assert ada.post("social/link", answer)[0] == 204


def test_a_site_that_is_down_is_a_503(issuer: Issuer, post: Post) -> None:
    begun = begin(post)
    back = issuer.visit(begun["authorization_url"])
    issuer.down = True

    answer = post("social/finish", {"ceremony": begun["ceremony"], **back})

    assert (answer.status_code, answer.json()["code"]) == (503, "social_unavailable")


def test_apple_gets_a_signed_secret_and_posts_its_answer(
    issuer: Issuer, post: Post, settings: Settings
) -> None:
    pem = issuer.apple_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    settings.SOCIAL_PROVIDERS = {
        "apple": issuer.provider("apple", client_secret=pem, team_id="TEAM", key_id="KEY")
    }
    issuer.person["email_verified"] = "true"
    begun = begin(post, "apple")
    back = issuer.visit(begun["authorization_url"])

    handed = Caller(enforce_csrf_checks=True).post("/social/returned", back)
    opened = post("social/finish", {"ceremony": begun["ceremony"], **back})

    claims = jwt.decode(
        issuer.secrets[-1],
        issuer.apple_key.public_key(),
        algorithms=["ES256"],
        audience=issuer.url,
        issuer="TEAM",
    )
    assert "response_mode=form_post" in begun["authorization_url"]
    assert handed.status_code == 303
    assert handed.headers["Location"].startswith("http://127.0.0.1:8000/app/social#state=")
    assert back["code"] in handed.headers["Location"]
    assert (claims["sub"], claims["exp"] - time.time() < 301) == (CLIENT, True)
    assert opened.status_code == 200


def test_the_settings_name_what_is_missing() -> None:
    google = {
        "SOCIAL_PROVIDERS": "google",
        "GOOGLE_CLIENT_ID": "id",
        "GOOGLE_CLIENT_SECRET": "secret",
    }

    assert list(social_providers(Env(google))) == ["google"]
    assert social_providers(Env({})) == {}
    for broken, named in (
        ({"SOCIAL_PROVIDERS": "myspace"}, "myspace"),
        ({"SOCIAL_PROVIDERS": "github"}, "GITHUB_CLIENT_ID"),
        ({"SOCIAL_PROVIDERS": "oidc", "OIDC_ISSUER": "http://sso.example"}, "OIDC_ISSUER"),
    ):
        with pytest.raises(BadSetting, match=named):
            social_providers(Env(broken))
