"""Match: which mentors fit a goal, best first, and why. Few queries; writes nothing.

Filters say who is asked at all; the score is about the goal alone, so that neither a free evening
nor many reviews move anybody up. They are reasons beside it, and stars decide between equals.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from itertools import batched
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Mentor
from cms import directory
from cms.filtering import FAMILIES, Entry, Filters
from cms.matching import lexical
from cms.matching.encoder import encoder
from cms.matching.fusion import Evidence, is_near, score
from cms.matching.lexical import NOTHING, Lexical, Shared
from cms.matching.reasons import Reason, reasons
from cms.matching.spelling import mended
from cms.models import MentorProfilePage
from kernel.money import Money
from scheduling import queries as scheduling
from scheduling.blocks import free_between
from scheduling.models import SessionType

DEFAULT_LIMIT = 10
MOST = 20
CANDIDATES = 100  # of each kind of evidence
READ_CLOSELY = 50  # of which the sentences are compared too
SPARE = 3  # times as many as are shown have their calendars and prices asked at once,
FEWEST = 25  # and no fewer than these; then the next, until there are enough
SHORTEST = 5  # minutes: no session is shorter

type Method = Literal["embeddings+lexical", "lexical"]
BOTH: Literal["embeddings+lexical"] = "embeddings+lexical"
LETTERS: Literal["lexical"] = "lexical"
NOTES: Mapping[Method, str] = {
    BOTH: "By the meaning of the goal and by its words.",
    LETTERS: "By the words of the goal alone: this installation compares no meanings. "
    "Name subjects rather than situations.",
}
NONE_FITS: Mapping[Method, str] = {
    BOTH: "No profile comes near this goal, in meaning or in words. Say it in other words, or "
    "search the directory.",
    LETTERS: "No profile has a word of this goal. Say it in other words, or search the directory.",
}


@dataclass(frozen=True, slots=True)
class Match:
    """One mentor of the answer. `score` orders this answer alone."""

    entry: Entry
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """The answer, best first; `relaxed` names the filters that were dropped as nobody fitted."""

    items: tuple[Match, ...]
    method: Method
    note: str
    relaxed: tuple[str, ...]


def match(
    *, goal: str, filters: Filters, time_zone: str, now: datetime, limit: int = DEFAULT_LIMIT
) -> Matches:
    """Return the mentors who fit the goal and the filters (those on price, language, free time).

    Where nobody does, filters are dropped in the directory's order. Times of reasons are written
    on the clock of `time_zone`. The goal is kept nowhere.
    """
    asked = Asked(goal)
    found = _found(asked, filters, now, limit)
    relaxed: list[str] = []
    for family, blank in FAMILIES.items():
        loosened = replace(filters, **blank)
        if found or loosened == filters:
            continue
        filters = loosened
        relaxed.append(family)
        found = _found(asked, filters, now, limit)
    shared = lexical.shared(asked.text, mentor_ids=[entry.mentor_id for entry, _ in found])
    items = tuple(
        Match(
            entry=entry,
            score=score(evidence),
            reasons=reasons(
                entry=entry,
                shared=shared.get(entry.mentor_id, Shared()),
                sentence=asked.sentences.get(entry.mentor_id, ("", 0.0))[0],
                time_zone=time_zone,
            ),
        )
        for entry, evidence in found
    )
    method: Method = BOTH if asked.by_meaning else LETTERS
    if not items:  # no filter was to blame: nobody has anything of the goal
        return Matches((), method, NONE_FITS[method], ())
    return Matches(items, method, NOTES[method], tuple(relaxed))


class Asked:
    """A goal, read once: its vector where there is an encoder, and the evidence for mentors.

    `text` is the goal as it was read, its spelling mended where there is an encoder.
    """

    def __init__(self, goal: str) -> None:
        self.text = goal
        self.sentences: dict[UUID, tuple[str, float]] = {}
        reader = encoder()
        self._vectors = None if reader is None else _vectors(reader.name, reader.dimensions)
        if reader is not None and self._vectors is not None:
            self._vectors.catch_up()
            self._model = reader.name
            known = lexical.known(goal)
            self.text = mended(goal, vocabulary=reader.vocabulary, known=known)
            self._goal = reader.encode([self.text])[0]

    @property
    def by_meaning(self) -> bool:
        """Whether meanings are compared: there is an encoder, and it has read profiles."""
        return bool(self._vectors)

    def evidence(self, among: Collection[UUID] | None) -> dict[UUID, Evidence]:
        """Return the evidence for the best candidates of each kind; two queries."""
        said = lexical.scores(self.text, among=among, limit=CANDIDATES)
        if not self._vectors:
            return {pk: _evidence(one) for pk, one in said.items()}
        likeness = self._vectors.nearest(self._goal, limit=CANDIDATES, among=among)
        rest = said.keys() - likeness.keys()
        likeness |= self._vectors.likeness(self._goal, of=rest)
        drafts = {
            pk: _evidence(said.get(pk, NOTHING), page=likeness.get(pk, 0.0))
            for pk in said.keys() | likeness.keys()
        }
        closely = sorted(drafts, key=lambda pk: -score(drafts[pk]))[:READ_CLOSELY]
        nearest_sentences = import_module("cms.matching.vectors").nearest_sentences
        self.sentences = nearest_sentences(self._goal, model=self._model, mentor_ids=closely)
        return {
            pk: replace(drafts[pk], nearest=self.sentences[pk][1])
            if pk in self.sentences
            else drafts[pk]
            for pk in closely
        }


def _evidence(said: Lexical, page: float | None = None) -> Evidence:
    return Evidence(subjects=said.subjects, bio=said.bio, typos=said.typos, page=page)


@cache
def _vectors(model: str, dimensions: int) -> Any:
    """Return this process's vectors of a model; the module needs the extra."""
    return import_module("cms.matching.vectors").Vectors(model, dimensions)


def _found(
    asked: Asked, filters: Filters, now: datetime, limit: int
) -> list[tuple[Entry, Evidence]]:
    """Return the best of those who fit the filters, with what speaks for them.

    Nobody where not even the best one has to do with the goal.
    """
    evidence = asked.evidence(_eligible(filters, now))
    ranked = sorted(evidence, key=lambda pk: (-score(evidence[pk]), pk))
    fit: list[tuple[Entry, Evidence]] = []
    for batch in batched(ranked, max(SPARE * limit, FEWEST)):
        fit += [(one, evidence[one.mentor_id]) for one in _fitting(batch, filters, now)]
        if len(fit) >= limit:
            break
    fit.sort(key=lambda one: (-round(score(one[1]), 6), -one[0].rated.score, one[0].slug))
    return fit[:limit] if fit and is_near(fit[0][1]) else []


def _fitting(mentor_ids: Sequence[UUID], filters: Filters, now: datetime) -> list[Entry]:
    """Return those of them who fit, by their own calendars and prices."""
    entries = directory.chosen(mentor_ids=mentor_ids, now=now)
    if filters.asks_for_time:
        free = scheduling.next_free(
            mentor_ids=mentor_ids, now=now, start=filters.free_from, end=filters.free_to
        )
        entries = [
            replace(entry, free_at=free[entry.mentor_id])
            for entry in entries
            if free.get(entry.mentor_id) is not None
        ]
    if _asks_for_a_price(filters):
        prices = _prices(mentor_ids, filters)
        entries = [
            replace(entry, price=prices[entry.mentor_id])
            for entry in entries
            if entry.mentor_id in prices
        ]
    return entries


def _eligible(filters: Filters, now: datetime) -> set[UUID] | None:
    """Return who fits the filters as far as the tables say; None where there are none."""
    asks = _asks_for_a_price(filters)
    if not (asks or filters.language or filters.asks_for_time):
        return None
    pages = MentorProfilePage.objects.live().filter(mentor__status=Mentor.Status.LIVE)
    if filters.language:
        pages = pages.filter(mentor__languages__contains=[filters.language])
    if asks:
        pages = pages.filter(Exists(_offers(filters).filter(mentor=OuterRef("mentor"))))
    found = set(pages.values_list("mentor_id", flat=True))
    if not filters.asks_for_time:
        return found
    start = max(filters.free_from or now, now)
    if filters.free_to is not None and filters.free_to - start < timedelta(minutes=SHORTEST):
        return set()
    return found & free_between(start=start, end=filters.free_to, minutes=SHORTEST, now=now)


def _asks_for_a_price(filters: Filters) -> bool:
    return bool(filters.currency) or filters.price_max is not None


def _offers(filters: Filters) -> QuerySet[SessionType]:
    """Return the session types whose price fits."""
    kinds = SessionType.objects.filter(is_active=True)
    if filters.currency:
        kinds = kinds.filter(currency=filters.currency)
    if filters.price_max is not None:
        kinds = kinds.filter(price_minor__lte=filters.price_max)
    return kinds


def _prices(mentor_ids: Sequence[UUID], filters: Filters) -> dict[UUID, Money]:
    """Return the lowest price of each mentor among those that fit."""
    rows = _offers(filters).filter(mentor__in=mentor_ids).order_by("-price_minor", "-currency")
    return {
        mentor_id: Money(price_minor, currency)
        for mentor_id, price_minor, currency in rows.values_list(
            "mentor_id", "price_minor", "currency"
        )
    }
