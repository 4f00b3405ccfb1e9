"""Whether the sign-in behind an access token lives: the one query of every authenticated request.

Prepared and without the ORM, by which a request took three times the CPU on top of what it takes
unasked (docs/performance.md, job G). Nothing is remembered between two requests: logout, a changed
password and deactivation are seen by the next one in any process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from accounts.models import Client, Mentor, User
from kernel import prepared

_ROLES: dict[str, type[Model]] = {"client": Client, "mentor": Mentor}
_LOADED: tuple[type[Model], ...] = (User, *_ROLES.values())


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request, and through which sign-in."""

    user: User
    family_id: UUID
    channel: str
    second_factor: bool
    proved_at: datetime | None = None

    def __str__(self) -> str:
        """Return the public id of the person, as records of deeds name it."""
        return self.user.public_id


def living(
    *, family_id: UUID, user_id: UUID, session_version: int, now: datetime
) -> Principal | None:
    """Return whose the sign-in is, client and mentor loaded with the person; None unless it lives.

    It lives while it has neither ended nor run out, and while its version, its person's and the
    token's are the same one of an active account.
    """
    row = prepared.execute(_statement(), [family_id, user_id, now, session_version])
    if row is None:
        return None
    end = 3 + len(_names(User))
    user = _loaded(User, row[3:end])
    for name, model in _ROLES.items():
        begin, end = end, end + len(_names(model))
        role = None if row[begin] is None else _loaded(model, row[begin:end])
        # As select_related leaves them: known to each other, or known to be missing.
        user._state.fields_cache[name] = role  # noqa: SLF001 - Django's own place for it
        if role is not None:
            role._state.fields_cache["user"] = user  # noqa: SLF001
    return Principal(user, family_id, channel=row[0], second_factor=row[1], proved_at=row[2])


def _loaded(model: type[Model], values: Sequence[object]) -> Any:
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


@cache
def _names(model: type[Model]) -> list[str]:
    """Return the columns' attributes, the primary key first."""
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001


@cache
def _statement() -> str:
    columns = ", ".join(
        f"{model._meta.db_table}.{field.column}"  # noqa: SLF001
        for model in _LOADED
        for field in model._meta.concrete_fields  # noqa: SLF001
    )
    return f"""
        SELECT family.channel, family.second_factor, family.proved_at, {columns}
        FROM accounts_refreshfamily AS family
        JOIN accounts_user ON accounts_user.id = family.user_id
        LEFT JOIN accounts_client ON accounts_client.user_id = accounts_user.id
        LEFT JOIN accounts_mentor ON accounts_mentor.user_id = accounts_user.id
        WHERE family.id = $1 AND family.user_id = $2 AND family.ended_at IS NULL
          AND family.expires_at > $3 AND family.session_version = $4
          AND accounts_user.session_version = $4 AND accounts_user.is_active
    """  # noqa: S608 - the models' own names; values are bound
