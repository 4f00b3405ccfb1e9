"""Turn a schema into bytes: one way, so that a stored answer equals a fresh one.

Instants keep the offset they carry; UTC is written `Z` (RFC 3339). orjson writes a page of twenty
in a tenth of the time of Python's own encoder, which still says what orjson does not know.
"""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel

JSON_MEDIA_TYPE = "application/json"
CONTENT_TYPE = f"{JSON_MEDIA_TYPE}; charset=utf-8"
_ENCODER = NinjaJSONEncoder()


def render(value: Any) -> bytes:
    """Return `value` (a schema or JSON values) as compact JSON in UTF-8."""
    data = value.model_dump() if isinstance(value, BaseModel) else value
    return orjson.dumps(data, default=_written, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _written(value: Any) -> Any:
    """Say what orjson does not, as Django's encoder does: an instant to the millisecond."""
    if type(value) is not datetime:
        return _ENCODER.default(value)
    text = value.isoformat(timespec="milliseconds" if value.microsecond else "auto")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def answered(values: Any) -> HttpResponse:
    """Return 200 with what `render` takes as it is, for hot lists.

    django-ninja would make schemas of our own values, and take those to pieces again: a third of
    what a list of twenty costs. A test holds such an answer to the schema that documents it.
    """
    return HttpResponse(render(values), content_type=CONTENT_TYPE)


class JsonRenderer(BaseRenderer):
    """django-ninja's renderer port over `render`."""

    media_type = JSON_MEDIA_TYPE

    def render(
        self,
        request: HttpRequest,  # noqa: ARG002 - the port's
        data: Any,
        *,
        response_status: int,  # noqa: ARG002 - the port's
    ) -> bytes:
        return render(data)


def etag_of(body: bytes) -> str:
    """Return the strong ETag of a representation."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tagged(
    request: HttpRequest, schema: BaseModel, *, version: BaseModel | None = None
) -> HttpResponse:
    """Return 200 with a strong ETag, or 304 where the reader's copy is still the same.

    The answer to a change may say more than a GET of the object; `version` is then the
    representation that the ETag names.

    `no-store` forbids copies on disk and between people; the reader's own code may keep one.
    """
    body = render(schema)
    etag = etag_of(body if version is None else render(version))
    response = HttpResponse(body, content_type=JSON_MEDIA_TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = "no-store"
    if request.method not in {"GET", "HEAD"}:
        return response  # a change has checked its own condition (`api.etags`)
    conditional = get_conditional_response(request, etag=etag, response=response)
    assert conditional is not None  # noqa: S101 - Django answers None only for None
    return conditional
