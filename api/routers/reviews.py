"""Reviews over HTTP: a mentor's own ones, the one reply to each, and reports of either."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from api.lookups import PublicId, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import mentor_of, principal_of, user_of
from api.schemas.base import problems
from api.schemas.mentors import ReviewOut
from api.schemas.reviews import (
    OwnReviewPage,
    OwnReviewQuery,
    ReplyRequest,
    ReviewReportOut,
    ReviewReportRequest,
)
from kernel import clock
from scheduling import review_reports, reviews
from scheduling.queries import ratings, reviews_of

router = Router(tags=["reviews"])
mine = Router(tags=["reviews"])

ReviewId = Annotated[PublicId, Path(..., alias="review_id")]


@mine.get(
    "/reviews",
    operation_id="mentors_me_reviews",
    auth=allowed("mentors_me_reviews"),
    response={200: OwnReviewPage, **problems(400, 403, 422)},
    summary="List the own reviews",
)
def mentors_me_reviews(request: HttpRequest, query: Query[OwnReviewQuery]) -> OwnReviewPage:
    """As the public sees them, the newest first, with the rating that they make."""
    mentor = mentor_of(request)
    rows = reviews_of(mentor_id=mentor.pk)
    if query.answered is not None:
        rows = rows.filter(reply__isnull=not query.answered)
    page = paginate(
        rows,
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of(
            "own reviews", principal_of(request), query.model_dump(include={"answered"})
        ),
    )
    rating = ratings([mentor.pk])[mentor.pk]
    return OwnReviewPage(
        rating=rating.mean,
        reviews_count=rating.count,
        items=[ReviewOut.of(review) for review in page.items],
        next=page.next,
        prev=page.prev,
    )


@router.post(
    "/{review_id}/reply",
    operation_id="reviews_reply",
    auth=allowed("reviews_reply"),
    response={201: ReviewOut, **problems(403, 404, 409, 422)},
    summary="Reply to a review",
)
def reviews_reply(
    request: HttpRequest, review_id: ReviewId, body: ReplyRequest
) -> Status[ReviewOut]:
    """Once, in public, by the session's mentor; it stays as it was written."""
    mentor = mentor_of(request)
    pk = parse_id("rev", review_id, "review")
    made = reviews.reply(review_id=pk, mentor=mentor, text=body.text, now=clock.now())
    return Status(201, ReviewOut.of(made.review))


@router.post(
    "/{review_id}/report",
    operation_id="reviews_report",
    auth=allowed("reviews_report"),
    response={201: ReviewReportOut, **problems(404, 409, 413, 415, 422, 429)},
    summary="Report a review or its reply",
)
def reviews_report(
    request: HttpRequest, review_id: ReviewId, body: ReviewReportRequest
) -> Status[ReviewReportOut]:
    """The staff look at it. Once until it is decided; nobody reports their own words."""
    made = review_reports.report(
        review_id=parse_id("rev", review_id, "review"),
        by=user_of(request),
        part=body.part,
        reason=body.reason,
        words=body.words,
        now=clock.now(),
    )
    return Status(201, ReviewReportOut.of(made))
