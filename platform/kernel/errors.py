"""Refusals: what the product says when it will not do something. Knows nothing of HTTP.

Each refusal is a class beside the function that raises it, with a stable `code`; its message
says what happened, to which object, and what to do next. The API turns `kind` into a status.
"""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """The family of a refusal; an interface maps it to its own vocabulary."""

    MALFORMED = "malformed"  # the request cannot even be read (400)
    INVALID = "invalid"  # the request itself cannot be meant (422)
    UNAUTHENTICATED = "unauthenticated"  # nobody is signed in (401)
    FORBIDDEN = "forbidden"  # this person may not (403)
    NOT_FOUND = "not_found"  # missing, or not yours to see (404)
    CONFLICT = "conflict"  # the world is in another state (409)
    TOO_MANY = "too_many"  # a limit of rate was reached (429)
    UNAVAILABLE = "unavailable"  # a dependency is down; the same call may pass later (503)


class Refusal(Exception):
    """An expected "no". `facts` are public values that help the caller to act on it."""

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.CONFLICT

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotFound(Refusal):
    """The object does not exist, or is not visible to the person who asks: the same answer."""

    code = "not_found"
    kind = Kind.NOT_FOUND


class Invalid(Refusal):
    """A value cannot be used; `pointer` in the facts is the JSON pointer of the field."""

    code = "invalid"
    kind = Kind.INVALID


class Forbidden(Refusal):
    """The person is known and may not do this."""

    code = "forbidden"
    kind = Kind.FORBIDDEN
