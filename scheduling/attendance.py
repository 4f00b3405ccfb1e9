"""Who came to a session, by what its room recorded. Pure.

A pass into a room is no evidence that its holder came; only what the room's provider told of its
door is. Where that is thin, nobody is blamed: the session counts as held, and people may report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a session, as far as the room shows it; stored with the session."""

    HELD = "held"
    CLIENT_ABSENT = "client_absent"
    MENTOR_ABSENT = "mentor_absent"


@dataclass(frozen=True, slots=True)
class Step:
    """One person went through the door: in, or out again."""

    at: datetime
    inside: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one session: both people's steps, and when its source was last heard.

    `heard_at` is the last time at which the provider told anything of any room: one that is
    silent may be one that is down.
    """

    client: tuple[Step, ...] = ()
    mentor: tuple[Step, ...] = ()
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the evidence shows; `outcome` is None where it shows nothing. `final`: it may be used.

    Until it is final something that was told late may still change it.
    """

    outcome: Outcome | None
    final: bool


def finding(
    evidence: Evidence,
    *,
    starts_at: datetime,
    ends_at: datetime,
    patience: timedelta,
    settling: timedelta,
    now: datetime,
) -> Finding:
    """Return what the room shows of a session that runs from `starts_at` to `ends_at`.

    Both came: held, known at once. One came and was there when the other was `patience` late (or
    the session over), and the provider was heard of since: the other was absent, known when
    `settling` is over after the end, for what was told late. Anything else shows nothing.
    """
    client = _came(evidence.client, ends_at)
    mentor = _came(evidence.mentor, ends_at)
    if client and mentor:
        return Finding(Outcome.HELD, final=True)
    if not client and not mentor:
        return Finding(None, final=True)
    waited_until = min(starts_at + patience, ends_at)
    steps = evidence.client if client else evidence.mentor
    seen = _last_seen(steps, evidence.heard_at)
    outcome = None
    if seen is not None and seen >= waited_until:
        outcome = Outcome.MENTOR_ABSENT if client else Outcome.CLIENT_ABSENT
    return Finding(outcome, final=now >= ends_at + settling)


def _came(steps: Iterable[Step], ends_at: datetime) -> bool:
    """Say whether anything was told of a person before the end, however shortly they stayed."""
    return any(step.at < ends_at for step in steps)


def _last_seen(steps: tuple[Step, ...], heard_at: datetime | None) -> datetime | None:
    """Return up to when somebody was there: who has not left is, as long as the room is heard.

    None for one who never got in: that a connection broke off is no presence.
    """
    if not any(step.inside for step in steps):
        return None
    latest = max(steps, key=lambda step: (step.at, step.inside))
    if not latest.inside:
        return latest.at
    return max(latest.at, heard_at) if heard_at else latest.at
