"""A series' shapes: the booking that comes in, the series with its sessions, and its quote."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from accounts.models import User
from api.schemas.base import Body, MoneyOut, Out, PlainText
from api.schemas.sessions import SessionOut
from billing.models import Payment
from billing.series_cancellations import SessionQuote
from kernel.ids import public_id
from kernel.money import Money
from scheduling.models import Series, Session
from scheduling.models.series import FEWEST_SESSIONS, MOST_SESSIONS, MOST_WEEKS_APART

Since = Annotated[
    int,
    Field(ge=1, le=MOST_SESSIONS, description="From this position of the series on; 1 is all."),
]


class SeriesRequest(Body):
    """Book the slot that a token names, and the same hour of the mentor's clock weeks later."""

    slot_token: Annotated[PlainText, Field(min_length=1, max_length=600)]
    count: Annotated[int, Field(ge=FEWEST_SESSIONS, le=MOST_SESSIONS)]
    every_weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS_APART)] = 1
    skip_unavailable: Annotated[
        bool,
        Field(description="Leave out those that cannot be had; the first never, and two stay."),
    ] = False
    goals: Annotated[PlainText, Field(max_length=2000)] = ""


class SeriesCancelRequest(Body):
    """Cancel a series, or the rest of it."""

    since: Since = 1
    reason: Annotated[PlainText, Field(max_length=500)] = ""


class SeriesQuoteQuery(BaseModel):
    """Which part of the series the quote is for."""

    since: Since = 1


class LeftOut(Out):
    """A session that could not be had when the series was booked; `reason` is that of explain."""

    starts_at: datetime
    reason: str
    detail: str


class SeriesOut(Out):
    """A series. `rule` is written by RFC 5545, on the wall clock of `time_zone`, the mentor's.

    `count` sessions were booked of those `asked` for. Each is paid, moved and reviewed by itself.
    """

    id: str
    rule: str
    every_weeks: int
    time_zone: str
    asked: int
    count: int
    created_at: datetime
    left_out: list[LeftOut]
    sessions: list[SessionOut]

    @classmethod
    def of(
        cls,
        series: Series,
        sessions: Iterable[Session],
        reader: User,
        *,
        payments: dict[Any, Payment],
    ) -> "SeriesOut":
        return cls(
            id=series.public_id,
            rule=series.rule,
            every_weeks=series.every_weeks,
            time_zone=series.time_zone,
            asked=series.asked,
            count=series.count,
            created_at=series.created_at,
            left_out=[LeftOut(**missing) for missing in series.left_out],
            sessions=[
                SessionOut.of(session, reader, payment=payments.get(session.pk))
                for session in sessions
            ],
        )


class SessionQuoteOut(Out):
    """What cancelling one session of the series would give back."""

    session_id: str
    position: int
    starts_at: datetime
    refund: MoneyOut
    credit: MoneyOut
    prepaid: MoneyOut
    keeps: MoneyOut
    changes_at: datetime | None

    @classmethod
    def of(cls, quoted: SessionQuote) -> "SessionQuoteOut":
        session, quote = quoted.session, quoted.quote
        return cls(
            session_id=public_id("ses", session.pk),
            position=session.position or 0,
            starts_at=session.starts_at,
            refund=MoneyOut.of(quote.refund),
            credit=MoneyOut.of(quote.credit),
            prepaid=MoneyOut.of(quote.prepaid),
            keeps=MoneyOut.of(quote.keeps),
            changes_at=quote.changes_at,
        )


class SeriesQuoteOut(Out):
    """What cancelling those sessions would give back: each, and all of them together.

    `changes_at` is when the first of them gives less.
    """

    refund: MoneyOut
    credit: MoneyOut
    prepaid: MoneyOut
    keeps: MoneyOut
    changes_at: datetime | None
    sessions: list[SessionQuoteOut]

    @classmethod
    def of(cls, quotes: list[SessionQuote]) -> "SeriesQuoteOut":
        """Return the sum; a series has one currency, and `quotes` is not empty."""
        currency = quotes[0].session.currency

        def total(name: str) -> MoneyOut:
            amounts: list[Money] = [getattr(quoted.quote, name) for quoted in quotes]
            return MoneyOut.minor(sum(money.amount_minor for money in amounts), currency)

        changes = [quoted.quote.changes_at for quoted in quotes if quoted.quote.changes_at]
        return cls(
            refund=total("refund"),
            credit=total("credit"),
            prepaid=total("prepaid"),
            keeps=total("keeps"),
            changes_at=min(changes, default=None),
            sessions=[SessionQuoteOut.of(quoted) for quoted in quotes],
        )
