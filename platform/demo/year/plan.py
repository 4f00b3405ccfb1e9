"""Decide a year: from one seed and one day follows every story, who is in it and when. Pure.

What becomes of a story (which slot was free) the acting finds out; it draws from the story's own
generator, so one story more or less changes no other.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from demo.mentors import DemoMentor
from demo.year import cast
from demo.year.cast import CIRCLES, DemoClient

SEED = 1
DAYS = 365
STORIES = 1_520
# How busy each month is beside the others; a marketplace that grows, with a quiet August.
SEASON = (None, 0.95, 1.0, 1.05, 1.05, 1.0, 0.95, 0.9, 0.7, 1.15, 1.1, 1.05, 0.75)
WEEKDAY = (1.2, 1.25, 1.2, 1.1, 0.9, 0.6, 0.75)
GROWTH = 1.4  # the last day beside the first


class Kind(StrEnum):
    """What becomes of a booking."""

    HELD = "session held"
    CANCELLED_EARLY = "cancelled by the client in time"
    CANCELLED_LATE = "cancelled by the client late"
    CANCELLED_BY_MENTOR = "cancelled by the mentor"
    CANCELLED_BY_US = "cancelled by the staff"
    HOLD_DROPPED = "hold given up by the client"
    HOLD_EXPIRED = "hold expired unpaid"
    DECLINED = "card declined, hold expired"
    DECLINED_THEN_PAID = "card declined, then paid"
    LATE_TAKEN_AGAIN = "paid late, time still free"
    LATE_REFUNDED = "paid late, time gone, refunded"
    MENTOR_ABSENT = "mentor did not come"
    CLIENT_ABSENT = "client did not come"
    GOODWILL = "part given back afterwards"
    REFUNDED_THERE = "refunded at the gateway by hand"
    REFUND_FAILED = "refund came back from the bank"
    REFUND_SLOW = "refund took days"
    DISPUTE_WON = "dispute won"
    DISPUTE_LOST = "dispute lost"
    DISPUTE_OPEN = "dispute open"


WEIGHTS = {
    Kind.HELD: 735,
    Kind.CANCELLED_EARLY: 60,
    Kind.CANCELLED_LATE: 32,
    Kind.CANCELLED_BY_MENTOR: 28,
    Kind.CANCELLED_BY_US: 6,
    Kind.HOLD_DROPPED: 12,
    Kind.HOLD_EXPIRED: 42,
    Kind.DECLINED: 16,
    Kind.DECLINED_THEN_PAID: 26,
    Kind.LATE_TAKEN_AGAIN: 5,
    Kind.LATE_REFUNDED: 4,
    Kind.MENTOR_ABSENT: 7,
    Kind.CLIENT_ABSENT: 12,
    Kind.GOODWILL: 8,
    Kind.REFUNDED_THERE: 2,
    Kind.REFUND_FAILED: 2,
    Kind.REFUND_SLOW: 3,
}
# Those that a short year must have as well: (kind, share of the year that has passed).
CERTAIN = (
    (Kind.DISPUTE_WON, 0.35),
    (Kind.DISPUTE_LOST, 0.55),
    (Kind.DISPUTE_OPEN, 0.93),
    (Kind.LATE_REFUNDED, 0.4),
    (Kind.REFUND_FAILED, 0.5),
    (Kind.REFUNDED_THERE, 0.6),
    (Kind.MENTOR_ABSENT, 0.45),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One booking and what becomes of it; `seed` feeds the choices made while acting."""

    number: int
    kind: Kind
    circle: int
    client: DemoClient
    mentor: DemoMentor
    offer: str
    booked_at: datetime
    lead: timedelta
    seed: str

    def dice(self) -> random.Random:
        """Return the story's own generator, the same each time."""
        return random.Random(self.seed)  # noqa: S311 - a demo's chance, not a secret


@dataclass(frozen=True, slots=True)
class Plan:
    """A year: [begins_at, ends_at), and its stories in order of booking."""

    seed: int
    begins_at: datetime
    ends_at: datetime
    stories: tuple[Story, ...]

    def of_circle(self, circle: int) -> list[Story]:
        return [story for story in self.stories if story.circle == circle]


def make_plan(*, seed: int, until: date, days: int = DAYS, stories: int = STORIES) -> Plan:
    """Return the plan of the `days` before `until` (which is not in it)."""
    ends_at = datetime.combine(until, time(), UTC)
    begins_at = ends_at - timedelta(days=days)
    dice = random.Random(f"year:{seed}")  # noqa: S311
    drawn = [*_drawn(dice, begins_at, days, stories), *_certain(dice, begins_at, ends_at)]
    drawn += _by_hand(begins_at, ends_at)
    drawn.sort(key=lambda one: (one[1], one[2].email, one[3].email))
    return Plan(
        seed=seed,
        begins_at=begins_at,
        ends_at=ends_at,
        stories=tuple(
            Story(
                number=number,
                kind=kind,
                circle=client.circle,
                client=client,
                mentor=mentor,
                offer=offer,
                booked_at=booked_at,
                lead=lead,
                seed=f"{seed}:{booked_at:%Y%m%d%H%M%S}:{client.email}",
            )
            for number, (kind, booked_at, client, mentor, offer, lead) in enumerate(drawn)
        ),
    )


type _Drawn = tuple[Kind, datetime, DemoClient, DemoMentor, str, timedelta]


def _drawn(dice: random.Random, begins_at: datetime, days: int, stories: int) -> Iterator[_Drawn]:
    dates = [begins_at.date() + timedelta(days=number) for number in range(days)]
    weights = [_busyness(day, number / days) for number, day in enumerate(dates)]
    for day in sorted(dice.choices(dates, weights=weights, k=stories)):
        kind = dice.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
        yield _one(dice, kind, day)


def _certain(dice: random.Random, begins_at: datetime, ends_at: datetime) -> Iterator[_Drawn]:
    for kind, share in CERTAIN:
        at = begins_at + (ends_at - begins_at) * share
        yield _one(dice, kind, at.date())


def _one(dice: random.Random, kind: Kind, day: date) -> _Drawn:
    circle = dice.randrange(CIRCLES)
    people = cast.clients_of(circle)
    client = dice.choices(people, weights=[one.eagerness for one in people])[0]
    mentors = cast.mentors_of(circle)
    fond = [one for one in mentors if one.email in client.fondness]
    mentor = (
        dice.choice(fond)
        if dice.random() < 0.45
        else dice.choices(
            mentors, weights=[cast.popularity(place) for place in range(len(mentors))]
        )[0]
    )
    offer = dice.choice(mentor.offers)
    return kind, _waking(dice, client, day), client, mentor, offer.name, _lead(dice, kind)


def _waking(dice: random.Random, client: DemoClient, day: date) -> datetime:
    """Return an instant of the UTC day at which the client is awake."""
    for _ in range(100):
        at = datetime.combine(day, time(), UTC) + timedelta(seconds=dice.randrange(86_400))
        if 7 <= at.astimezone(ZoneInfo(client.zone)).hour < 23:
            return at
    return at


def _lead(dice: random.Random, kind: Kind) -> timedelta:
    """Return how long before the session it is booked."""
    low, high = dice.choices(
        ((26, 60), (60, 170), (170, 480), (480, 900)), weights=(25, 45, 25, 5)
    )[0]
    if kind in {Kind.CANCELLED_EARLY, Kind.CANCELLED_BY_MENTOR, Kind.CANCELLED_BY_US}:
        low, high = max(low, 75), max(high, 170)
    if kind in {Kind.DISPUTE_OPEN, Kind.DISPUTE_WON, Kind.DISPUTE_LOST}:
        low, high = 26, 60
    return timedelta(hours=dice.randrange(low, high))


def _busyness(day: date, share: float) -> float:
    season = SEASON[day.month] or 1.0
    return season * WEEKDAY[day.weekday()] * (1 + (GROWTH - 1) * share)


# Chloe's and Diego's year: (share of the year, mentor, offer, what becomes of it).
_ADA, _PRIYA, _NOOR = "mentor@example.com", "priya.raman@mentors.example.com", "mentor2@example.com"
_TOMAS, _MATEUS = "tomas.lind@mentors.example.com", "mateus.rocha@mentors.example.com"
_KEIKO, _JOSH = "keiko.mori@mentors.example.com", "josh.abrams@mentors.example.com"
_LENA, _IMANI = "lena.fischer@mentors.example.com", "imani.wanjiru@mentors.example.com"
_CHLOE = (
    (0.02, _ADA, "Career session", Kind.HELD),
    (0.06, _ADA, "Interview rehearsal", Kind.DECLINED_THEN_PAID),
    (0.11, _PRIYA, "Mock interview", Kind.HELD),
    (0.16, _ADA, "Career session", Kind.HELD),
    (0.21, _TOMAS, "Pricing review", Kind.CANCELLED_EARLY),
    (0.27, _ADA, "Interview rehearsal", Kind.HELD),
    (0.33, _PRIYA, "Debrief", Kind.CANCELLED_LATE),
    (0.38, _MATEUS, "Portfolio review", Kind.HELD),
    (0.44, _ADA, "Career session", Kind.CANCELLED_BY_MENTOR),
    (0.46, _ADA, "Career session", Kind.HELD),
    (0.55, _LENA, "Fresh start", Kind.HELD),
    (0.61, _ADA, "Quick question", Kind.HOLD_EXPIRED),
    (0.62, _ADA, "Quick question", Kind.HELD),
    (0.70, _PRIYA, "Mock interview", Kind.MENTOR_ABSENT),
    (0.76, _ADA, "Career session", Kind.HELD),
    (0.83, _ADA, "Interview rehearsal", Kind.GOODWILL),
    (0.90, _PRIYA, "Mock interview", Kind.HELD),
    (0.95, _ADA, "Career session", Kind.HELD),
)
_DIEGO = (
    (0.04, _NOOR, "Post-mortem together", Kind.HELD),
    (0.12, _NOOR, "Runbook review", Kind.HELD),
    (0.18, _JOSH, "Negotiation prep", Kind.HELD),
    (0.26, _NOOR, "Post-mortem together", Kind.CANCELLED_LATE),
    (0.34, _KEIKO, "Rehearsal", Kind.DECLINED),
    (0.35, _KEIKO, "Rehearsal", Kind.HELD),
    (0.47, _NOOR, "Runbook review", Kind.CLIENT_ABSENT),
    (0.52, _NOOR, "Post-mortem together", Kind.HELD),
    (0.60, _IMANI, "Founder hour", Kind.CANCELLED_LATE),
    (0.68, _JOSH, "Offer check", Kind.HELD),
    (0.75, _NOOR, "Runbook review", Kind.LATE_TAKEN_AGAIN),
    (0.82, _NOOR, "Post-mortem together", Kind.HELD),
    (0.92, _KEIKO, "Slide clinic", Kind.HELD),
)
# What lies before them on the day that the year ends: (days before it, days after it, …).
_TO_COME = (
    (0, 4, 3, _ADA, "Interview rehearsal"),
    (0, 3, 9, _PRIYA, "Mock interview"),
    (0, 1, 16, _ADA, "Career session"),
    (1, 5, 2, _NOOR, "Runbook review"),
    (1, 2, 8, _KEIKO, "Rehearsal"),
)


def _by_hand(begins_at: datetime, ends_at: datetime) -> Iterator[_Drawn]:
    for client, told in ((cast.CHLOE, _CHLOE), (cast.DIEGO, _DIEGO)):
        mentors = {one.email: one for one in cast.mentors_of(client.circle)}
        for share, email, offer, kind in told:
            at = _evening(begins_at + (ends_at - begins_at) * share, client)
            yield kind, at, client, mentors[email], offer, timedelta(days=3, hours=2)
        for circle, before, after, email, offer in _TO_COME:
            if circle == client.circle:
                at = _evening(ends_at - timedelta(days=before), client)
                lead = timedelta(days=before + after)
                yield Kind.HELD, at, client, mentors[email], offer, lead


def _evening(at: datetime, client: DemoClient) -> datetime:
    local = at.astimezone(ZoneInfo(client.zone))
    evening = local.replace(hour=18, minute=(at.day * 7) % 60, second=0, microsecond=0)
    return min(evening.astimezone(UTC), at + timedelta(hours=12))
