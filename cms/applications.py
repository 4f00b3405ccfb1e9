"""Apply to be a mentor, answer what curators ask, withdraw: the applicant's side of it.

The words go where a mentor's do: into a revision of the profile page, which nobody publishes
before two curators agree (`cms.vetting`, docs/adr/0041).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.html import linebreaks

from accounts.models import Application, ApplicationStep, Mentor, User
from accounts.models.applications import WORDS_LENGTH
from accounts.operations import become_mentor
from accounts.states import APPLICATION, OPEN, ApplicationEvent, ApplicationState
from cms import application_letters as letters
from cms import curation
from cms.models import MentorProfilePage
from cms.operations import draft_profile
from kernel import audit
from kernel.errors import NotFound, Refusal
from kernel.texts import typed
from kernel.transitions import IllegalTransition

HEADLINE_LENGTH = 140
BIO_LENGTH = 5000
SUBJECT_LENGTH = 40
SUBJECTS = 12


class ApplicationStands(Refusal):
    """The application is in a state in which this cannot be done."""

    code = "application_stands"


class AlreadyApplied(Refusal):
    """The person is a mentor already, or has an application that is not decided."""

    code = "already_applied"


@dataclass(frozen=True, slots=True)
class Words:
    """What an applicant says: of themselves on the page, and in `message` to the curators."""

    headline: str
    bio: str = ""
    expertise: Sequence[str] = ()
    message: str = ""


def apply(*, user: User, words: Words, now: datetime) -> Application:
    """Apply: the person becomes an `applied` mentor, and what they say waits for the curators.

    Locks the user, the mentor. Raises AlreadyApplied, Invalid, NoMentorIndex, NoWorkflow.
    """
    with transaction.atomic():
        mentor = become_mentor(user=user, now=now)
        mentor = Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
        _refuse_second(mentor)
        made = Application.objects.create(mentor=mentor, created_at=now, state_since=now)
        return _submit(made, user, words, now)


def answer(*, user: User, words: Words, now: datetime) -> Application:
    """Send the application in again, after curators asked for changes.

    Locks the mentor, then the application. Raises NotFound, ApplicationStands, Invalid.
    """
    with transaction.atomic():
        return _submit(locked(newest_of(user).pk), user, words, now)


def withdraw(*, user: User, now: datetime) -> Application:
    """Take the application back: nobody decides on it, and another may be made.

    Locks the mentor, then the application. Raises NotFound, ApplicationStands.
    """
    with transaction.atomic():
        application = locked(newest_of(user).pk)
        move(application, ApplicationEvent.WITHDRAW, by=user, now=now)
        give_up(application, by=user)
    return application


def newest_of(user: User) -> Application:
    """Return the person's newest application. Raises NotFound."""
    found = (
        Application.objects.filter(mentor__user=user)
        .select_related("mentor__user")
        .order_by("-created_at", "-pk")
        .first()
    )
    if found is None:
        raise NotFound("You have not applied to be a mentor.")
    return found


def answer_by(application: Application) -> datetime | None:
    """Return by when the applicant is asked to answer; None where nothing is asked."""
    if application.state != ApplicationState.CHANGES_ASKED:
        return None
    return application.state_since + curation.ANSWER_WITHIN


def locked(application_id: UUID) -> Application:
    """Return the application behind its mentor's lock and its own. Raises NotFound."""
    mentors = Application.objects.filter(pk=application_id).values("mentor_id")
    if Mentor.objects.select_for_update(no_key=True).filter(pk__in=mentors).first() is None:
        raise NotFound("There is no such application.")
    rows = Application.objects.select_related("mentor__user")
    return rows.select_for_update(of=("self",)).get(pk=application_id)


def move(
    application: Application,
    event: ApplicationEvent,
    *,
    by: User,
    now: datetime,
    comment: str = "",
    for_applicant: bool = True,
) -> ApplicationStep:
    """Take one step, write it into the history and the audit; behind the lock.

    Who vetted first is forgotten with a step back to the applicant. Raises ApplicationStands.
    """
    before = ApplicationState(application.state)
    try:
        after = APPLICATION.target(before, event)
    except IllegalTransition:
        raise ApplicationStands(
            f"Application {application.public_id} is {before.replace('_', ' ')} since "
            f"{application.state_since:%Y-%m-%d %H:%M} UTC: {_NOT_NOW[event]}.",
            application_id=application.public_id,
            state=application.state,
        ) from None
    application.state, application.state_since = after.value, now
    if event is ApplicationEvent.SUBMIT:
        application.submitted_at = now
    if event is ApplicationEvent.ASK:
        application.first_by = None
    application.save()
    audit.record(
        actor=by.public_id,
        action=f"application.{event.value}",
        object_type="application",
        object_id=application.public_id,
        data={"from": before.value, "to": after.value},
    )
    return ApplicationStep.objects.create(
        application=application,
        event=event.value,
        to_state=after.value,
        by=by,
        at=now,
        comment=comment,
        for_applicant=for_applicant,
    )


def give_up(application: Application, *, by: User) -> None:
    """Take the profile out of the curators' workflow, where it is in it."""
    page = page_of(application)
    state = page.current_workflow_state if page is not None else None
    if state is not None:
        state.cancel(user=by)


def page_of(application: Application) -> MentorProfilePage | None:
    """Return the applicant's profile page, public or not."""
    page: MentorProfilePage | None = MentorProfilePage.objects.filter(
        mentor=application.mentor_id
    ).first()
    return page


def _refuse_second(mentor: Mentor) -> None:
    if mentor.status != Mentor.Status.APPLIED:
        raise AlreadyApplied(
            f"You are a mentor already, and {mentor.get_status_display().lower()}; "
            "your profile is under Mentoring."
        )
    waiting = Application.objects.filter(mentor=mentor, state__in=OPEN).first()
    if waiting is not None:
        raise AlreadyApplied(
            f"Your application {waiting.public_id} is {waiting.state.replace('_', ' ')}. "
            "Answer it or withdraw it; there is one at a time.",
            application_id=waiting.public_id,
            state=waiting.state,
        )


def _submit(application: Application, user: User, words: Words, now: datetime) -> Application:
    message = typed(words.message, name="message", longest=WORDS_LENGTH)
    headline = typed(words.headline, name="headline", longest=HEADLINE_LENGTH, needed=True)
    bio = typed(words.bio, name="bio", longest=BIO_LENGTH)
    step = move(application, ApplicationEvent.SUBMIT, by=user, now=now, comment=message)
    page = draft_profile(mentor=application.mentor).get_latest_revision_as_object()
    page.headline, page.expertise = headline, [subject.strip() for subject in words.expertise]
    # The editor cannot open `<br>`, only `<br/>`; whatever was typed is escaped.
    page.bio = linebreaks(bio, autoescape=True).replace("<br>", "<br/>") if bio else ""
    curation.submit(page, by=user)
    letters.tell_received(application, step=step)
    return application


_NOT_NOW = {
    ApplicationEvent.SUBMIT: "it is sent in anew only after changes were asked for",
    ApplicationEvent.BEGIN: "its points are ticked only while it is being vetted",
    ApplicationEvent.ASK: "changes are asked for only while the curators have it",
    ApplicationEvent.VET: "it is accepted the first time only while it is being vetted",
    ApplicationEvent.ACCEPT: "it is accepted the second time only after somebody vetted it",
    ApplicationEvent.REFUSE: "it is not refused any more",
    ApplicationEvent.WITHDRAW: "there is nothing left to withdraw",
}
