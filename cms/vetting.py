"""Vet an applicant: tick the points, ask for changes, accept as first and as second, refuse.

The applicant does none of it, whoever they are besides, and who vetted first does not accept:
said here, refused by the database again (docs/adr/0041).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Application, ApplicationStep, ApplicationTick, User
from accounts.models.applications import WORDS_LENGTH
from accounts.states import TO_LOOK_AT, ApplicationEvent, ApplicationState, Check
from cms import application_letters as letters
from cms import checks, curation
from cms.applications import ApplicationStands, give_up, locked, move, page_of
from cms.models import MentorProfilePage, ProfileReviewState
from cms.models.moderation import their_own, unable
from kernel.errors import Forbidden, Refusal
from kernel.texts import typed

VET = "accounts.vet_application"
EVIDENCE_LENGTH = 500
_TICKING = (ApplicationState.SUBMITTED, ApplicationState.IN_VETTING)


class ChecklistOpen(Refusal):
    """Not every point of the checklist is ticked."""

    code = "checklist_open"


class SomebodyElse(Forbidden):
    """The person had a hand in it: another one decides."""

    code = "somebody_else"


@transaction.atomic
def tick(
    *, application_id: UUID, check: Check, done: bool, evidence: str, by: User, now: datetime
) -> ApplicationTick:
    """Tick a point, or untick it, with what that rests on; a new row each time.

    The first one begins the vetting. Locks the mentor, then the application. Raises NotFound,
    Forbidden, SomebodyElse, Invalid (no evidence), ApplicationStands.
    """
    application = _for(by, application_id)
    said = typed(evidence, name="evidence", longest=EVIDENCE_LENGTH, needed=True)
    if application.state not in _TICKING:
        raise ApplicationStands(
            f"Application {application.public_id} is {application.state.replace('_', ' ')}: its "
            "points are ticked while it is being vetted. Ask for changes to begin anew.",
            state=application.state,
        )
    if application.state == ApplicationState.SUBMITTED:
        move(application, ApplicationEvent.BEGIN, by=by, now=now)
    return ApplicationTick.objects.create(
        application=application, check_of=check.value, done=done, evidence=said, by=by, at=now
    )


@transaction.atomic
def comment(
    *, application_id: UUID, text: str, for_applicant: bool, by: User, now: datetime
) -> ApplicationStep:
    """Write a comment, for the applicant as well or for the curators alone.

    Raises NotFound, Forbidden, SomebodyElse, Invalid.
    """
    application = _for(by, application_id)
    return ApplicationStep.objects.create(
        application=application,
        to_state=application.state,
        by=by,
        at=now,
        comment=typed(text, name="comment", longest=WORDS_LENGTH, needed=True),
        for_applicant=for_applicant,
    )


@transaction.atomic
def ask(*, application_id: UUID, text: str, by: User, now: datetime) -> Application:
    """Send it back to the applicant with what is missing; they are told by mail.

    Who vetted it first is forgotten: what comes back is vetted anew. Raises NotFound, Forbidden,
    SomebodyElse, Invalid, ApplicationStands.
    """
    application = _for(by, application_id)
    said = typed(text, name="comment", longest=WORDS_LENGTH, needed=True)
    step = move(application, ApplicationEvent.ASK, by=by, now=now, comment=said)
    page = page_of(application)
    state = page.current_workflow_task_state if page is not None else None
    if state is not None:
        state.reject(user=by, comment=said)
    letters.tell_asked(application, step=step)
    return application


@transaction.atomic
def accept_first(*, application_id: UUID, by: User, now: datetime) -> Application:
    """Vet it: every point is ticked, and another curator accepts it or does not.

    Raises NotFound, Forbidden, SomebodyElse, ApplicationStands, ChecklistOpen.
    """
    application = _for(by, application_id)
    if application.state == ApplicationState.IN_VETTING:
        _require_ticks(application)
    application.first_by = by
    move(application, ApplicationEvent.VET, by=by, now=now, for_applicant=False)
    step = _begin_review(_page(application), application)
    step.first_by = by
    step.save(update_fields=["first_by"])
    return application


@transaction.atomic
def accept_second(*, application_id: UUID, by: User, now: datetime) -> Application:
    """Accept what somebody else vetted: the page is published, the mentor is live and told.

    Raises NotFound, Forbidden, SomebodyElse (the first vetter, whoever sent or wrote the words),
    ApplicationStands, ChecklistOpen.
    """
    application = _for(by, application_id)
    said = second_objection(application, by)
    if said:
        raise SomebodyElse(said, application_id=application.public_id)
    application.second_by = by
    done = move(application, ApplicationEvent.ACCEPT, by=by, now=now)
    _publish(application, by)
    curation.accept(mentor=application.mentor, actor=by.public_id)
    letters.tell_accepted(application, step=done)
    return application


@transaction.atomic
def refuse(*, application_id: UUID, reason: str, by: User, now: datetime) -> Application:
    """Refuse it; the applicant reads the reason, and may apply again.

    Raises NotFound, Forbidden, SomebodyElse, Invalid, ApplicationStands.
    """
    application = _for(by, application_id)
    said = typed(reason, name="reason", longest=WORDS_LENGTH, needed=True)
    step = move(application, ApplicationEvent.REFUSE, by=by, now=now, comment=said)
    give_up(application, by=by)
    letters.tell_refused(application, step=step)
    return application


def objection(application: Application, user: User) -> str:
    """Return why this person vets nothing of it; empty where they may."""
    if not user.has_perm(VET):
        return "Mentor curators vet applications."
    if application.mentor.user_id == user.pk:
        return "This is your own application: somebody else vets it."
    return ""


def is_ticked_now(application: Application) -> bool:
    """Say whether points are ticked at present."""
    return application.state in _TICKING


def first_objection(application: Application) -> str:
    """Return why nobody accepts it the first time now; empty where they may."""
    if application.state == ApplicationState.SUBMITTED:
        return "Nobody has ticked a point yet: tick all five first."
    if application.state != ApplicationState.IN_VETTING:
        return "It is accepted the first time only while it is being vetted."
    open_ = checks.missing(application)
    if not open_:
        return ""
    return f"Still open: {', '.join(checks.LABELS[check].lower() for check in open_)}."


def second_objection(application: Application, user: User) -> str:
    """Return why this person does not accept it the second time; empty where they may."""
    if application.state in TO_LOOK_AT and application.first_by_id == user.pk:
        return "You have vetted this application first: somebody else does it the second time."
    return ""


def _for(by: User, application_id: UUID) -> Application:
    if not by.has_perm(VET):
        raise Forbidden("Mentor curators vet applications.")
    application = locked(application_id)
    said = objection(application, by)
    if said:
        raise SomebodyElse(said, application_id=application.public_id)
    return application


def _publish(application: Application, by: User) -> None:
    page = _page(application)
    step = _vetted(page, application)
    own = their_own(page, step, by)
    if own:
        raise SomebodyElse(own, application_id=application.public_id)
    lacking = unable(page, by)
    if lacking:
        raise Forbidden(lacking)
    step.approve(user=by)


def _require_ticks(application: Application) -> None:
    open_ = checks.missing(application)
    if open_:
        names = ", ".join(checks.LABELS[check].lower() for check in open_)
        raise ChecklistOpen(
            f"Application {application.public_id} is not vetted: tick {names} first, "
            "or ask for what is missing.",
            open=[check.value for check in open_],
        )


def _page(application: Application) -> MentorProfilePage:
    page = page_of(application)
    if page is None:
        raise ApplicationStands(
            f"Application {application.public_id} has no profile page: it was never sent in.",
            state=application.state,
        )
    return page


def _begin_review(page: MentorProfilePage, application: Application) -> ProfileReviewState:
    """Return the step of the workflow; begun anew where somebody has cancelled it."""
    if not isinstance(page.current_workflow_task_state, ProfileReviewState):
        if page.current_workflow_state is not None:
            page.current_workflow_state.cancel(user=application.mentor.user)
        curation.workflow_of(page).start(page, application.mentor.user)
    found: ProfileReviewState = page.current_workflow_task_state
    return found


def _vetted(page: MentorProfilePage, application: Application) -> ProfileReviewState:
    """Return the step that was vetted; refuse where other words were sent in since."""
    step = page.current_workflow_task_state
    if isinstance(step, ProfileReviewState) and step.first_by_id == application.first_by_id:
        found: ProfileReviewState = step
        return found
    raise ApplicationStands(
        f"What application {application.public_id} says has changed since it was vetted: "
        "ask for changes, so that it is vetted anew.",
        state=application.state,
    )
