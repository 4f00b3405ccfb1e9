"""Hostile input meets every operation: no 5xx, nothing undocumented, and every list reads."""

import itertools
import uuid
from typing import Any

import pytest

from api.permissions import PERMISSIONS, Who
from tests.api.population import Person, Population
from tests.fuzz import tally
from tests.fuzz.document import DOCUMENT, OPERATIONS, filled
from tests.fuzz.hostile import JSON, attempts
from tests.fuzz.judging import Range
from tests.fuzz.test_operations import LONG, read_all

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"]
WHO = {Who.MENTOR: ["mentor"], Who.CLIENT: ["client"], Who.ANYONE: ["anonymous"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_input_breaks_it_or_a_list(market_of_all: Population, name: str) -> None:
    operation, range_, wrote = OPERATIONS[name], Range(), False
    roles = WHO.get(PERMISSIONS[name], ["client", "mentor"])
    people = itertools.cycle([Person(market_of_all, role) for role in roles])

    for attempt in attempts(operation, market_of_all.values, all_of_them=LONG):
        person = next(people)
        sent = {"Content-Type": JSON, "Idempotency-Key": uuid.uuid4().hex, **person.headers}
        answer = range_.send(operation, attempt.address, attempt.body, {**sent, **attempt.headers})
        person.heard(answer)
        wrote |= answer.status_code < 300 and operation.method.upper() != "GET"

    assert range_.statuses.total() > 10
    tally.add(name, "hostile", range_.statuses)
    if wrote:
        read_all(market_of_all, range_)
    range_.check()


def test_every_method_on_every_address(market_of_all: Population) -> None:
    range_ = Range()
    first: dict[str, Any] = {name: str(found[0]) for name, found in market_of_all.values.items()}
    addresses = [filled(path, first) for path in DOCUMENT["paths"]]
    headers = Person(market_of_all, "client").headers

    for address, method in itertools.product([*addresses, "/api", "/api/", "/api/x"], METHODS):
        answer = range_.raw(method, address, None, headers)
        range_.judge_stray(answer, f"{method} {address}".strip)

    read_all(market_of_all, range_, things=True)
    range_.check()
