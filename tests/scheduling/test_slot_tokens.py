"""Slot tokens: what was shown comes back, and nothing else is accepted."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from django.test import override_settings

from scheduling import slot_tokens
from scheduling.slot_tokens import SlotTokenExpired, SlotTokenInvalid
from tests.factories.scheduling import SessionTypeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)


def test_a_token_says_what_was_offered() -> None:
    session_type = SessionTypeFactory()

    offer = slot_tokens.read(
        slot_tokens.mint(session_type=session_type, starts_at=TEN, now=NOW), NOW
    )

    assert offer.mentor_id == session_type.mentor_id
    assert offer.session_type_id == session_type.pk
    assert (offer.starts_at, offer.ends_at) == (TEN, TEN + timedelta(hours=1))
    assert (offer.price_minor, offer.currency) == (10_000, "USD")
    assert (offer.policy_id, offer.policy_version) == (session_type.policy_id, 1)
    assert offer.issued_at == NOW


def test_a_token_lives_thirty_minutes() -> None:
    token = slot_tokens.mint(session_type=SessionTypeFactory(), starts_at=TEN, now=NOW)

    slot_tokens.read(token, NOW + timedelta(minutes=30))
    with pytest.raises(SlotTokenExpired) as caught:
        slot_tokens.read(token, NOW + timedelta(minutes=30, seconds=1))

    assert caught.value.code == "slot_token_expired"


def test_a_changed_token_is_refused() -> None:
    token = slot_tokens.mint(session_type=SessionTypeFactory(), starts_at=TEN, now=NOW)
    rng = random.Random(7)

    for _ in range(200):
        place = rng.randrange(len(token))
        letter = rng.choice([each for each in "abcXYZ019:_-é\x00" if each != token[place]])
        with pytest.raises(SlotTokenInvalid):
            slot_tokens.read(token[:place] + letter + token[place + 1 :], NOW)


@pytest.mark.parametrize("text", ["", ":", "a:b", "x" * 100_000, "é" * 50, "\x00"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(SlotTokenInvalid):
        slot_tokens.read(text, NOW)


def test_a_token_of_another_site_or_purpose_is_refused() -> None:
    session_type = SessionTypeFactory()
    with override_settings(SECRET_KEY="another site's key of more than fifty characters, at least"):
        foreign = slot_tokens.mint(session_type=session_type, starts_at=TEN, now=NOW)
    for_something_else = Signer(salt="password-reset").sign_object([1, 2, 3])

    for token in (foreign, for_something_else):
        with pytest.raises(SlotTokenInvalid):
            slot_tokens.read(token, NOW)
