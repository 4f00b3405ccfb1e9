"""When a failed delivery is tried again: the pauses, their jitter, and what endpoints ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from webhooks.retries import DISABLED_AFTER, MAX_TRIES, pause_after, rest_after, wish_of

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_ten_tries_within_some_three_days() -> None:
    pauses = [pause_after(tries, chance=0) for tries in range(1, MAX_TRIES)]

    assert [pause.total_seconds() for pause in pauses if pause] == [
        5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]  # fmt: skip
    assert pause_after(MAX_TRIES, chance=0) is None
    assert sum((one for one in pauses if one), timedelta()) < DISABLED_AFTER


def test_chance_makes_a_pause_longer_by_a_tenth_at_most() -> None:
    assert pause_after(2, chance=1) == timedelta(minutes=5, seconds=30)
    assert pause_after(2, chance=0.5) == timedelta(minutes=5, seconds=15)


def test_an_endpoint_that_is_down_costs_a_call_a_minute_at_most() -> None:
    rests = [rest_after(failures).total_seconds() for failures in (1, 2, 3, 4, 5, 1000)]

    assert rests == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Mon, 01 Mar 2027 12:02:00 GMT", 120),
        ("Mon, 01 Mar 2027 11:00:00 GMT", 0),
        ("999999999", 86_400),
        ("99999999999999999999999", 0),
        ("-5", 0),
        ("soon", 0),
        ("Mon, 01 Jan 2026 00:00:00 +9999999999999999", 0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 0),
        ("Mon, 01 Mar 2027 12:02:00 GMT" + " (so says the clock)" * 2, 0),
        ("\u0661\u0662", 0),
        ("", 0),
    ],
)
def test_what_retry_after_asks_for(said: str, seconds: float) -> None:
    assert wish_of(said, now=NOW).total_seconds() == seconds
