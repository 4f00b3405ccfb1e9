"""The words that all schemas share: money, instants, bounded text, and strict bodies."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from kernel.money import Money

_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
_HOW = "write an instant as RFC 3339 text with an offset, such as 2027-03-01T09:00:00Z"
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)


class Body(BaseModel):
    """A request body: types as written, no unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Out(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


def read_instant(value: Any) -> datetime:
    """Return the instant that an RFC 3339 text with an offset names, within 2000 to 2100.

    Raises ValueError for a naive, malformed or distant one. In a query string `+` means a
    blank, so a blank before the offset is read as the plus it was.
    """
    if isinstance(value, datetime):  # our own default values
        return value
    if not isinstance(value, str):
        raise ValueError(_HOW)  # noqa: TRY004 - pydantic turns a ValueError into a 422
    text = re.sub(r" (\d{2}:\d{2})$", r"+\1", value)
    if not _RFC3339.fullmatch(text):
        raise ValueError(_HOW)
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("this day or time does not exist") from None
    # Compared before it is converted: year 1 at +14:00 has no UTC form.
    if not FIRST <= instant <= LAST:
        raise ValueError(f"instants lie between {FIRST.year} and {LAST.year}")
    return instant.astimezone(UTC)


Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "maxLength": 40,
            "description": "RFC 3339 with an offset, between 2000 and 2100.",
        }
    ),
]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a text holds no NUL")
    return text


PlainText = Annotated[str, AfterValidator(_without_nul)]
Slug = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]
TimeZoneName = Annotated[str, Field(min_length=1, max_length=64)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class MoneyOut(Out):
    """An amount in minor units of its currency: `{"amount": 10000, "currency": "USD"}`."""

    amount: Annotated[int, Field(description="Minor units: cents for USD, yen for JPY.")]
    currency: Annotated[str, Field(description="ISO 4217.", min_length=3, max_length=3)]

    @classmethod
    def of(cls, money: Money) -> "MoneyOut":
        return cls(amount=money.amount_minor, currency=money.currency)

    @classmethod
    def minor(cls, amount_minor: int, currency: str) -> "MoneyOut":
        return cls(amount=amount_minor, currency=currency)


class ProblemEntry(Out):
    """One value that cannot be used."""

    detail: str
    code: str
    pointer: Annotated[str | None, Field(description="A JSON pointer into the body.")] = None
    parameter: Annotated[str | None, Field(description="A parameter's name.")] = None


class Problem(Out):
    """An RFC 9457 problem. Some carry more members; the page at `type` says which."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: Annotated[str, Field(description="The stable address of this kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="What happened, to what, and what to do next.")]
    code: Annotated[str, Field(description="The stable name of this kind of problem.")]
    errors: list[ProblemEntry]
    request_id: str


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """Return the `response` entries of the problems an operation may answer with."""
    return dict.fromkeys(statuses, Problem)
