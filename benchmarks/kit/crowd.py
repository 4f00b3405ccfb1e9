"""A market of mentors to search, drawn from a seed: who they are, what is asked, the right answers.

The right twenty are worked out here from what was drawn, in plain Python, with the words that were
meant and not with their slips; nothing of the product, and no database, has a part in it.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

NOW = datetime(2027, 3, 1, 9, 10, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
NOTICE = timedelta(hours=2)
STEP = 30
ZONES = (
    "Europe/London", "America/New_York", "Asia/Kolkata", "Europe/Berlin", "Asia/Tokyo",
    "America/Sao_Paulo", "Australia/Sydney", "Africa/Lagos",
)  # fmt: skip
FIRSTS = """Ada Noor Bea Cara Dora Emil Femi Gita Hana Igor Jana Kofi Lena Mira Nils Omar Petra
Quinn Rosa Sven Tara Uma Vera Wanda Xenia Yara Zoe Amir Boris Chen Dana Elif Farah Goran Hugo Ines
Jonas Kira Luca Marta Nadia Otto Paolo Raj Sofia Tomas Ulla Viktor Wim Yusuf Zara Anton Bruno
Clara David Erik Frida Greta Henrik Ivan""".split()  # noqa: SIM905
SUBJECTS = """kubernetes python leadership negotiation marketing finance accounting violin piano
guitar chess gardening cooking photography painting sculpture yoga meditation nutrition running
swimming cycling climbing sailing statistics algebra calculus geometry physics chemistry biology
astronomy history philosophy psychology sociology economics politics journalism screenwriting
poetry grammar spanish french german italian portuguese japanese mandarin arabic hindi turkish
typescript javascript rust golang haskell erlang postgres redis kafka terraform ansible linux
networking security cryptography robotics electronics embedded firmware graphics animation
typography branding copywriting advertising ecommerce logistics procurement strategy fundraising
pitching hiring coaching parenting relocation immigration taxation insurance mortgage pensions
retirement bookkeeping auditing compliance privacy patents contracts litigation mediation
facilitation storytelling speaking rhetoric debating interview resume salary burnout resilience
mindfulness productivity scheduling delegation feedback conflict diversity ethics sustainability
agriculture architecture carpentry plumbing welding sewing knitting pottery ceramics jewelry
theatre opera ballet salsa tango karate judo boxing fencing archery tennis squash rugby hockey
surfing skiing""".split()  # noqa: SIM905

type Offer = tuple[int, int]  # price in minor units, minutes


@dataclass(frozen=True, slots=True)
class Person:
    """A mentor as drawn. `weekly` are (weekday, first minute, last minute) in the zone."""

    number: int
    name: tuple[str, str]
    headline: tuple[str, ...]
    subjects: tuple[str, ...]
    bio: tuple[str, ...]
    place: str
    languages: tuple[str, ...]
    offers: tuple[Offer, ...]
    reviews: int
    stars: int
    zone: str
    weekly: tuple[tuple[int, int, int], ...]
    works_from: date | None
    booked: datetime | None

    @property
    def id(self) -> UUID:
        return uuid_of(1, self.number)

    @property
    def slug(self) -> str:
        return f"{'-'.join(self.name)}-{self.number}".lower()

    @property
    def rating(self) -> float:
        """The mean to a tenth, halves up; 0 without reviews."""
        return (20 * self.stars + self.reviews) // (2 * self.reviews) / 10 if self.reviews else 0.0

    @property
    def score(self) -> float:
        return (20 + self.stars) / (5 + self.reviews)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the words as they were meant and as they were typed, and the filters."""

    meant: tuple[str, ...]
    typed: tuple[str, ...]
    price_max: int
    rating_min: float | None
    place: str
    right: tuple[str, ...] = ()

    @property
    def slipped(self) -> bool:
        return self.typed != self.meant


def uuid_of(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 96) | (7 << 76) | (2 << 62) | number)


@cache
def made_words(seed: int, count: int) -> tuple[str, ...]:
    """Return words of two to four syllables that no stemmer shortens."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        middle = "".join(
            rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(rng.choice((2, 2, 3)))
        )
        found[middle + rng.choice(("k", "m", "p", "nd", "rk", "x"))] = None
    return tuple(found)


def people(count: int) -> list[Person]:
    """Draw the mentors; the first so many are the same whatever the count."""
    return [_person(number, random.Random(number)) for number in range(count)]


def _zipf(rng: random.Random, words: Sequence[str]) -> str:
    return words[min(len(words) - 1, int(len(words) * rng.random() ** 2))]


def _person(number: int, rng: random.Random) -> Person:
    subjects = tuple(dict.fromkeys(_zipf(rng, SUBJECTS) for _ in range(rng.randint(2, 5))))
    reviews = rng.choice((0, 0, 1, 2, 3, 5, 8, 13))
    low = rng.randrange(20, 200) * 100
    opens = rng.randrange(14, 22) * 30
    weekly = tuple(
        (day, opens, opens + rng.randrange(8, 18) * 30) for day in sorted(rng.sample(range(7), 4))
    )
    away = rng.random() < 0.35
    return Person(
        number=number,
        name=(rng.choice(FIRSTS), rng.choice(made_words(1, 3_000)).capitalize()),
        headline=("helps", "with", *rng.sample(subjects, min(2, len(subjects)))),
        subjects=subjects,
        bio=(*(_zipf(rng, made_words(2, 4_000)) for _ in range(25)), _zipf(rng, SUBJECTS)),
        place=_zipf(rng, made_words(3, 200)).capitalize(),
        languages=tuple(sorted(rng.sample(("en", "de", "fr", "es", "pt", "ja"), 2))),
        offers=tuple(
            (low * (kind + 2) // 2, (60, 30, 90)[kind]) for kind in range(rng.choice((1, 1, 2, 3)))
        ),
        reviews=reviews,
        stars=sum(rng.choice((3, 4, 4, 5, 5, 5)) for _ in range(reviews)),
        zone=ZONES[number % len(ZONES)],
        weekly=weekly,
        works_from=NOW.date() + timedelta(days=rng.randrange(9, 40)) if away else None,
        booked=NOW.replace(hour=rng.randrange(24), minute=0) + timedelta(days=rng.randrange(1, 6))
        if rng.random() < 0.5
        else None,
    )


def first_start(person: Person, minutes: int) -> datetime | None:
    """Return a type's first start within eight days, by walking the mentor's own days."""
    if person.works_from is not None:
        return None
    zone = ZoneInfo(person.zone)
    today = NOW.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        for weekday, opens, closes in person.weekly:
            if weekday != day.weekday():
                continue
            for minute in range(opens, closes - minutes + 1, STEP):
                wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
                at = wall.astimezone(UTC)
                end = at + timedelta(minutes=minutes)
                taken = person.booked is not None and (
                    at < person.booked + timedelta(hours=1) and person.booked < end
                )
                if at >= NOW + NOTICE and not taken:
                    return at
    return None


@cache
def free_from(person: Person) -> int | None:
    """Return the price of the cheapest type that has a session in the week from now on."""
    prices = (
        price
        for price, minutes in person.offers
        if (at := first_start(person, minutes)) and at + timedelta(minutes=minutes) <= NOW + WEEK
    )
    return min(prices, default=None)


class Answers:
    """The right answers, from what was drawn."""

    def __init__(self, everybody: Sequence[Person]) -> None:
        self.people = everybody
        self.free = [free_from(person) for person in everybody]
        self.worth: dict[str, dict[int, int]] = defaultdict(dict)
        for person in everybody:
            fields = (person.bio, person.subjects, person.headline, person.name)
            for worth, field in zip((1, 2, 4, 8), fields, strict=True):
                for word in field:
                    self.worth[word.lower()][person.number] = worth

    def right(self, asked: Question, *, limit: int = 20) -> tuple[str, ...]:
        """Return the slugs of the best so many, in order: nearness, then score, then slug."""
        worths = [self.worth.get(word, {}) for word in asked.meant]
        smallest = min(worths, key=len)
        found = []
        for number in smallest:
            person = self.people[number]
            if (
                all(number in each for each in worths)
                and (price := self.free[number]) is not None
                and price <= asked.price_max
                and (asked.rating_min is None or person.rating >= asked.rating_min)
                and asked.place in {"", person.place}
            ):
                near = sum(each[number] for each in worths)
                found.append((-near, -person.score, person.slug))
        return tuple(slug for _, _, slug in sorted(found)[:limit])


def slip(word: str, rng: random.Random) -> str:
    """Return the word with one slip of a finger."""
    at = rng.randrange(1, len(word))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )


def questions(everybody: Sequence[Person], count: int) -> list[Question]:
    """Draw questions by name and subject; half have a slip in each word of five letters or more."""
    rng = random.Random(7)
    answers = Answers(everybody)
    drawn: list[Question] = []
    while len(drawn) < count:
        model = rng.choice(everybody)
        first, last = (word.lower() for word in model.name)
        words = rng.choice(
            (
                [last],
                [first, last],
                [last, rng.choice(model.subjects)],
                rng.sample(model.subjects, min(2, len(model.subjects))),
            )
        )
        if len(set(words)) < len(words):
            continue
        asked = Question(
            meant=tuple(words),
            typed=tuple(words),
            price_max=rng.choice((5_000, 8_000, 12_000)),
            rating_min=rng.choice((None, 4.0, 4.5)),
            place=model.place if rng.random() < 0.5 else "",
        )
        right = answers.right(asked)
        if not right:
            continue
        typed = asked.typed
        if len(drawn) % 2:
            typed = tuple(_slipped(word, answers, rng) for word in words)
        drawn.append(replace(asked, typed=typed, right=right))
    return drawn


def _slipped(word: str, answers: Answers, rng: random.Random) -> str:
    """Return the word with a slip that makes no other word; a short one as it is."""
    typed = word
    while len(word) > 4 and typed in answers.worth:
        typed = slip(word, rng)
    return typed
