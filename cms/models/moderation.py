"""The step of Wagtail's workflow in which somebody else looks at a mentor's words.

Wagtail's own step lets whoever sent a change approve it, and fails where an approver may not
publish. Here neither is offered, each is refused, and a trigger refuses the first to everybody
(migration 0028, docs/adr/0041).
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState

from accounts.models import Mentor, User
from cms.models.mentor import MentorProfilePage


class ProfileReviewState(TaskState):  # type: ignore[misc]
    """One look at one version of a profile.

    `first_by` is who vetted the application first; the profile of a mentor who has only applied
    is approved by nobody else's second.
    """

    first_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class ProfileReview(AbstractGroupApprovalTask):  # type: ignore[misc]
    """Approved by a member of its groups who may publish and has not written the words."""

    task_state_class = ProfileReviewState

    class Meta:
        verbose_name = "review of a mentor's profile"

    @classmethod
    def get_description(cls) -> str:
        return "A member of these groups approves, never who sent the words or vetted first."

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, str, bool]]:
        """Offer nothing to those who are refused it; `objection` says why."""
        if objection(obj, user):
            return []
        offered: list[tuple[str, str, bool]] = super().get_actions(obj, user)
        return offered

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[Any]:
        """Leave out what the person sent in or wrote; applications have a queue of their own."""
        states = super().get_task_states_user_can_moderate(user, **kwargs)
        applied = MentorProfilePage.objects.filter(mentor__status=Mentor.Status.APPLIED)
        keys = applied.annotate(key=Cast("pk", models.CharField())).values("key")
        others: QuerySet[Any] = states.exclude(workflow_state__object_id__in=keys)
        return others.exclude(workflow_state__requested_by=user).exclude(revision__user=user)

    @transaction.atomic
    def on_action(
        self, task_state: TaskState, user: AbstractBaseUser | None, action_name: str, **kwargs: Any
    ) -> Any:
        """Approve or send back what is written now, behind the page's lock.

        What is published is the newest version, so that is what the step says it was. Raises
        PermissionDenied, in words, where `objection` has some, or the step is over.
        """
        page_id = int(task_state.workflow_state.object_id)
        page = Page.objects.select_for_update().get(pk=page_id).specific
        said = objection(page, user)
        if said:
            raise PermissionDenied(said)
        current = ProfileReviewState.objects.get(pk=task_state.pk)
        if action_name == "approve" and current.revision_id != page.latest_revision_id:
            current.revision = page.latest_revision
            current.save(update_fields=["revision"])
        return super().on_action(current, user, action_name, **kwargs)


def objection(page: Page, user: Any) -> str:
    """Return why this person does not decide on what waits of this profile; empty if they do."""
    page = page.specific
    state = page.current_workflow_task_state
    if not isinstance(state, ProfileReviewState):
        return f"Nothing of {page.title}'s profile waits for a decision any more."
    if user is None or not user.is_active:
        return "A person decides on it."
    if page.mentor.status == Mentor.Status.APPLIED:
        return f"{page.title} has applied: decide under Mentors → Applications."
    return their_own(page, state, user) or unable(page, user)


def their_own(page: Page, state: ProfileReviewState, user: Any) -> str:
    """Return why it is not for this person, who had a hand in it; empty where they had none."""
    if user.pk == page.mentor.user_id:
        return "This is your own profile: somebody else decides on it."
    if user.pk == state.workflow_state.requested_by_id:
        return "You sent this change in: somebody else decides on it."
    if user.pk == page.latest_revision.user_id:
        return "You wrote the newest version yourself: somebody else decides on it."
    if user.pk == state.first_by_id:
        return "You have vetted this application first: somebody else does it the second time."
    return ""


def unable(page: Page, user: Any) -> str:
    """Return what the person lacks to publish; empty where nothing."""
    if not page.permissions_for_user(user).can_publish():
        return (
            "You may look, and may not publish: approving publishes. "
            "A mentor curator can, or an administrator gives you the permission."
        )
    return ""


class Featuring(models.Model):
    """A mentor shown before others until an instant, in the order of `place`.

    One row a mentor: who is featured anew changes it. Each change is an audit entry.
    """

    mentor = models.OneToOneField(
        Mentor, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    place = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    since = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(place__gte=1, place__lte=99), name="cms_featuring_place"
            ),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="cms_featuring_until"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.mentor}"
