"""What a mentor sells, as the mentor writes it: all of it, offered at present or not."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Body, Currency, MoneyOut, Out, PlainText
from api.schemas.mentors import PolicyOut
from scheduling.models import SessionType

Name = Annotated[PlainText, Field(min_length=1, max_length=120)]
Description = Annotated[PlainText, Field(max_length=500, description="Plain text, for visitors.")]
Minutes = Annotated[int, Field(ge=5, le=1440)]
Price = Annotated[int, Field(ge=1, le=10**9, description="Minor units of the currency.")]


class OwnOfferRequest(Body):
    """Offer a one-to-one session type."""

    name: Name
    description: Description = ""
    duration_minutes: Minutes
    price_minor: Price
    currency: Currency


class OwnOfferChange(Body):
    """What is to be different; what is left out stays. `active: false` retires it."""

    name: Name | None = None
    description: Description | None = None
    duration_minutes: Minutes | None = None
    price_minor: Price | None = None
    active: bool | None = None

    def wish(self) -> dict[str, Any]:
        """Return it in the words of `scheduling.offers`."""
        given = self.model_dump(exclude_none=True)
        return {{"active": "is_active"}.get(name, name): value for name, value in given.items()}


class OwnOffer(Out):
    """One of the own session types. Visitors see it at once while it is `active`."""

    id: str
    name: str
    description: str
    duration_minutes: int
    price: MoneyOut
    capacity: Annotated[int, Field(description="Seats: one, or more for a group.")]
    active: Annotated[bool, Field(description="False: retired; what was sold takes place.")]
    policy: PolicyOut

    @classmethod
    def of(cls, kind: SessionType) -> "OwnOffer":
        """Return the shape; load the type with its policy."""
        return cls(
            id=kind.public_id,
            name=kind.name,
            description=kind.description,
            duration_minutes=kind.duration_minutes,
            price=MoneyOut.minor(kind.price_minor, kind.currency),
            capacity=kind.capacity,
            active=kind.is_active,
            policy=PolicyOut.of(kind.policy.frozen()),
        )


class OwnOfferList(Out):
    """All own session types: those offered first, then by length and price."""

    items: list[OwnOffer]
