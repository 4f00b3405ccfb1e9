"""Idempotency-Key over HTTP: which calls need one, which answers are kept, what is fetched again.

The phases and the fencing are `kernel.idempotency`; this turns them into headers and bytes.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header
from pydantic import BaseModel

from api.principal import principal_of
from api.problems import MEDIA_TYPE, problem, status_of
from api.refusals import IdempotencyKeyMalformed, IdempotencyKeyMissing
from api.rendering import JSON_MEDIA_TYPE, render
from kernel import clock, idempotency
from kernel.errors import Refusal
from kernel.idempotency import Answer, Attempt, LeaseLost

logger = logging.getLogger(__name__)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_NOT_KEPT = frozenset({401, 429})

# Optional in the signature, so that its absence is a 400 with its own words and not a 422.
IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        description="Required. A fresh random value per request; the same one when you repeat it.",
    ),
]


def once(
    request: HttpRequest,
    key: str | None,
    body: BaseModel,
    act: Callable[[Attempt], BaseModel],
    *,
    status: int = 201,
    refetch: Mapping[str, Callable[[dict[str, Any]], Any]] | None = None,
) -> HttpResponse:
    """Answer with `act(attempt)`, once per principal, route and key.

    A repetition gets the same bytes and `Idempotent-Replayed: true`; the operation's own 4xx
    are kept like its successes, 401, 429 and 5xx never. Members named in `refetch` are secrets:
    they are not stored, and a repetition calls the function with the stored members instead.
    """
    key = _checked(key)
    secrets = refetch or {}
    route = f"{request.method} {request.path}"
    digest = idempotency.fingerprint(route=route, body=body.model_dump(mode="json"))
    attempt = idempotency.begin(
        principal=principal_of(request),
        route=route,
        key=key,
        fingerprint=digest,
        now=clock.now(),
    )
    if isinstance(attempt, Answer):
        return _replay(attempt, secrets)
    try:
        answered = render(act(attempt))
        kept = _without(answered, secrets)
        answer = Answer(status, kept, JSON_MEDIA_TYPE)
    except Refusal as refusal:
        if not _is_kept(refusal):
            _give_back(attempt)
            raise
        answered = problem(request, refusal).content
        answer = Answer(status_of(refusal), answered, MEDIA_TYPE)
    except Exception:
        _give_back(attempt)
        raise
    idempotency.finish(attempt, answer)
    return HttpResponse(answered, status=answer.status, content_type=answer.content_type)


def _checked(key: str | None) -> str:
    if not key:
        raise IdempotencyKeyMissing(
            "This call needs an Idempotency-Key: send a fresh UUID, and the same one on a retry."
        )
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMalformed("The Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


def _is_kept(refusal: Refusal) -> bool:
    status = status_of(refusal)
    return status < 500 and status not in _NOT_KEPT and not isinstance(refusal, LeaseLost)


def _give_back(attempt: Attempt) -> None:
    """Let the next try begin at once; where even that fails, the lease runs out by itself."""
    try:
        idempotency.abandon(attempt, now=clock.now())
    except Exception:
        logger.exception("a lease could not be given back; it runs out by itself")


def _without(body: bytes, secrets: Mapping[str, Any]) -> bytes:
    if not secrets:
        return body
    members = json.loads(body)
    return render({**members, **dict.fromkeys(set(secrets) & set(members))})


def _replay(answer: Answer, secrets: Mapping[str, Callable[[dict[str, Any]], Any]]) -> HttpResponse:
    body = answer.body
    if secrets and answer.status < 400:
        members = json.loads(body)
        body = render({**members, **{name: get(members) for name, get in secrets.items()}})
    response = HttpResponse(body, status=answer.status, content_type=answer.content_type)
    response["Idempotent-Replayed"] = "true"
    return response
