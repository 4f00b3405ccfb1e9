"""A client's words on a page: a review that the public sees anyway, never an invented one."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from accounts.models import Mentor
from kernel.ids import BadPublicId, parse_public_id
from scheduling.models import Review

BEST = 5
LONG_ENOUGH, SHORT_ENOUGH = 40, 400  # letters; what reads well set large


@dataclass(frozen=True, slots=True)
class Told:
    """A review, and where to meet the mentor it is about."""

    review: Review
    mentor_name: str
    mentor_slug: str


def tell(*, reference: str = "", mentor_id: UUID | None = None) -> Told | None:
    """Return the review that is named, else the newest with five stars (of this mentor).

    None while it is hidden, its mentor is not live, or nobody has written one. One query.
    """
    reviews = Review.objects.published().filter(mentor__status=Mentor.Status.LIVE)
    if reference:
        try:
            reviews = reviews.filter(pk=parse_public_id("rev", reference.strip().lower()))
        except BadPublicId:
            return None
    else:
        length = Length("comment")
        reviews = reviews.filter(
            GreaterThanOrEqual(length, LONG_ENOUGH),
            LessThanOrEqual(length, SHORT_ENOUGH),
            rating=BEST,
        )
    if mentor_id is not None:
        reviews = reviews.filter(mentor_id=mentor_id)
    review = reviews.newest_first().select_related("client__user", "mentor__user").first()
    if review is None:
        return None
    return Told(review, review.mentor.user.name, review.mentor.slug)
