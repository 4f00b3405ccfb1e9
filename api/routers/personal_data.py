"""A person's own data, over HTTP: have it written, see how that stands, fetch it."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from accounts import exports, proofs
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.personal_data import ExportOut, PersonalDataOut
from api.signing_in import principal_in
from kernel import clock

router = Router(tags=["users"])


@router.post(
    "/export",
    operation_id="users_export_ask",
    auth=allowed("users_export_ask"),
    response={202: ExportOut, **problems()},
    summary="Ask for all that is kept of the own account",
)
def users_export_ask(request: HttpRequest) -> Status[ExportOut]:
    """Have it written; a mail says when it is ready. One at a time, five in a day at most."""
    return Status(202, ExportOut.of(exports.ask(user=user_of(request), now=clock.now())))


@router.get(
    "/export",
    operation_id="users_export_get",
    auth=allowed("users_export_get"),
    response={200: ExportOut, **problems()},
    summary="See how the own export stands",
)
def users_export_get(request: HttpRequest) -> ExportOut:
    """The newest one, also where staff had it made. It can be fetched for seven days."""
    return ExportOut.of(exports.newest(user=user_of(request), now=clock.now()))


@router.get(
    "/export/download",
    operation_id="users_export_download",
    auth=allowed("users_export_download"),
    response={200: PersonalDataOut, **problems(403, 409)},
    summary="Fetch the own export",
)
def users_export_download(request: HttpRequest) -> HttpResponse:
    """Everything at once, so it needs a proof that is at most ten minutes old."""
    now = clock.now()
    proofs.require(
        principal=principal_in(request), now=now, why="This hands out all that is kept of you"
    )
    content = exports.content_of(user=user_of(request), now=now)
    return HttpResponse(
        content,
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="my-data-{now:%Y-%m-%d}.json"',
            "Cache-Control": "no-store",
        },
    )
