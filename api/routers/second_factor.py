"""The own second factor: what is set up, the authenticator app, recovery codes, passkeys."""

from dataclasses import asdict

from django.http import HttpRequest
from ninja import Router, Status

from accounts import ceremonies, factors, proofs
from accounts.passkeys import Passkey
from accounts.sources import source_of
from api.permissions import allowed
from api.schemas.base import problems
from api.schemas.second_factor import (
    AppBegunOut,
    AppConfirmIn,
    AppOut,
    MfaOut,
    PasskeyAddedOut,
    PasskeyBegunOut,
    PasskeyIn,
    PasskeyOut,
    PasskeyPatch,
    RecoveryCodesOut,
)
from api.signing_in import principal_in
from kernel import clock

router = Router(tags=["users"])
EXPIRES_IN = int(ceremonies.LIFETIME.total_seconds())


@router.get(
    "/mfa",
    operation_id="users_mfa_get",
    auth=allowed("users_mfa_get"),
    response={200: MfaOut, **problems(401)},
    summary="See the own second factor",
)
def users_mfa_get(request: HttpRequest) -> MfaOut:
    """What is set up, and whether it may be changed without proving anew who asks."""
    principal = principal_in(request)
    state = factors.state(user=principal.user)
    return MfaOut(
        enabled=bool(state.app_since or state.passkeys),
        app=AppOut(created_at=state.app_since, last_used_at=state.app_used_at)
        if state.app_since
        else None,
        passkeys=[_passkey_out(passkey) for passkey in state.passkeys],
        recovery_codes_left=state.recovery_codes_left,
        proved_until=proofs.until(principal=principal, now=clock.now()),
        methods=proofs.methods(user=principal.user),  # type: ignore[arg-type]
    )


@router.post(
    "/mfa/totp",
    operation_id="users_mfa_totp_begin",
    auth=allowed("users_mfa_totp_begin"),
    response={200: AppBegunOut, **problems(401, 403)},
    summary="Begin to set up an authenticator app",
)
def users_mfa_totp_begin(request: HttpRequest) -> AppBegunOut:
    """Answer with a new secret, once. Nothing changes until a code of it came back."""
    ceremony, secret, uri = factors.begin_app(principal=principal_in(request), now=clock.now())
    return AppBegunOut(ceremony=ceremony, secret=secret, otpauth_uri=uri, expires_in=EXPIRES_IN)


@router.post(
    "/mfa/totp/confirm",
    operation_id="users_mfa_totp_confirm",
    auth=allowed("users_mfa_totp_confirm"),
    response={200: RecoveryCodesOut, **problems(401, 403, 409, 413, 415, 422)},
    summary="Put the authenticator app in force",
)
def users_mfa_totp_confirm(request: HttpRequest, payload: AppConfirmIn) -> RecoveryCodesOut:
    """Take the app's first code. It replaces an earlier app; recovery codes come with the first."""
    codes = factors.confirm_app(
        principal=principal_in(request),
        ceremony=payload.ceremony,
        code=payload.code,
        source=source_of(request),
        now=clock.now(),
    )
    return RecoveryCodesOut(recovery_codes=codes)


@router.delete(
    "/mfa/totp",
    operation_id="users_mfa_totp_remove",
    auth=allowed("users_mfa_totp_remove"),
    response={204: None, **problems(401, 403, 404, 409)},
    summary="Remove the authenticator app",
)
def users_mfa_totp_remove(request: HttpRequest) -> Status[None]:
    """With the last factor the recovery codes go too. Staff keep an app."""
    factors.remove_app(principal=principal_in(request), now=clock.now())
    return Status(204, None)


@router.post(
    "/mfa/recovery-codes",
    operation_id="users_mfa_recovery_codes_renew",
    auth=allowed("users_mfa_recovery_codes_renew"),
    response={200: RecoveryCodesOut, **problems(401, 403, 409)},
    summary="Make new recovery codes",
)
def users_mfa_recovery_codes_renew(request: HttpRequest) -> RecoveryCodesOut:
    """The old ones are void. The new ones are shown in this answer and never again."""
    codes = factors.renew_recovery_codes(principal=principal_in(request), now=clock.now())
    return RecoveryCodesOut(recovery_codes=codes)


@router.post(
    "/passkeys/challenge",
    operation_id="users_passkeys_begin",
    auth=allowed("users_passkeys_begin"),
    response={200: PasskeyBegunOut, **problems(401, 403, 409)},
    summary="Begin to add a passkey",
)
def users_passkeys_begin(request: HttpRequest) -> PasskeyBegunOut:
    """Answer with what `navigator.credentials.create` wants."""
    ceremony, options = factors.begin_passkey(principal=principal_in(request), now=clock.now())
    return PasskeyBegunOut(ceremony=ceremony, options=options, expires_in=EXPIRES_IN)


@router.post(
    "/passkeys",
    operation_id="users_passkeys_add",
    auth=allowed("users_passkeys_add"),
    response={201: PasskeyAddedOut, **problems(401, 403, 409, 413, 415, 422)},
    summary="Add a passkey",
)
def users_passkeys_add(request: HttpRequest, payload: PasskeyIn) -> Status[PasskeyAddedOut]:
    """Take what the browser made of the options. Recovery codes come with the first factor."""
    passkey, codes = factors.add_passkey(
        principal=principal_in(request),
        ceremony=payload.ceremony,
        name=payload.name,
        credential=payload.credential.model_dump(exclude_none=True),
        now=clock.now(),
    )
    return Status(201, PasskeyAddedOut(passkey=_passkey_out(passkey), recovery_codes=codes))


@router.patch(
    "/passkeys/{passkey_id}",
    operation_id="users_passkeys_rename",
    auth=allowed("users_passkeys_rename"),
    response={200: PasskeyOut, **problems(401, 404, 413, 415, 422)},
    summary="Give a passkey another name",
)
def users_passkeys_rename(
    request: HttpRequest, passkey_id: str, payload: PasskeyPatch
) -> PasskeyOut:
    """The name is for its person alone."""
    renamed = factors.rename_passkey(
        principal=principal_in(request), passkey_id=passkey_id, name=payload.name
    )
    return _passkey_out(renamed)


@router.delete(
    "/passkeys/{passkey_id}",
    operation_id="users_passkeys_remove",
    auth=allowed("users_passkeys_remove"),
    response={204: None, **problems(401, 403, 404)},
    summary="Remove a passkey",
)
def users_passkeys_remove(request: HttpRequest, passkey_id: str) -> Status[None]:
    """It signs in no more."""
    factors.remove_passkey(principal=principal_in(request), passkey_id=passkey_id, now=clock.now())
    return Status(204, None)


def _passkey_out(passkey: Passkey) -> PasskeyOut:
    return PasskeyOut(**asdict(passkey))
