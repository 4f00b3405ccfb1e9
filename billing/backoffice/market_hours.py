"""How much of the time that mentors offer is used."""

from collections.abc import Sequence

from billing.backoffice.market_view import PEOPLE, MarketReport, Told, Wanted
from billing.backoffice.report_view import Figure
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.backoffice.sheets import Cell, Hours, Row, Share, Table, percent_words, shown
from scheduling.reports.utilisation import Used, kept_since, utilisation


class UtilisationReport(MarketReport):
    page_title = "Utilisation"
    slug = "utilisation"
    definition = (
        "Utilisation is the share of the hours that mentors offered which paid sessions took. What "
        "was offered is written down each night, so it stays when hours change later; days from "
        "before that are not counted, nor is today."
    )
    empty = (
        "No mentor’s hours were kept in these days. They are written down each night; choose "
        "others, or more mentors."
    )
    of_ledger = False
    permissions = PEOPLE

    def read(self, wanted: Wanted) -> Told:
        found = utilisation(span=wanted.span, scope=wanted.scope)
        since = kept_since()
        if not any(one.offered_minutes or one.used_minutes for one in found):
            return Told()
        total = _together(found)
        cut = wanted.span.cut
        rows = [
            Row(wanted.name(part), _cells(one), key=part.key)
            for part, one in zip(wanted.span.parts, found, strict=True)
        ]
        rows.append(Row("Together", _cells(total), tone="end"))
        return Told(
            figures=[
                Figure("Utilisation", percent_words(_share(total)), "of all the days shown"),
                Figure("Offered", shown(Hours(total.offered_minutes)),
                       f"kept since {since:%-d %B %Y}" if since else ""),
                Figure("Used", shown(Hours(total.used_minutes)), f"{total.sessions:,} sessions"),
            ],
            plots=[
                plots.lines(
                    title="Utilisation", labels=wanted.span.labels(), unit="% of hours offered",
                    write=lambda value: f"{value:g} %",
                    series=[Series("Utilisation", [_percent(one) for one in found])],
                ),
                plots.bars(
                    title="Hours offered and used", labels=wanted.span.labels(), unit="hours",
                    write=lambda value: f"{value:,.1f} h".replace(".0 h", " h"),
                    series=[
                        Series("Offered", [_hours(one.offered_minutes) for one in found]),
                        Series("Used", [_hours(one.used_minutes) for one in found]),
                    ],
                ),
            ],
            tables=[
                Table(
                    f"Utilisation by {cut}",
                    [cut.capitalize(), "Offered, h", "Used, h", "Sessions", "Days kept",
                     "Utilisation, %"],
                    rows,
                )
            ],
        )  # fmt: skip


def _cells(one: Used) -> list[Cell]:
    return [
        Hours(one.offered_minutes), Hours(one.used_minutes), one.sessions, one.days, _share(one),
    ]  # fmt: skip


def _share(one: Used) -> Share:
    return Share(one.used_minutes, one.offered_minutes)


def _percent(one: Used) -> float | None:
    percent = _share(one).percent
    return None if percent is None else float(percent)


def _hours(minutes: int) -> float:
    return float(Hours(minutes).hours)


def _together(found: Sequence[Used]) -> Used:
    return Used(
        offered_minutes=sum(one.offered_minutes for one in found),
        used_minutes=sum(one.used_minutes for one in found),
        sessions=sum(one.sessions for one in found),
        days=sum(one.days for one in found),
    )
