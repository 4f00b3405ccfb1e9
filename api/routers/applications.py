"""Applying to be a mentor over HTTP: apply, read where it stands, answer, withdraw."""

from django.http import HttpRequest
from ninja import Router, Status

from accounts.models import Application
from api.permissions import allowed
from api.principal import user_of
from api.schemas.applications import ApplicationOut, ApplicationRequest
from api.schemas.base import problems
from cms import applications, checks
from kernel import clock

router = Router(tags=["mentors"])


@router.post(
    "",
    operation_id="mentors_me_application_apply",
    auth=allowed("mentors_me_application_apply"),
    response={201: ApplicationOut, **problems(400, 409, 422)},
    summary="Apply to be a mentor",
)
def mentors_me_application_apply(
    request: HttpRequest, body: ApplicationRequest
) -> Status[ApplicationOut]:
    """Anybody signed in may. Two curators decide, and until then nobody sees the profile.

    409 `already_applied` where an application is open, or the person is a mentor. Needs no
    Idempotency-Key: there is one open application at a time.
    """
    made = applications.apply(user=user_of(request), words=body.words(), now=clock.now())
    return Status(201, _shown(made))


@router.get(
    "",
    operation_id="mentors_me_application_get",
    auth=allowed("mentors_me_application_get"),
    response={200: ApplicationOut, **problems(404)},
    summary="Read the own application",
)
def mentors_me_application_get(request: HttpRequest) -> ApplicationOut:
    """The newest one, with the checklist that the curators see and what they say to you."""
    return _shown(applications.newest_of(user_of(request)))


@router.post(
    "/answer",
    operation_id="mentors_me_application_answer",
    auth=allowed("mentors_me_application_answer"),
    response={200: ApplicationOut, **problems(400, 404, 409, 422)},
    summary="Send the own application in again",
)
def mentors_me_application_answer(request: HttpRequest, body: ApplicationRequest) -> ApplicationOut:
    """After changes were asked for (409 `application_stands` before). What is ticked stays."""
    return _shown(applications.answer(user=user_of(request), words=body.words(), now=clock.now()))


@router.post(
    "/withdraw",
    operation_id="mentors_me_application_withdraw",
    auth=allowed("mentors_me_application_withdraw"),
    response={200: ApplicationOut, **problems(400, 404, 409)},
    summary="Withdraw the own application",
)
def mentors_me_application_withdraw(request: HttpRequest) -> ApplicationOut:
    """Nobody decides on it any more, and another one may be made."""
    return _shown(applications.withdraw(user=user_of(request), now=clock.now()))


def _shown(application: Application) -> ApplicationOut:
    steps = application.steps.filter(for_applicant=True).order_by("id")
    return ApplicationOut.of(
        application,
        checks.checklist(application),
        list(steps),
        applications.answer_by(application),
    )
