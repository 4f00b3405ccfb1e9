"""The states in which the examples of signing in, and of changing how, can be sent."""

import re
from datetime import date
from typing import Any

from django.core.cache import cache
from django.test import override_settings

from accounts import operations, passkeys
from accounts.models import Application
from api import examples, sign_in_examples
from cms import vetting
from cms.models import LegalVersion
from kernel import clock
from tests.accounts.conftest import code_in, letters
from tests.accounts.issuer import serving
from tests.accounts.passkey import SoftPasskey
from tests.accounts.signed_in import code_of
from tests.accounts.test_second_factor_api import SECRET, code_now
from tests.api.callers import Caller
from tests.api.stage import Make, Stage, World, made
from tests.content.conftest import add_document
from tests.factories.people import UserFactory


def newcomer(_: Stage) -> World:
    return World(Caller())


def person() -> Any:
    values = {"name": "Ada Lovelace", "time_zone": "Europe/London"}
    return operations.create_person(
        email=sign_in_examples.EMAIL,
        role="client",
        now=clock.now(),
        password=sign_in_examples.PASSWORD,
        **values,
    )


def known(_: Stage) -> World:
    person()
    return World(Caller())


def registered(_: Stage) -> World:
    caller = Caller()
    caller.post("/api/users/register", examples.REQUESTS["users_register"], key=None)
    return World(caller, body={"code": code_in(letters("account_verify")[-1])})


def first_step(_: Stage) -> World:
    operations.set_totp(user=person(), secret=SECRET)
    caller = Caller()
    answer = caller.post("/api/users/login", examples.REQUESTS["users_login"], key=None)
    return World(caller, body={"mfa_token": answer.json()["mfa_token"], "code": code_now()})


def on_a_phone(_: Stage) -> World:
    person()
    body = {**examples.REQUESTS["users_login"], "channel": "mobile"}
    found = made(Caller().post("/api/users/login", body, key=None))
    return World(Caller(), body={"refresh_token": found["refresh_token"]})


def forgetful(_: Stage) -> World:
    person()
    caller = Caller()
    caller.post("/api/users/password/forgot", {"email": sign_in_examples.EMAIL}, key=None)
    return World(caller, body={"code": code_in(letters()[-1])})


def signed_in(_: Stage) -> World:
    return World(Caller(person()))


def with_a_passkey(_: Stage) -> tuple[Caller, SoftPasskey, str]:
    """A person who has one passkey; the person's caller, the passkey and its id."""
    user, passkey = person(), SoftPasskey()
    ceremony, options = passkeys.begin_adding(user=user, now=clock.now())
    kept = passkeys.add(
        user=user,
        ceremony=ceremony,
        name="Telephone",
        credential=passkey.create(options),
        now=clock.now(),
    )
    return Caller(user), passkey, kept.id


def second_step(stage: Stage) -> World:
    with_a_passkey(stage)
    caller = Caller()
    answer = caller.post("/api/users/login", examples.REQUESTS["users_login"], key=None)
    return World(caller, body={"mfa_token": answer.json()["mfa_token"]})


def showing_a_passkey(stage: Stage) -> World:
    _, passkey, _ = with_a_passkey(stage)
    caller = Caller()
    begun = made(caller.post("/api/users/login/passkey/challenge", {}, key=None))
    credential = passkey.get(begun["options"])
    return World(caller, body={"ceremony": begun["ceremony"], "credential": credential})


def before_an_app(_: Stage) -> World:
    caller = Caller(person())
    begun = made(caller.post("/api/users/mfa/totp", key=None))
    return World(caller, body={"ceremony": begun["ceremony"], "code": code_of(begun["secret"])})


def before_a_passkey(_: Stage) -> World:
    caller = Caller(person())
    begun = made(caller.post("/api/users/passkeys/challenge", key=None))
    credential = SoftPasskey().create(begun["options"])
    return World(caller, body={"ceremony": begun["ceremony"], "credential": credential})


def owner_of_a_passkey(stage: Stage) -> World:
    caller, _, passkey_id = with_a_passkey(stage)
    return World(caller, path={"passkey_id": passkey_id})


def asked_for_another_address(_: Stage) -> World:
    caller = Caller(person())
    caller.post("/api/users/email", examples.REQUESTS["users_email_change"], key=None)
    return World(caller, body={"code": code_in(letters("account_email_change")[-1])})


def changed_the_address(stage: Stage) -> World:
    world = asked_for_another_address(stage)
    body = {**examples.REQUESTS["users_email_confirm"], **world.body}
    made(world.caller.post("/api/users/email/confirm", body, key=None))
    (secret,) = re.findall(r"token=(und_[\w-]+)", "".join(one.text for one in letters()))
    return World(Caller(), body={"token": secret})


def back_from_another_site(stage: Stage, path: str, caller: Caller) -> World:
    issuer = stage.later.enter_context(serving())
    stage.later.enter_context(override_settings(SOCIAL_PROVIDERS={"oidc": issuer.provider()}))
    stage.later.callback(cache.clear)
    begun = made(caller.post(f"/api/users/social/oidc/{path}", key=None))
    return World(
        caller,
        body={"ceremony": begun["ceremony"], **issuer.visit(begun["authorization_url"])},
    )


def comes_with_another_site(stage: Stage) -> World:
    return back_from_another_site(stage, "begin", Caller())


def connects_another_site(stage: Stage) -> World:
    return back_from_another_site(stage, "link", Caller(person()))


def asked_for_more(_: Stage) -> World:
    """Who has applied, and was asked for changes."""
    caller = Caller(person())
    made(
        caller.post(
            "/api/mentors/me/application", examples.REQUESTS["mentors_me_application_apply"]
        )
    )
    vetting.ask(
        application_id=Application.objects.get().pk,
        text="Name a second reference.",
        by=UserFactory(is_superuser=True),
        now=clock.now(),
    )
    return World(caller)


def before_a_document(stage: Stage) -> World:
    world = signed_in(stage)
    add_document("terms", effective_from=date(2026, 1, 1), requires_acceptance=True)
    return World(world.caller, body={"versions": [LegalVersion.objects.get().public_id]})


PEOPLE: dict[str, Make] = {
    "mentors_me_application_apply": signed_in,
    "mentors_me_application_answer": asked_for_more,
    "users_consents_agree": before_a_document,
    "users_register": newcomer,
    "users_verify": registered,
    "users_login": known,
    "users_login_mfa": first_step,
    "users_refresh": on_a_phone,
    "users_logout": on_a_phone,
    "users_profile_update": signed_in,
    "users_password_forgot": known,
    "users_password_reset": forgetful,
    "users_password_change": signed_in,
    "users_notifications_replace": signed_in,
    "users_login_passkey_begin": second_step,
    "users_login_passkey": showing_a_passkey,
    "users_reauthenticate": signed_in,
    "users_mfa_totp_confirm": before_an_app,
    "users_passkeys_add": before_a_passkey,
    "users_passkeys_rename": owner_of_a_passkey,
    "users_email_change": signed_in,
    "users_email_confirm": asked_for_another_address,
    "users_social_finish": comes_with_another_site,
    "users_social_connect": connects_another_site,
    "users_email_undo": changed_the_address,
}
