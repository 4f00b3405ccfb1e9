"""Reviews: a client leaves one, the mentor replies once, the staff hide and show with a reason.

A review is verified by construction: only a completed session has one, by its own client, and
leaving it moves the session to *reviewed*. Knows no page and no directory; `queries.ratings` is
what everybody counts by. Each function opens its own transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Client, Mentor, User
from kernel.errors import Forbidden, Invalid, NotFound, Refusal
from kernel.texts import typed
from scheduling import lifecycle
from scheduling.models import Review, ReviewModeration, ReviewReply, Session
from scheduling.models.review import COMMENT_LENGTH, REASON_LENGTH

REVIEW_WITHIN = timedelta(days=30)
MODERATE = "scheduling.moderate_review"


class AlreadyReviewed(Refusal):
    """The session has a review; a review is left once and never rewritten."""

    code = "already_reviewed"


class ReviewTooLate(Refusal):
    """A review is left within thirty days of the session's end."""

    code = "review_too_late"


class AlreadyReplied(Refusal):
    """The review has the mentor's reply; there is one to each."""

    code = "already_replied"


class NothingToModerate(Refusal):
    """The review is hidden, or shown, already."""

    code = "nothing_to_moderate"


def leave(
    *,
    session_id: UUID,
    client: Client,
    rating: int,
    comment: str,
    now: datetime,
    preparation: int | None = None,
    clarity: int | None = None,
    usefulness: int | None = None,
) -> Review:
    """Leave the client's review of a completed session, which becomes *reviewed*.

    Stars are 1 to 5; the sub-scores may stay out. Raises NotFound for another's session,
    AlreadyReviewed, NotReviewable where it is not completed, ReviewTooLate, Invalid.
    """
    stars = {
        "rating": rating,
        "preparation": preparation,
        "clarity": clarity,
        "usefulness": usefulness,
    }
    for name, value in stars.items():
        if value is not None and not 1 <= value <= 5:
            raise Invalid(f"{name} is 1 to 5 stars.", pointer=f"/{name}")
    comment = typed(comment, name="comment", longest=COMMENT_LENGTH)
    with transaction.atomic():
        # The session's row first: two tabs that press the button queue up here.
        session = (
            Session.objects.select_for_update(of=("self",))
            .filter(pk=session_id, client=client)
            .first()
        )
        if session is None:
            raise NotFound("There is no such session, or it is not yours to review.")
        _require_open(session, now)
        lifecycle.review(session_id=session_id, actor=client.user.public_id, now=now)
        return Review.objects.create(
            session_id=session_id,
            client=client,
            mentor_id=session.mentor_id,
            comment=comment,
            created_at=now,
            **stars,
        )


def _require_open(session: Session, now: datetime) -> None:
    if Review.objects.filter(session=session).exists():
        raise AlreadyReviewed(
            f"Session {session.public_id} has your review already; it stays as you wrote it.",
            session_id=session.public_id,
        )
    if session.completed_at is not None and now >= session.completed_at + REVIEW_WITHIN:
        raise ReviewTooLate(
            f"Session {session.public_id} ended on {session.completed_at:%Y-%m-%d}; a review is "
            f"left within {REVIEW_WITHIN.days} days. Write to the mentor instead.",
            session_id=session.public_id,
        )


def reply(*, review_id: UUID, mentor: Mentor, text: str, now: datetime) -> ReviewReply:
    """Answer a review in public, once. Raises NotFound, AlreadyReplied, Invalid."""
    text = typed(text, name="text", longest=COMMENT_LENGTH, needed=True)
    with transaction.atomic():
        review = _locked(review_id)
        if review.mentor_id != mentor.pk:
            raise _no_such_review()
        if ReviewReply.objects.filter(review=review).exists():
            raise AlreadyReplied(
                f"Review {review.public_id} has your reply already; it stays as you wrote it.",
                review_id=review.public_id,
            )
        return ReviewReply.objects.create(review=review, text=text, created_at=now)


def hide(*, review_id: UUID, by: User, reason: str, now: datetime) -> ReviewModeration:
    """Take a review out of sight and out of every count. For staff, with a reason.

    Raises Forbidden, Invalid, NotFound, NothingToModerate.
    """
    return _moderate(review_id, ReviewModeration.Action.HIDE, by=by, reason=reason, now=now)


def show(*, review_id: UUID, by: User, reason: str, now: datetime) -> ReviewModeration:
    """Show a hidden review again, and count it. Raises what `hide` raises."""
    return _moderate(review_id, ReviewModeration.Action.SHOW, by=by, reason=reason, now=now)


def _moderate(
    review_id: UUID, action: ReviewModeration.Action, *, by: User, reason: str, now: datetime
) -> ReviewModeration:
    if not by.has_perm(MODERATE):
        raise Forbidden("Only the staff who moderate reviews may hide and show them.")
    reason = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    with transaction.atomic():
        review = _locked(review_id)
        shown = action is ReviewModeration.Action.SHOW
        if review.visible is shown:
            raise NothingToModerate(
                f"Review {review.public_id} is {'shown' if shown else 'hidden'} already.",
                review_id=review.public_id,
            )
        # The row's trigger moves `visible` along with it.
        return ReviewModeration.objects.create(
            review=review, at=now, by=by, action=action, reason=reason
        )


def _locked(review_id: UUID) -> Review:
    review = Review.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None:
        raise _no_such_review()
    return review


def _no_such_review() -> NotFound:
    return NotFound("There is no such review, or it is not yours to answer.")
