"""Documents to agree to, over HTTP: which are in force, and that the person agrees."""

from django.http import HttpRequest
from ninja import Router

from accounts.models import User
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.consents import ConsentRequest, ConsentsOut, DocumentVersionOut, version_ids
from cms import versions
from cms.models import Consent
from kernel import clock

router = Router(tags=["users"])


@router.get(
    "/consents",
    operation_id="users_consents_get",
    auth=allowed("users_consents_get"),
    response={200: ConsentsOut, **problems()},
    summary="See which documents are in force, and which one has agreed to",
)
def users_consents_get(request: HttpRequest) -> ConsentsOut:
    """`complete` is false while a version is in force that the person has not agreed to."""
    return _consents_of(user_of(request))


@router.post(
    "/consents",
    operation_id="users_consents_agree",
    auth=allowed("users_consents_agree"),
    response={200: ConsentsOut, **problems(413, 415, 422)},
    summary="Agree to versions of documents",
)
def users_consents_agree(request: HttpRequest, payload: ConsentRequest) -> ConsentsOut:
    """Each is written down once, with the instant; only what is in force can be agreed to."""
    user = user_of(request)
    versions.agree(
        user=user,
        ids=version_ids(payload.versions, pointer="/versions"),
        source=Consent.Source.APP,
        now=clock.now(),
    )
    return _consents_of(user)


def _consents_of(user: User) -> ConsentsOut:
    now = clock.now()
    missing = {one.pk for one in versions.to_agree(user=user, now=now)}
    return ConsentsOut(
        complete=not missing,
        documents=[
            DocumentVersionOut.of(one, agreed=one.pk not in missing)
            for one in versions.in_force(now=now)
        ],
    )
