"""Signing in with other sites, and connecting them to one's own account."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from accounts import social
from accounts.sources import source_of
from api.permissions import allowed
from api.routers.second_factor import EXPIRES_IN
from api.schemas.base import problems
from api.schemas.social import (
    ConnectionOut,
    ConnectionsOut,
    ProviderId,
    ProviderOut,
    ProvidersOut,
    SocialAnswerIn,
    SocialBegunOut,
    SocialFinishIn,
)
from api.schemas.users import SignedInOut
from api.signing_in import device_of, principal_in, signed_in
from kernel import clock

router = Router(tags=["users"])

Provider = Annotated[ProviderId, Path(..., description="The other site.")]


@router.get(
    "/providers",
    operation_id="users_social_providers",
    auth=allowed("users_social_providers"),
    response={200: ProvidersOut},
    summary="List the sites to sign in with",
)
def users_social_providers(request: HttpRequest) -> ProvidersOut:
    """In the order to show them in."""
    return ProvidersOut(
        items=[
            ProviderOut(id=site.id, name=site.name)  # type: ignore[arg-type]
            for site in social.providers()
        ]
    )


@router.get(
    "",
    operation_id="users_social_list",
    auth=allowed("users_social_list"),
    response={200: ConnectionsOut, **problems(401)},
    summary="List the sites connected to the own account",
)
def users_social_list(request: HttpRequest) -> ConnectionsOut:
    """Each signs in to it, with the second factor where one is set up."""
    found = social.connected(user=principal_in(request).user)
    return ConnectionsOut(
        items=[ConnectionOut(provider=name, since=since) for name, since in found.items()]
    )


@router.post(
    "/finish",
    operation_id="users_social_finish",
    auth=allowed("users_social_finish"),
    response={200: SignedInOut, **problems(401, 403, 409, 413, 415, 422)},
    summary="Finish a sign-in with another site",
)
def users_social_finish(
    request: HttpRequest, response: HttpResponse, payload: SocialFinishIn
) -> SignedInOut:
    """Hand out tokens as the sign-in by password does.

    An account is made for an address that the site has verified and nobody has here. One that has
    a password is never connected this way: 409 `social_connect_first`.
    """
    answer = social.finish(
        ceremony=payload.ceremony,
        state=payload.state,
        code=payload.code,
        newcomer=social.Newcomer(
            role=payload.role, time_zone=payload.time_zone, language=payload.language
        ),
        device=device_of(request, payload.channel),
        now=clock.now(),
    )
    return signed_in(request, response, answer)


@router.post(
    "/link",
    operation_id="users_social_connect",
    auth=allowed("users_social_connect"),
    response={204: None, **problems(401, 403, 409, 413, 415, 422)},
    summary="Connect another site to the own account",
)
def users_social_connect(request: HttpRequest, payload: SocialAnswerIn) -> Status[None]:
    """From now on it signs in to this account."""
    social.connect(
        principal=principal_in(request),
        ceremony=payload.ceremony,
        state=payload.state,
        code=payload.code,
        source=source_of(request),
        now=clock.now(),
    )
    return Status(204, None)


@router.post(
    "/{provider}/begin",
    operation_id="users_social_begin",
    auth=allowed("users_social_begin"),
    response={200: SocialBegunOut, **problems(404, 422)},
    summary="Begin to sign in with another site",
)
def users_social_begin(request: HttpRequest, provider: Provider) -> SocialBegunOut:
    """Answer with the address to send the person to (PKCE, state and nonce are in it)."""
    ceremony, url = social.begin(provider=provider, now=clock.now())
    return SocialBegunOut(ceremony=ceremony, authorization_url=url, expires_in=EXPIRES_IN)


@router.post(
    "/{provider}/link",
    operation_id="users_social_connect_begin",
    auth=allowed("users_social_connect_begin"),
    response={200: SocialBegunOut, **problems(401, 403, 404, 422)},
    summary="Begin to connect another site",
)
def users_social_connect_begin(request: HttpRequest, provider: Provider) -> SocialBegunOut:
    """As beginning a sign-in, for the account that asks."""
    ceremony, url = social.begin(
        provider=provider, now=clock.now(), principal=principal_in(request)
    )
    return SocialBegunOut(ceremony=ceremony, authorization_url=url, expires_in=EXPIRES_IN)


@router.delete(
    "/{provider}",
    operation_id="users_social_disconnect",
    auth=allowed("users_social_disconnect"),
    response={204: None, **problems(401, 403, 404, 409, 422)},
    summary="Disconnect another site",
)
def users_social_disconnect(request: HttpRequest, provider: Provider) -> Status[None]:
    """It signs in no more. The only way in stays."""
    social.disconnect(principal=principal_in(request), provider=provider, now=clock.now())
    return Status(204, None)
