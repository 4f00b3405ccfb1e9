"""Signing in by passkey, and proving once more that it is still the same person."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts import passkeys, proofs, sign_in
from api.permissions import allowed
from api.routers.second_factor import EXPIRES_IN
from api.schemas.base import problems
from api.schemas.second_factor import (
    PasskeyBegunOut,
    PasskeySignInBeginIn,
    PasskeySignInIn,
    ProofIn,
    ProofOut,
)
from api.schemas.users import SignedInOut
from api.signing_in import device_of, principal_in, signed_in
from kernel import clock
from kernel.errors import Invalid

router = Router(tags=["users"])


@router.post(
    "/login/passkey/challenge",
    operation_id="users_login_passkey_begin",
    auth=allowed("users_login_passkey_begin"),
    response={200: PasskeyBegunOut, **problems(401, 413, 415, 422)},
    summary="Begin to sign in by passkey",
)
def users_login_passkey_begin(
    request: HttpRequest, payload: PasskeySignInBeginIn | None = None
) -> PasskeyBegunOut:
    """Answer with what `navigator.credentials.get` wants.

    With the `mfa_token` of a password sign-in any passkey of that person is the second step;
    without one a passkey signs in alone, and has to verify its holder.
    """
    mfa_token = payload.mfa_token if payload else None
    ceremony, options = sign_in.begin_passkey(mfa_token=mfa_token, now=clock.now())
    return PasskeyBegunOut(ceremony=ceremony, options=options, expires_in=EXPIRES_IN)


@router.post(
    "/login/passkey",
    operation_id="users_login_passkey",
    auth=allowed("users_login_passkey"),
    response={200: SignedInOut, **problems(409, 413, 415, 422)},
    summary="Sign in by passkey",
)
def users_login_passkey(
    request: HttpRequest, response: HttpResponse, payload: PasskeySignInIn
) -> SignedInOut:
    """Hand out tokens as the sign-in by password does."""
    answer = sign_in.login_passkey(
        ceremony=payload.ceremony,
        credential=payload.credential.model_dump(exclude_none=True),
        device=device_of(request, payload.channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.post(
    "/reauthenticate/passkey",
    operation_id="users_reauthenticate_begin",
    auth=allowed("users_reauthenticate_begin"),
    response={200: PasskeyBegunOut, **problems(401)},
    summary="Begin to prove oneself by passkey",
)
def users_reauthenticate_begin(request: HttpRequest) -> PasskeyBegunOut:
    """Answer with what `navigator.credentials.get` wants."""
    ceremony, options = passkeys.begin_proof(user=principal_in(request).user, now=clock.now())
    return PasskeyBegunOut(ceremony=ceremony, options=options, expires_in=EXPIRES_IN)


@router.post(
    "/reauthenticate",
    operation_id="users_reauthenticate",
    auth=allowed("users_reauthenticate"),
    response={200: ProofOut, **problems(401, 409, 413, 415, 422)},
    summary="Prove that it is still you",
)
def users_reauthenticate(request: HttpRequest, payload: ProofIn) -> ProofOut:
    """By the password, or where a second factor is set up by that, for ten minutes.

    Operations that change how a person signs in answer 403 `reauthentication_required` before.
    """
    return ProofOut(proved_until=_proved(request, payload))


def _proved(request: HttpRequest, payload: ProofIn) -> datetime:
    principal, now = principal_in(request), clock.now()
    device = device_of(request, principal.channel)
    given = [name for name in ("password", "code", "passkey") if getattr(payload, name)]
    if len(given) != 1:
        raise Invalid("Send one of password, code and passkey.", pointer="")
    if payload.password:
        return proofs.by_password(
            principal=principal, password=payload.password, device=device, now=now
        )
    if payload.code:
        return proofs.by_code(principal=principal, code=payload.code, device=device, now=now)
    assert payload.passkey is not None  # noqa: S101 - the only one that is left
    return proofs.by_passkey(
        principal=principal,
        ceremony=payload.passkey.ceremony,
        credential=payload.passkey.credential.model_dump(exclude_none=True),
        device=device,
        now=now,
    )
