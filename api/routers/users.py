"""People: register, sign in and out, refresh, the own profile, the own devices."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from accounts import devices, operations, sign_in, tokens
from accounts.models import RefreshFamily
from accounts.principals import Principal
from accounts.sources import source_of
from accounts.tokens import EndReason, RefreshRefused
from api import refresh_cookie
from api.auth import BearerAuth
from api.etags import require_match
from api.pagination import DEFAULT_LIMIT, Cursor, Limit, paginate, scope_of
from api.permissions import allowed
from api.principal import principal_of, user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.consents import version_ids
from api.schemas.users import (
    LoginIn,
    LoginMfaIn,
    PasswordChangeIn,
    PasswordForgotIn,
    PasswordResetIn,
    ProfilePatch,
    RefreshIn,
    RegisterIn,
    RegisterOut,
    SignedInOut,
    SignInOut,
    SignInsOut,
    TokenOut,
    UserOut,
    VerifyIn,
)
from api.signing_in import device_of, handed_out, principal_in, signed_in, user_out
from kernel import clock
from kernel.errors import NotFound, Refusal
from kernel.ids import BadPublicId, parse_public_id

router = Router(tags=["users"])
_BEARER = BearerAuth()


@router.post(
    "/register",
    operation_id="users_register",
    auth=allowed("users_register"),
    response={202: RegisterOut, **problems(413, 415, 422)},
    summary="Ask for an account",
)
def users_register(request: HttpRequest, payload: RegisterIn) -> Status[RegisterOut]:
    """Mail a code to the address. The answer is the same whether it is known or not."""
    operations.register(
        email=payload.email,
        password=payload.password,
        name=payload.name,
        role=payload.role,
        time_zone=payload.time_zone,
        language=payload.language,
        agrees_to=version_ids(payload.agrees_to, pointer="/agrees_to"),
        source=source_of(request),
        now=clock.now(),
    )
    return Status(202, RegisterOut(status="mail_sent"))


@router.post(
    "/verify",
    operation_id="users_verify",
    auth=allowed("users_verify"),
    response={200: SignedInOut, **problems(413, 415, 422)},
    summary="Prove the address by the mailed code",
)
def users_verify(request: HttpRequest, response: HttpResponse, payload: VerifyIn) -> SignedInOut:
    """Make the registration real and sign in."""
    answer = operations.verify(
        email=payload.email,
        code=payload.code,
        device=device_of(request, payload.channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.post(
    "/login",
    operation_id="users_login",
    auth=allowed("users_login"),
    response={200: SignedInOut, **problems(401, 403, 413, 415, 422)},
    summary="Sign in by password",
)
def users_login(request: HttpRequest, response: HttpResponse, payload: LoginIn) -> SignedInOut:
    """Hand out an access token, and a refresh token in the cookie.

    A person with a second factor is answered 401 with the code `mfa_required` and an
    `mfa_token` for the second step.
    """
    answer = sign_in.login(
        email=payload.email,
        password=payload.password,
        device=device_of(request, payload.channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.post(
    "/login/mfa",
    operation_id="users_login_mfa",
    auth=allowed("users_login_mfa"),
    response={200: SignedInOut, **problems(401, 413, 415, 422)},
    summary="Finish a sign-in with a second factor",
)
def users_login_mfa(
    request: HttpRequest, response: HttpResponse, payload: LoginMfaIn
) -> SignedInOut:
    """Take a code of the authenticator app, or a recovery code; each is good once."""
    answer = sign_in.login_mfa(
        mfa_token=payload.mfa_token,
        code=payload.code,
        device=device_of(request, payload.channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.post(
    "/refresh",
    operation_id="users_refresh",
    auth=allowed("users_refresh"),
    response={200: TokenOut, **problems(401, 403, 413, 415, 422)},
    summary="Trade the refresh token for new tokens",
)
def users_refresh(
    request: HttpRequest, response: HttpResponse, payload: RefreshIn | None = None
) -> TokenOut:
    """Read the cookie, or the body of a mobile app. A token used twice ends its sign-in."""
    now = clock.now()
    if payload and payload.refresh_token:
        return handed_out(
            tokens.refresh(token=payload.refresh_token, channel=tokens.Channel.MOBILE, now=now)
        )
    token = refresh_cookie.take(request)
    if token is None:
        raise RefreshRefused("There is no refresh token; sign in.")
    answer = tokens.refresh(token=token, now=now)
    refresh_cookie.put(request, response, answer, now)
    return handed_out(answer)


@router.post(
    "/logout",
    operation_id="users_logout",
    auth=allowed("users_logout"),
    response={204: None, **problems(403, 413, 415, 422)},
    summary="Sign out",
)
def users_logout(
    request: HttpRequest, response: HttpResponse, payload: RefreshIn | None = None
) -> Status[None]:
    """End the sign-in that the cookie, the body or the access token names; safe to repeat."""
    now = clock.now()
    in_body = payload.refresh_token if payload else None
    token = in_body or refresh_cookie.take(request)
    if token:
        tokens.logout(token=token, now=now)
    principal = _principal_if_any(request)
    if principal is not None:
        tokens.end(
            family_id=principal.family_id, user=principal.user, reason=EndReason.LOGOUT, now=now
        )
    refresh_cookie.clear(request, response)
    return Status(204, None)


@router.get(
    "/profile",
    operation_id="users_profile_get",
    auth=allowed("users_profile_get"),
    response={200: UserOut, 304: None, **problems(401)},
    summary="Read the own profile",
)
def users_profile_get(request: HttpRequest) -> HttpResponse:
    """Send the profile with an ETag; 304 where the reader's copy is still the same."""
    return tagged(request, user_out(user_of(request)))


@router.patch(
    "/profile",
    operation_id="users_profile_update",
    auth=allowed("users_profile_update"),
    response={200: UserOut, **problems(401, 412, 413, 415, 422, 428)},
    summary="Change the own profile",
)
def users_profile_update(request: HttpRequest, payload: ProfilePatch) -> HttpResponse:
    """Change what is given. `If-Match` with the ETag that was read is required."""
    with transaction.atomic():
        user = operations.locked(user=user_of(request))
        require_match(request, user_out(user))
        operations.update_profile(
            user=user,
            name=payload.name,
            time_zone=payload.time_zone,
            language=payload.language,
        )
    return tagged(request, user_out(user))


@router.post(
    "/password/forgot",
    operation_id="users_password_forgot",
    auth=allowed("users_password_forgot"),
    response={202: RegisterOut, **problems(413, 415, 422)},
    summary="Ask for a new password",
)
def users_password_forgot(request: HttpRequest, payload: PasswordForgotIn) -> Status[RegisterOut]:
    """Mail a code, where somebody has the address; the answer is the same where nobody has."""
    sign_in.request_password_reset(email=payload.email, source=source_of(request), now=clock.now())
    return Status(202, RegisterOut(status="mail_sent"))


@router.post(
    "/password/reset",
    operation_id="users_password_reset",
    auth=allowed("users_password_reset"),
    response={204: None, **problems(413, 415, 422)},
    summary="Set a new password by the mailed code",
)
def users_password_reset(request: HttpRequest, payload: PasswordResetIn) -> Status[None]:
    """Set it, and sign the person out everywhere."""
    sign_in.reset_password(
        email=payload.email,
        code=payload.code,
        password=payload.password,
        source=source_of(request),
        now=clock.now(),
    )
    return Status(204, None)


@router.post(
    "/password/change",
    operation_id="users_password_change",
    auth=allowed("users_password_change"),
    response={200: SignedInOut, **problems(401, 413, 415, 422)},
    summary="Change the own password",
)
def users_password_change(
    request: HttpRequest, response: HttpResponse, payload: PasswordChangeIn
) -> SignedInOut:
    """End every sign-in, this one too, and begin a new one for the caller."""
    answer = sign_in.change_password(
        user=user_of(request),
        current_password=payload.current_password,
        new_password=payload.new_password,
        device=device_of(request, principal_in(request).channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.get(
    "/sessions",
    operation_id="users_sessions_list",
    auth=allowed("users_sessions_list"),
    response={200: SignInsOut, **problems(400, 401, 422)},
    summary="List the devices that are signed in",
)
def users_sessions_list(
    request: HttpRequest,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor | None = None,
) -> SignInsOut:
    """The newest first."""
    user = user_of(request)
    page = paginate(
        RefreshFamily.objects.filter(user=user).live(clock.now()),
        key="created_at",
        descending=True,
        cursor=cursor,
        limit=limit,
        scope=scope_of("users.sessions", principal_of(request), {}),
    )
    current = principal_in(request).family_id
    return SignInsOut(
        items=[_sign_in_out(family, current=family.pk == current) for family in page.items],
        next=page.next,
        prev=page.prev,
    )


@router.delete(
    "/sessions",
    operation_id="users_sessions_end_others",
    auth=allowed("users_sessions_end_others"),
    response={204: None, **problems(401)},
    summary="Sign every other device out",
)
def users_sessions_end_others(request: HttpRequest) -> Status[None]:
    """End all sign-ins but the one that asks; their next request is refused."""
    principal = principal_in(request)
    tokens.end_others(
        user=principal.user,
        keep=principal.family_id,
        reason=EndReason.REVOKED,
        now=clock.now(),
    )
    return Status(204, None)


@router.delete(
    "/sessions/{sign_in_id}",
    operation_id="users_sessions_end",
    auth=allowed("users_sessions_end"),
    response={204: None, **problems(401, 404)},
    summary="Sign a device out",
)
def users_sessions_end(request: HttpRequest, sign_in_id: str) -> Status[None]:
    """End it; its next request is refused."""
    gone = NotFound("There is no such device, or it is signed out already.")
    try:
        family_id = parse_public_id("sgn", sign_in_id)
    except BadPublicId:
        raise gone from None
    ended = tokens.end(
        family_id=family_id, user=user_of(request), reason=EndReason.REVOKED, now=clock.now()
    )
    if not ended:
        raise gone
    return Status(204, None)


def _principal_if_any(request: HttpRequest) -> Principal | None:
    """Return whose access token came along; one that is no good any more is as good as none."""
    try:
        return principal_in(request) if _BEARER(request) else None
    except Refusal:
        return None


def _sign_in_out(family: RefreshFamily, *, current: bool) -> SignInOut:
    names = devices.names_of(family.user_agent)
    return SignInOut(
        id=family.public_id,
        channel=family.channel,  # type: ignore[arg-type]
        user_agent=family.user_agent,
        browser=names.browser,
        system=names.system,
        source=family.source,
        created_at=family.created_at,
        last_used_at=family.last_used_at,
        expires_at=family.expires_at,
        current=current,
    )
