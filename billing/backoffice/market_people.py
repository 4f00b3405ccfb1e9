"""How the market is used: which clients come back, and when sessions are cancelled."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.safestring import SafeString

from billing.backoffice.market_view import PEOPLE, MarketReport, Told, Wanted
from billing.backoffice.report_view import Figure
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.backoffice.sheets import Cell, Hours, Row, Share, Table, percent_words, shown
from scheduling.reports.cancellations import BY, GROUPS, Cancelled, cancellations
from scheduling.reports.retention import Cohort, cohorts

# How many months later a cohort is followed.
FOLLOWED = 12


class RetentionReport(MarketReport):
    page_title = "Retention"
    slug = "retention"
    definition = (
        "Retention is the share of the clients whose first session took place in a month who had "
        "another session so many months later. Months that are not over are left out."
    )
    empty = "No client had a first session in these months. Choose others, or more mentors."
    of_ledger = False
    months = True

    def read(self, wanted: Wanted) -> Told:
        found = cohorts(span=wanted.span, scope=wanted.scope)
        if not any(one.clients for one in found):
            return Told()
        parts = wanted.span.parts
        over = sum(part.until <= wanted.at for part in parts)
        later = range(1, max(1, min(FOLLOWED + 1, over)))
        every = [self._all(found, number, over) for number in later]
        rows = [
            Row(wanted.name(part), [one.clients, *_kept(one, later, over)], key=part.key)
            for part, one in zip(parts, found, strict=True)
        ]
        clients = sum(one.clients for one in found)
        rows.append(Row("All months", [clients, *every], tone="end"))
        return Told(
            figures=[
                Figure("New clients", f"{clients:,}", "whose first session took place"),
                *(
                    Figure(f"Back after {number} month{'s' if number > 1 else ''}",
                           percent_words(every[number - 1]),
                           f"of {every[number - 1].whole:,} clients")
                    for number in (1, 3, 6)
                    if number <= len(every)
                ),
            ],
            plots=self._plot(every),
            tables=[
                Table(
                    "Retention by month of the first session, %",
                    ["First session", "Clients", *(f"{number} mo" for number in later)],
                    rows,
                )
            ],
        )  # fmt: skip

    def _all(self, found: Sequence[Cohort], later: int, over: int) -> Share:
        """Return the share over all cohorts whose month so much later is over."""
        whole = [one for one in found if one.number + later < over]
        return Share(
            sum(one.back.get(later, 0) for one in whole), sum(one.clients for one in whole), True
        )

    def _plot(self, every: Sequence[Share]) -> list[SafeString]:
        if not every:
            return []
        percents = [one.percent for one in every]
        return [
            plots.lines(
                title="Clients who had another session, by months since the first",
                labels=[f"{number} mo" for number in range(1, len(every) + 1)],
                unit="% of new clients",
                write=lambda value: f"{value:g} %",
                series=[
                    Series("All months", [None if one is None else float(one) for one in percents])
                ],
            )
        ]


def _kept(cohort: Cohort, later: range, over: int) -> list[Cell]:
    return [
        Share(cohort.back.get(number, 0), cohort.clients, shade=True)
        if cohort.number + number < over
        else ""
        for number in later
    ]


class CancellationsReport(MarketReport):
    page_title = "Cancellations"
    slug = "cancellations"
    definition = (
        "The lead time of a cancellation is how long before its start a paid session was "
        "cancelled; the median is what half of them had at most. It counts when it was cancelled."
    )
    empty = "No paid session was cancelled in these days. Choose others, or more mentors."
    of_ledger = False
    permissions = PEOPLE
    NAMES: ClassVar[Sequence[str]] = ("By clients", "By mentors", "By the platform")

    def read(self, wanted: Wanted) -> Told:
        found, total = cancellations(span=wanted.span, scope=wanted.scope)
        if not total.count:
            return Told()
        cut = wanted.span.cut
        return Told(
            figures=[
                Figure("Cancelled", f"{total.count:,}", "paid sessions, in the days shown"),
                Figure("Median lead time", shown(_median(total)), "before the start"),
                Figure("Within 24 hours", percent_words(Share(total.within(24), total.count)),
                       "before the start, or after it"),
            ],
            plots=[
                plots.bars(
                    title="How long before the start", labels=GROUPS, unit="sessions",
                    write=_count,
                    series=[
                        Series(name, [row[who] for row in total.by_lead])
                        for who, name in enumerate(self.NAMES)
                    ],
                ),
                plots.lines(
                    title=f"Median lead time by {cut}", labels=wanted.span.labels(), unit="hours",
                    write=lambda value: f"{value:g} h",
                    series=[Series("Median lead time", [_hours(one) for one in found])],
                ),
            ],
            tables=[self._by_lead(total), self._by_part(found, total, wanted, cut)],
        )  # fmt: skip

    def _by_lead(self, total: Cancelled) -> Table:
        rows = [
            Row(name, [*row, sum(row), Share(sum(row), total.count)])
            for name, row in zip(GROUPS, total.by_lead, strict=True)
        ]
        sums = [total.by(who) for who in BY]
        rows.append(
            Row("Together", [*sums, total.count, Share(total.count, total.count)], tone="end")
        )
        return Table(
            "Cancellations by lead time", ["Before the start", *self.NAMES, "Together", "Share, %"],
            rows,
        )  # fmt: skip

    def _by_part(
        self, found: Sequence[Cancelled], total: Cancelled, wanted: Wanted, cut: str
    ) -> Table:
        def cells(one: Cancelled) -> list[Cell]:
            return [*(one.by(who) for who in BY), one.count, _median(one)]

        rows = [
            Row(wanted.name(part), cells(one), key=part.key)
            for part, one in zip(wanted.span.parts, found, strict=True)
        ]
        rows.append(Row("Together", cells(total), tone="end"))
        return Table(
            f"Cancellations by {cut}",
            [cut.capitalize(), *self.NAMES, "Together", "Median lead time, h"],
            rows,
        )


def _median(one: Cancelled) -> Hours | None:
    return None if one.median_minutes is None else Hours(one.median_minutes)


def _hours(one: Cancelled) -> float | None:
    return None if one.median_minutes is None else float(Hours(one.median_minutes).hours)


def _count(value: float) -> str:
    return f"{value:g}" if value else "0"
