"""Cursor pages: total order, both directions, and cursors that only we can make."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.test import Client

from accounts.models import User
from kernel.models import AuditEntry

pytestmark = [pytest.mark.urls("tests.api.toy"), pytest.mark.django_db]

START = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def reader(client: Client) -> Client:
    User.objects.create_user("reader@example.com", name="Reader")
    client.defaults["HTTP_X_TEST_USER"] = "reader@example.com"
    return client


def make_rows(count: int) -> None:
    """Make rows named by number; each pair shares its instant, so that the id must decide."""
    for number in range(count):
        AuditEntry.objects.create(
            at=START + timedelta(minutes=number // 2),
            actor="system",
            action="test",
            object_type="row",
            object_id=str(number),
        )


def test_pages_walk_the_whole_list_once_forwards_and_back(reader: Client) -> None:
    make_rows(7)

    first = reader.get("/api/rows?limit=3").json()
    second = reader.get("/api/rows", {"limit": 3, "cursor": first["next"]}).json()
    third = reader.get("/api/rows", {"limit": 3, "cursor": second["next"]}).json()
    back = reader.get("/api/rows", {"limit": 3, "cursor": third["prev"]}).json()
    start = reader.get("/api/rows", {"limit": 3, "cursor": back["prev"]}).json()

    assert first["items"] == ["6", "5", "4"]
    assert second["items"] == ["3", "2", "1"]
    assert third["items"] == ["0"]
    assert (first["prev"], third["next"]) == (None, None)
    assert back["items"] == second["items"]
    assert start["items"] == first["items"]
    assert start["prev"] is None


def test_a_row_added_in_front_moves_nothing(reader: Client) -> None:
    make_rows(4)

    first = reader.get("/api/rows?limit=2").json()
    AuditEntry.objects.create(
        at=START + timedelta(days=1), actor="system", action="test", object_type="row",
        object_id="new",
    )  # fmt: skip
    second = reader.get("/api/rows", {"limit": 2, "cursor": first["next"]}).json()

    assert first["items"] + second["items"] == ["3", "2", "1", "0"]


def test_an_empty_list_has_no_cursors(reader: Client) -> None:
    assert reader.get("/api/rows").json() == {"items": [], "next": None, "prev": None}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "a:b:c",
        "W10:1abc:def",
        signing.dumps(["next", "scope", ["2027-01-01T00:00:00+00:00", "1"]], salt="another"),
        signing.dumps({"no": "list"}, salt="api.pagination"),
        signing.dumps(["next", "scope", []], salt="api.pagination"),
    ],
    ids=["empty", "word", "colons", "unsigned", "another salt", "no list", "no place"],
)
def test_a_cursor_that_we_did_not_make_is_a_400(reader: Client, cursor: str) -> None:
    response = reader.get("/api/rows", {"cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def test_a_cursor_of_other_filters_or_of_another_reader_is_a_400(reader: Client) -> None:
    make_rows(3)
    cursor = reader.get("/api/rows?limit=1").json()["next"]
    User.objects.create_user("other@example.com", name="Other")

    other_filter = reader.get("/api/rows", {"limit": 1, "cursor": cursor, "action": "test"})
    other_reader = reader.get(
        "/api/rows", {"limit": 1, "cursor": cursor}, headers={"X-Test-User": "other@example.com"}
    )

    assert (other_filter.status_code, other_reader.status_code) == (400, 400)
