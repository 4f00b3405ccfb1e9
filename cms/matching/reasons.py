"""Why a mentor is in the answer: each reason names what really stands in the profile or calendar.

Pure: what was found is handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from cms.filtering import Entry
from cms.matching.lexical import Shared

MOST_SUBJECTS = 3
MOST_WORDS = 6
LONGEST_SENTENCE = 160


class Kind(StrEnum):
    """What a reason rests on."""

    EXPERTISE = "expertise"
    WORDS = "words"
    MEANING = "meaning"
    AVAILABILITY = "availability"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for people to read. `evidence` is what it rests on, word for word."""

    kind: Kind
    text: str
    evidence: tuple[str, ...] = ()


def reasons(
    *,
    entry: Entry,
    shared: Shared,
    sentence: str,
    time_zone: str,
) -> tuple[Reason, ...]:
    """Return the reasons, the strongest kind first. `sentence`: the page's nearest, or empty.

    Times are written on the clock of `time_zone`, the reader's.
    """
    found = []
    subjects = shared.expertise[:MOST_SUBJECTS]
    if subjects:
        found.append(Reason(Kind.EXPERTISE, ", ".join(subjects), subjects))
    if sentence and sentence not in {entry.headline, ", ".join(entry.expertise)}:
        found.append(Reason(Kind.MEANING, f"“{_short(sentence)}”", (sentence,)))
    elif sentence:
        found.append(Reason(Kind.MEANING, f"Is about: {_short(sentence)}", (sentence,)))
    words = _elsewhere(shared.words, subjects)[:MOST_WORDS]
    if words:
        found.append(Reason(Kind.WORDS, f"Your words in the profile: {', '.join(words)}", words))
    if entry.free_at is not None:
        found.append(_free(entry.free_at, time_zone))
    if entry.rating is not None:
        number = entry.reviews_count
        said = f"{entry.rating:.1f} of 5 from {number} review{'' if number == 1 else 's'}"
        found.append(Reason(Kind.RATING, said, (f"{entry.rating:.1f}", str(number))))
    return tuple(found)


def summary(found: Sequence[Reason]) -> str:
    """Return the reasons in a line: what it is about, then when; empty where there are neither."""
    subject = [one.text for one in found if one.kind in {Kind.EXPERTISE, Kind.MEANING, Kind.WORDS}][
        :1
    ]
    time = [one.text[0].lower() + one.text[1:] for one in found if one.kind is Kind.AVAILABILITY]
    return "; ".join(subject + time)


def _free(at: datetime, time_zone: str) -> Reason:
    local = at.astimezone(ZoneInfo(time_zone))
    clock = "UTC" if time_zone == "UTC" else "your time"  # UTC is also whose zone is not known
    text = f"Free {local:%a} {local.day} {local:%b}, {local:%H:%M} {clock}"
    return Reason(Kind.AVAILABILITY, text, (local.isoformat(),))


def _elsewhere(words: Sequence[str], subjects: Sequence[str]) -> tuple[str, ...]:
    """Return the words that no named subject shows already."""
    said = " ".join(subjects).casefold()
    return tuple(word for word in words if word.casefold() not in said)


def _short(sentence: str) -> str:
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    return sentence[:LONGEST_SENTENCE].rsplit(" ", 1)[0] + " …"
