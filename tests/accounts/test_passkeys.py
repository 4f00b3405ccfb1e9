"""Passkeys: added, named, shown as a second factor or alone, and all that does not pass for one."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from fido2.utils import websafe_encode
from pytest_django import Settings

from accounts import operations
from accounts.models import Ceremony, RefreshFamily, User
from tests.accounts.conftest import PASSWORD, Post, letters, person
from tests.accounts.passkey import SoftPasskey
from tests.accounts.signed_in import Answer, SignedIn

LOGIN = {"email": "ada@example.org", "password": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.DEMO_MFA = True


@pytest.fixture
def ada() -> SignedIn:
    return SignedIn(person())


def add(who: SignedIn, passkey: SoftPasskey, name: str = "Telephone", **bent: Any) -> Answer:
    _, begun = who.post("passkeys/challenge")
    credential = passkey.create(begun["options"], **bent)
    return who.post(
        "passkeys", {"ceremony": begun["ceremony"], "name": name, "credential": credential}
    )


def show(post: Post, passkey: SoftPasskey, mfa_token: str | None = None, **bent: Any) -> Any:
    begun = post("login/passkey/challenge", {"mfa_token": mfa_token}).json()
    credential = passkey.get(begun["options"], **bent)
    return post("login/passkey", {"ceremony": begun["ceremony"], "credential": credential})


def test_a_passkey_signs_in_without_a_password(ada: SignedIn, post: Post) -> None:
    passkey = SoftPasskey()
    status, added = add(ada, passkey)

    opened = show(post, passkey)

    assert status == 201
    assert added["passkey"]["passwordless"] is True
    assert len(added["recovery_codes"]) == 10
    assert opened.status_code == 200
    assert opened.json()["user"]["email"] == "ada@example.org"
    assert "counterfoil_refresh" in opened.cookies
    assert RefreshFamily.objects.order_by("-id")[0].second_factor is True
    (letter,) = letters("account_sign_in_changed")
    assert letter.to == "ada@example.org"
    assert "the passkey “Telephone” was added" in letter.text


def test_it_is_the_second_step_behind_a_password(ada: SignedIn, post: Post) -> None:
    key = SoftPasskey(verifies=False)  # a security key without a PIN
    add(ada, key)
    step = post("login", LOGIN).json()

    alone = show(post, key)
    second = show(post, key, step["mfa_token"])

    assert (step["code"], step["methods"]) == ("mfa_required", ["code", "passkey"])
    assert (alone.status_code, alone.json()["code"]) == (422, "passkey_refused")
    assert second.status_code == 200


@pytest.mark.parametrize(("changed", "status"), [(True, 422), (False, 200)])
def test_a_second_step_that_was_begun_ends_with_the_password(
    ada: SignedIn, post: Post, changed: bool, status: int
) -> None:
    passkey = SoftPasskey(verifies=False)
    add(ada, passkey)
    token = post("login", LOGIN).json()["mfa_token"]
    begun = post("login/passkey/challenge", {"mfa_token": token}).json()
    if changed:
        user = User.objects.get(pk=ada.user.pk)
        user.set_password("quite another passphrase")
        user.save()

    shown = {"ceremony": begun["ceremony"], "credential": passkey.get(begun["options"])}

    assert post("login/passkey", shown).status_code == status


def test_it_proves_that_it_is_still_the_same_person(ada: SignedIn) -> None:
    passkey = SoftPasskey()
    add(ada, passkey)
    ada.unproved()
    _, begun = ada.post("reauthenticate/passkey")
    credential = passkey.get(begun["options"])
    proof = {"passkey": {"ceremony": begun["ceremony"], "credential": credential}}

    shut = ada.post("mfa/recovery-codes")
    proved = ada.post("reauthenticate", proof)
    replayed = ada.post("reauthenticate", proof)

    assert (shut[0], shut[1]["methods"]) == (403, ["code", "passkey"])
    assert (proved[0], replayed[1]["code"]) == (200, "ceremony_over")
    assert ada.post("mfa/recovery-codes")[0] == 200


def test_passkeys_are_listed_renamed_and_removed(ada: SignedIn, post: Post) -> None:
    first, second = SoftPasskey(), SoftPasskey()
    add(ada, first, "Telephone")
    _, added = add(ada, second, "Laptop")
    one = ada.get("mfa")[1]["passkeys"][0]["id"]
    eve = SignedIn(person("eve@example.org"))

    renamed = ada.call("PATCH", f"passkeys/{one}", {"name": "Old telephone"})
    not_hers = [
        eve.call("PATCH", f"passkeys/{one}", {"name": "Mine"})[0],
        eve.delete(f"passkeys/{one}")[0],
    ]
    removed = ada.delete(f"passkeys/{one}")
    gone = ada.delete(f"passkeys/{one}")

    assert added["recovery_codes"] == []
    assert renamed[1]["name"] == "Old telephone"
    assert not_hers == [404, 404]
    assert (removed[0], gone[0]) == (204, 404)
    assert [key["name"] for key in ada.get("mfa")[1]["passkeys"]] == ["Laptop"]
    assert show(post, first).status_code == 422
    assert show(post, second).status_code == 200


def test_a_challenge_is_answered_once_and_by_the_sign_in_that_it_was_made_for(
    ada: SignedIn, post: Post
) -> None:
    passkey = SoftPasskey()
    add(ada, passkey)
    begun = post("login/passkey/challenge").json()
    answer = {"ceremony": begun["ceremony"], "credential": passkey.get(begun["options"])}
    other = post("login/passkey/challenge").json()

    crossed = post("login/passkey", answer | {"ceremony": other["ceremony"]})
    opened = post("login/passkey", answer)
    replayed = post("login/passkey", answer)

    assert (crossed.status_code, crossed.json()["code"]) == (422, "passkey_refused")
    assert opened.status_code == 200
    assert (replayed.status_code, replayed.json()["code"]) == (409, "ceremony_over")


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "http://localhost:9999"},
        {"site": "evil.example"},
        {"kind": "webauthn.create"},
        {"handle": websafe_encode(bytes(16))},
        {"handle": websafe_encode(b"x")},
    ],
)
def test_what_was_shown_elsewhere_opens_nothing(
    ada: SignedIn, post: Post, bent: dict[str, str]
) -> None:
    passkey = SoftPasskey()
    add(ada, passkey)

    refused = show(post, passkey, **bent)

    assert (refused.status_code, refused.json()["code"]) == (422, "passkey_refused")
    assert show(post, passkey).status_code == 200


@pytest.mark.parametrize("bent", [{"origin": "https://evil.example"}, {"site": "evil.example"}])
def test_what_was_made_elsewhere_is_not_added(ada: SignedIn, bent: dict[str, str]) -> None:
    assert add(ada, SoftPasskey(), **bent)[1]["code"] == "passkey_refused"
    assert not Authenticator.objects.exists()


def test_a_copied_passkey_is_noticed_by_its_counter(ada: SignedIn, post: Post) -> None:
    passkey, synced = SoftPasskey(), SoftPasskey(counts=False)
    add(ada, passkey)
    add(ada, synced)
    opened = [show(post, passkey).status_code for _ in range(2)]

    passkey.counter = 0  # the copy counts on from where it was taken
    copied = show(post, passkey).status_code

    assert (opened, copied) == ([200, 200], 422)
    assert [show(post, synced).status_code for _ in range(2)] == [200, 200]


def test_another_key_under_the_same_name_is_refused(ada: SignedIn, post: Post) -> None:
    passkey, thief = SoftPasskey(), SoftPasskey()
    add(ada, passkey)
    thief.credential_id, thief.handle = passkey.credential_id, passkey.handle

    assert show(post, thief).status_code == 422


def test_one_persons_passkey_is_no_second_step_for_another(ada: SignedIn, post: Post) -> None:
    eve, key = SignedIn(person("eve@example.org")), SoftPasskey()
    add(ada, SoftPasskey())
    add(eve, key)
    step = post("login", LOGIN).json()

    hers = websafe_encode(ada.user.pk.bytes)
    assert show(post, key, step["mfa_token"]).status_code == 422
    assert show(post, key, step["mfa_token"], handle=hers).status_code == 422


def test_it_is_added_once(ada: SignedIn) -> None:
    passkey = SoftPasskey()

    assert [add(ada, passkey)[0], add(ada, passkey)[0]] == [201, 422]


def test_a_deactivated_persons_passkey_opens_nothing(ada: SignedIn, post: Post) -> None:
    passkey = SoftPasskey()
    add(ada, passkey)
    operations.deactivate(user=ada.user, actor="system", reason="left", now=ada.user.date_joined)

    assert show(post, passkey).json()["code"] == "passkey_refused"


def test_wrong_passkeys_are_counted_and_lock_nobody_else_out(ada: SignedIn, post: Post) -> None:
    passkey, thief = SoftPasskey(), SoftPasskey()
    add(ada, passkey)
    thief.handle = passkey.handle

    guesses = [show(post, thief).status_code for _ in range(6)]
    begun = post("login/passkey/challenge", source="192.0.2.9").json()
    answer = {"ceremony": begun["ceremony"], "credential": passkey.get(begun["options"])}

    assert guesses == [422] * 5 + [429]
    assert post("login/passkey", answer, source="192.0.2.9").status_code == 200


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["AA", "_w", "e30", "oA", "A" * 20_000, "9" * 1000])
def test_bytes_that_are_no_passkey_are_a_refusal(
    ada: SignedIn, post: Post, part: str, value: str
) -> None:
    passkey = SoftPasskey()
    add(ada, passkey)
    begun = post("login/passkey/challenge").json()
    credential = passkey.get(begun["options"])
    credential["response"][part] = value

    answer = post("login/passkey", {"ceremony": begun["ceremony"], "credential": credential})

    assert answer.status_code == 422


@pytest.mark.parametrize("value", ["AA", "oA", "o2NmbXRkbm9uZQ", "A" * 999])
def test_bytes_that_make_no_passkey_are_a_refusal(ada: SignedIn, value: str) -> None:
    _, begun = ada.post("passkeys/challenge")
    credential = SoftPasskey().create(begun["options"])
    credential["response"]["attestationObject"] = value

    status, problem = ada.post(
        "passkeys", {"ceremony": begun["ceremony"], "name": "x", "credential": credential}
    )

    assert (status, problem["code"]) == (422, "passkey_refused")


def test_the_options_name_the_site_and_not_the_host_of_the_call(post: Post, ada: SignedIn) -> None:
    begun = post("login/passkey/challenge", headers={"Host": "127.0.0.1:1"}).json()
    _, adding = ada.post("passkeys/challenge")

    assert begun["options"]["rpId"] == adding["options"]["rp"]["id"] == "localhost"
    assert begun["options"]["userVerification"] == "required"
    assert begun["options"].get("allowCredentials") in (None, [])
    assert "ada" not in json.dumps(begun)
    assert Ceremony.objects.count() == 2
