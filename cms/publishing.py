"""What follows a decision on a page, by whomever: an editor, a workflow, the schedule.

Wagtail's own e-mails about workflows lead into the back office, which mentors do not enter, and
pass the outbox by; of profiles ours are sent in their place.
"""

from typing import Any

from django.dispatch import receiver
from wagtail.admin import signal_handlers
from wagtail.models import WorkflowState
from wagtail.signals import (
    page_published,
    workflow_approved,
    workflow_rejected,
    workflow_submitted,
)

from accounts.models import Mentor
from cms.application_letters import tell_profile_decided
from cms.curation import ANSWER_WITHIN
from cms.models import MentorProfilePage
from cms.tasks import promise_reading

_STOCK = (
    (workflow_submitted, "submitted", signal_handlers.workflow_submission_email_notifier),
    (workflow_rejected, "rejected", signal_handlers.workflow_rejection_email_notifier),
    (workflow_approved, "approved", signal_handlers.workflow_approval_email_notifier),
)


@receiver(page_published, sender=MentorProfilePage, dispatch_uid="cms: have it read")
def have_it_read(instance: MentorProfilePage, **_more: Any) -> None:
    """Promise that the profile is read for matching."""
    promise_reading(mentor_id=instance.mentor_id)


@receiver(workflow_approved, sender=WorkflowState, dispatch_uid="cms: tell of an approval")
def tell_approved(instance: WorkflowState, **_more: Any) -> None:
    """Tell the mentor that the change is public."""
    _tell(instance, approved=True)


@receiver(workflow_rejected, sender=WorkflowState, dispatch_uid="cms: tell of changes asked for")
def tell_rejected(instance: WorkflowState, **_more: Any) -> None:
    """Tell the mentor what is asked for."""
    _tell(instance, approved=False)


def leave_profiles_to_us() -> None:
    """Have Wagtail's own notifiers write of every page but mentors' profiles.

    Under their own names, so that Wagtail, which starts later, connects none of them again.
    """
    for signal, name, notifier in _STOCK:
        uid = f"workflow_state_{name}_email_notification"
        signal.disconnect(sender=WorkflowState, dispatch_uid=uid)
        signal.connect(
            _unless_a_profile(notifier), sender=WorkflowState, weak=False, dispatch_uid=uid
        )


def _unless_a_profile(notifier: Any) -> Any:
    def notify(instance: WorkflowState, **more: Any) -> Any:
        return None if _profile(instance) else notifier(instance, **more)

    return notify


def _profile(state: WorkflowState) -> MentorProfilePage | None:
    page = state.content_object
    specific = page.specific if page is not None else None
    return specific if isinstance(specific, MentorProfilePage) else None


def _tell(state: WorkflowState, *, approved: bool) -> None:
    """An applicant is told by the application (`cms.vetting`), a mentor here."""
    page, step = _profile(state), state.current_task_state
    if page is None or page.mentor.status == Mentor.Status.APPLIED:
        return
    tell_profile_decided(
        page,
        decision=step.pk,
        approved=approved,
        comment=step.comment,
        answer_by=None if approved else step.finished_at + ANSWER_WITHIN,
    )
