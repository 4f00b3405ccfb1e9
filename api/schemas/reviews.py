"""A mentor's own reviews, and the reply to one."""

from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Out, PlainText
from api.schemas.mentors import ReviewOut
from kernel.ids import public_id
from scheduling.models import ReviewReport
from scheduling.models.review import COMMENT_LENGTH, WORDS_LENGTH

ReviewPart = Literal["review", "reply"]
ReviewReportReason = Literal["insulting", "private", "untrue", "advertising", "other"]


class OwnReviewQuery(BaseModel):
    """Which of the own reviews to list."""

    answered: Annotated[
        bool | None, Field(description="Only those with a reply, or only those without.")
    ] = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class OwnReviewPage(Out):
    """A page of the own reviews, and the rating that all visible ones make."""

    rating: float | None
    reviews_count: int
    items: list[ReviewOut]
    next: str | None
    prev: str | None


class ReplyRequest(Body):
    """Answer a review."""

    text: Annotated[PlainText, Field(min_length=1, max_length=COMMENT_LENGTH)]


class ReviewReportRequest(Body):
    """What is wrong with a review, or with the mentor's reply."""

    part: ReviewPart = "review"
    reason: ReviewReportReason
    words: Annotated[PlainText, Field(max_length=WORDS_LENGTH)] = ""


class ReviewReportOut(Out):
    """A report that waits to be looked at. Nobody but its author and the staff sees it."""

    id: str
    review_id: str
    part: ReviewPart
    reason: ReviewReportReason
    made_at: datetime

    @classmethod
    def of(cls, report: ReviewReport) -> "ReviewReportOut":
        return cls(
            id=report.public_id,
            review_id=public_id("rev", report.review_id),
            part=cast("ReviewPart", report.part),
            reason=cast("ReviewReportReason", report.reason),
            made_at=report.made_at,
        )
