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
from scheduling import lifecycle, review_letters
from scheduling.models import Review, ReviewModeration, ReviewReply, ReviewReport, Session
from scheduling.models.review import COMMENT_LENGTH, REASON_LENGTH, Part

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
    """The review, or its reply, is hidden, or shown, already."""

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
    """Answer a review that is shown in public, once. Raises NotFound, AlreadyReplied, Invalid."""
    text = typed(text, name="text", longest=COMMENT_LENGTH, needed=True)
    with transaction.atomic():
        review = locked(review_id)
        if review.mentor_id != mentor.pk or not review.visible:
            raise _no_such_review()
        if ReviewReply.objects.filter(review=review).exists():
            raise AlreadyReplied(
                f"Review {review.public_id} has your reply already; it stays as you wrote it.",
                review_id=review.public_id,
            )
        return ReviewReply.objects.create(review=review, text=text, created_at=now)


def hide(
    *,
    review_id: UUID,
    by: User,
    reason: str,
    now: datetime,
    part: Part = Part.REVIEW,
    tell_author: bool = False,
) -> ReviewModeration:
    """Take a review, or its reply alone, out of sight and out of every count. For staff.

    Client and mentor are told by e-mail that it is hidden, whoever wrote it also why, if
    `tell_author`. Reports of it that wait are decided by it.
    Raises Forbidden, Invalid, NotFound, NothingToModerate.
    """
    hiding = ReviewModeration.Action.HIDE
    with transaction.atomic():
        done = _moderate(review_id, hiding, part, by=by, reason=reason, now=now)
        waiting = ReviewReport.objects.filter(review=done.review, part=part, decided_at=None)
        waiting.update(
            decision=ReviewReport.Decision.HIDDEN,
            decided_at=now,
            decided_by=by,
            decision_reason=done.reason,
        )
        review_letters.tell_moderated(done, reason=done.reason if tell_author else "")
        return done


def show(
    *, review_id: UUID, by: User, reason: str, now: datetime, part: Part = Part.REVIEW
) -> ReviewModeration:
    """Show again what was hidden, and count it; both are told. Raises what `hide` raises."""
    showing = ReviewModeration.Action.SHOW
    with transaction.atomic():
        done = _moderate(review_id, showing, part, by=by, reason=reason, now=now)
        review_letters.tell_moderated(done, reason="")
        return done


def require_moderator(user: User) -> None:
    """Raise Forbidden for whoever may not hide and show."""
    if not user.has_perm(MODERATE):
        raise Forbidden("Only the staff who moderate reviews may hide and show them.")


def require_third(review: Review, user: User) -> None:
    """Raise Forbidden where the person is one of the review's two: nobody judges an own case."""
    if user.pk in {review.client.user_id, review.mentor.user_id}:
        raise Forbidden("This review is yours, or about you: somebody else decides on it.")


def _moderate(
    review_id: UUID,
    action: ReviewModeration.Action,
    part: Part,
    *,
    by: User,
    reason: str,
    now: datetime,
) -> ReviewModeration:
    require_moderator(by)
    reason = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    review = locked(review_id)
    require_third(review, by)
    shown = action is ReviewModeration.Action.SHOW
    said = review if part is Part.REVIEW else ReviewReply.objects.filter(review=review).first()
    if said is None:
        raise NotFound(f"Review {review.public_id} has no reply.")
    if said.visible is shown:
        what = "Review" if part is Part.REVIEW else "The reply to review"
        raise NothingToModerate(
            f"{what} {review.public_id} is {'shown' if shown else 'hidden'} already.",
            review_id=review.public_id,
        )
    # The row's trigger moves `visible` along with it.
    return ReviewModeration.objects.create(
        review=review, part=part, at=now, by=by, action=action, reason=reason
    )


def locked(review_id: UUID) -> Review:
    """Return the review, its row locked. Raises NotFound."""
    review = Review.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None:
        raise _no_such_review()
    return review


def _no_such_review() -> NotFound:
    return NotFound("There is no such review, or it is not yours to answer.")
