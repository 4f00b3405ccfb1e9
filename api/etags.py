"""Conditional changes: what a caller read must still be what is there (RFC 9110, 13.1)."""

from django.http import HttpRequest
from pydantic import BaseModel

from api.problems import HttpRefusal
from api.rendering import etag_of, render


class PreconditionRequired(HttpRefusal):
    """The change must say what it was made on: send If-Match with the ETag that was read."""

    code = "precondition_required"
    status = 428


class PreconditionFailed(HttpRefusal):
    """The object was changed since it was read; read it again and decide again."""

    code = "precondition_failed"
    status = 412


def require_match(request: HttpRequest, present: BaseModel) -> None:
    """Refuse a change unless `If-Match` names the present representation (or is `*`).

    Call it behind the lock under which the change is made, with the representation that a GET
    of the object would send. Raises PreconditionRequired or PreconditionFailed.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired(
            "Send If-Match with the ETag of the version that you read, so that no change is lost."
        )
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and etag_of(render(present)) not in tags:
        raise PreconditionFailed("This was changed since you read it; read it again.")
