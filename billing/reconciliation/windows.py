"""Which days a run looks at: a window, and the earlier days of what is still open.

A window that only ever moves on would leave yesterday's breaks behind: nobody would see that they
are mended. So a run looks again at the days of the breaks that are open from before its window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from billing.models import Break, CutOff, ReconciliationRun
from kernel import audit
from kernel.errors import Invalid

# The two sides stamp one event with two clocks, so rows this far outside the window are imported
# too: they may be the other half of something inside it.
MARGIN = timedelta(days=1)
DAY = timedelta(days=1)
MOST_DAYS = 31

type Span = tuple[datetime, datetime]


MOST_AGE = timedelta(days=7)
MOST_OVERLAP = timedelta(days=31)


def cut_off_of(gateway: str) -> CutOff:
    """Return how far a gateway's records are believed; as a row that is not saved without one."""
    return CutOff.objects.filter(gateway=gateway).first() or CutOff(gateway=gateway)


def set_cut_off(*, gateway: str, age: timedelta, overlap: timedelta, by: User) -> CutOff:
    """Set it for the next run; runs that were made keep the window they had. Raises Invalid."""
    if not timedelta(0) <= age <= MOST_AGE:
        raise Invalid("A cut-off is at most 7 days old.", pointer="/age")
    if not timedelta(0) <= overlap <= MOST_OVERLAP:
        raise Invalid("An overlap has at most 31 days.", pointer="/overlap")
    with transaction.atomic():
        before = cut_off_of(gateway)
        row, _ = CutOff.objects.update_or_create(
            gateway=gateway, defaults={"age": age, "overlap": overlap}
        )
        audit.record(
            actor=by.public_id,
            action="cut_off.set",
            object_type="cut_off",
            object_id=gateway,
            data={
                "age": str(age),
                "overlap": str(overlap),
                "before": [str(before.age), str(before.overlap)],
            },
        )
    return row


def nightly_window(*, now: datetime, gateway: str = "stripe") -> Span:
    """Return [since, until): up to the last midnight (UTC) that is old enough, and back over that
    day and the overlap, so that what came late is compared again. Both are data (`CutOff`).
    """
    row = cut_off_of(gateway)
    cut = datetime.combine((now - row.age).astimezone(UTC).date(), time(), UTC)
    return cut - DAY - row.overlap, cut


def days_of_open_breaks(*, gateway: str, leg: str, before: datetime) -> list[date]:
    """Return the UTC days of the open breaks from before the window: those looked at longest ago.

    At most a month of them each night; the others have their turn in the next.
    """
    rows = Break.objects.filter(
        leg=leg, gateway=gateway, state=Break.State.OPEN, occurred_at__lt=before
    ).order_by("last_run_id", "occurred_at")
    days: dict[date, None] = {}
    for at in rows.values_list("occurred_at", flat=True).iterator():
        days[at.astimezone(UTC).date()] = None
        if len(days) == MOST_DAYS:
            break
    return sorted(days)


@dataclass(frozen=True, slots=True)
class Windows:
    """The spans of a run, disjoint and in order."""

    spans: Sequence[Span]

    @classmethod
    def of(cls, run: ReconciliationRun) -> "Windows":
        """Return what a run covers: its window and the earlier days."""
        days = [datetime.combine(day, time(), UTC) for day in run.days]
        earlier = [(day, min(day + DAY, run.since)) for day in days if day < run.since]
        return cls(_merged([*earlier, (run.since, run.until)]))

    def wider(self) -> "Windows":
        """Return the spans with their margins: what is imported."""
        return Windows(_merged((since - MARGIN, until + MARGIN) for since, until in self.spans))

    def sql(self, column: str, *, name: str) -> str:
        """Return a condition on `column`, whose values `parameters` gives under the same name."""
        each = " OR ".join(
            f"{column} >= %({name}_since_{number})s AND {column} < %({name}_until_{number})s"
            for number, _ in enumerate(self.spans)
        )
        return f"({each})"

    def parameters(self, *, name: str) -> dict[str, Any]:
        """Return the values of the condition."""
        return {
            f"{name}_{end}_{number}": instant
            for number, span in enumerate(self.spans)
            for end, instant in zip(("since", "until"), span, strict=True)
        }


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged
