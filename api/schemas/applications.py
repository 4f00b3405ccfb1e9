"""An application to be a mentor over HTTP: what the applicant sends, and where it stands."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from accounts.models import Application, ApplicationStep
from api.schemas.base import Body, Out, PlainText
from cms import applications
from cms.applications import Words
from cms.checks import CheckRow

Subject = Annotated[PlainText, Field(min_length=1, max_length=applications.SUBJECT_LENGTH)]


class ApplicationRequest(Body):
    """What the profile would say, and a message that the curators alone read."""

    headline: Annotated[PlainText, Field(min_length=1, max_length=applications.HEADLINE_LENGTH)]
    bio: Annotated[
        PlainText,
        Field(
            max_length=applications.BIO_LENGTH,
            description="Plain text; an empty line begins a paragraph.",
        ),
    ] = ""
    expertise: Annotated[
        list[Subject], Field(default_factory=list, max_length=applications.SUBJECTS)
    ]
    message: Annotated[
        PlainText,
        Field(
            max_length=2000,
            description="To the curators: references, and answers to what they asked.",
        ),
    ] = ""

    def words(self) -> Words:
        """Return what the operation takes."""
        return Words(
            headline=self.headline,
            bio=self.bio,
            expertise=self.expertise,
            message=self.message,
        )


class CheckOut(Out):
    """One point of the checklist, as the curators have it."""

    check: Literal["identity", "payout_account", "references", "photo", "prices"]
    label: str
    asked: Annotated[str, Field(description="What has to be seen.")]
    done: Annotated[bool, Field(description="Whether a curator has ticked it.")]
    seen: Annotated[str, Field(description="What the program sees of it now, in words.")]
    fits: Annotated[
        bool | None, Field(description="Whether what it sees speaks for a tick; null: unknown.")
    ]

    @classmethod
    def of(cls, row: CheckRow) -> "CheckOut":
        """Return the shape; evidence and names stay with the curators."""
        return cls(
            check=row.check.value,
            label=row.label,
            asked=row.asked,
            done=row.done,
            seen=row.fact.words,
            fits=row.fact.good,
        )


class ApplicationStepOut(Out):
    """What happened, and what was said to the applicant or by them."""

    event: Literal["", "submit", "begin", "ask", "vet", "accept", "refuse", "withdraw"]
    by: Literal["applicant", "curator"]
    comment: str
    at: datetime

    @classmethod
    def of(cls, step: ApplicationStep, application: Application) -> "ApplicationStepOut":
        """Return the shape."""
        own = step.by_id == application.mentor.user_id
        return cls(
            event=step.event,  # type: ignore[arg-type]
            by="applicant" if own else "curator",
            comment=step.comment,
            at=step.at,
        )


class ApplicationOut(Out):
    """An application, with the checklist that the curators see."""

    id: str
    status: Literal[
        "draft",
        "submitted",
        "in_vetting",
        "changes_asked",
        "vetted",
        "accepted",
        "refused",
        "withdrawn",
    ]
    since: datetime
    submitted_at: datetime | None
    answer_by: Annotated[
        datetime | None,
        Field(description="By when an answer is asked for; nothing ends by itself."),
    ]
    checklist: list[CheckOut]
    steps: Annotated[list[ApplicationStepOut], Field(description="The oldest first.")]

    @classmethod
    def of(
        cls,
        application: Application,
        rows: list[CheckRow],
        steps: list[ApplicationStep],
        answer_by: datetime | None,
    ) -> "ApplicationOut":
        """Return the shape."""
        return cls(
            id=application.public_id,
            status=application.state,  # type: ignore[arg-type]
            since=application.state_since,
            submitted_at=application.submitted_at,
            answer_by=answer_by,
            checklist=[CheckOut.of(row) for row in rows],
            steps=[ApplicationStepOut.of(step, application) for step in steps],
        )
