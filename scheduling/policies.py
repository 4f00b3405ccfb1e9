"""What a cancellation gives back. Pure; says a share and who bears the gateway's fee, no cents
of anybody's account: billing turns the share into lines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kernel.errors import Invalid
from scheduling.states import CancelledBy, State

WHOLE_BPS = 10_000


class BadPolicy(Invalid):
    """Tiers that are empty, repeat themselves, or give more back the later one cancels."""

    code = "bad_policy"


@dataclass(frozen=True, slots=True)
class Tier:
    """Cancelled at least `hours_before` the start, `refund_bps` of the price comes back."""

    hours_before: int
    refund_bps: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cancellation at one instant gives back, and when that next becomes less.

    `bearer` bears the gateway's fee: `platform`, `mentor` or `client`. The share still holds at
    `changes_at` itself and falls to `next_refund_bps` after it; both are None where nothing
    falls any more.
    """

    refund_bps: int
    bearer: str
    changes_at: datetime | None = None
    next_refund_bps: int | None = None


def read_tiers(raw: Iterable[Mapping[str, Any]]) -> tuple[Tier, ...]:
    """Return the tiers of a policy's JSON, the earliest first; raise BadPolicy for nonsense."""
    try:
        tiers = [Tier(int(tier["hours_before"]), int(tier["refund_bps"])) for tier in raw]
    except (KeyError, TypeError, ValueError) as error:
        raise BadPolicy(
            f"A tier needs whole numbers hours_before and refund_bps ({error})."
        ) from error
    tiers.sort(key=lambda tier: -tier.hours_before)
    hours = [tier.hours_before for tier in tiers]
    shares = [tier.refund_bps for tier in tiers]
    if not tiers or len(set(hours)) < len(hours) or hours[-1] < 0:
        raise BadPolicy("Give at least one tier, each with its own hours before the start (≥ 0).")
    if shares != sorted(shares, reverse=True) or not 0 <= shares[-1] <= shares[0] <= WHOLE_BPS:
        raise BadPolicy("A later cancellation may not give more back; shares lie in 0–10000.")
    return tuple(tiers)


def outcome(
    *,
    policy: Mapping[str, Any],
    state: State,
    by: CancelledBy,
    starts_at: datetime,
    now: datetime,
    cap_bps: int = WHOLE_BPS,
) -> Outcome:
    """Return what cancelling at `now` gives back under the policy frozen on the booking.

    A mentor who cancels gives everything back and bears the fee; the platform likewise. A
    client gets the share of the tier, `cap_bps` at most; where that is not all, the policy says
    who bears the fee.
    """
    if by is CancelledBy.MENTOR:
        return Outcome(WHOLE_BPS, "mentor")
    if by is not CancelledBy.CLIENT or state is State.PENDING:
        return Outcome(WHOLE_BPS, "platform")
    share, later = 0, 0
    changes_at = None
    for tier in reversed(read_tiers(policy["tiers"])):
        last = starts_at - timedelta(hours=tier.hours_before)
        if now > last:
            break
        given = min(tier.refund_bps, cap_bps)
        if given > share:
            share, later, changes_at = given, share, last
    return Outcome(
        share,
        "platform" if share == WHOLE_BPS else str(policy["late_bearer"]),
        changes_at,
        None if changes_at is None else later,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a whole, exactly: `above` of `below`, as basis points would round thirds."""

    above: int
    below: int

    @property
    def bps(self) -> int:
        """Return it in basis points, rounded down: 10,000 is all of it and nothing less."""
        return self.above * WHOLE_BPS // self.below


def part_not_held(*, held_minutes: int, of_minutes: int) -> Part:
    """Return the part of a session's price for the minutes that were not held.

    Nobody was at fault: what was held is paid for, the rest goes back. Raises Invalid for minutes
    that the session did not have.
    """
    if not 0 <= held_minutes <= of_minutes or of_minutes <= 0:
        raise Invalid(
            f"The session had {of_minutes} minutes: {held_minutes} of them cannot have been held. "
            f"Give 0 to {of_minutes}.",
            pointer="/held_minutes",
        )
    return Part(of_minutes - held_minutes, of_minutes)
