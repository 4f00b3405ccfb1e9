"""The code of docs/webhooks.md verifies what we send, and refuses what somebody else sends."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.schemas.webhook_events import EVENTS, MESSAGES
from webhooks import retries, signing
from webhooks.courier import CALLS, LEASE
from webhooks.kinds import Kind
from webhooks.states import State

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SECRET = signing.new_secret()
BODY = b'{"type":"session.confirmed","data":{"id":"ses_1"}}'


def verifier(block: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(block, names)
    found: Callable[..., Any] = names["verified"]
    return found


def signed(*secrets: str, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return signing.headers(message_id="evt_1", at=at, body=BODY, secrets=secrets or [SECRET])


def test_the_page_has_its_code() -> None:
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("block", BLOCKS)
def test_it_verifies_what_we_sign_also_while_secrets_rotate(block: str) -> None:
    verified = verifier(block)

    assert verified(SECRET, signed(), BODY)["data"]["id"] == "ses_1"
    assert verified(SECRET, signed(signing.new_secret(), SECRET), BODY)


@pytest.mark.parametrize("block", BLOCKS)
def test_it_refuses_everything_else(block: str) -> None:
    verified = verifier(block)
    forged = [
        (SECRET, signed(), BODY + b" "),
        (SECRET, signed(signing.new_secret()), BODY),
        (SECRET, signed(at=datetime.now(UTC) - timedelta(minutes=6)), BODY),
        (SECRET, signed(at=datetime.now(UTC) + timedelta(minutes=6)), BODY),
        (SECRET, {**signed(), "webhook-id": "evt_2"}, BODY),
        (SECRET, {**signed(), "webhook-signature": "v1,AAAA v2,BBBB"}, BODY),
    ]

    for given in forged:
        with pytest.raises(Exception, match=r"old|new|signature|signed|future"):
            verified(*given)


def test_its_example_is_an_event_and_each_kind_has_a_line() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    message = json.loads(example)

    MESSAGES[message["type"]].model_validate(message)
    for kind in Kind:
        room, _, happened = kind.partition(".")
        assert f"`{kind}`" in PAGE or f"`.{happened}`" in PAGE, kind
        facts = EVENTS[kind][0].model_fields
        line = next(row for row in PAGE.splitlines() if row.startswith(f"| `{room}."))
        if kind is not Kind.PAYMENT_REFUNDED:
            assert ", ".join(facts) in line
    for state in State:
        assert f"| `{state}` |" in PAGE


def test_its_figures_are_those_of_the_code() -> None:
    assert retries.MAX_TRIES == 10
    assert "ten tries within some 75 hours" in PAGE
    assert (16, timedelta(seconds=40)) == (CALLS, LEASE)
