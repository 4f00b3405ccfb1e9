"""A package's shapes: what is offered, what was bought, and a session that a credit pays for."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, MoneyOut, Out, Slug
from api.schemas.payments import IntentOut, PublicIdIn, SessionState
from api.schemas.sessions import MentorRef, SessionTypeRef
from billing.models import Package, PackageOffer, Purchase
from billing.models.package import LONGEST_DAYS, MOST_SESSIONS
from billing.packages import credits_left
from scheduling.models import SessionType


class OfferRequest(Body):
    """Offer so many sessions of one type. Terms never change: withdraw it and offer another."""

    session_type: PublicIdIn
    sessions: Annotated[int, Field(ge=2, le=MOST_SESSIONS)]
    price_minor: Annotated[
        int, Field(ge=1, le=10**12, description="For all of them, in the type's currency.")
    ]
    valid_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS, description="From the payment on.")]


class OfferQuery(BaseModel):
    """Whose packages to list."""

    mentor: Slug


class OfferOut(Out):
    """A package that a mentor offers."""

    id: str
    mentor: MentorRef
    session_type: SessionTypeRef
    sessions: int
    price: MoneyOut
    valid_days: int
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, offer: PackageOffer) -> "OfferOut":
        """Return the shape; load the offer with its session type and mentor."""
        return cls(
            id=offer.public_id,
            mentor=MentorRef.of(offer.session_type.mentor),
            session_type=_kind(offer.session_type),
            sessions=offer.sessions,
            price=MoneyOut.minor(offer.price_minor, offer.currency),
            valid_days=offer.valid_days,
            withdrawn_at=offer.withdrawn_at,
        )


class OfferList(Out):
    """What a mentor offers now."""

    items: list[OfferOut]


class PackageRequest(Body):
    """Begin to pay for a package."""

    offer_id: PublicIdIn
    gateway: Annotated[
        Literal["stripe", "paypal"],
        Field(description="Another one than before ends the payment that was begun there."),
    ]


class PackageIntentOut(IntentOut):
    """What the gateway's fields in the page need, as for a session. Confirm it like any payment."""

    package_id: str


class PackageQuery(BaseModel):
    """A page of the own packages."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class PackageOut(Out):
    """A package that a client bought, and what is left of it."""

    id: str
    mentor: MentorRef
    session_type: SessionTypeRef
    sessions: int
    credits_left: Annotated[int, Field(description="Sessions that it can still pay for.")]
    price: MoneyOut
    unused: Annotated[MoneyOut, Field(description="What would go back of it.")]
    created_at: datetime
    pay_by: datetime
    begun_at: Annotated[datetime | None, Field(description="None until it is paid.")]
    expires_at: datetime | None
    closed_at: Annotated[datetime | None, Field(description="The rest was given back.")]

    @classmethod
    def of(cls, package: Package, *, now: datetime) -> "PackageOut":
        """Return the shape; load the package by `billing.packages.bought_by`."""
        offer = package.offer
        return cls(
            id=package.public_id,
            mentor=MentorRef.of(offer.session_type.mentor),
            session_type=_kind(offer.session_type),
            sessions=offer.sessions,
            credits_left=credits_left(package, now=now),
            price=MoneyOut.minor(offer.price_minor, offer.currency),
            unused=MoneyOut.minor(package.unused_minor, offer.currency),
            created_at=package.created_at,
            pay_by=package.pay_by,
            begun_at=package.begun_at,
            expires_at=package.expires_at,
            closed_at=package.closed_at,
        )


class PackagePage(Out):
    """A page of packages."""

    items: list[PackageOut]
    next: str | None
    prev: str | None


class UseRequest(Body):
    """Pay for a held session with a credit."""

    session_id: PublicIdIn


class UseOut(Out):
    """The confirmed session, and the credit's part of the package's price."""

    session: SessionState
    drawn: MoneyOut

    @classmethod
    def of(cls, drawn: Purchase) -> "UseOut":
        return cls(
            session=SessionState.of(drawn.booked),
            drawn=MoneyOut.minor(drawn.prepaid_minor, drawn.currency),
        )


def _kind(kind: SessionType) -> SessionTypeRef:
    return SessionTypeRef(id=kind.public_id, name=kind.name, duration_minutes=kind.duration_minutes)
