"""Reports of reviews and of replies: made by whoever is signed in, decided by the staff.

Hiding decides them as well (`reviews.hide`). Lock: the review's row. Each function opens its own
transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from kernel import audit, limits
from kernel.errors import Forbidden, Invalid, Kind, NotFound, Refusal
from kernel.texts import typed
from scheduling import reviews
from scheduling.models import Review, ReviewReport
from scheduling.models.review import REASON_LENGTH, WORDS_LENGTH, Part

REPORTS = limits.Limit("review-reports", 10, timedelta(days=1))


class ReviewAlreadyReported(Refusal):
    """The same person's report of the same text waits to be looked at."""

    code = "review_already_reported"


class TooManyReviewReports(Refusal):
    """The person reported reviews as often as one may within a day."""

    code = "too_many_review_reports"
    kind = Kind.TOO_MANY


class ReportDecided(Refusal):
    """The report was decided already, by whom and when its screen says."""

    code = "report_decided"


def report(
    *, review_id: UUID, by: User, part: str, reason: str, words: str, now: datetime
) -> ReviewReport:
    """Bring a visible review, or its visible reply, before the staff.

    Raises NotFound, Invalid (one's own text among it), ReviewAlreadyReported,
    TooManyReviewReports (fact `retry_after`, seconds).
    """
    words = typed(words, name="words", longest=WORDS_LENGTH)
    for name, value, known in (
        ("part", part, Part.values),
        ("reason", reason, ReviewReport.Reason.values),
    ):
        if value not in known:
            raise Invalid(f"{name} is one of {', '.join(known)}.", pointer=f"/{name}")
    with transaction.atomic():
        # Read behind the lock: hiding decides the reports that wait, and none comes after it.
        reviews.locked(review_id)
        found = Review.objects.published().select_related("client", "mentor", "reply")
        review = found.filter(pk=review_id).first()
        if review is None or (part == Part.REPLY and review.shown_reply is None):
            raise NotFound("There is no such review, or it is not shown.")
        author = review.client.user_id if part == Part.REVIEW else review.mentor.user_id
        if author == by.pk:
            raise Invalid("These words are your own.", pointer="/part")
        waiting = ReviewReport.objects.filter(
            reporter=by, review=review, part=part, decided_at=None
        )
        if waiting.exists():
            raise ReviewAlreadyReported(
                "You have reported this already. We look at it; there is nothing more to do.",
                review_id=review.public_id,
            )
        _count(by, now)
        return ReviewReport.objects.create(
            review=review, part=part, reporter=by, reason=reason, words=words, made_at=now
        )


def dismiss(*, report_id: UUID, by: User, reason: str, now: datetime) -> ReviewReport:
    """Leave what was reported as it is. Raises Forbidden, Invalid, NotFound, ReportDecided."""
    reviews.require_moderator(by)
    reason = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    with transaction.atomic():
        rows = ReviewReport.objects.select_related("review__client", "review__mentor")
        made = rows.select_for_update(of=("self",)).filter(pk=report_id).first()
        if made is None:
            raise NotFound("There is no such report.")
        if by.pk == made.reporter_id:
            raise Forbidden("This report is your own: somebody else decides it.")
        reviews.require_third(made.review, by)
        if made.decided_at is not None:
            raise ReportDecided(f"Report {made.public_id} was decided already.")
        made.decision = ReviewReport.Decision.DISMISSED
        made.decided_at, made.decided_by, made.decision_reason = now, by, reason
        made.save()
        audit.record(
            actor=by.public_id,
            action="review_report.dismissed",
            object_type="review report",
            object_id=made.public_id,
            data={"reason": reason},
        )
        return made


def reports_for(user: User) -> QuerySet[ReviewReport]:
    """Return the reports that a staff person may see: no own ones, and none of their reviews."""
    return (
        ReviewReport.objects.exclude(reporter=user)
        .exclude(review__client__user=user)
        .exclude(review__mentor__user=user)
    )


def _count(by: User, now: datetime) -> None:
    counted = limits.count(REPORTS, subject=by.public_id, now=now)
    if not counted.allowed:
        raise TooManyReviewReports(
            f"You have reported {REPORTS.quota} reviews today; report the rest tomorrow.",
            retry_after=counted.reset_seconds,
        )
