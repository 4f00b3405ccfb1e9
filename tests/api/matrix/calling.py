"""Make the calls of a row as each role, and tell every cell that is not as the row says.

Beside the status: what is another's answers word for word like what is missing, a refusal has
written nothing, and no answer names anything of the other side that is not public.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from api.permissions import PERMISSIONS, Who
from tests.api.callers import Caller
from tests.api.matrix.rows import Row, filled
from tests.api.matrix.world import CLIENT_A, DEACTIVATED, MENTOR_A, ROLES, World

# Written whatever the answer: that the key was used, and that a call was counted.
COUNTED = {"kernel_idempotencyrecord", "kernel_ratecount"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one cell was answered, and which tables it wrote to."""

    status: int
    body: str
    wrote: frozenset[str]

    def said(self, objects: Mapping[str, str]) -> Any:
        """Return the words of a refusal without the request's own id and the object's."""
        text = self.body
        for value in objects.values():
            text = text.replace(value, "…")
        return re.sub(r'"request_id": ?"[^"]*"', "", text)


def breaches(world: World, operation_id: str, row: Row, roles: Sequence[str] = ROLES) -> list[str]:
    """Call every cell of the row and return a line for each one that is not as it says."""
    found = []
    for role in roles:
        answers = {}
        for relation in row.relations:
            answer = answers[relation] = call(world, operation_id, row, role, relation)
            found += _wrong(world, row, role, relation, answer)
        if row.has_object and not row.tells_apart(role):
            found += _told_apart(world, role, answers)
    return found


def call(world: World, operation_id: str, row: Row, role: str, relation: str) -> Answer:
    """Call one cell, and roll back whatever it did."""
    objects = world.objects(role, relation)
    method, _, path = filled(row.call, objects).partition(" ")
    body = filled(row.body, objects)
    with rolled_back():
        caller = _caller(world, operation_id, role)
        before = _writes()
        answer = caller._client.generic(
            method,
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={**caller.headers, "Idempotency-Key": uuid.uuid4().hex, **row.headers},
        )
        after = _writes()
    wrote = {table for table, count in after.items() if count != before.get(table, 0)}
    return Answer(answer.status_code, answer.content.decode(), frozenset(wrote - COUNTED))


def _wrong(world: World, row: Row, role: str, relation: str, answer: Answer) -> list[str]:
    cell = f"{role}, {relation}"
    expected = row.status(role, relation)
    if answer.status != expected:
        return [f"{cell}: {answer.status} where the row says {expected}: {answer.body[:300]}"]
    if answer.status >= 400 and answer.wrote:
        return [f"{cell}: refused with {answer.status}, and wrote to {sorted(answer.wrote)}"]
    hidden = world.hidden_from(role)
    shown = sorted(name for name, value in hidden.items() if value in answer.body)
    if shown and answer.status < 400:
        return [f"{cell}: shows the other side's {', '.join(shown)}"]
    return []


def _told_apart(world: World, role: str, answers: Mapping[str, Answer]) -> list[str]:
    """Compare what is another's with what is missing, where the row lets nobody reach it."""
    other, missing = answers["other"], answers["missing"]
    if other.status < 400:
        return []
    words = [
        (answer.status, answer.said(world.objects(role, relation)))
        for relation, answer in (("other", other), ("missing", missing))
    ]
    if words[0] == words[1]:
        return []
    return [f"{role}: another's and a missing one are told apart: {words[0]} and {words[1]}"]


def _caller(world: World, operation_id: str, role: str) -> Caller:
    """Return who calls; the deactivated one is the owner, deactivated since the sign-in."""
    if role != DEACTIVATED:
        return world.callers[role]
    owner = MENTOR_A if PERMISSIONS.get(operation_id) is Who.MENTOR else CLIENT_A
    caller = world.callers[owner]
    assert caller.user is not None
    User.objects.filter(pk=caller.user.pk).update(is_active=False)
    return caller


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo in the end whatever is done inside; a durable transaction may begin in it."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)


def _writes() -> dict[str, int]:
    """Count the rows that this transaction has written so far, rolled back or not, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())
