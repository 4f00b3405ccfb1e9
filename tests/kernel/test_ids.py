"""Identifiers sort by time and survive the trip to their public form."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import BadPublicId, instant_of, parse_public_id, public_id, uuid7


@given(st.uuids())
def test_a_public_id_reads_back(value: uuid.UUID) -> None:
    assert parse_public_id("ses", public_id("ses", value)) == value


def test_uuid7_has_its_version_its_variant_and_the_time_in_front() -> None:
    made = [uuid7() for _ in range(100)]

    assert {(value.version, value.variant) for value in made} == {(7, uuid.RFC_4122)}
    milliseconds = [value.int >> 80 for value in made]
    assert milliseconds == sorted(milliseconds)
    assert len(set(made)) == 100


def test_the_instant_of_an_id_is_that_of_its_making(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.ids.time.time_ns", lambda: 1_804_064_400_123_456_789)

    assert instant_of(uuid7()) == datetime(2027, 3, 3, 9, 0, 0, 123_000, tzinfo=UTC)


def test_ids_of_one_millisecond_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter(range(1_800_000_000_000_000_000, 1_800_000_000_001_000_000, 1_000))
    monkeypatch.setattr("kernel.ids.time.time_ns", lambda: next(instants))

    made = [uuid7() for _ in range(1000)]

    assert made == sorted(made)
    assert {value.int >> 80 for value in made} == {1_800_000_000_000}


@pytest.mark.parametrize(
    "text",
    ["", "ses_", "pay_" + "0" * 26, "ses_" + "0" * 25, "ses_" + "z" * 26, "ses_" + "u" * 26, "ses"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadPublicId):
        parse_public_id("ses", text)
