"""Operations under /api/bench/: one answer, given in each of the ways that are compared.

All go the product's way: its middlewares, its router, its limits, its renderer.
"""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from accounts import access, tokens
from accounts.models import RefreshFamily, User
from accounts.principals import Principal
from accounts.sources import source_of
from api.api import api
from api.limits import Limit
from api.permissions import Gate, Who
from api.rendering import answered
from api.schemas.base import Out
from api.schemas.mentors import MentorItem
from benchmarks.peers import cards
from kernel import clock, limits, prepared

router = Router()


class Text(Out):
    text: str
    secret: str | None = None


class Cards(Out):
    items: list[MentorItem]


class EachTime(HttpBearer):
    """As `api.auth`, with the signature verified at every request."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        access._verified.cache_clear()  # noqa: SLF001
        request.user = tokens.verify_access(token=token, now=clock.now()).user
        return request.user


class ByOrm(HttpBearer):
    """As `api.auth` was: the sign-in asked for by the ORM."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        now = clock.now()
        claims = access.read(token=token, now=now)
        family = (
            RefreshFamily.objects.filter(
                pk=claims.family_id,
                user_id=claims.user_id,
                ended_at=None,
                expires_at__gt=now,
                session_version=claims.session_version,
                user__session_version=claims.session_version,
                user__is_active=True,
            )
            .select_related("user__client", "user__mentor")
            .get()
        )
        found = Principal(family.user, family.pk, family.channel, family.second_factor)
        request.user = found.user
        return found.user


class Upserts(BaseThrottle):
    """An upsert for every read, in place of leases."""

    def allow_request(self, request: HttpRequest) -> bool:
        limit = Limit("bench", 10**8, access.settings.ACCESS_TOKEN_LIFETIME)
        state = limits.count(limit, subject=source_of(request), now=clock.now())
        request.rate_limit_headers = {"RateLimit-Policy": "x", "RateLimit": str(state.remaining)}
        return state.allowed


def _text(request: HttpRequest) -> Text:  # noqa: ARG001
    return Text(text="hello")


def _cards(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return answered({"items": [cards.values(row) for row in prepared.fetch(cards.ROWS)]})


signed = [Gate(Who.SIGNED_IN)]
for address, auth, more in (
    ("open", None, {}),
    ("uncounted", None, {"throttle": []}),
    ("upserts", None, {"throttle": [Upserts()]}),
    ("signed", signed, {}),
    ("each-time", [EachTime()], {}),
    ("by-orm", [ByOrm()], {}),
):
    router.get(f"/{address}", auth=auth, response=Text, operation_id=address, **more)(_text)
router.get("/cards", auth=signed, response=Cards, operation_id="cards")(_cards)

api.add_router("/bench", router)

from config.urls import urlpatterns  # noqa: E402 - once the operations are there

__all__ = ["urlpatterns"]
