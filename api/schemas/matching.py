"""The shapes of matching: a goal in the client's words, and mentors with the reasons."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Body, Currency, Instant, Out, PlainText, TimeZoneName
from api.schemas.mentors import MentorItem, MinorUnits
from cms.filtering import Filters
from cms.matching.finding import DEFAULT_LIMIT, MOST, Match
from cms.matching.reasons import Kind, Reason, summary

GOAL_LENGTH = 1000


class MatchRequest(Body):
    """A goal and what must hold. The goal is kept nowhere."""

    goal: Annotated[
        PlainText,
        Field(
            min_length=3,
            max_length=GOAL_LENGTH,
            description="What the client wants to reach, in a sentence or two.",
            examples=["I was passed over for promotion and want to know what is missing."],
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=MOST)] = DEFAULT_LIMIT
    free_from: Instant | None = None
    free_to: Instant | None = None
    price_max: MinorUnits | None = None
    currency: Currency | None = None
    language: Annotated[PlainText, Field(max_length=35, description="BCP 47.")] = ""
    time_zone: Annotated[
        TimeZoneName | None,
        Field(description="IANA, for the times in reasons. Default: the reader's own, else UTC."),
    ] = None

    def filters(self) -> Filters:
        """Return the directory's own words for what must hold."""
        return Filters(
            price_max=self.price_max,
            currency=self.currency or "",
            language=self.language,
            free_from=self.free_from,
            free_to=self.free_to,
        )


class ReasonOut(Out):
    """Why a mentor is in the answer, for people to read."""

    kind: Annotated[Kind, Field(description="What the reason rests on.")]
    text: str
    evidence: Annotated[
        list[str],
        Field(
            description="Word for word what it rests on: subjects of the profile, the goal's words "
            "in it, its sentence nearest to the goal, the free start, or the mean and its number."
        ),
    ]

    @classmethod
    def of(cls, reason: Reason) -> "ReasonOut":
        return cls(kind=reason.kind, text=reason.text, evidence=list(reason.evidence))


class MatchItem(MentorItem):
    """A mentor who fits the goal."""

    score: Annotated[float, Field(description="Orders this answer; comparable with no other.")]
    summary: Annotated[str, Field(description="The reasons in a line: subjects; next free time.")]
    reasons: list[ReasonOut]

    @classmethod
    def of_match(cls, found: Match) -> Any:
        return cls.of(
            found.entry,
            score=round(found.score, 4),
            summary=summary(found.reasons),
            reasons=[ReasonOut.of(reason) for reason in found.reasons],
        )


class MatchList(Out):
    """Mentors, best first; `relaxed` names the filters dropped because nobody fitted them."""

    items: list[MatchItem]
    method: Annotated[
        Literal["embeddings+lexical", "lexical"],
        Field(description="Whether meanings were compared too, or words alone."),
    ]
    note: Annotated[str, Field(description="In words: how it was matched, what to do if empty.")]
    relaxed: list[str]
