"""Documents that people agree to, as they travel."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import Body, Out
from cms.models import LegalVersion
from kernel.errors import Invalid
from kernel.ids import BadPublicId, parse_public_id


class DocumentVersionOut(Out):
    """A version of a document that is in force."""

    id: str
    title: str
    version: str
    effective_from: date
    url: Annotated[str, Field(description="Where it is read.")]
    digest: Annotated[str, Field(description="SHA-256 of what it says, to prove a copy by.")]
    agreed: Annotated[bool, Field(description="Whether you have agreed to this version.")]

    @classmethod
    def of(cls, version: LegalVersion, *, agreed: bool) -> Self:
        return cls(
            id=version.public_id,
            title=version.title,
            version=version.version,
            effective_from=version.effective_from,
            url=str(version.page.url),
            digest=version.digest,
            agreed=agreed,
        )


class DocumentOut(Out):
    """A version in force that newcomers are asked to agree to."""

    id: str
    title: str
    version: str
    url: Annotated[str, Field(description="Where it is read.")]

    @classmethod
    def of(cls, version: LegalVersion) -> Self:
        return cls(
            id=version.public_id,
            title=version.title,
            version=version.version,
            url=str(version.page.url),
        )


def version_ids(texts: list[str], *, pointer: str) -> list[UUID]:
    """Return the ids of versions. Raises Invalid for a text that is none."""
    found = []
    for text in texts:
        try:
            found.append(parse_public_id("lgv", text))
        except BadPublicId:
            raise Invalid(f"{text!r} is no version of a document.", pointer=pointer) from None
    return found


class ConsentsOut(Out):
    """What is in force, and whether there is something to agree to."""

    complete: Annotated[bool, Field(description="Whether you agreed to all that is in force.")]
    documents: list[DocumentVersionOut]


class ConsentRequest(Body):
    """The versions that were read and are agreed to."""

    versions: Annotated[list[str], Field(min_length=1, max_length=20)]
