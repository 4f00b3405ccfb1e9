"""Every place where something can be guessed: how a guess is sent, and how its owner gets in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from accounts import addresses, operations, passkeys, roles, sign_in, tokens
from accounts.models import User
from accounts.tokens import Device
from kernel import clock
from tests.accounts.conftest import PASSWORD, code_in, letters, person
from tests.accounts.passkey import SoftPasskey
from tests.accounts.signed_in import code_of

SECRET = "JBSWY3DPEHPK3PXP"
WRONG_CODE = "AAAA-AAAA"
Send = Callable[[httpx.Client, int], httpx.Response]


@dataclass(frozen=True)
class Door:
    """`guess` sends one wrong attempt; `enter` the owner's own. `refused`: how a guess is told."""

    name: str
    guess: Send
    enter: Send
    refused: int
    opened: int = 200


def all_doors(guesses: int) -> list[Door]:
    """Make a person for each door, and what they have to show there."""
    return [
        password(),
        app_code(),
        verify_code(),
        reset_code(),
        passkey(guesses),
        email_code(),
        back_office(),
    ]


def two_doors_of_one_password() -> list[Door]:
    """The API's sign-in and the back office's page, of one person."""
    email = "both@example.org"
    office = back_office(email)
    body = {"email": email, "password": "wrong"}
    api = Door(
        "login and back office",
        lambda client, _: client.post("/api/users/login", json=body),
        office.enter,
        refused=401,
        opened=office.opened,
    )
    return [api, office]


def password(email: str = "login@example.org") -> Door:
    person(email)
    body = {"email": email, "password": PASSWORD}
    return Door(
        "login",
        lambda client, _: client.post("/api/users/login", json=body | {"password": "wrong"}),
        lambda client, _: client.post("/api/users/login", json=body),
        refused=401,
    )


def app_code() -> Door:
    user = person("app@example.org")
    operations.set_totp(user=user, secret=SECRET)
    token = sign_in._mfa_token(user, clock.now())

    def send(client: httpx.Client, code: str) -> httpx.Response:
        return client.post("/api/users/login/mfa", json={"mfa_token": token, "code": code})

    return Door(
        "login/mfa",
        lambda client, number: send(client, f"{number:06}"),
        lambda client, _: send(client, code_of(SECRET)),
        refused=401,
    )


def verify_code() -> Door:
    email = "verify@example.org"
    operations.register(
        email=email,
        password=PASSWORD,
        name="Ada",
        role="client",
        time_zone="UTC",
        source="192.0.2.1",
        now=clock.now(),
    )
    code = code_in(letters("account_verify")[-1])
    return _code("verify", {"email": email}, code, opened=200)


def reset_code() -> Door:
    email = "reset@example.org"
    person(email)
    sign_in.request_password_reset(email=email, source="192.0.2.1", now=clock.now())
    code = code_in(letters("account_reset")[-1])
    return _code("password/reset", {"email": email, "password": "a new good one"}, code, opened=204)


def _code(path: str, body: dict[str, str], code: str, *, opened: int, **options: Any) -> Door:
    def send(client: httpx.Client, text: str) -> httpx.Response:
        return client.post(f"/api/users/{path}", json=body | {"code": text}, **options)

    return Door(
        path,
        lambda client, _: send(client, WRONG_CODE),
        lambda client, _: send(client, code),
        refused=422,
        opened=opened,
    )


def email_code() -> Door:
    email = "moving@new.example"
    user = person("moving@example.org")
    headers = {"Authorization": f"Bearer {_issued(user).access}"}
    principal = tokens.verify_access(token=headers["Authorization"][7:], now=clock.now())
    addresses.ask(
        principal=principal, email=email, password=PASSWORD, device=Device(), now=clock.now()
    )
    code = code_in(letters("account_email_change")[-1])
    return _code("email/confirm", {"email": email}, code, opened=200, headers=headers)


def passkey(guesses: int) -> Door:
    user, own, thief = person("passkey@example.org"), SoftPasskey(), SoftPasskey()
    ceremony, options = passkeys.begin_adding(user=user, now=clock.now())
    passkeys.add(
        user=user,
        ceremony=ceremony,
        name="Telephone",
        credential=own.create(options),
        now=clock.now(),
    )
    thief.handle = own.handle

    def body(key: SoftPasskey) -> dict[str, Any]:
        ceremony, options = passkeys.begin_sign_in(user=None, now=clock.now())
        return {"ceremony": ceremony, "credential": key.get(options)}

    forged, right = [body(thief) for _ in range(guesses)], [body(own), body(own)]
    return Door(
        "login/passkey",
        lambda client, number: client.post("/api/users/login/passkey", json=forged[number]),
        # A challenge is used up by being answered, also where the limit refuses it.
        lambda client, _: client.post("/api/users/login/passkey", json=right.pop(0)),
        refused=422,
    )


def back_office(email: str = "support@example.org") -> Door:
    roles.add_to_group(user=person(email, role="staff"), group=roles.SUPPORT)

    def send(client: httpx.Client, secret: str) -> httpx.Response:
        token = "a" * 32
        return client.post(
            "/accounts/login/",
            data={"login": email, "password": secret, "csrfmiddlewaretoken": token},
            headers={"Cookie": f"csrftoken={token}"},
        )

    return Door(
        "back office",
        lambda client, _: send(client, "wrong"),
        lambda client, _: send(client, PASSWORD),
        refused=200,  # the form again, saying so
        opened=302,
    )


def _issued(user: User) -> tokens.Tokens:
    return tokens.issue(user=user, device=Device(), now=clock.now())
