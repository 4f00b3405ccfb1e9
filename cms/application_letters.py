"""What an applicant and a mentor are told by e-mail of what curators decided.

Written into the outbox in the transaction of the decision; the words are in `templates/emails`.
"""

from datetime import datetime

from django.conf import settings

from accounts.models import Application, ApplicationStep
from cms.models import MentorProfilePage
from kernel import written
from notifications.outbox import put_email


def tell_received(application: Application, *, step: ApplicationStep) -> None:
    """Say that the application is with the curators."""
    _tell(application, step, "received", link=_application())


def tell_asked(application: Application, *, step: ApplicationStep) -> None:
    """Say what the curators want to be changed."""
    _tell(application, step, "asked", link=_application())


def tell_accepted(application: Application, *, step: ApplicationStep) -> None:
    """Say that the profile is public."""
    _tell(application, step, "accepted", link=_public(application.mentor.slug))


def tell_refused(application: Application, *, step: ApplicationStep) -> None:
    """Say that the application was refused, and why."""
    _tell(application, step, "refused", link=_application())


def tell_profile_decided(
    page: MentorProfilePage,
    *,
    decision: int,
    approved: bool,
    comment: str,
    answer_by: datetime | None,
) -> None:
    """Tell the mentor that a change of the profile is public, or what is asked for.

    `decision` is the id of the workflow's step: each is told once.
    """
    user = page.mentor.user
    put_email(
        key=f"profile-decided:{decision}",
        template="profile_decided",
        to=user.email,
        language=user.language,
        context={
            "name": user.name,
            "approved": approved,
            "comment": comment,
            "answer_by": written.day(answer_by, user.time_zone) if answer_by else "",
            "link": _public(page.mentor.slug) if approved else f"{settings.PUBLIC_URL}/app/profile",
        },
    )


def _tell(application: Application, step: ApplicationStep, what: str, *, link: str) -> None:
    user = application.mentor.user
    put_email(
        key=f"application:{step.pk}",
        template="mentor_application",
        to=user.email,
        language=user.language,
        context={
            "name": user.name,
            "what": what,
            "comment": step.comment if what in {"asked", "refused"} else "",
            "reference": application.public_id,
            "link": link,
        },
    )


def _application() -> str:
    return f"{settings.PUBLIC_URL}/app/apply"


def _public(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/mentors/{slug}/"
