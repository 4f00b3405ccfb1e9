"""A person's own data as it travels: how an export stands, and what is in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from accounts.erasures import TARGET
from accounts.models import Erasure, PersonalExport
from api.schemas.base import Out
from kernel.personal import Hindrance


class ExportOut(Out):
    """Where the newest export stands; `none` where there is none that has not expired."""

    status: Literal["none", "running", "ready", "failed"]
    requested_at: datetime | None = None
    ready_at: datetime | None = None
    expires_at: Annotated[
        datetime | None, Field(description="Until when it can be fetched; then it is deleted.")
    ] = None
    size_bytes: Annotated[int, Field(ge=0, description="0 until it is ready.")] = 0

    @classmethod
    def of(cls, export: PersonalExport | None) -> Self:
        if export is None:
            return cls(status="none")
        return cls(
            status=export.state,  # type: ignore[arg-type]
            requested_at=export.requested_at,
            ready_at=export.ready_at,
            expires_at=export.expires_at,
            size_bytes=export.size,
        )


class SectionOut(Out):
    """One kind of thing that is kept, with its rows; columns without a value are null."""

    name: str
    description: Annotated[str, Field(description="What it holds, in plain words.")]
    rows: list[dict[str, Any]]


class PersonalDataOut(Out):
    """All that is kept of a person, as it was when the export was made."""

    made_at: datetime
    site: str
    person: Annotated[str, Field(description="Your own reference.")]
    sections: list[SectionOut]


class HindranceOut(Out):
    """Something that is open, or that is lost with the account."""

    what: str
    do: Annotated[str, Field(description="What to do about it first.")]
    blocks: Annotated[bool, Field(description="Whether nothing is erased until it is done.")]


class ErasureOut(Out):
    """Whether the account is going to be erased, and what stands in the way."""

    status: Literal["none", "open"]
    requested_at: datetime | None = None
    done_by: Annotated[
        datetime | None, Field(description="Until when it is carried out: within 30 days.")
    ] = None
    hindrances: list[HindranceOut]

    @classmethod
    def of(cls, erasure: Erasure | None, found: Sequence[Hindrance]) -> Self:
        hindrances = [HindranceOut(what=one.what, do=one.do, blocks=one.block) for one in found]
        if erasure is None:
            return cls(status="none", hindrances=hindrances)
        return cls(
            status="open",
            requested_at=erasure.requested_at,
            done_by=erasure.requested_at + TARGET,
            hindrances=hindrances,
        )
