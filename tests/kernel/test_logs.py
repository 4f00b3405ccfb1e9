"""What the log's filter hides, and that no text can keep it busy."""

import time

import pytest

from kernel.logs import LONGEST, redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("key sk_test_abc123", "key sk_[redacted]"),
        ("pi_123_secret_456 came", "pi_[redacted] came"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln!", "token [redacted token]!"),
        ("mail to ada.lovelace+x@example.co.uk now", "mail to [redacted e-mail] now"),
        ("card 4242 4242 4242 4242", "card [redacted number]"),
        ("session ses_01jd confirmed at 14:02", "session ses_01jd confirmed at 14:02"),
    ],
)
def test_secrets_and_addresses_are_masked(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize("piece", ["x", "eyJ-", "a.", "pi_", "1 ", "Bearer ", "x@", "eyJa."])
def test_a_long_hostile_text_is_masked_in_no_time(piece: str) -> None:
    started = time.perf_counter()

    redact(piece * (1_000_000 // len(piece)))

    assert time.perf_counter() - started < 2


def test_a_message_is_cut_where_it_would_fill_the_log() -> None:
    assert redact("x" * (LONGEST + 5)) == "x" * LONGEST + "… (5 more characters)"
