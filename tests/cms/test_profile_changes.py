"""What a mentor changes of the profile waits for somebody else, and is public only then."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowState, WorkflowTask

from accounts import roles
from accounts.models import User
from cms import curation
from cms.curation import Standing, status_of, submit
from cms.models import MentorProfilePage, ProfileReview
from tests.cms.conftest import listed_mentor
from tests.factories.people import UserFactory


def curator(**fields: object) -> User:
    user: User = UserFactory(**fields)
    roles.add_to_group(user=user, group=roles.MENTOR_CURATOR)
    return User.objects.get(pk=user.pk)


def changed(headline: str, *, by: User | None = None) -> MentorProfilePage:
    """A live profile of which another headline was sent in."""
    _, _, page = listed_mentor("Ada Byron", headline="As visitors know it")
    page.headline = headline
    submit(page, by=by or page.mentor.user)
    found: MentorProfilePage = MentorProfilePage.objects.get(pk=page.pk)
    return found


def decide(page: MentorProfilePage, user: User, action: str = "approve", comment: str = "") -> None:
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, user, action, comment=comment)


def test_what_is_sent_in_waits_and_visitors_see_what_they_saw() -> None:
    page = changed("New words")

    assert (page.live, page.headline) == (True, "As visitors know it")
    status = status_of(page)
    assert status.standing is Standing.WAITING
    assert status.revision is not None
    assert status.revision.as_object().headline == "New words"
    assert status.since is not None


def test_what_is_sent_in_again_replaces_what_waits() -> None:
    page = changed("First words")
    page.headline = "Second words"

    submit(page, by=page.mentor.user)

    states = WorkflowState.objects.for_instance(page).order_by("pk")
    assert [state.status for state in states] == ["cancelled", "in_progress"]
    revision = status_of(page).revision
    assert revision is not None
    assert revision.as_object().headline == "Second words"


def test_another_person_approves_and_it_is_public() -> None:
    page = changed("New words")

    decide(page, curator())

    page.refresh_from_db()
    assert page.headline == "New words"
    assert status_of(page).standing is Standing.NOTHING_PENDING


def test_changes_are_asked_for_with_a_comment_and_answered() -> None:
    page = changed("The best mentor of the world")
    decide(page, curator(), "reject", "Say what you have done.")

    status = status_of(page)
    assert (status.standing, status.comment) == (Standing.CHANGES_ASKED, "Say what you have done.")
    assert status.since is not None
    assert status.answer_by == status.since + curation.ANSWER_WITHIN

    page.headline = "Ran three platform teams"
    submit(page, by=page.mentor.user)
    assert status_of(page).standing is Standing.WAITING


def test_whoever_sent_it_in_does_not_approve_it_be_they_superuser() -> None:
    for sender in (curator(), curator(is_superuser=True)):
        page = MentorProfilePage.objects.first() or changed("x")
        page.headline = f"By {sender.pk}"[:140]
        submit(page, by=sender)
        page = MentorProfilePage.objects.get(pk=page.pk)

        assert page.current_workflow_task.get_actions(page, sender) == []
        with pytest.raises(PermissionDenied, match="You sent this change in"):
            decide(page, sender)
        state = page.current_workflow_task_state
        assert state not in page.current_workflow_task.get_task_states_user_can_moderate(sender)


def test_whoever_wrote_the_newest_version_or_owns_it_does_not_approve_it() -> None:
    page, editor = changed("New words"), curator()
    page.headline = "An editor's words"
    page.save_revision(user=editor)
    page = MentorProfilePage.objects.get(pk=page.pk)
    roles.add_to_group(user=page.mentor.user, group=roles.MENTOR_CURATOR)

    with pytest.raises(PermissionDenied, match="You wrote the newest version"):
        decide(page, editor)
    with pytest.raises(PermissionDenied, match="your own profile"):
        decide(page, User.objects.get(pk=page.mentor.user_id))
    decide(page, curator())

    page.refresh_from_db()
    step = TaskState.objects.get(workflow_state__object_id=str(page.pk))
    assert page.headline == "An editor's words"
    assert step.revision_id == page.latest_revision_id, "the step says what was published"


@pytest.mark.parametrize("who", ["nobody", "sender", "owner"])
def test_the_database_refuses_the_same(who: str) -> None:
    page = changed("New words", by=curator())
    state = page.current_workflow_task_state
    person = {
        "nobody": None,
        "sender": state.workflow_state.requested_by_id,
        "owner": page.mentor.user_id,
    }[who]

    with pytest.raises(IntegrityError, match="somebody else approves it"), transaction.atomic():
        TaskState.objects.filter(pk=state.pk).update(status="approved", finished_by=person)
    TaskState.objects.filter(pk=state.pk).update(status="approved", finished_by=curator().pk)


def test_an_approval_does_not_become_the_senders_afterwards() -> None:
    page = changed("New words")
    state = page.current_workflow_task_state
    decide(page, curator())

    with pytest.raises(IntegrityError, match="somebody else"), transaction.atomic():
        TaskState.objects.filter(pk=state.pk).update(finished_by=page.mentor.user_id)


def test_who_may_not_publish_is_told_so_and_nothing_is_approved() -> None:
    reader: User = UserFactory()
    page = changed("New words")
    group = page.current_workflow_task.groups.create(name="Readers")
    reader.groups.add(group)
    reader = User.objects.get(pk=reader.pk)

    assert page.current_workflow_task.get_actions(page, reader) == []
    with pytest.raises(PermissionDenied, match="approving publishes"):
        decide(page, reader)
    assert status_of(page).standing is Standing.WAITING


def test_stock_wagtail_lets_the_sender_approve() -> None:
    """The hole that is closed here, as it is without: the negative control."""
    stock = GroupApprovalTask.objects.create(name="Stock")
    stock.groups.set(ProfileReview.objects.get().groups.all())
    WorkflowTask.objects.update(task=stock)
    sender = curator()
    page = changed("New words", by=sender)

    assert page.current_workflow_task.get_actions(page, sender) != []
    decide(page, sender)

    page.refresh_from_db()
    assert page.headline == "New words"


def test_without_a_workflow_nothing_is_sent_in() -> None:
    _, _, page = listed_mentor("Ada Byron")
    Workflow.objects.update(active=False)
    before = page.revisions.count()
    page.headline = "New"

    with pytest.raises(curation.NoWorkflow):
        submit(page, by=page.mentor.user)
    assert page.revisions.count() == before
