"""Payout runs: the list, and one run with who is paid, who is not and why, and its postings."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing import payouts
from billing.backoffice.filters import gateway_filter, gateway_name
from billing.backoffice.lines import lines_link
from billing.backoffice.payout_dialogs import APPROVE, PREPARE
from billing.backoffice.payout_pack import progress_of
from billing.backoffice.payout_tables import RUN_TONES, exclusions_table, payouts_table
from billing.backoffice.told import audited
from billing.ledger import chart
from billing.models import Line, Payout, PayoutRun
from billing.states import PayoutRunState
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    currency_filter,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.search import by_reference
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, state_html, state_words

# A draft carries no totals yet; what it holds is counted.
RUNS = PayoutRun.objects.select_related(
    "built_by", "frozen_by", "approved_by", "discarded_by"
).annotate(payout_count=Count("payouts"), payout_minor=Sum("payouts__amount_minor", default=0))


class PayoutRunFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(PayoutRunState)
    currency = currency_filter()
    gateway = gateway_filter()
    built_at = period_filter("Built")

    class Meta:
        model = PayoutRun
        fields: ClassVar[list[str]] = []


class PayoutRunIndexView(BusinessIndexView):
    queryset = RUNS
    page_title = "Payout runs"
    empty = "No payout runs yet. One appears when finance builds it from the mentors' balances."
    search_hint = "run_… or po_…"
    references: ClassVar[dict[str, str]] = {"run": "pk"}
    default_ordering = "-built_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="payout-runs:inspect"),
        StateColumn("state", tones=RUN_TONES, sort_key="state"),
        InstantColumn("built_at", label="Built", sort_key="built_at"),
        Column("built_by", accessor="built_by.name", label="Built by"),
        Column("approved_by", accessor=lambda run: _name(run.approved_by), label="Approved by"),
        Column("payout_count", label="Payouts", classname="cf-right"),
        MoneyColumn("payout_minor", label="Total"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Gateway": "gateway",
        "Built at": "built_at",
        "Built by": "built_by.name",
        "Frozen at": "frozen_at",
        "Frozen by": lambda run: _name(run.frozen_by),
        "Approved at": "approved_at",
        "Approved by": lambda run: _name(run.approved_by),
        "Done at": "done_at",
        "Payouts": "payout_count",
        "Total": amount("payout_minor"),
        "Currency": "currency",
        "Hash": "content_hash",
    }

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to build a run, to those who may."""
        if not self.request.user.has_perm(PREPARE):
            return []
        return [HeaderButton("Build a run", url=reverse("build_run"), icon_name="plus")]

    def find(self, query: str) -> Q:
        of_payout = Payout.objects.filter(by_reference("po", query))
        return super().find(query) | Q(pk__in=of_payout.values("run_id"))


# What a run waits for in each state: words, address, icon, and who may.
STEPS = {
    "draft": (
        ("Freeze", "freeze_run", "lock", PREPARE),
        ("Discard", "discard_run", "bin", PREPARE),
    ),
    "frozen": (
        ("Approve", "approve_run", "check", APPROVE),
        ("Discard", "discard_run", "bin", PREPARE),
    ),
    "approved": (("Send again", "send_run_again", "rotate", PREPARE),),
    "sending": (("Send again", "send_run_again", "rotate", PREPARE),),
}
TOLD_BY_THE_ROW = [f"payout_run.{step}" for step in ("built", "frozen", "approved", "discarded")]
PACK = (("CSV", "run_sheet", "download"), ("Print", "run_print", "doc-full"))


class Progress(Component):  # type: ignore[misc]
    """How far the sending of a run got; a script keeps it in step."""

    template_name = "backoffice/progress.html"

    def __init__(self, run: PayoutRun) -> None:
        self.run = run

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return {**progress_of(self.run), "url": reverse("run_progress", args=[self.run.pk])}


class PayoutRunInspectView(BusinessInspectView):
    queryset = RUNS

    def facts(self) -> Sequence[tuple[str, object]]:
        run = self.object
        facts: list[tuple[str, object]] = [
            ("Reference", run.public_id),
            ("Status", state_html(run.state, tone=RUN_TONES[run.state])),
            ("Total", money_html(run.payout_minor, run.currency)),
            ("Payouts", run.payout_count),
            ("Gateway", gateway_name(run.gateway)),
            ("Least amount", money_html(run.minimum_minor, run.currency)),
            ("Built", _by(run.built_at, run.built_by)),
            ("Frozen", _by(run.frozen_at, run.frozen_by)),
            ("Approved", _by(run.approved_at, run.approved_by)),
            ("Done", instant_html(run.done_at)),
        ]
        if run.discarded_at:
            facts.append(("Discarded", _by(run.discarded_at, run.discarded_by)))
        if run.content_hash:
            facts.append(("Hash", run.content_hash))
        return facts

    @property
    def header_buttons(self) -> list[Button]:
        """Offer the steps that the run waits for, to those who may take them."""
        run = self.object
        steps = [
            HeaderButton(label, url=reverse(name, args=[run.pk]), icon_name=icon)
            for label, name, icon, permission in STEPS.get(run.state, ())
            if self.request.user.has_perm(permission)
        ]
        pack = [
            HeaderButton(label, url=reverse(name, args=[run.pk]), icon_name=icon)
            for label, name, icon in PACK
        ]
        return [*steps, *pack]

    def sections(self) -> Sequence[Component]:
        shown = payouts.preview(run_id=self.object.pk)
        sent = [Progress(self.object)] if self.object.approved_at else []
        return [
            *sent,
            payouts_table(shown.included, empty="Nobody with a balance can be paid."),
            exclusions_table(shown.excluded),
            postings(self.object),
            Timeline(
                [
                    *_happenings(self.object),
                    *audited(payout_run=[self.object.public_id], but=TOLD_BY_THE_ROW),
                ]
            ),
        ]


def postings(run: PayoutRun) -> Lines:
    """Sum the ledger lines of a run's payouts by what happened and by account; one query."""
    payout_ids = [str(pk) for pk in run.payouts.values_list("pk", flat=True)]
    rows = (
        Line.objects.filter(entry__source_type="payout", entry__source_id__in=payout_ids)
        .order_by()
        .values("entry__kind", "account_id")
        .annotate(minor=Sum("amount_minor"), lines=Count("pk"))
        .order_by("entry__kind", "account_id")
    )
    return Lines(
        title="Postings",
        headings=["Event", "Account", "Lines", "Debit", "Credit"],
        rows=[
            (
                f"Payout: {state_words(row['entry__kind']).lower()}",
                f"{row['account_id'][:4]} {chart.name_of(row['account_id'])}",
                row["lines"],
                _opened(run, row) if row["minor"] > 0 else "",
                _opened(run, row) if row["minor"] < 0 else "",
            )
            for row in rows
        ],
        right=(2, 3, 4),
        empty="No money has moved, so nothing is posted.",
    )


def _opened(run: PayoutRun, row: Mapping[str, Any]) -> object:
    return lines_link(
        money_html(abs(row["minor"]), run.currency),
        run=run.public_id, account=row["account_id"][:4], kind=row["entry__kind"],
    )  # fmt: skip


def _happenings(run: PayoutRun) -> list[Happening]:
    told = [
        (run.built_at, "Built", run.built_by),
        (run.frozen_at, "Frozen", run.frozen_by),
        (run.approved_at, "Approved", run.approved_by),
        (run.discarded_at, "Discarded", run.discarded_by),
    ]
    found = [Happening(at=at, what=f"{what} by {by.name}") for at, what, by in told if at and by]
    if run.done_at:
        found.append(Happening(at=run.done_at, what="Every payout was answered for"))
    return found


def _name(user: Any) -> str:
    return user.name if user else NOTHING


def _by(at: Any, user: Any) -> object:
    if at is None:
        return NOTHING
    return format_html("{} by {}", instant_html(at), user.name)


class PayoutRunViewSet(ReadOnlyViewSet):
    model = PayoutRun
    name = "payout-runs"
    icon = "calendar-check"
    menu_label = "Payout runs"
    menu_order = 30
    index_view_class = PayoutRunIndexView
    inspect_view_class = PayoutRunInspectView
    filterset_class = PayoutRunFilters
