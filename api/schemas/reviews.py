"""A mentor's own reviews, and the reply to one."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Out, PlainText
from api.schemas.mentors import ReviewOut
from scheduling.models.review import COMMENT_LENGTH


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
