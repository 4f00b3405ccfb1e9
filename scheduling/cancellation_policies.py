"""Change the terms of cancelling: a new version of a policy, for what is booked from then on.

A version is never edited, and a booking keeps the copy that was frozen on it. Knows no money.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from kernel import audit
from kernel.errors import Invalid, Refusal
from kernel.texts import typed
from scheduling.models import CancellationPolicy, SessionType
from scheduling.policies import BadPolicy, Tier, read_tiers
from scheduling.terms import policy_words

NAME_LENGTH = 60
LONGEST_HOURS = 24 * 365
MOST_TIERS = 8


class SameTerms(Refusal):
    """The newest version of the policy says the same already."""

    code = "same_terms"


class PolicyMoved(Refusal):
    """Somebody added a version of this policy at the same instant."""

    code = "policy_moved"


@dataclass(frozen=True, slots=True)
class Added:
    """The new version, how many session types it is for now, and whether new ones take it."""

    policy: CancellationPolicy
    moved: int


def add_version(
    *,
    name: str,
    tiers: Iterable[Mapping[str, int]],
    late_bearer: str,
    make_default: bool,
    by: str,
    now: datetime,
) -> Added:
    """Add a version of the policy `name`, or a first one, and put its session types under it.

    Sessions that are booked keep their terms. With `make_default` new session types take it; the
    default stays with a policy's newest version. `by` is a public user id. One transaction.

    Raises Invalid (no name, who bears), BadPolicy, SameTerms, PolicyMoved.
    """
    name = typed(name, name="name", longest=NAME_LENGTH, needed=True)
    checked = checked_tiers(tiers)
    if late_bearer not in CancellationPolicy.LateBearer.values:
        raise Invalid(f"{late_bearer!r} bears no fee.", pointer="/late_bearer")
    with transaction.atomic():
        rows = CancellationPolicy.objects.select_for_update().filter(name=name)
        versions = list(rows.order_by("-version"))
        last = versions[0] if versions else None
        if last is not None and (make_default, last.is_default) != (True, False):
            _refuse_the_same(last, checked, late_bearer)
        default = make_default or any(version.is_default for version in versions)
        if default:
            CancellationPolicy.objects.filter(is_default=True).update(is_default=False)
        try:
            with transaction.atomic():
                policy = CancellationPolicy.objects.create(
                    name=name,
                    version=last.version + 1 if last else 1,
                    tiers=[
                        {"hours_before": tier.hours_before, "refund_bps": tier.refund_bps}
                        for tier in checked
                    ],
                    late_bearer=late_bearer,
                    is_default=default,
                )
        except IntegrityError as error:
            raise PolicyMoved(
                f"Somebody has added a version of {name} just now. Look at it first."
            ) from error
        moved = SessionType.objects.filter(policy__in=versions).update(policy=policy)
        audit.record(
            actor=by,
            action="policy.added",
            object_type="cancellation_policy",
            object_id=str(policy.pk),
            data={**policy.frozen(), "is_default": default, "session_types": moved, "at": str(now)},
        )
    return Added(policy, moved)


def _refuse_the_same(last: CancellationPolicy, tiers: tuple[Tier, ...], late_bearer: str) -> None:
    if (read_tiers(last.tiers), last.late_bearer) == (tiers, late_bearer):
        raise SameTerms(f"{last} says so already: {policy_words(last.frozen())} Nothing was added.")


def checked_tiers(tiers: Iterable[Mapping[str, int]]) -> tuple[Tier, ...]:
    """Return the tiers, the earliest first. Raises BadPolicy, also for what nobody can mean."""
    read = read_tiers(tiers)
    if len(read) > MOST_TIERS:
        raise BadPolicy(f"A policy of {len(read)} steps is read by nobody; give {MOST_TIERS}.")
    if read[0].hours_before > LONGEST_HOURS:
        raise BadPolicy(f"{read[0].hours_before} hours are more than a year before the start.")
    return read


def moments(tiers: Iterable[Tier]) -> list[tuple[timedelta, str]]:
    """Return the instants that show a policy, as times before the start with their words.

    Each step at its last moment and a minute after it, and the last minute of all.
    """
    found: dict[timedelta, str] = {}
    for tier in tiers:
        hours = timedelta(hours=tier.hours_before)
        if tier.hours_before:
            found[hours] = f"{tier.hours_before} h before"
            found[hours - timedelta(minutes=1)] = f"a minute after {tier.hours_before} h before"
    found[timedelta(minutes=1)] = "a minute before the start"  # behind it nobody cancels by it
    return sorted(found.items(), reverse=True)
