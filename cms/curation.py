"""Letting mentors in, and what they write of themselves: nothing is public before somebody looked.

`submit` and `status_of` are for whoever changes a profile on its mentor's behalf (the API): a
change is kept as a revision, and waits for a curator in the workflow of the mentors' index.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from wagtail.models import Revision, Workflow, WorkflowState

from accounts.models import Mentor, User
from cms.models import MentorProfilePage
from kernel import audit
from kernel.errors import Refusal

# By when a mentor is asked to answer; nothing happens by itself after it.
ANSWER_WITHIN = timedelta(days=14)


class NoWorkflow(Refusal):
    """No workflow reviews the mentors' profiles, so nothing can be sent in."""

    code = "no_profile_workflow"


class Standing(StrEnum):
    """Where the newest words of a profile stand."""

    NOTHING_PENDING = "nothing_pending"
    WAITING = "waiting"
    CHANGES_ASKED = "changes_asked"


@dataclass(frozen=True, slots=True)
class ProfileStatus:
    """`revision` is what was sent in; `since` when it was, or when changes were asked for.

    `comment` and `answer_by` belong to changes that a reviewer asked for.
    """

    standing: Standing
    since: datetime | None = None
    revision: Revision | None = None
    comment: str = ""
    answer_by: datetime | None = None


@transaction.atomic
def submit(page: MentorProfilePage, *, by: User) -> Revision:
    """Keep what `page` says as a revision and have it reviewed; publishes nothing.

    What waits of the same profile, or came back for changes, is replaced by it. Locks the mentor,
    so that of two at once the later one waits. Raises NoWorkflow; ValidationError where a field
    cannot be used.
    """
    Mentor.objects.select_for_update(no_key=True).get(pk=page.mentor_id)
    workflow = workflow_of(page)
    revision: Revision = page.save_revision(user=by, log_action=True)
    state = page.current_workflow_state
    if state is not None:
        state.cancel(user=by)
    workflow.start(page, by)
    return revision


def status_of(page: MentorProfilePage) -> ProfileStatus:
    """Return where the newest words of the profile stand; two queries at most."""
    state = (
        page.workflow_states.active()
        .select_related("current_task_state__revision")
        .order_by("-pk")
        .first()
    )
    if state is None or state.current_task_state is None:
        return ProfileStatus(Standing.NOTHING_PENDING)
    step = state.current_task_state
    if state.status == WorkflowState.STATUS_IN_PROGRESS:
        return ProfileStatus(Standing.WAITING, since=step.started_at, revision=step.revision)
    return ProfileStatus(
        Standing.CHANGES_ASKED,
        since=step.finished_at,
        revision=step.revision,
        comment=step.comment,
        answer_by=step.finished_at + ANSWER_WITHIN,
    )


def workflow_of(page: MentorProfilePage) -> Workflow:
    """Return the workflow that reviews the profile. Raises NoWorkflow."""
    workflow = page.get_workflow()
    if workflow is None:
        raise NoWorkflow(
            "No active workflow reviews the mentors' profiles; "
            "an administrator assigns one to the page “Mentors” under Settings → Workflows."
        )
    return workflow


@transaction.atomic
def accept(*, mentor: Mentor, actor: str) -> Mentor:
    """Make an applied mentor live; does nothing to one who is live already.

    `actor` is a public user id, or `system`.
    """
    locked = Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    if locked.status == Mentor.Status.APPLIED:
        locked.status = Mentor.Status.LIVE
        locked.save(update_fields=["status"])
        audit.record(
            actor=actor,
            action="mentor.accepted",
            object_type="mentor",
            object_id=locked.public_id,
        )
    return locked
