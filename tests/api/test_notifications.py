"""Choosing e-mails over HTTP: what is put is read, on what was read, and by nobody else."""

from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from kernel import clock
from notifications import switches
from notifications.models import Kind, SwitchedOff
from notifications.switches import Switch
from tests.api.callers import Caller
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

PATH = "/api/users/notifications"
ALL_ON = {"reminder_day": True, "reminder_hour": True, "message_digest": True}
SOME = {"reminder_day": False, "reminder_hour": True, "message_digest": False}


@pytest.fixture
def ann() -> Caller:
    return Caller(UserFactory())


def put(caller: Caller, body: Any, tag: str | None = "present") -> Any:
    headers = dict(caller.headers)
    if tag is not None:
        headers["If-Match"] = caller.get(PATH)["ETag"] if tag == "present" else tag
    return caller._client.put(PATH, body, content_type="application/json", headers=headers)


def test_all_are_on_until_they_are_switched(ann: Caller) -> None:
    assert ann.get(PATH).json() == ALL_ON


def test_what_is_put_is_what_is_read(ann: Caller) -> None:
    saved = put(ann, SOME)

    read = ann.get(PATH)
    again = ann.get(PATH, **{"If-None-Match": read["ETag"]})
    assert (saved.status_code, saved.json(), read.json()) == (200, SOME, SOME)
    assert read["ETag"] == saved["ETag"]
    assert again.status_code == 304
    assert put(ann, ALL_ON).json() == ALL_ON
    assert not SwitchedOff.objects.exists()


def test_a_change_says_what_it_was_made_on(ann: Caller) -> None:
    first = ann.get(PATH)["ETag"]
    put(ann, SOME)

    missing, stale = put(ann, ALL_ON, tag=None), put(ann, ALL_ON, tag=first)

    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert ann.get(PATH).json() == SOME


def test_a_page_that_was_open_does_not_undo_what_a_link_switched_off(ann: Caller) -> None:
    assert ann.user
    seen = ann.get(PATH)["ETag"]
    with transaction.atomic():
        switches.turn(switch=Switch(Kind.REMINDER_DAY, ann.user), on=False, now=clock.now())

    answer = put(ann, {**ALL_ON, "message_digest": False}, tag=seen)

    assert answer.status_code == 412
    assert ann.get(PATH).json() == {**ALL_ON, "reminder_day": False}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**SOME, "reminder_day": "false"}, "#/reminder_day"),
        ({**SOME, "reminder_day": 0}, "#/reminder_day"),
        ({**SOME, "receipts": False}, "#/receipts"),
        ({"reminder_day": True}, "#/reminder_hour"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(ann: Caller, body: Any, pointer: str) -> None:
    answer = put(ann, body)

    assert answer.status_code == 422
    assert pointer in {entry["pointer"] for entry in answer.json()["errors"]}
    assert ann.get(PATH).json() == ALL_ON


def test_everybody_switches_for_themselves(ann: Caller) -> None:
    bob = Caller(UserFactory())

    put(ann, SOME)

    assert bob.get(PATH).json() == ALL_ON


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_takes_the_same_queries_whatever_is_off(
    ann: Caller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = list(ALL_ON)
    put(ann, {**ALL_ON, **dict.fromkeys(names[:rows], False)})

    with django_assert_num_queries(1):  # beside the sign-in's prepared statement
        ann.get(PATH)
