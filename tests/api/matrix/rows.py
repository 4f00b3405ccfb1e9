"""What a row of the matrix is, and the few shapes that most rows have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.matrix.world import CLIENT_A, CLIENT_B, MENTOR_A, MENTOR_B, NOBODY, STAFF

RELATIONS = ("own", "other", "missing")
_NAME = re.compile(r"\{([a-z_.]+)\}")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One call, and who is answered how: "own other's missing", or one status for all three.

    `call` is a method and a path; `{session}` in it, or in `body`, becomes the id of the caller's
    own session, of the other side's, or of none, and `{own.session}` always that of the own.
    A row whose call names nothing that varies has one cell for each role.
    """

    call: str
    body: Any = None
    client: str = "403"
    mentor: str = "403"
    staff: str = "403"
    nobody: str = "401"
    but: Cells = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_object(self) -> bool:
        """Whether own, other's and missing are three calls, or collapse into one."""
        return any(not name.startswith("own.") for name in _names([self.call, self.body]))

    @property
    def relations(self) -> tuple[str, ...]:
        return RELATIONS if self.has_object else ("own",)

    def status(self, role: str, relation: str) -> int:
        """Return what the row says of one cell."""
        told = self.but.get(role) or self._group(role)
        cells = told.split()
        if len(cells) == 1:
            return int(cells[0])
        if not self.has_object or len(cells) != len(RELATIONS):
            raise ValueError(f"{self.call}: {told!r} is neither one status nor own, other, missing")
        return int(cells[RELATIONS.index(relation)])

    def tells_apart(self, role: str) -> bool:
        """Whether the role may learn that another's object is there: it is answered otherwise."""
        return self.has_object and self.status(role, "other") != self.status(role, "missing")

    def _group(self, role: str) -> str:
        if role in {CLIENT_A, CLIENT_B}:
            return self.client
        if role in {MENTOR_A, MENTOR_B}:
            return self.mentor
        if role in STAFF:
            return self.staff
        assert role in NOBODY, role
        return self.nobody


def of_clients(call: str, cells: str, body: Any = None, **more: Any) -> Row:
    """For clients; everybody else is told that it is for clients."""
    return Row(call, body, client=cells, **more)


def of_mentors(call: str, cells: str, body: Any = None, **more: Any) -> Row:
    """For mentors; everybody else is told that it is for mentors."""
    return Row(call, body, mentor=cells, **more)


def of_both(call: str, cells: str, body: Any = None, **more: Any) -> Row:
    """For the client and the mentor between whom the object is; the staff see none."""
    return Row(call, body, **{"client": cells, "mentor": cells, "staff": "404", **more})


def of_all(call: str, cells: str, body: Any = None, **more: Any) -> Row:
    """For everybody who is signed in, alike."""
    return Row(call, body, **{"client": cells, "mentor": cells, "staff": cells, **more})


def of_anyone(call: str, cells: str, body: Any = None, **more: Any) -> Row:
    """Open: no token is looked at."""
    return of_all(call, cells, body, nobody=cells, **more)


def filled(template: Any, objects: Mapping[str, str]) -> Any:
    """Return the template with each `{name}` in its strings replaced; KeyError for no object."""
    if isinstance(template, str):
        return _NAME.sub(lambda found: objects[found[1]], template)
    if isinstance(template, dict):
        return {name: filled(value, objects) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, objects) for value in template]
    return template


def _names(template: Any) -> list[str]:
    if isinstance(template, str):
        return _NAME.findall(template)
    if isinstance(template, dict):
        return _names(list(template.values()))
    if isinstance(template, list):
        return [name for value in template for name in _names(value)]
    return []
