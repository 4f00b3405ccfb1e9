"""Changing one's own e-mail address, and undoing it from the old one."""

from django.http import HttpRequest
from ninja import Router, Status

from accounts import addresses
from accounts.sources import source_of
from api.permissions import allowed
from api.schemas.addresses import EmailChangeIn, EmailConfirmIn, EmailUndoIn
from api.schemas.base import problems
from api.schemas.users import RegisterOut, UserOut
from api.signing_in import device_of, principal_in, user_out
from kernel import clock

router = Router(tags=["users"])


@router.post(
    "",
    operation_id="users_email_change",
    auth=allowed("users_email_change"),
    response={202: RegisterOut, **problems(401, 403, 413, 415, 422)},
    summary="Ask for another e-mail address",
)
def users_email_change(request: HttpRequest, payload: EmailChangeIn) -> Status[RegisterOut]:
    """Mail a code to the new address and a notice to the present one, which stays until then.

    The answer is the same for an address that another account has.
    """
    principal = principal_in(request)
    addresses.ask(
        principal=principal,
        email=payload.email,
        password=payload.password,
        device=device_of(request, principal.channel),
        now=clock.now(),
    )
    return Status(202, RegisterOut(status="mail_sent"))


@router.post(
    "/confirm",
    operation_id="users_email_confirm",
    auth=allowed("users_email_confirm"),
    response={200: UserOut, **problems(401, 409, 413, 415, 422)},
    summary="Take the new e-mail address",
)
def users_email_confirm(request: HttpRequest, payload: EmailConfirmIn) -> UserOut:
    """Prove it by the mailed code. Every other device is signed out."""
    user = addresses.confirm(
        principal=principal_in(request),
        email=payload.email,
        code=payload.code,
        source=source_of(request),
        now=clock.now(),
    )
    return user_out(user)


@router.post(
    "/undo",
    operation_id="users_email_undo",
    auth=allowed("users_email_undo"),
    response={204: None, **problems(409, 413, 415, 422)},
    summary="Undo a change of the e-mail address",
)
def users_email_undo(request: HttpRequest, payload: EmailUndoIn) -> Status[None]:
    """The old address comes back, everybody is signed out, and a code for a new password is mailed.

    For a week, by the secret from the e-mail to the old address; second factors and providers that
    were added since are removed.
    """
    addresses.undo(secret=payload.token, now=clock.now())
    return Status(204, None)
