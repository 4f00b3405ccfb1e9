"""A mentor's calendars over HTTP: add by address or file, see how they stand, look again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock, tasks
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.scheduling.odd_calendars import event, file
from tests.talking import file as answer
from tests.talking import serving

pytestmark = pytest.mark.django_db

PATH = "/api/mentors/me/calendars"


@pytest.fixture
def market() -> Market:
    return open_market()


def tomorrow() -> datetime:
    return clock.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)


def busy(at: datetime, *more: str) -> str:
    """Return a file with one hour that is busy, and one entry that has no time."""
    hour = (f"DTSTART:{at:%Y%m%dT%H%M%SZ}", f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}")
    return file(*event(*hour), *event("DTSTART:next Monday", uid="two@odd"), *more).decode()


def delete(caller: Caller, path: str) -> Any:
    return caller._client.delete(path, headers=caller.headers)


def slots(market: Market, at: datetime) -> list[str]:
    query = {
        "session_type": market.kind.public_id,
        "from": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "to": f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    found = market.ann.get("/api/mentors/ada/slots", query).json()
    return [item["starts_at"] for item in found["items"]]


def test_a_file_blocks_its_times_at_once_and_frees_them_when_it_is_taken_out(
    market: Market,
) -> None:
    at = tomorrow()
    assert len(slots(market, at)) == 2

    added = market.ada.post(PATH, {"name": " Work ", "file": busy(at)})

    assert (added.status_code, slots(market, at)) == (201, [])
    body = added.json()
    assert body["id"].startswith("cal_")
    assert body == {
        "id": body["id"],
        "name": "Work",
        "status": "good",
        "host": None,
        "received_at": body["received_at"],
        "read_at": body["received_at"],
        "entries": 1,
        "busy_times": 1,
        "left_out": ["'next Monday' is no time."],
        "checked_at": None,
        "next_check_at": None,
        "failing_since": None,
        "error": None,
    }
    assert market.ada.get(PATH).json() == {"items": [body]}
    assert delete(market.ada, f"{PATH}/{body['id']}").status_code == 204
    assert len(slots(market, at)) == 2
    assert delete(market.ada, f"{PATH}/{body['id']}").status_code == 404


def test_an_address_is_asked_after_the_answer_and_is_never_shown_again(
    market: Market, settings: Any
) -> None:
    settings.OUTBOUND_LOOPBACK = True
    at = tomorrow()
    with serving(answer(busy(at).encode())) as (port, heads):
        url = f"http://127.0.0.1:{port}/private-3f9a/basic.ics"
        added = market.ada.post(PATH, {"name": "Home", "url": url})
        assert (added.status_code, added.json()["status"], heads) == (201, "waiting", [])

        tasks.drain()

    found = market.ada.get(f"{PATH}/{added.json()['id']}")
    assert (found.json()["status"], found.json()["host"]) == ("good", "127.0.0.1")
    assert (found.json()["entries"], found.json()["busy_times"]) == (1, 1)
    assert "private-3f9a" not in added.content.decode() + found.content.decode()
    assert slots(market, at) == []


def test_a_failure_is_told_in_words_and_looked_at_again(market: Market, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with serving(answer(b"<html>"), answer(busy(tomorrow()).encode())) as (port, heads):
        added = market.ada.post(PATH, {"name": "Home", "url": f"http://127.0.0.1:{port}/"}).json()
        tasks.drain()
        failing = market.ada.get(f"{PATH}/{added['id']}").json()
        again = market.ada.post(f"{PATH}/{added['id']}/refresh", key=None)
        tasks.drain()

    assert (failing["status"], failing["busy_times"]) == ("failing", 0)
    assert failing["error"].startswith("The calendar cannot be used. It is no iCalendar file")
    assert (again.status_code, again.json()["status"]) == (202, "failing")
    assert market.ada.get(f"{PATH}/{added['id']}").json()["status"] == "good"
    assert len(heads) == 2


def test_a_list_that_has_not_changed_is_not_sent_again(market: Market) -> None:
    market.ada.post(PATH, {"name": "Work", "file": busy(tomorrow())})
    first = market.ada.get(PATH)

    again = market.ada.get(PATH, **{"If-None-Match": first["ETag"]})
    market.ada.post(PATH, {"name": "Home", "file": busy(tomorrow())})
    changed = market.ada.get(PATH, **{"If-None-Match": first["ETag"]})

    assert (again.status_code, changed.status_code) == (304, 200)


def test_the_list_takes_as_many_queries_for_ten_as_for_one(market: Market) -> None:
    counts = []
    for number in range(10):
        market.ada.post(PATH, {"name": str(number), "file": busy(tomorrow())})
        with CaptureQueriesContext(connection) as queries:
            market.ada.get(PATH)
        counts.append(len(queries))

    assert len(set(counts)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "x"}, 422, "validation_failed"),
        ({"name": "x", "url": "https://x.test/", "file": "y"}, 422, "validation_failed"),
        ({"name": "", "file": "y"}, 422, "validation_failed"),
        ({"name": " ", "file": "y"}, 422, "calendar_name"),
        ({"name": "x", "file": "no calendar"}, 422, "calendar_unreadable"),
        ({"name": "x", "url": "http://calendar.example/"}, 422, "calendar_address"),
        ({"name": "x", "url": "https://127.0.0.1:5432/"}, 422, "calendar_address"),
        ({"name": "x", "url": "https://\ud800.example/"}, 400, "malformed_json"),
        ({"name": "x", "url": "https://[x"}, 422, "calendar_address"),
        ({"name": "x", "file": "y" * 1_000_001}, 422, "validation_failed"),
        ({"name": "x", "file": "y" * 1_100_000}, 413, "payload_too_large"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused(
    market: Market, body: dict[str, str], status: int, code: str
) -> None:
    answered = market.ada.post(PATH, body)

    assert (answered.status_code, answered.json()["code"]) == (status, code)
    assert market.ada.get(PATH).json() == {"items": []}


def test_the_eleventh_and_a_file_without_an_address_are_refused(market: Market) -> None:
    for number in range(10):
        added = market.ada.post(PATH, {"name": str(number), "file": busy(tomorrow())}).json()

    eleventh = market.ada.post(PATH, {"name": "10", "file": busy(tomorrow())})
    refreshed = market.ada.post(f"{PATH}/{added['id']}/refresh")

    assert (eleventh.status_code, eleventh.json()["code"]) == (409, "too_many_calendars")
    assert (refreshed.status_code, refreshed.json()["code"]) == (409, "calendar_has_no_address")


def test_too_many_looks_say_when_to_come_back(market: Market) -> None:
    for _ in range(31):
        last = market.ada.post(PATH, {"name": "x", "url": "https://calendar.example/a.ics"})

    assert (last.status_code, last.json()["code"]) == (429, "too_many_looks")
    assert 0 < int(last["Retry-After"]) <= 3600


def test_another_mentors_calendar_is_like_a_missing_one(market: Market) -> None:
    added = market.ada.post(PATH, {"name": "Work", "file": busy(tomorrow())}).json()["id"]

    for path in (f"{PATH}/{added}", f"{PATH}/cal_{'0' * 26}", f"{PATH}/nonsense"):
        answers = [
            market.bob.get(path),
            market.bob.post(f"{path}/refresh"),
            delete(market.bob, path),
        ]
        assert [one.status_code for one in answers] == [404, 404, 404]
    assert market.bob.get(PATH).json() == {"items": []}
    assert market.ada.get(f"{PATH}/{added}").status_code == 200
