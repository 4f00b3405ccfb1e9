"""Reviews: left once, by the client, about a session that took place; replied to, moderated."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, User
from kernel.errors import Forbidden, Invalid, NotFound
from scheduling import lifecycle, queries, reviews
from scheduling.models import Review, ReviewModeration, ReviewReply, Session, SessionEvent
from scheduling.scores import Rating, in_words
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import confirmed, open_mentor

pytestmark = pytest.mark.django_db

TEN = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
ENDED = TEN + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def session() -> Session:
    return completed(client=ClientFactory(user__name="Ann Baker"))


def completed(*, client: Client | None = None, kind: Any = None, at: datetime = TEN) -> Session:
    session = confirmed(session_type=kind or open_mentor(), starts_at=at, client=client)
    lifecycle.advance_due(now=at + timedelta(hours=1))
    session.refresh_from_db()
    return session


def leave(session: Session, rating: int = 5, **more: Any) -> Review:
    asked = {"comment": "Clear and kind.", "now": ENDED + DAY, "client": session.client, **more}
    return reviews.leave(session_id=session.pk, rating=rating, **asked)


def moderator() -> User:
    user = UserFactory.create()
    user.user_permissions.add(Permission.objects.get(codename="moderate_review"))
    return User.objects.get(pk=user.pk)


def test_a_review_moves_the_session_to_reviewed_and_says_who_did_it(session: Session) -> None:
    review = leave(session, 4, preparation=5, comment="  Clear and kind. ")

    session.refresh_from_db()
    assert session.state == "reviewed"
    assert (review.rating, review.preparation, review.clarity) == (4, 5, None)
    assert (review.comment, review.created_at) == ("Clear and kind.", ENDED + DAY)
    assert (review.mentor_id, review.client_id) == (session.mentor_id, session.client_id)
    assert review.public_id.startswith("rev_")
    event = SessionEvent.objects.get(event="review")
    assert (event.actor, event.to_state) == (session.client.user.public_id, "reviewed")


def test_a_session_has_one_review(session: Session) -> None:
    leave(session)

    with pytest.raises(reviews.AlreadyReviewed):
        leave(session, 1)

    assert [review.rating for review in Review.objects.all()] == [5]


def test_a_session_that_has_not_ended_is_not_reviewed() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN)

    with pytest.raises(lifecycle.NotReviewable):
        leave(session, now=TEN - DAY)

    session.refresh_from_db()
    assert (session.state, Review.objects.count()) == ("confirmed", 0)


@pytest.mark.parametrize(("late", "left"), [(timedelta(seconds=-1), 1), (timedelta(0), 0)])
def test_the_thirtieth_day_is_the_last(session: Session, late: timedelta, left: int) -> None:
    at = ENDED + timedelta(days=30) + late

    if left:
        leave(session, now=at)
    else:
        with pytest.raises(reviews.ReviewTooLate):
            leave(session, now=at)

    session.refresh_from_db()
    assert Review.objects.count() == left
    assert session.state == ("reviewed" if left else "completed")


def test_a_strangers_session_is_like_a_missing_one(session: Session) -> None:
    with pytest.raises(NotFound) as anothers:
        leave(session, client=ClientFactory())
    with pytest.raises(NotFound) as missing:
        reviews.leave(
            session_id=session.client_id, client=session.client, rating=5, comment="", now=ENDED
        )

    assert anothers.value.detail == missing.value.detail
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"rating": 0}, "/rating"),
        ({"rating": 6}, "/rating"),
        ({"clarity": 0}, "/clarity"),
        ({"usefulness": 6}, "/usefulness"),
        ({"comment": "x" * 2001}, "/comment"),
        ({"comment": "nul\x00"}, "/comment"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    session: Session, more: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        leave(session, **more)

    assert refused.value.facts == {"pointer": pointer}
    session.refresh_from_db()
    assert session.state == "completed"


def test_the_mentor_replies_once(session: Session) -> None:
    review = leave(session)

    reviews.reply(review_id=review.pk, mentor=session.mentor, text=" Thank you! ", now=ENDED + DAY)
    with pytest.raises(reviews.AlreadyReplied):
        reviews.reply(review_id=review.pk, mentor=session.mentor, text="And…", now=ENDED + DAY)

    assert [reply.text for reply in ReviewReply.objects.all()] == ["Thank you!"]


def test_another_mentor_cannot_reply_and_silence_is_no_reply(session: Session) -> None:
    review = leave(session)

    with pytest.raises(NotFound):
        reviews.reply(review_id=review.pk, mentor=MentorFactory(), text="Me!", now=ENDED)
    with pytest.raises(Invalid):
        reviews.reply(review_id=review.pk, mentor=session.mentor, text="  ", now=ENDED)

    assert ReviewReply.objects.count() == 0


def test_a_hidden_review_leaves_every_list_and_count_and_comes_back(session: Session) -> None:
    review, staff = leave(session), moderator()
    shown = [queries.ratings([session.mentor_id])[session.mentor_id]]

    for act in (reviews.hide, reviews.show):
        act(review_id=review.pk, by=staff, reason="Names a third person.", now=ENDED + DAY)
        shown.append(queries.ratings([session.mentor_id])[session.mentor_id])
        listed = queries.reviews_of(mentor_id=session.mentor_id).count()
        assert listed == shown[-1].count

    assert shown == [Rating(1, 5), Rating(0, 0), Rating(1, 5)]
    acts = ReviewModeration.objects.order_by("id").values_list("action", "reason", "by")
    assert list(acts) == [
        ("hide", "Names a third person.", staff.pk),
        ("show", "Names a third person.", staff.pk),
    ]


def test_moderation_needs_the_permission_a_reason_and_something_to_do(session: Session) -> None:
    review, staff = leave(session), moderator()

    with pytest.raises(Forbidden):
        reviews.hide(review_id=review.pk, by=session.mentor.user, reason="No!", now=ENDED)
    with pytest.raises(Invalid):
        reviews.hide(review_id=review.pk, by=staff, reason=" ", now=ENDED)
    with pytest.raises(reviews.NothingToModerate):
        reviews.show(review_id=review.pk, by=staff, reason="Shown.", now=ENDED)
    with pytest.raises(NotFound):
        reviews.hide(review_id=session.pk, by=staff, reason="Spam.", now=ENDED)

    assert (Review.objects.get().visible, ReviewModeration.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_review SET rating = 1",
        "UPDATE scheduling_review SET comment = 'Bad'",
        "UPDATE scheduling_review SET visible = false",
        "DELETE FROM scheduling_review",
        "UPDATE scheduling_reviewreply SET text = 'Liar'",
        "UPDATE scheduling_reviewreply SET visible = false",
        "DELETE FROM scheduling_reviewreply",
        "UPDATE scheduling_reviewmoderation SET reason = 'none'",
        "DELETE FROM scheduling_reviewmoderation",
    ],
)
def test_what_was_said_is_never_rewritten(session: Session, statement: str) -> None:
    review, staff = leave(session), moderator()
    reviews.reply(review_id=review.pk, mentor=session.mentor, text="Thanks.", now=ENDED)
    for act in (reviews.hide, reviews.show):
        act(review_id=review.pk, by=staff, reason="Looked at.", now=ENDED)

    with pytest.raises(Error, match="history"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Review.objects.get().rating == 5


@pytest.mark.parametrize("wrong", ["state", "client", "mentor", "visible"])
def test_no_review_is_inserted_past_its_session(session: Session, wrong: str) -> None:
    if wrong != "state":
        with transaction.atomic():
            lifecycle.review(session_id=session.pk, actor="usr_1", now=ENDED)
    row = Review(
        session=session,
        client=ClientFactory() if wrong == "client" else session.client,
        mentor=MentorFactory() if wrong == "mentor" else session.mentor,
        rating=5,
        visible=wrong != "visible",
        created_at=ENDED,
    )

    with pytest.raises(Error, match="reviewed session by its own people"), transaction.atomic():
        row.save(force_insert=True)

    assert Review.objects.count() == 0


def test_ratings_take_one_query_for_one_and_for_three_mentors() -> None:
    counts = []
    mentors = []
    for stars in (5, 4, 3):
        session = completed()
        leave(session, stars)
        mentors.append(session.mentor_id)
        with CaptureQueriesContext(connection) as captured:
            found = queries.ratings([*mentors, MentorFactory().pk])
        counts.append(len([q for q in captured if "scheduling_review" in q["sql"]]))

    assert counts == [1, 1, 1]
    assert list(found.values()) == [Rating(1, 5), Rating(1, 4), Rating(1, 3), Rating(0, 0)]


def test_the_score_leans_on_the_prior_until_reviews_outweigh_it() -> None:
    # (5 × 4 + stars) / (5 + count)
    assert Rating(0, 0).score == 4.0
    assert Rating(3, 15).score == 35 / 8  # 4.375: three times five stars …
    assert Rating(40, 192).score == 212 / 45  # 4.711…: … rank below forty of 4.8
    assert Rating(2, 2).score == 22 / 7


def test_the_mean_is_shown_to_a_tenth_halves_up_and_never_invented() -> None:
    assert Rating(0, 0).mean is None
    assert Rating(3, 14).mean == 4.7  # 4.666…
    assert Rating(20, 93).mean == 4.7  # 4.65
    assert Rating(4, 13).mean == 3.3  # 3.25


@pytest.mark.parametrize(
    ("stars", "word"),
    [
        (1, "Poor"),
        (2, "Fair"),
        (3.4, "Good"),
        (4.4, "Very good"),
        (4.5, "Excellent"),
        (5, "Excellent"),
    ],
)
def test_stars_have_a_word(stars: float, word: str) -> None:
    assert in_words(stars) == word


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_that_send_at_once_leave_one_review(session: Session) -> None:
    gate, answers = threading.Barrier(8), []

    def send() -> None:
        try:
            gate.wait()
            leave(session)
            answers.append("left")
        except reviews.AlreadyReviewed:
            answers.append("refused")
        finally:
            connection.close()

    tabs = [threading.Thread(target=send) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert sorted(answers) == ["left"] + ["refused"] * 7
    assert (Review.objects.count(), SessionEvent.objects.filter(event="review").count()) == (1, 1)
