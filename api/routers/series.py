"""Series over HTTP: book several sessions at once, read them, cancel them or the rest."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from accounts.models import User
from api.idempotency import IdempotencyKey, once
from api.lookups import SESSION_RELATIONS, PublicId, no_such, parse_id
from api.permissions import allowed
from api.principal import client_of, user_of
from api.schemas.base import problems
from api.schemas.series import (
    SeriesCancelRequest,
    SeriesOut,
    SeriesQuoteOut,
    SeriesQuoteQuery,
    SeriesRequest,
)
from billing import series_cancellations
from billing.queries import payments_for_sessions
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from messaging import safety
from scheduling import series as serieses
from scheduling import slot_tokens
from scheduling.models import Series, Session
from scheduling.states import CancelledBy

router = Router(tags=["sessions"])

SeriesId = Annotated[PublicId, Path(..., alias="series_id")]


@router.post(
    "",
    operation_id="series_create",
    auth=allowed("series_create"),
    response={201: SeriesOut, **problems(400, 403, 409, 422)},
    summary="Hold a series of slots",
)
def series_create(
    request: HttpRequest, body: SeriesRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """All of it or nothing: 409 `series_not_free` names each session that cannot be had, and why.

    Pay each session as any other, all before the same `expires_at`; together they are one hold.
    """
    client, reader = client_of(request), user_of(request)

    def act(attempt: Attempt) -> SeriesOut:
        held = attempt.recovery.get("series")
        if held is None:
            now = clock.now()
            offer = slot_tokens.read(body.slot_token, now)
            safety.require_bookable(client=client, mentor_id=offer.mentor_id)
            held = serieses.hold_series(
                client=client,
                now=now,
                within=lambda made: idempotency.reach(attempt, series=made.public_id),
                **body.model_dump(),
            ).public_id
        return _shown(_series_of(reader, held), reader)

    return once(request, key, body, act)


@router.get(
    "/{series_id}",
    operation_id="series_get",
    auth=allowed("series_get"),
    response={200: SeriesOut, **problems(404, 422)},
    summary="Read a series",
)
def series_get(request: HttpRequest, series_id: SeriesId) -> SeriesOut:
    """One of the own series with all its sessions, in their order."""
    reader = user_of(request)
    return _shown(_series_of(reader, series_id), reader)


@router.get(
    "/{series_id}/cancellation-quote",
    operation_id="series_cancellation_quote",
    auth=allowed("series_cancellation_quote"),
    response={200: SeriesQuoteOut, **problems(404, 409, 422)},
    summary="Ask what cancelling a series now would give back",
)
def series_cancellation_quote(
    request: HttpRequest, series_id: SeriesId, query: Query[SeriesQuoteQuery]
) -> SeriesQuoteOut:
    """For all that is left of it, or from a position on: each session by its own policy."""
    reader = user_of(request)
    series = _series_of(reader, series_id)
    quotes = series_cancellations.quote(
        series=series, by=_side(series, reader), since=query.since, now=clock.now()
    )
    return SeriesQuoteOut.of(quotes)


@router.post(
    "/{series_id}/cancel",
    operation_id="series_cancel",
    auth=allowed("series_cancel"),
    response={200: SeriesOut, **problems(400, 404, 409, 422)},
    summary="Cancel a series, or the rest of it",
)
def series_cancel(
    request: HttpRequest, series_id: SeriesId, body: SeriesCancelRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Each refund is what its policy gives at this moment, as the quote reckons.

    One session alone is cancelled as any other.
    """
    reader = user_of(request)

    def act(attempt: Attempt) -> SeriesOut:
        series = _series_of(reader, series_id)
        series_cancellations.cancel(
            series=series,
            by=_side(series, reader),
            since=body.since,
            actor=reader.public_id,
            reason=body.reason,
            now=clock.now(),
            resumed="begun" in attempt.recovery,
            within=lambda _: idempotency.reach(attempt, begun=True),
        )
        return _shown(series, reader)

    return once(request, key, body, act, status=200)


def _series_of(reader: User, text: str) -> Series:
    pk = parse_id("srs", text, "series")
    found = serieses.visible_to(reader).select_related("client", "mentor")
    series = found.filter(pk=pk).first()
    if series is None:
        raise no_such("series")
    return series


def _shown(series: Series, reader: User) -> SeriesOut:
    rows = Session.objects.filter(series=series).select_related(*SESSION_RELATIONS)
    # The hold whose time a late payment took again stands in one place with what replaced it.
    sessions = list(rows.filter(replaced_by=None).order_by("position"))
    return SeriesOut.of(
        series, sessions, reader, payments=dict(payments_for_sessions(sessions=sessions))
    )


def _side(series: Series, person: User) -> CancelledBy:
    return CancelledBy.CLIENT if series.client.user_id == person.pk else CancelledBy.MENTOR
