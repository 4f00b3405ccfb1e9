"""A person's own data, over HTTP: have it written and fetch it, or have all of it erased."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from accounts import erasures, exports, proofs
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.personal_data import ErasureOut, ExportOut, PersonalDataOut
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


@router.get(
    "/erasure",
    operation_id="users_erasure_get",
    auth=allowed("users_erasure_get"),
    response={200: ErasureOut, **problems()},
    summary="See whether the own account is going to be erased",
)
def users_erasure_get(request: HttpRequest) -> ErasureOut:
    """Also says what has to be done before it can be asked for."""
    return _erasure_of(request)


@router.post(
    "/erasure",
    operation_id="users_erasure_ask",
    auth=allowed("users_erasure_ask"),
    response={202: ErasureOut, **problems(403, 409)},
    summary="Ask that the own account is erased",
)
def users_erasure_ask(request: HttpRequest) -> Status[ErasureOut]:
    """Needs a proof that is at most ten minutes old; staff carry it out within 30 days.

    409 `erasure_hindered` names what is still open. Until it is carried out it can be taken back.
    """
    now, user = clock.now(), user_of(request)
    proofs.require(principal=principal_in(request), now=now, why="This closes your account")
    erasures.ask(user=user, by=user, reason="", now=now)
    return Status(202, _erasure_of(request))


@router.delete(
    "/erasure",
    operation_id="users_erasure_withdraw",
    auth=allowed("users_erasure_withdraw"),
    response={204: None, **problems(404)},
    summary="Keep the own account after all",
)
def users_erasure_withdraw(request: HttpRequest) -> Status[None]:
    """404 where no erasure waits."""
    user = user_of(request)
    erasures.withdraw(user=user, by=user, now=clock.now())
    return Status(204, None)


def _erasure_of(request: HttpRequest) -> ErasureOut:
    user = user_of(request)
    found = erasures.hindrances(user=user, now=clock.now())
    return ErasureOut.of(erasures.open_of(user=user), found)
