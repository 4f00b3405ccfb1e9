"""Signatures are those of Standard Webhooks 1.0.0: its vector, and its own library checks ours."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from webhooks import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def test_the_vector_of_the_specification_is_signed_as_it_says() -> None:
    signed = signing.headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=BODY,
        secrets=[SECRET],
    )

    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def signed_now(*secrets: str, body: bytes = BODY) -> dict[str, str]:
    at = datetime.now(UTC)
    return signing.headers(message_id="evt_1", at=at, body=body, secrets=secrets)


def test_the_library_of_the_specification_verifies_what_we_sign() -> None:
    secret = signing.new_secret()

    assert Webhook(secret).verify(BODY, signed_now(secret)) == {"test": 2432232314}


def test_both_secrets_verify_while_they_are_exchanged() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    signed = signed_now(new, old)

    assert Webhook(old).verify(BODY, signed) == Webhook(new).verify(BODY, signed)
    assert len(signed["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-id", "evt_2"),
        ("webhook-timestamp", str(int(datetime.now(UTC).timestamp()) - 60)),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ("webhook-signature", ""),
    ],
    ids=["id", "a minute before", "long ago", "another's", "none"],
)
def test_whatever_is_changed_on_the_way_is_not_verified(header: str, value: str) -> None:
    """The control: the library does refuse."""
    secret = signing.new_secret()
    signed = {**signed_now(secret), header: value}

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed)


def test_another_body_or_another_secret_is_not_verified() -> None:
    secret = signing.new_secret()
    signed = signed_now(secret)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, signed)


def test_secrets_have_the_form_and_the_length_that_the_specification_asks_for() -> None:
    secret = signing.new_secret()

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != signing.new_secret()
