"""The directory's shapes: a mentor in a list, a profile, free slots, and why one is not free."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from accounts.names import short_name
from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Currency, Instant, MoneyOut, Out, PlainText
from cms.completing import Suggestion
from cms.directory import Profile
from cms.filtering import Entry, Filters, Offer, Sort
from cms.pictures import portrait_path
from kernel.ids import public_id
from scheduling.models import Review

MinorUnits = Annotated[int, Field(ge=0, le=10**12, description="Minor units.")]


class MentorQuery(BaseModel):
    """What a reader of the directory may ask for."""

    q: Annotated[PlainText, Field(max_length=200, description="Words.")] = ""
    price_min: MinorUnits | None = None
    price_max: MinorUnits | None = None
    currency: Currency | None = None
    rating_min: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None = None
    location: Annotated[PlainText, Field(max_length=80)] = ""
    language: Annotated[PlainText, Field(max_length=35, description="BCP 47.")] = ""
    free_from: Instant | None = None
    free_to: Instant | None = None
    duration: Annotated[int, Field(ge=5, le=1440, description="Minutes.")] | None = None
    sort: Sort = Sort.RELEVANCE
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT

    def filters(self) -> Filters:
        """Return the directory's own words for it."""
        asked = self.model_dump(exclude={"cursor", "limit", "currency"})
        return Filters(**asked, currency=self.currency or "")


class MentorItem(Out):
    """A mentor as the directory lists one. `price` is the lowest that fits what was asked."""

    slug: str
    name: str
    headline: str
    expertise: list[str]
    price: MoneyOut | None
    rating: float | None
    reviews_count: int
    location: str
    languages: list[str]
    time_zone: Annotated[str, Field(description="IANA.")]
    next_free_at: datetime | None
    portrait_url: Annotated[str, Field(description="Relative to this host: photo or drawing.")]

    @classmethod
    def of(cls, entry: Entry, **more: Any) -> "MentorItem":
        return cls(**cls.values(entry), **more)

    @staticmethod
    def values(entry: Entry) -> dict[str, Any]:
        """Return the members as values that `api.rendering` writes, for lists."""
        price = entry.price
        return {
            "slug": entry.slug,
            "name": entry.name,
            "headline": entry.headline,
            "expertise": list(entry.expertise),
            "price": {"amount": price.amount_minor, "currency": price.currency} if price else None,
            "rating": entry.rating,
            "reviews_count": entry.reviews_count,
            "location": entry.location,
            "languages": list(entry.languages),
            "time_zone": entry.time_zone,
            "next_free_at": entry.free_at,
            "portrait_url": portrait_path(entry.slug),
        }


class MentorPage(Out):
    """A page of the directory; `relaxed` names the filters dropped because nothing fitted."""

    items: list[MentorItem]
    next: str | None
    prev: str | None
    total: int
    total_is_exact: Annotated[
        bool,
        Field(description="False: more fit, and total and facets are of the first so many."),
    ]
    facets: dict[str, dict[str, int]]
    relaxed: list[str]
    corrected: Annotated[
        str | None, Field(description="The words searched for in place of `q`; null for `q`.")
    ]


class SuggestionOut(Out):
    """Words to search for."""

    text: str
    kind: Annotated[Literal["subject", "word"], Field(description="Of expertise, or any word.")]
    mentors: Annotated[int, Field(description="How many say it, as of last night.")]
    corrects: Annotated[bool, Field(description="True: no completion, but what was likely meant.")]

    @classmethod
    def of(cls, found: Suggestion) -> "SuggestionOut":
        return cls.model_validate(found, from_attributes=True)


class SuggestionList(Out):
    """What the reader may be about to type, the likeliest first."""

    items: list[SuggestionOut]


class PolicyTier(Out):
    """Cancelled at least `hours_before` the start, `refund_bps`/10000 of the price comes back."""

    hours_before: int
    refund_bps: int


class PolicyOut(Out):
    """A cancellation policy as a booking freezes it."""

    name: str
    version: int
    tiers: list[PolicyTier]
    late_bearer: Annotated[str, Field(description="Who bears the gateway's fee on a late one.")]

    @classmethod
    def of(cls, frozen: Any) -> "PolicyOut":
        return cls.model_validate(dict(frozen))


class SessionTypeOut(Out):
    """What a mentor sells."""

    id: str
    name: str
    description: str
    duration_minutes: int
    price: MoneyOut
    policy: PolicyOut
    capacity: Annotated[int, Field(description="Seats: one, or more for a group.")]

    @classmethod
    def of(cls, offer: Offer) -> "SessionTypeOut":
        return cls(
            id=public_id("sty", offer.id),
            name=offer.name,
            description=offer.description,
            duration_minutes=offer.duration_minutes,
            price=MoneyOut.of(offer.price),
            policy=PolicyOut.of(offer.policy),
            capacity=offer.capacity,
        )


Stars = Annotated[int, Field(ge=1, le=5, description="1 is poor, 5 is excellent.")]


class ReplyOut(Out):
    """What the mentor answered."""

    text: str
    created_at: datetime


class ReviewOut(Out):
    """What a client said about a session that took place."""

    id: str
    author: Annotated[str, Field(description="First name and initial.")]
    rating: Stars
    preparation: Stars | None
    clarity: Stars | None
    usefulness: Stars | None
    comment: str
    created_at: datetime
    reply: ReplyOut | None

    @classmethod
    def of(cls, review: Review) -> "ReviewOut":
        """Return the shape; load the review with its client's user and its reply."""
        reply = review.shown_reply
        return cls(
            id=review.public_id,
            author=short_name(review.client.user.name),
            rating=review.rating,
            preparation=review.preparation,
            clarity=review.clarity,
            usefulness=review.usefulness,
            comment=review.comment,
            created_at=review.created_at,
            reply=ReplyOut(text=reply.text, created_at=reply.created_at) if reply else None,
        )


class ReviewPage(Out):
    """A page of reviews, newest first."""

    items: list[ReviewOut]
    next: str | None
    prev: str | None


class MentorDetail(MentorItem):
    """A mentor's profile, with the newest reviews."""

    bio: str
    session_types: list[SessionTypeOut]
    reviews: list[ReviewOut]

    @classmethod
    def of_profile(cls, profile: Profile) -> "MentorItem":
        return cls.of(
            profile.entry,
            bio=profile.bio,
            session_types=[SessionTypeOut.of(offer) for offer in profile.entry.offers],
            reviews=[ReviewOut.of(review) for review in profile.reviews],
        )


class SlotOut(Out):
    """A start that may be booked; the token holds price and terms for 30 minutes."""

    starts_at: datetime
    ends_at: datetime
    token: str
    seats_left: Annotated[int | None, Field(description="Of a group meeting; else null.")] = None


class FullMeeting(Out):
    """A group meeting without a seat to book, and how many wait for one."""

    starts_at: datetime
    ends_at: datetime
    waiting: int


class SlotList(Out):
    """Free slots in the order of time, written in `time_zone`."""

    time_zone: str
    items: list[SlotOut]
    full: Annotated[
        list[FullMeeting],
        Field(description="Of a group type: the meetings that may only be waited for."),
    ]


class SlotExplanation(Out):
    """Whether an instant is offered, and if not, why."""

    at: datetime
    offered: bool
    reason: Annotated[str, Field(description="A stable word; empty where it is offered.")]
    detail: str
