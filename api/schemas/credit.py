"""A client's credit and referral code, and settling a session with credit alone."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Body, MoneyOut, Out, PlainText
from api.schemas.payments import PublicIdIn, SessionState
from billing.models import ClientCredit, CreditMovement, Purchase

DiscountCode = Annotated[
    PlainText | None,
    Field(max_length=40, description="Fixed with the price at the first call for a hold."),
]


class CoverRequest(Body):
    """Settle a held session with discount and credit, where they pay all of it."""

    session_id: PublicIdIn
    discount_code: DiscountCode = None


class CoverOut(Out):
    """The confirmed session, and what paid for it: `price` is `discount` and `credit`."""

    session: SessionState
    price: MoneyOut
    discount: MoneyOut
    credit: MoneyOut

    @classmethod
    def of(cls, bought: Purchase) -> "CoverOut":
        return cls(
            session=SessionState.of(bought.booked),
            price=MoneyOut.minor(bought.list_price_minor, bought.currency),
            discount=MoneyOut.minor(bought.taken_off_minor, bought.currency),
            credit=MoneyOut.minor(bought.credit_minor, bought.currency),
        )


class CreditMovementOut(Out):
    """One change of the credit: granted, earned, spent (negative) or returned."""

    amount: MoneyOut
    kind: str
    created_at: datetime

    @classmethod
    def of(cls, movement: CreditMovement) -> "CreditMovementOut":
        return cls(
            amount=MoneyOut.minor(movement.amount_minor, movement.currency),
            kind=movement.kind,
            created_at=movement.created_at,
        )


class CreditOut(Out):
    """What a client has to spend, the newest movements, and the code to bring others by."""

    balances: list[MoneyOut]
    movements: list[CreditMovementOut]
    referral_code: str

    @classmethod
    def of(
        cls, balances: list[ClientCredit], movements: list[CreditMovement], code: str
    ) -> "CreditOut":
        return cls(
            balances=[MoneyOut.minor(row.balance_minor, row.currency) for row in balances],
            movements=[CreditMovementOut.of(row) for row in movements],
            referral_code=code,
        )


class ReferralRequest(Body):
    """Say who brought you, before your first purchase."""

    code: Annotated[PlainText, Field(min_length=1, max_length=20)]


class ReferralOut(Out):
    """The referral is written down."""

    accepted: bool
