"""Cancellation policies: the tier, the bearer, and when the share next falls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduling.policies import BadPolicy, Outcome, outcome, read_tiers
from scheduling.states import CancelledBy, State

START = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
POLICY: dict[str, Any] = {
    "name": "Standard",
    "version": 1,
    "tiers": [{"hours_before": 24, "refund_bps": 10_000}, {"hours_before": 0, "refund_bps": 5_000}],
    "late_bearer": "client",
}


def by_client(before: timedelta, policy: dict[str, Any] = POLICY) -> Outcome:
    return outcome(
        policy=policy,
        state=State.CONFIRMED,
        by=CancelledBy.CLIENT,
        starts_at=START,
        now=START - before,
    )


@pytest.mark.parametrize("hours", [24, 25, 30, 1000])
def test_early_the_client_gets_everything_and_the_platform_bears_the_fee(hours: int) -> None:
    assert by_client(timedelta(hours=hours)) == Outcome(
        10_000, "platform", START - timedelta(hours=24), 5_000
    )


@pytest.mark.parametrize("hours", [0, 3, 23])
def test_late_the_client_gets_half_and_the_policy_names_the_bearer(hours: int) -> None:
    assert by_client(timedelta(hours=hours)) == Outcome(5_000, "client", START, 0)


def test_the_share_falls_right_after_its_last_instant() -> None:
    edge = timedelta(hours=24)
    microsecond = timedelta(microseconds=1)

    assert by_client(edge).refund_bps == 10_000
    assert by_client(edge - microsecond).refund_bps == 5_000
    assert by_client(timedelta()).refund_bps == 5_000
    assert by_client(-microsecond) == Outcome(0, "client", None, None)


def test_tiers_that_give_nothing_are_no_further_fall() -> None:
    strict = {
        **POLICY,
        "tiers": [{"hours_before": 48, "refund_bps": 8_000}, {"hours_before": 0, "refund_bps": 0}],
    }

    assert by_client(timedelta(hours=50), strict) == Outcome(
        8_000, "client", START - timedelta(hours=48), 0
    )
    assert by_client(timedelta(hours=47), strict) == Outcome(0, "client", None, None)


@pytest.mark.parametrize(
    ("by", "bearer"),
    [
        (CancelledBy.MENTOR, "mentor"),
        (CancelledBy.PLATFORM, "platform"),
        (CancelledBy.SYSTEM, "platform"),
    ],
)
def test_others_give_everything_back_at_any_time(by: CancelledBy, bearer: str) -> None:
    found = outcome(policy=POLICY, state=State.CONFIRMED, by=by, starts_at=START, now=START)

    assert found == Outcome(10_000, bearer, None, None)


def test_a_pending_session_costs_nothing_to_leave() -> None:
    found = outcome(
        policy=POLICY, state=State.PENDING, by=CancelledBy.CLIENT, starts_at=START, now=START
    )

    assert found == Outcome(10_000, "platform", None, None)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [{"hours_before": 24}],
        [{"hours_before": "soon", "refund_bps": 1}],
        [{"hours_before": -1, "refund_bps": 1}],
        [{"hours_before": 24, "refund_bps": 10_001}],
        [{"hours_before": 24, "refund_bps": -1}],
        [{"hours_before": 24, "refund_bps": 1}, {"hours_before": 24, "refund_bps": 1}],
        [{"hours_before": 24, "refund_bps": 1}, {"hours_before": 0, "refund_bps": 2}],
    ],
)
def test_nonsense_is_no_policy(tiers: list[dict[str, Any]]) -> None:
    with pytest.raises(BadPolicy):
        read_tiers(tiers)
