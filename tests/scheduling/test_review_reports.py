"""Reviews and replies are reported, hidden and shown; both people are told, and it is history."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import Error, connection, transaction

from accounts.models import User
from kernel.errors import Forbidden, Invalid, NotFound
from notifications.models import Email
from scheduling import queries, review_reports, reviews
from scheduling.models import Review, ReviewModeration, ReviewReply, ReviewReport
from scheduling.models.review import Part
from tests.factories.people import ClientFactory, UserFactory
from tests.factories.reviews import reviewed
from tests.factories.scheduling import open_mentor

pytestmark = pytest.mark.django_db

TEN = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
LATER = TEN + timedelta(days=3)
REVIEW, REPLY = Part.REVIEW, Part.REPLY


@pytest.fixture
def review() -> Review:
    """A review with its mentor's reply."""
    made = reviewed(
        session_type=open_mentor(),
        rating=1,
        starts_at=TEN,
        comment="Bad.",
        client=ClientFactory(user__name="Ann"),
    )
    reviews.reply(review_id=made.pk, mentor=made.mentor, text="You are.", now=LATER)
    return made


def moderator() -> User:
    user = UserFactory.create()
    user.user_permissions.add(Permission.objects.get(codename="moderate_review"))
    return User.objects.get(pk=user.pk)


def report(review: Review, by: User, part: str = REVIEW, reason: str = "untrue") -> ReviewReport:
    return review_reports.report(
        review_id=review.pk, by=by, part=part, reason=reason, words=" Look. ", now=LATER
    )


def test_anybody_reports_either_text_once_and_nobody_their_own(review: Review) -> None:
    mentor, client, stranger = review.mentor.user, review.client.user, UserFactory.create()

    made = [report(review, mentor), report(review, stranger), report(review, client, REPLY)]

    assert [(one.state, one.words, one.part) for one in made] == [
        ("open", "Look.", "review"),
        ("open", "Look.", "review"),
        ("open", "Look.", "reply"),
    ]
    with pytest.raises(review_reports.ReviewAlreadyReported):
        report(review, mentor)
    for by, part in ((client, REVIEW), (mentor, REPLY)):
        with pytest.raises(Invalid, match="your own"):
            report(review, by, part)
    assert ReviewReport.objects.count() == 3


def test_what_is_not_shown_or_not_known_is_not_reported(review: Review) -> None:
    stranger = UserFactory.create()
    for part, reason in (("title", "untrue"), (REVIEW, "boring")):
        with pytest.raises(Invalid):
            report(review, stranger, part, reason)
    reviews.hide(review_id=review.pk, by=moderator(), reason="x", now=LATER, part=REPLY)
    with pytest.raises(NotFound):
        report(review, stranger, REPLY)
    reviews.hide(review_id=review.pk, by=moderator(), reason="x", now=LATER)
    with pytest.raises(NotFound):
        report(review, stranger)

    assert ReviewReport.objects.count() == 0


def test_so_many_reports_a_day_and_no_more(review: Review) -> None:
    stranger, staff = UserFactory.create(), moderator()
    for _ in range(10):
        made = report(review, stranger)
        review_reports.dismiss(report_id=made.pk, by=staff, reason="Fine.", now=LATER)

    with pytest.raises(review_reports.TooManyReviewReports):
        report(review, stranger)

    assert report(review, staff).state == "open"


def test_hiding_decides_every_report_of_that_text_and_dismissing_one(review: Review) -> None:
    staff = moderator()
    dismissed, waiting = report(review, UserFactory.create()), report(review, review.mentor.user)
    of_reply = report(review, review.client.user, REPLY)

    review_reports.dismiss(report_id=dismissed.pk, by=staff, reason="It is true.", now=LATER)
    reviews.hide(review_id=review.pk, by=staff, reason="Insults.", now=LATER)

    rows = {one.pk: one for one in ReviewReport.objects.all()}
    assert [rows[one.pk].state for one in (dismissed, waiting, of_reply)] == [
        "dismissed",
        "hidden",
        "open",
    ]
    assert (rows[waiting.pk].decided_by, rows[waiting.pk].decision_reason) == (staff, "Insults.")
    with pytest.raises(review_reports.ReportDecided):
        review_reports.dismiss(report_id=waiting.pk, by=staff, reason="Again.", now=LATER)
    with pytest.raises(Forbidden):
        review_reports.dismiss(
            report_id=of_reply.pk, by=review.client.user, reason="Mine.", now=LATER
        )


def test_a_reply_is_hidden_alone_and_counts_as_given(review: Review) -> None:
    staff = moderator()

    reviews.hide(review_id=review.pk, by=staff, reason="Rude.", now=LATER, part=REPLY)

    [shown] = queries.reviews_of(mentor_id=review.mentor_id)
    assert (shown.visible, shown.shown_reply) == (True, None)
    assert queries.ratings([review.mentor_id])[review.mentor_id].count == 1
    with pytest.raises(reviews.AlreadyReplied):
        reviews.reply(review_id=review.pk, mentor=review.mentor, text="Sorry.", now=LATER)
    with pytest.raises(reviews.NothingToModerate, match="The reply to review"):
        reviews.hide(review_id=review.pk, by=staff, reason="Rude.", now=LATER, part=REPLY)

    reviews.show(review_id=review.pk, by=staff, reason="A second look.", now=LATER, part=REPLY)

    [shown] = queries.reviews_of(mentor_id=review.mentor_id)
    assert shown.shown_reply == ReviewReply.objects.get()
    acts = ReviewModeration.objects.order_by("id").values_list("part", "action")
    assert list(acts) == [("reply", "hide"), ("reply", "show")]


@pytest.mark.parametrize("part", [REVIEW, REPLY])
@pytest.mark.parametrize("tell_author", [False, True])
def test_both_are_told_and_only_its_author_why(
    review: Review, part: Part, tell_author: bool
) -> None:
    reviews.hide(
        review_id=review.pk,
        by=moderator(),
        reason="Names a third person.",
        now=LATER,
        part=part,
        tell_author=tell_author,
    )

    author = review.client if part == REVIEW else review.mentor
    told = {mail.to: mail for mail in Email.objects.filter(template="review_moderated")}
    assert set(told) == {review.client.user.email, review.mentor.user.email}
    assert all("is hidden" in mail.subject for mail in told.values())
    for to, mail in told.items():
        for body in (mail.text, mail.html):
            assert ("third person" in body) == (tell_author and to == author.user.email)


def test_a_review_without_a_reply_has_none_to_hide() -> None:
    alone = reviewed(session_type=open_mentor(), rating=5, starts_at=TEN)

    with pytest.raises(NotFound):
        reviews.hide(review_id=alone.pk, by=moderator(), reason="x", now=LATER, part=REPLY)
    with pytest.raises(Error, match="there is not"), transaction.atomic():
        ReviewModeration.objects.create(
            review=alone, part=REPLY, at=LATER, by=moderator(), action="hide", reason="x"
        )


def test_no_reply_begins_hidden() -> None:
    alone = reviewed(session_type=open_mentor(), rating=5, starts_at=TEN)
    row = {"review": alone, "text": "Thanks.", "created_at": LATER}

    with pytest.raises(Error, match="until a moderation"), transaction.atomic():
        ReviewReply.objects.create(visible=False, **row)

    assert ReviewReply.objects.create(**row).visible is True


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_reviewreport SET words = 'x'",
        "UPDATE scheduling_reviewreport SET decision_reason = 'x' WHERE decided_at IS NOT NULL",
        "DELETE FROM scheduling_reviewreport",
    ],
)
def test_reports_are_history(review: Review, statement: str) -> None:
    made = report(review, review.mentor.user)
    review_reports.dismiss(report_id=made.pk, by=moderator(), reason="It is true.", now=LATER)

    with pytest.raises(Error, match=r"history|never changed"), transaction.atomic():
        connection.cursor().execute(statement)


def test_nobody_of_the_staff_decides_on_what_is_theirs(review: Review) -> None:
    made = report(review, UserFactory.create())
    for person in (review.client.user, review.mentor.user, made.reporter):
        person.user_permissions.add(Permission.objects.get(codename="moderate_review"))
        by = User.objects.get(pk=person.pk)
        with pytest.raises(Forbidden, match="somebody else"):
            dismiss(made, by)
        for part in (REVIEW, REPLY) if by != made.reporter else ():
            with pytest.raises(Forbidden, match="somebody else"):
                hide(review, by, part)
        assert not review_reports.reports_for(by).exists()

    assert review_reports.reports_for(moderator()).get() == made
    assert dismiss(made, moderator()).state == "dismissed"


def hide(review: Review, by: User, part: Part = REVIEW) -> ReviewModeration:
    return reviews.hide(review_id=review.pk, by=by, part=part, reason="x", now=LATER)


def dismiss(made: ReviewReport, by: User) -> ReviewReport:
    return review_reports.dismiss(report_id=made.pk, by=by, reason="x", now=LATER)


def test_a_hidden_review_is_not_answered(review: Review) -> None:
    other = reviewed(
        session_type=review.session.session_type, rating=2, starts_at=TEN + timedelta(days=1)
    )
    hide(other, moderator())

    with pytest.raises(NotFound):
        reviews.reply(review_id=other.pk, mentor=other.mentor, text="So?", now=LATER)

    reviews.show(review_id=other.pk, by=moderator(), reason="x", now=LATER)
    assert reviews.reply(review_id=other.pk, mentor=other.mentor, text="So?", now=LATER).visible


def test_a_report_that_is_refused_as_made_already_counts_for_nothing(review: Review) -> None:
    by = UserFactory.create()
    report(review, by)
    for _ in range(review_reports.REPORTS.quota):
        with pytest.raises(review_reports.ReviewAlreadyReported):
            report(review, by)

    assert report(review, by, REPLY).state == "open"


@pytest.mark.django_db(transaction=True)
def test_a_report_meets_the_hiding_that_it_waited_for() -> None:
    """Hiding decides what waits: a report that slips in behind it would wait for nobody."""
    made = reviewed(session_type=open_mentor(), rating=1, starts_at=TEN)
    by, stranger = moderator(), UserFactory.create()
    hidden, asked = threading.Event(), threading.Event()

    def hide_slowly() -> None:
        try:
            with transaction.atomic():
                hide(made, by)
                hidden.set()
                asked.wait(0.5)
        finally:
            connection.close()

    hider = threading.Thread(target=hide_slowly)
    hider.start()
    assert hidden.wait(20)
    with pytest.raises(NotFound):
        report(made, stranger)
    hider.join()

    assert not ReviewReport.objects.exists()
