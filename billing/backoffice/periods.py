"""Periods: what is closed, by whom, with which totals; and the dialogs that propose and close."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import User
from billing.backoffice.lines import lines_link
from billing.ledger import periods
from billing.ledger.chart import name_of
from billing.models import PeriodClose, PeriodTotal
from kernel import clock
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.backoffice.search import by_reference
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, state_html
from kernel.errors import Refusal

TONES = {"proposed": "info", "closed": "success", "withdrawn": "quiet"}
MAY_PROPOSE = "billing.add_periodclose"
MAY_CLOSE = "billing.approve_periodclose"


def month_words(period: PeriodClose) -> str:
    return f"{period.since:%B %Y}"


class PeriodIndexView(ReadOnlyIndexView):
    queryset = PeriodClose.objects.select_related("proposed_by", "approved_by")
    page_title = "Periods"
    empty = "No month is closed yet. Propose the first one when it is over and reconciled."
    search_hint = "cls_…"
    default_ordering = "-until"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "month", accessor=month_words, url_name="periods:inspect", label="Month", classname=""
        ),
        StateColumn("state", tones=TONES),
        Column("entries", classname="cf-right", accessor=lambda row: f"{row.entries:,}"),
        Column("proposed_by", label="Proposed by", accessor="proposed_by.name"),
        Column(
            "approved_by",
            label="Closed by",
            accessor=lambda row: row.approved_by.name if row.approved_by else NOTHING,
        ),
        InstantColumn("approved_at", label="Closed", sort_key="approved_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "From": "since",
        "Until": "until",
        "Status": "state",
        "Entries": "entries",
        "Hash": "content_hash",
        "Proposed by": "proposed_by.name",
        "Closed at": "approved_at",
    }

    def find(self, query: str) -> Q:
        return by_reference("cls", query)

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MAY_PROPOSE):
            return []
        return [HeaderButton("Close a month", url=reverse("propose_period"), icon_name="lock")]


class PeriodInspectView(ReadOnlyInspectView):
    queryset = PeriodClose.objects.select_related("proposed_by", "approved_by", "withdrawn_by")

    def get_page_subtitle(self) -> str:
        return month_words(self.object)

    @property
    def header_buttons(self) -> list[Button]:
        may = self.request.user.has_perm(MAY_CLOSE) or self.request.user.has_perm(MAY_PROPOSE)
        if self.object.state != "proposed" or not may:
            return []
        url = reverse("close_period", args=[self.object.pk])
        return [HeaderButton("Close or withdraw", url=url, icon_name="lock")]

    def facts(self) -> Sequence[tuple[str, object]]:
        period = self.object
        return [
            *period_facts(period),
            ("Closed by", period.approved_by.name if period.approved_by else NOTHING),
            ("Closed", instant_html(period.approved_at)),
            ("Withdrawn by", period.withdrawn_by.name if period.withdrawn_by else NOTHING),
            ("Hash", period.content_hash),
        ]

    def sections(self) -> Sequence[Component]:
        totals = PeriodTotal.objects.filter(period=self.object).order_by("account_id")
        rows = [
            periods.Total(
                one.account_id, one.debit_minor, one.credit_minor, one.closing_minor, one.lines,
                one.line_hash,
            )
            for one in totals
        ]  # fmt: skip
        month = f"{self.object.since:%Y-%m}"
        return [totals_table(rows, month=month), breaks_table(self.object.open_breaks)]


def period_facts(period: PeriodClose) -> list[tuple[str, object]]:
    return [
        ("Month", month_words(period)),
        ("Status", state_html(period.state, tone=TONES[period.state])),
        ("Reference", period.public_id),
        ("Entries", f"{period.entries:,}"),
        ("Proposed by", period.proposed_by.name),
        ("Proposed", instant_html(period.proposed_at)),
    ]


def totals_table(totals: Sequence[periods.Total], *, month: str) -> Lines:
    """Show each account of a period; its movements open their lines."""
    return Lines(
        title="Accounts",
        headings=["Account", "Debit", "Credit", "Balance at the end", "Lines"],
        rows=[
            (
                f"{one.account[:4]} {name_of(one.account)}",
                _opened(one, one.debit_minor, month=month, side="debit"),
                _opened(one, one.credit_minor, month=month, side="credit"),
                money_html(one.closing_minor, one.account[-3:]),
                f"{one.lines:,}",
            )
            for one in totals
        ],
        right=(1, 2, 3, 4),
        empty="They are written down when the period is closed.",
    )


def _opened(one: periods.Total, amount_minor: int, **where: str) -> object:
    currency = one.account[-3:]
    return lines_link(
        money_html(amount_minor, currency),
        account=one.account[:4], gateway=one.account[5:-4], currency=currency, **where,
    )  # fmt: skip


def breaks_table(listed: Sequence[str], *, title: str = "Open breaks of the period") -> Lines:
    return Lines(
        title=title,
        headings=["Break"],
        rows=[(one,) for one in listed],
        empty="None was open.",
    )


def checks_table(checks: Sequence[periods.Check]) -> Lines:
    def word(check: periods.Check) -> object:
        if check.ok:
            return state_html("holds", tone="success")
        return state_html("fails", tone="danger") if check.blocks else state_html(
            "look", tone="warning"
        )  # fmt: skip

    return Lines(
        title="Checks",
        headings=["What has to hold", "Now", "What to do"],
        rows=[(check.says, word(check), "" if check.ok else check.detail) for check in checks],
    )


class PeriodViewSet(ReadOnlyViewSet):
    model = PeriodClose
    name = "periods"
    icon = "lock"
    menu_label = "Periods"
    menu_order = 46
    index_view_class = PeriodIndexView
    inspect_view_class = PeriodInspectView


class ProposePeriodView(DialogView):
    """The next month as it would be closed, and the button that proposes it."""

    permission = MAY_PROPOSE
    page_title = "Close a month"
    header_icon = "lock"
    intro = (
        "Another person closes what you propose. A closed month is never opened again; what is "
        "heard of later counts on the first open day."
    )

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("periods:index"), "label": "Periods"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        try:
            seen = periods.preview(now=clock.now())
        except Refusal as refusal:
            return [Offer("propose", "Propose", objection=refusal.detail)]
        month = f"{seen.since:%B %Y}"
        waiting = PeriodClose.objects.filter(
            until=seen.until, withdrawn_at=None, approved_at=None
        ).first()
        objection = "" if seen.ready else f"{month} cannot be closed yet: see the checks."
        if waiting is not None:
            objection = f"{month} is proposed as {waiting.public_id} and waits for another person."
        return [
            Offer(
                "propose",
                f"Propose to close {month}",
                seen=seen.content_hash,
                sections=[
                    checks_table(seen.checks),
                    totals_table(seen.totals, month=f"{seen.since:%Y-%m}"),
                    breaks_table(seen.open_breaks),
                ],
                objection=objection,
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        period = periods.propose(
            by=cast("User", self.request.user), content_hash=seen, now=clock.now()
        )
        return Done(
            f"{month_words(period)} is proposed. Another person closes it.",
            reverse("periods:inspect", args=[period.pk]),
        )


class ClosePeriodView(DialogView):
    """What was proposed: close it, or withdraw it."""

    permission = MAY_PROPOSE
    page_title = "Close a month"
    header_icon = "lock"
    period: PeriodClose

    def find(self, **kwargs: Any) -> None:
        rows = PeriodClose.objects.select_related("proposed_by")
        self.period = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return month_words(self.period)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("periods:index"), "label": "Periods"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        return [*period_facts(self.period), ("Hash", self.period.content_hash)]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        user = cast("User", self.request.user)
        objection = ""
        if self.period.state != "proposed":
            objection = f"This period is {self.period.state}."
        elif not user.has_perm(MAY_CLOSE):
            objection = "You may withdraw it; somebody who approves closes it."
        elif user.pk == self.period.proposed_by_id:
            objection = "You proposed it. Another person closes it."
        done = "" if self.period.state == "proposed" else objection
        sections = [breaks_table(self.period.open_breaks)]
        opened = () if done else periods.opened_since(self.period)
        if opened:
            sections.append(breaks_table(opened, title="Opened since it was proposed"))
            objection = objection or "Breaks opened since: answer them, or propose it anew."
        return [
            Offer("close", f"Close {month_words(self.period)} for good",
                  seen=self.period.content_hash, sections=sections, objection=objection),
            Offer("withdraw", "Withdraw the proposal", objection=done, tone="secondary"),
        ]  # fmt: skip

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        by = cast("User", self.request.user)
        here = reverse("periods:inspect", args=[self.period.pk])
        if act == "withdraw":
            periods.withdraw(period_id=self.period.pk, by=by, now=clock.now())
            return Done(f"{month_words(self.period)} is proposed no more.", here)
        if not by.has_perm(MAY_CLOSE):
            raise periods.MayNotClose("Somebody who approves for finance closes a period.")
        periods.close(period_id=self.period.pk, by=by, now=clock.now())
        return Done(f"{month_words(self.period)} is closed.", here)
