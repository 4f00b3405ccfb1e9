"""A small API with the product's conventions and operations that misbehave on purpose."""

import threading
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path, re_path
from ninja.security import APIKeyHeader
from pydantic import Field

from accounts.models import User
from api.api import build
from api.errors import unknown_address
from api.idempotency import IdempotencyKey, once
from api.pagination import Cursor, Limit, paginate, scope_of
from api.principal import principal_of
from api.rendering import tagged
from api.schemas.base import Body, Instant, Out
from kernel import idempotency
from kernel.errors import Invalid, Kind, Refusal
from kernel.idempotency import Attempt
from kernel.models import AuditEntry
from kernel.money import Money

api = build()
ran: list[str] = []
behaviour: dict[str, Any] = {}
gate = threading.Event()


class ToyTaken(Refusal):
    """A toy refusal with facts."""

    code = "toy_taken"


class ToyDown(Refusal):
    """A toy refusal that may pass later."""

    code = "toy_down"
    kind = Kind.UNAVAILABLE


class ToyIn(Body):
    text: str = Field(max_length=20)
    at: Instant | None = None
    count: int = 0


class ToyOut(Out):
    text: str
    secret: str | None = None


class ByHeader(APIKeyHeader):
    """Sign in by e-mail, for tests only."""

    param_name = "X-Test-User"

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        request.user = User.objects.filter(email=key).first() or AnonymousUser()
        return request.user if isinstance(request.user, User) else None


@api.post("/echo", response=ToyOut, operation_id="echo")
def echo(request: HttpRequest, body: ToyIn) -> ToyOut:
    return ToyOut(text=body.text)


@api.get("/at", response=ToyOut, operation_id="at")
def at(request: HttpRequest, at: Instant, limit: Limit = 20) -> ToyOut:
    return ToyOut(text=at.isoformat())


@api.get("/fail/{how}", response=ToyOut, operation_id="fail")
def fail(request: HttpRequest, how: str) -> ToyOut:
    raise {
        "taken": ToyTaken(
            "Taken.", alternatives=[{"token": "t1"}], price=Money(10000, "USD"), status="mine"
        ),
        "invalid": Invalid("Too short.", pointer="/text"),
        "down": ToyDown("Down for a moment.", retry_after=7),
        "bug": ZeroDivisionError("secret detail"),
        "database": OperationalError("connection to 10.1.2.3 refused"),
    }[how]


@api.get("/tagged", response=ToyOut, operation_id="tagged")
def get_tagged(request: HttpRequest) -> Any:
    return tagged(request, ToyOut(text=behaviour.get("text", "same")))


@api.get("/rows", operation_id="rows", auth=ByHeader())
def rows(
    request: HttpRequest, cursor: Cursor | None = None, limit: Limit = 20, action: str = ""
) -> Any:
    page = paginate(
        AuditEntry.objects.filter(action=action) if action else AuditEntry.objects.all(),
        key="at",
        descending=True,
        cursor=cursor,
        limit=limit,
        scope=scope_of("rows", principal_of(request), {"action": action}),
    )
    return {"items": [row.object_id for row in page.items], "next": page.next, "prev": page.prev}


@api.post("/once", response={201: ToyOut}, operation_id="once", auth=ByHeader())
def do_once(request: HttpRequest, body: ToyIn, key: IdempotencyKey) -> Any:
    def act(attempt: Attempt) -> ToyOut:
        ran.append(body.text)
        if "wait" in behaviour:
            behaviour["entered"].set()
            assert gate.wait(5)
        if "raise" in behaviour:
            raise behaviour["raise"]
        if "effect" in attempt.recovery:
            return ToyOut(text=f"resumed {attempt.recovery['effect']}")
        idempotency.reach(attempt, effect=body.text)
        if "crash" in behaviour:
            raise behaviour.pop("crash")
        return ToyOut(text=body.text, secret="s3cret")

    secrets = {"secret": lambda stored: f"again {stored['text']}"}
    return once(request, key, body, act, refetch=secrets if body.count else None)


urlpatterns = [path("api/", api.urls), re_path(r"^api(?:/|$)", unknown_address)]
