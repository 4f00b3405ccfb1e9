"""Figures of the market as it is now: how many mentors, sessions, languages, subjects.

Two queries, whatever is asked. What makes up a price is `cms.prices`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Mentor
from cms.models import MentorProfilePage
from scheduling.models import Session
from scheduling.states import HELD


@dataclass(frozen=True, slots=True)
class Subject:
    """What mentors know about, and how many of them do."""

    name: str
    mentors: int


def market_figures() -> Mapping[str, int]:
    """Return each figure that a page may show by its name (`cms.blocks.market.FIGURES`)."""
    rows = list(_live_pages().values_list("mentor__languages", "mentor__location", "expertise"))
    return {
        "mentors": len(rows),
        "sessions": Session.objects.filter(state__in=HELD).count(),
        "languages": len({language for languages, _, _ in rows for language in languages}),
        "places": len({place for _, place, _ in rows if place}),
        "subjects": len({subject for _, _, subjects in rows for subject in subjects}),
    }


def common_subjects(*, count: int) -> list[Subject]:
    """Return the subjects that most live mentors name, those of equals by name. One query."""
    counter = Counter(
        subject
        for subjects in _live_pages().values_list("expertise", flat=True)
        for subject in set(subjects)
    )
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [Subject(name, mentors) for name, mentors in ranked[:count]]


def _live_pages() -> Any:
    return MentorProfilePage.objects.live().filter(mentor__status=Mentor.Status.LIVE)
