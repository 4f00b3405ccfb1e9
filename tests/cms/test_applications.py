"""The life of an application: two persons, of whom none is the applicant, or nobody."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from wagtail.models import TaskState

from accounts.models import Application, ApplicationStep, ApplicationTick, Mentor, User
from accounts.states import ApplicationState, Check
from cms import applications, checks, vetting
from cms.applications import AlreadyApplied, ApplicationStands, Words
from cms.curation import Standing, status_of, submit
from cms.vetting import ChecklistOpen, SomebodyElse
from kernel.errors import Forbidden, Invalid
from notifications.models import Email
from scheduling.models import SessionType
from tests.cms.conftest import listed_mentor
from tests.cms.test_profile_changes import curator
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import SessionTypeFactory

NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WORDS = Words(headline="Interviews", bio="Ten years\nof <them>.", expertise=["Go"], message="Hi")


def applied(**fields: object) -> Application:
    return applications.apply(user=UserFactory(name="Ada Byron", **fields), words=WORDS, now=NOW)


def ticked(application: Application, by: User, *, but: Check | None = None) -> None:
    for check in Check:
        if check is not but:
            vetting.tick(
                application_id=application.pk,
                check=check,
                done=True,
                evidence="Seen.",
                by=by,
                now=NOW,
            )


def vetted(by: User) -> Application:
    application = applied()
    ticked(application, by)
    return vetting.accept_first(application_id=application.pk, by=by, now=NOW)


def states_of(application: Application) -> list[str]:
    rows = ApplicationStep.objects.filter(application=application).order_by("id")
    return [row.to_state for row in rows]


def test_two_curators_accept_and_the_profile_is_public() -> None:
    first, second = curator(), curator()
    application = vetted(first)
    page = applications.page_of(application)
    assert page is not None
    assert (page.live, application.mentor.is_live) == (False, False)

    done = vetting.accept_second(application_id=application.pk, by=second, now=LATER)

    page.refresh_from_db()
    assert (done.state, done.first_by, done.second_by) == ("accepted", first, second)
    assert Mentor.objects.get(pk=done.mentor_id).is_live
    assert (page.live, page.headline) == (True, "Interviews")
    assert page.bio == "<p>Ten years<br/>of &lt;them&gt;.</p>"
    assert states_of(done) == ["submitted", "in_vetting", "vetted", "accepted"]
    step = TaskState.objects.get(workflow_state__object_id=str(page.pk))
    assert (step.status, step.finished_by) == ("approved", second)
    letters = list(Email.objects.order_by("created_at", "id").values_list("subject", flat=True))
    assert letters == ["Your application is with us", "You are a mentor: your profile is public"]


def test_a_client_who_applies_becomes_a_mentor_once_and_stays_a_client() -> None:
    user = ClientFactory().user
    applications.apply(user=user, words=WORDS, now=NOW)

    with pytest.raises(AlreadyApplied, match="is submitted"):
        applications.apply(user=user, words=WORDS, now=NOW)
    assert user.client
    assert Mentor.objects.get(user=user).status == "applied"


def test_wagtails_own_queue_and_buttons_leave_applications_alone() -> None:
    by, application = curator(), applied()
    page = applications.page_of(application)
    assert page is not None
    task = page.current_workflow_task

    assert task.get_actions(page, by) == []
    assert not task.get_task_states_user_can_moderate(by).exists()
    with pytest.raises(PermissionDenied, match="decide under Mentors → Applications"):
        task.on_action(page.current_workflow_task_state, by, "approve")

    Mentor.objects.filter(pk=application.mentor_id).update(status="live")
    assert task.get_task_states_user_can_moderate(by).exists()


def test_a_live_mentor_does_not_apply() -> None:
    mentor = MentorFactory()
    with pytest.raises(AlreadyApplied, match="a mentor already"):
        applications.apply(user=mentor.user, words=WORDS, now=NOW)


def test_the_first_vetter_does_not_accept_be_they_superuser() -> None:
    for first in (curator(), curator(is_superuser=True)):
        application = vetted(first)
        with pytest.raises(SomebodyElse, match="vetted this application first"):
            vetting.accept_second(application_id=application.pk, by=first, now=LATER)
        application.refresh_from_db()
        assert application.state == "vetted"


def test_the_applicant_vets_nothing_of_it_be_they_superuser() -> None:
    application = applied(is_superuser=True)
    me = User.objects.get(pk=application.mentor.user_id)
    calls: list[Callable[[], object]] = [
        lambda: vetting.tick(
            application_id=application.pk,
            check=Check.PHOTO,
            done=True,
            evidence="Me.",
            by=me,
            now=NOW,
        ),
        lambda: vetting.accept_first(application_id=application.pk, by=me, now=NOW),
        lambda: vetting.accept_second(application_id=application.pk, by=me, now=NOW),
        lambda: vetting.refuse(application_id=application.pk, reason="No.", by=me, now=NOW),
    ]
    for call in calls:
        with pytest.raises(SomebodyElse, match="your own application"):
            call()


def test_whoever_is_no_curator_is_refused() -> None:
    application = applied()
    with pytest.raises(Forbidden, match="Mentor curators"):
        vetting.refuse(application_id=application.pk, reason="No.", by=UserFactory(), now=NOW)


def test_whoever_wrote_the_words_does_not_accept_them() -> None:
    first, editor = curator(), curator()
    application = applied()
    page = applications.page_of(application)
    assert page is not None
    ticked(application, first)
    vetting.accept_first(application_id=application.pk, by=first, now=NOW)
    page.headline = "An editor's"
    page.save_revision(user=editor)

    with pytest.raises(SomebodyElse, match="wrote the newest version"):
        vetting.accept_second(application_id=application.pk, by=editor, now=LATER)
    vetting.accept_second(application_id=application.pk, by=curator(), now=LATER)


def test_an_approver_without_publish_is_told_so_and_nothing_has_changed() -> None:
    application = vetted(curator())
    helper = curator()
    index = applications.page_of(application).get_parent()  # type: ignore[union-attr]
    index.group_permissions.filter(permission__codename="publish_page").delete()

    with pytest.raises(Forbidden, match="approving publishes"):
        vetting.accept_second(application_id=application.pk, by=helper, now=LATER)
    application.refresh_from_db()
    assert application.state == "vetted"


@pytest.mark.parametrize("check", list(Check))
def test_one_open_point_keeps_it_from_being_vetted(check: Check) -> None:
    by, application = curator(), applied()
    ticked(application, by, but=check)

    with pytest.raises(ChecklistOpen, match=checks.LABELS[check].lower()):
        vetting.accept_first(application_id=application.pk, by=by, now=NOW)
    with pytest.raises(IntegrityError, match="4 of 5 points"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="vetted", first_by=by)


def test_an_untick_is_a_new_row_and_counts() -> None:
    by, application = curator(), applied()
    ticked(application, by)
    vetting.tick(
        application_id=application.pk,
        check=Check.REFERENCES,
        done=False,
        evidence="The second never answered.",
        by=by,
        now=LATER,
    )

    assert checks.missing(application) == [Check.REFERENCES]
    assert ApplicationTick.objects.filter(check_of="references").count() == 2
    with pytest.raises(Invalid, match="evidence says nothing"):
        vetting.tick(
            application_id=application.pk,
            check=Check.PHOTO,
            done=True,
            evidence=" ",
            by=by,
            now=LATER,
        )


def test_changes_are_asked_for_answered_and_vetted_anew() -> None:
    first, other = curator(), curator()
    application = vetted(first)
    vetting.ask(application_id=application.pk, text="Name a reference.", by=other, now=LATER)
    page = applications.page_of(application)
    assert page is not None
    status = status_of(page)
    assert (status.standing, status.comment) == (Standing.CHANGES_ASKED, "Name a reference.")

    user = application.mentor.user
    done = applications.answer(user=user, words=Words(headline="Better"), now=LATER)
    assert (done.state, done.first_by) == ("submitted", None)
    with pytest.raises(ApplicationStands, match="is submitted"):
        vetting.accept_second(application_id=application.pk, by=other, now=LATER)
    ticked(application, other)
    vetting.accept_first(application_id=application.pk, by=other, now=LATER)
    vetting.accept_second(application_id=application.pk, by=first, now=LATER)

    page.refresh_from_db()
    assert page.headline == "Better"
    letter = Email.objects.get(subject="Your application: something is missing")
    assert "Name a reference." in letter.text
    assert "Name a reference." in letter.html


def test_other_words_after_the_vetting_are_not_accepted() -> None:
    application = vetted(curator())
    page = applications.page_of(application)
    assert page is not None
    page.headline = "Something else"
    submit(page, by=application.mentor.user)

    with pytest.raises(ApplicationStands, match="has changed since it was vetted"):
        vetting.accept_second(application_id=application.pk, by=curator(), now=LATER)


def test_refused_with_a_reason_and_applied_again() -> None:
    application = applied()
    vetting.refuse(application_id=application.pk, reason="No reference.", by=curator(), now=LATER)

    user = application.mentor.user
    letter = Email.objects.get(subject="Your application was not accepted")
    assert "No reference." in letter.text
    assert not Mentor.objects.get(user=user).is_live
    again = applications.apply(user=user, words=WORDS, now=LATER)
    assert again.pk != application.pk


def test_withdrawn_is_over() -> None:
    application = applied()
    user = application.mentor.user
    applications.withdraw(user=user, now=LATER)

    page = applications.page_of(application)
    assert page is not None
    assert status_of(page).standing is Standing.NOTHING_PENDING
    with pytest.raises(ApplicationStands, match="nothing left to withdraw"):
        applications.withdraw(user=user, now=LATER)
    with pytest.raises(ApplicationStands, match="while it is being vetted"):
        vetting.accept_first(application_id=application.pk, by=curator(), now=LATER)


def test_the_database_keeps_four_eyes_and_the_table() -> None:
    first = curator()
    application = vetted(first)
    mine = Application.objects.filter(pk=application.pk)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"state": "accepted", "second_by": first}, "accepts|approve|four_eyes"),
        ({"state": "accepted", "second_by": application.mentor.user}, "nobody vets their own"),
        ({"state": "accepted", "second_by": None}, "accounts_application_second"),
        ({"state": "submitted"}, "cannot go from vetted to submitted"),
        ({"mentor": MentorFactory()}, "never changed"),
    ]
    for change, said in changes:
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            mine.update(**change)
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        ApplicationTick.objects.all().delete()
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        ApplicationStep.objects.update(comment="Other words")
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        Application.objects.create(mentor=application.mentor, created_at=NOW, state_since=NOW)
    mine.update(state=ApplicationState.ACCEPTED, second_by=curator())


def test_what_the_program_sees_is_read_as_it_is_now() -> None:
    for number in range(6):
        listed_mentor(f"M{number} Other", price_minor=10_000 + number)
    application = applied()
    before = {row.check: row.fact for row in checks.checklist(application)}
    SessionTypeFactory(
        mentor=application.mentor, price_minor=50_000, duration_minutes=30, currency="USD"
    )
    dear = {row.check: row.fact for row in checks.checklist(application)}[Check.PRICES]
    SessionType.objects.filter(mentor=application.mentor).update(price_minor=5_001)
    fair = {row.check: row.fact for row in checks.checklist(application)}[Check.PRICES]

    assert {check: fact.good for check, fact in before.items()} == {
        Check.IDENTITY: False,
        Check.PAYOUT_ACCOUNT: False,
        Check.REFERENCES: None,
        Check.PHOTO: False,
        Check.PRICES: False,
    }
    assert (dear.good, fair.good) == (False, True)
    assert dear.words == "Asks $1,000.00 USD an hour; nine in ten ask: $100.00 to $100.05 USD."
