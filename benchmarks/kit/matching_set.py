"""A labelled set for matching: goals in clients' words, and the profiles that answer them.

Made from `benchmarks/data/matching/*.toml` by rules without chance, so it is the same everywhere;
how it was written and what a label means is in the README beside those files.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "data" / "matching"
PER_TOPIC = 5
GIVEN = ("Ada", "Ben", "Cleo", "Dev", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kira", "Leo")
FAMILY = ("Abara", "Berg", "Costa", "Dahl", "Ekman", "Faye", "Grau", "Haas", "Ito", "Joshi", "Lund")

# What many mentors say of themselves; it is about no subject, and shares words with many goals.
COMMON = (
    "I help people who feel stuck to find their next step.",
    "The first session is a conversation about where you are and where you want to be.",
    "You set the goal, and I ask the questions that get you there.",
    "Between sessions I answer short questions by message.",
    "My clients come from every kind of work and from all over the world.",
    "I have been doing this for more than ten years and still love it.",
    "We agree on one small change each week and look at what came of it.",
    "Expect homework, honesty and a good deal of laughter.",
    "I do not give advice that I have not tried myself.",
    "If I am not the right person for you, I will say so and name somebody else.",
    "Bring a problem that keeps you busy, and we start with that.",
    "People tell me that I make hard things simple.",
    "I work in plain words and keep to the time.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A profile of the set; `topic` is what the page is about."""

    slug: str
    topic: str
    name: str
    headline: str
    expertise: tuple[str, ...]
    bio: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the set, and the slugs of the profiles that answer it.

    `plain`: it names the subject as the profiles do; the others tell of a situation.
    """

    text: str
    topic: str
    plain: bool
    held_out: bool
    right: frozenset[str]


@cache
def topics() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return what was written of each subject, in the order of the files and of their lines."""
    found: dict[str, Any] = {}
    for path in sorted(DATA.glob("*.toml")):
        found |= tomllib.loads(path.read_text())
    return found


def outside(*, held_out: bool) -> list[str]:
    """Return goals that are about none of the subjects; every second one is held out."""
    return (DATA / "outside.txt").read_text().splitlines()[held_out::2]


def people() -> list[Person]:
    """Return five profiles of each subject, each with a word and a sentence of another one."""
    names = list(topics())
    found = []
    for number, topic in enumerate(names):
        said = topics()[topic]
        for turn in range(PER_TOPIC):
            beside = topics()[names[(number + 7 * (turn + 1)) % len(names)]]
            at = number * PER_TOPIC + turn
            sentences = [
                COMMON[at % len(COMMON)],
                *(said["bio"][(turn + step) % 5] for step in range(3)),
                beside["bio"][turn],
                COMMON[(at * 5 + 3) % len(COMMON)],
            ]
            found.append(
                Person(
                    slug=f"{topic}-{turn}",
                    topic=topic,
                    name=f"{GIVEN[at % len(GIVEN)]} {FAMILY[at % len(FAMILY)]}",
                    headline=said["headlines"][turn % 3],
                    expertise=(
                        *(said["expertise"][(turn + step) % 5] for step in range(3)),
                        beside["expertise"][turn],
                    ),
                    bio=" ".join(sentences),
                )
            )
    return found


def goals(*, typos: bool = False) -> list[Goal]:
    """Return every goal; every second subject's are held out. `typos` spoils two words of each."""
    return [
        Goal(
            text=with_typos(text) if typos else text,
            topic=topic,
            plain=turn == 0,
            held_out=number % 2 == 1,
            right=frozenset(f"{topic}-{at}" for at in range(PER_TOPIC)),
        )
        for number, (topic, said) in enumerate(topics().items())
        for turn, text in enumerate(said["goals"])
    ]


def with_typos(text: str) -> str:
    """Spoil the two longest words: a letter dropped, doubled, or changed with its neighbour."""
    words = sorted(set(re.findall(r"[A-Za-z]{5,}", text)), key=lambda w: (-len(w), w))
    for word in words[:2]:
        text = text.replace(word, _spoilt(word), 1)
    return text


def _spoilt(word: str) -> str:
    chance = sha256(word.encode()).digest()
    at = 1 + chance[0] % (len(word) - 2)
    if chance[1] % 3 == 0 or word[at] == word[at + 1]:
        return word[:at] + word[at + 1 :]
    if chance[1] % 3 == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
