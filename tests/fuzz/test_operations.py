"""Every operation in every role, with what schemathesis draws: nothing answers out of the document.

`make fuzz` draws many (FUZZ_CASES for each operation and role) and adds the boundaries of every
schema; here a few of each that stay the same.
"""

import os
import zlib
from typing import Any

import pytest

from tests.api.population import Person, Population
from tests.fuzz import tally
from tests.fuzz.document import OPERATIONS, readings
from tests.fuzz.drawing import boundaries, draw
from tests.fuzz.judging import Range

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

CASES = int(os.environ.get("FUZZ_CASES", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
LONG = "FUZZ_CASES" in os.environ
ROLES = ["client", "mentor", "anonymous", *(["staff"] if LONG else [])]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_answers_out_of_the_document(
    market_of_all: Population, name: str, role: str
) -> None:
    operation = OPERATIONS[name]
    seed = SEED + zlib.crc32(f"{name} {role}".encode())
    range_ = Range()
    shooter = Shooter(market_of_all, role, operation, range_)

    draw(
        operation,
        count=max(1, CASES // 2),
        seed=seed,
        values=market_of_all.values,
        shot=shooter.shoot,
    )
    if LONG:
        for case in boundaries(operation, values=market_of_all.values, seed=seed):
            shooter.shoot(case)

    tally.add(name, role, range_.statuses)
    assert range_.statuses.total() > 0, "no case could be drawn"
    if shooter.wrote:
        read_all(market_of_all, range_)
    range_.check()


class Shooter:
    """One role at one operation; signs in anew where a case has signed it out."""

    def __init__(self, market: Population, role: str, operation: Any, range_: Range) -> None:
        self.wrote = False
        self._person = Person(market, role)
        self._operation = operation
        self._range = range_
        self._tags = "428" in operation.definition.raw["responses"]

    def shoot(self, case: Any) -> None:
        answer = self._range.shoot(case, {**self._person.headers, **self._condition()})
        if answer.status_code < 300 and self._operation.method.upper() != "GET":
            self.wrote = True
        self._person.heard(answer)

    def _condition(self) -> dict[str, str]:
        """Return If-Match with what is there now, where the operation asks for it."""
        if not self._tags:
            return {}
        read = self._range.raw("GET", self._operation.path, None, self._person.headers)
        return {"If-Match": read.headers.get("etag", ['"none"'])[0]}


# What a person has one of or none: asked for before there is one.
MAY_LACK = {
    "users_export_download": {409},
    "mentors_me_application_get": {404},
    "mentors_me_explain": {404},  # to whoever has become a mentor meanwhile, of another's type
}


def read_all(market: Population, range_: Range, *, things: bool = False) -> None:
    """Read every list, as each of the people: all of it is there and fits the document."""
    for role in ("client", "mentor"):
        headers = Person(market, role).headers
        for name, address in readings(market, things=things):
            answer = range_.send(OPERATIONS[name], address, None, headers)
            fine = {200, 403, *MAY_LACK.get(name, ())}
            if "{" not in OPERATIONS[name].path and answer.status_code not in fine:
                why = f"{role}: {answer.status_code}"
                range_.note(f"{name} cannot be read", why, answer, address.strip)
