"""Days and months of a zone: neighbours touch, whatever the clock does in between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.spans import BadSpan, midnight, span, year_until


def test_a_year_is_cut_into_months_of_the_zone() -> None:
    found = span(first=date(2027, 1, 15), last=date(2027, 4, 30), zone="Europe/Berlin")

    assert [part.name for part in found.parts] == [
        "January 2027 (15–31)", "February 2027", "March 2027", "April 2027",
    ]  # fmt: skip
    assert [part.key for part in found.parts] == ["2027-01", "2027-02", "2027-03", "2027-04"]
    assert found.bounds == [
        datetime(2027, 1, 14, 23, tzinfo=UTC),
        datetime(2027, 1, 31, 23, tzinfo=UTC),
        datetime(2027, 2, 28, 23, tzinfo=UTC),
        datetime(2027, 3, 31, 22, tzinfo=UTC),  # the clock was put forward on 28 March
        datetime(2027, 4, 30, 22, tzinfo=UTC),
    ]
    assert found.labels() == ["Jan ’27", "Feb", "Mar", "Apr"]


def test_up_to_62_days_are_cut_into_days() -> None:
    days = span(first=date(2027, 3, 1), last=date(2027, 5, 1), zone="UTC")
    months = span(first=date(2027, 3, 1), last=date(2027, 5, 2), zone="UTC")

    assert (days.by_day, len(days.parts)) == (True, 62)
    assert days.parts[31].name == "1 April 2027"
    assert days.labels()[:2] == ["1 Mar", "2 Mar"]
    assert (months.by_day, len(months.parts)) == (False, 3)
    assert span(first=date(2027, 3, 1), last=date(2027, 3, 31), zone="UTC", months=True).labels()


def test_a_day_without_midnight_begins_where_the_clock_went_on() -> None:
    """In Cairo 24 April 2026 began at 01:00; the day before ended where it began."""
    found = span(first=date(2026, 4, 23), last=date(2026, 4, 25), zone="Africa/Cairo")

    assert [part.until - part.since for part in found.parts] == [
        timedelta(hours=24), timedelta(hours=23), timedelta(hours=24),
    ]  # fmt: skip
    assert (
        found.parts[0].until == found.parts[1].since == midnight(date(2026, 4, 24), "Africa/Cairo")
    )


def test_a_midnight_that_comes_twice_counts_once() -> None:
    """In Havana 1 November 2026 had 00:30 twice; its 25 hours are one day."""
    found = span(first=date(2026, 10, 31), last=date(2026, 11, 2), zone="America/Havana")

    assert [part.until - part.since for part in found.parts] == [
        timedelta(hours=24), timedelta(hours=25), timedelta(hours=24),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (date(2027, 3, 2), date(2027, 3, 1), "lies before"),
        (date(2022, 1, 1), date(2027, 1, 1), "61 months"),
    ],
)
def test_other_spans_are_refused(first: date, last: date, says: str) -> None:
    with pytest.raises(BadSpan, match=says):
        span(first=first, last=last, zone="UTC")


def test_a_year_ends_with_the_month_of_its_last_day() -> None:
    assert year_until(date(2027, 3, 31)) == date(2026, 4, 1)
    assert year_until(date(2026, 12, 1)) == date(2026, 1, 1)
