"""I10: for a fixed history the books do not depend on how the gateway's events are delivered.

Hypothesis draws what happens and how it is told: `HISTORY_EXAMPLES=300` that many new histories
of each gateway; without it, a few that are always the same.
"""

import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.refunds import promise
from tests.billing.gateway.chronicle import (
    Act,
    Anyhow,
    History,
    Sale,
    differences,
    digest,
    promptly,
    told_as,
)
from tests.contracts.conftest import GROUNDS, Ground
from tests.standin import StandIn

MANY = os.environ.get("HISTORY_EXAMPLES")

pytestmark = pytest.mark.slow


@pytest.fixture(name="ground", params=sorted(GROUNDS))
def one_gateway_after_the_other(request: pytest.FixtureRequest, standin: StandIn) -> Ground:
    return GROUNDS[request.param](standin)


acts = st.one_of(
    st.builds(
        Act,
        day=st.integers(1, 4),
        what=st.sampled_from(["refund", "failing refund"]),
        per_myriad=st.sampled_from([1, 1667, 3333, 10_000]),
    ),
    st.builds(
        Act,
        day=st.integers(1, 3),
        what=st.sampled_from(["dispute", "dispute", "inquiry"]),
        per_myriad=st.sampled_from([3333, 6667, 10_000]),
        outcome=st.sampled_from([None, "won", "lost", "lost"]),
    ),
)
sales = st.builds(
    Sale,
    discounted=st.booleans(),
    ours=st.sampled_from([None, None, "cancelled", "refunded", "refund whose answer is lost"]),
    confirmed=st.booleans(),
    acts=st.lists(acts, max_size=3).map(tuple),
)
histories = st.builds(
    History,
    sales=st.lists(sales, min_size=1, max_size=3).map(tuple),
    reserve=st.booleans(),
    sent_back=st.booleans(),
    withdrawn=st.booleans(),
)


@settings(
    max_examples=int(MANY or 6),
    derandomize=MANY is None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # worlds take seconds: none to shrink
    suppress_health_check=list(HealthCheck),
)
@given(history=histories, seed=st.integers(0, 2**32))
def test_any_telling_of_a_history_ends_in_the_same_books(
    ground: Ground, history: History, seed: int
) -> None:
    expected = told_as(ground, history, promptly)

    found = told_as(ground, history, Anyhow(random.Random(seed)))

    assert not (parts := differences(expected, found)), "\n".join(parts)
    assert digest(found) == digest(expected)


def late(events: list[dict[str, Any]], *, day: int) -> list[list[dict[str, Any]]]:
    """All of it when everything is over."""
    return [*promptly([], day=day)[:-1], events]


def test_books_that_go_by_when_we_heard_are_found_out(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a refund's commission is taken from where it happens to be."""
    ground = GROUNDS["stripe"](standin)
    refunded_before_its_session = Sale(False, None, True, (Act(1, "refund", 3333),))
    history = History((refunded_before_its_session,), False, False, False)
    assert told_as(ground, history, late) == told_as(ground, history, promptly)

    monkeypatch.setattr(promise, "recognise_first", lambda *_, **__: False)

    found = differences(told_as(ground, history, promptly), told_as(ground, history, late))
    # 33.33 of 100.00 is 5.00 of the commission
    assert found == [
        "- books: 4010:USD mentor 0 sale 0 -1000",
        "+ books: 4010:USD mentor 0 sale 0 -1500",
        "+ books: 4090:USD mentor 0 sale 0 500",
    ]
