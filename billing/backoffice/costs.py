"""Costs of running the platform: the list, the form that posts one, its reversal, its paper."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.generic import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import User
from billing import costs
from billing.backoffice.lines import currencies_to_choose
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import ledger_lines, or_nothing
from billing.ledger import periods
from billing.ledger.chart import CHART, Code
from billing.ledger.preview import carry_out, rehearse
from billing.models import COST_ACCOUNTS, Cost, CostDocument, Line
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
)
from kernel.backoffice.columns import MoneyColumn, ReferenceColumn
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, money_text
from kernel.errors import Refusal
from kernel.ids import uuid7

MAY_ENTER = "billing.add_cost"
ACCOUNTS = {code: f"{code} {CHART[Code(code)].name}" for code in COST_ACCOUNTS}
STATES = {"reversed": "Taken back", "standing": "Standing"}


def _standing(rows: QuerySet[Cost], value: str) -> QuerySet[Cost]:
    gone = Q(reverses__isnull=False) | Q(reversed_by__isnull=False)
    return rows.filter(gone) if value == "reversed" else rows.exclude(gone)


def counted(cost: Cost) -> int:
    """Return the amount as it counts: a reversal takes away."""
    return -cost.amount_minor if cost.reverses_id else cost.amount_minor


class CostFilters(WagtailFilterSet):  # type: ignore[misc]
    account = choice_filter("Account", ACCOUNTS)
    what = choice_filter("Only", STATES, _standing)
    currency = currency_filter()
    day = period_filter("Day")

    class Meta:
        model = Cost
        fields: ClassVar[list[str]] = []


class CostIndexView(BusinessIndexView):
    queryset = Cost.objects.select_related("entered_by", "reverses", "reversed_by")
    page_title = "Costs"
    empty = "No cost is entered yet. Enter what servers, development or marketing cost."
    search_hint = "Supplier, memo or cst_…"
    references: ClassVar[dict[str, str]] = {"cst": "pk"}
    words = ("supplier", "memo")
    totals: ClassVar[dict[str, Any]] = {
        "Entered": Sum("amount_minor", filter=Q(reverses=None)),
        "Taken back": Sum("amount_minor", filter=Q(reverses__isnull=False)),
    }
    default_ordering = "-day"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="costs:inspect"),
        Column("day", label="Day", accessor=lambda cost: f"{cost.day:%-d %b %Y}", sort_key="day"),
        Column("account", accessor=lambda cost: ACCOUNTS[cost.account], sort_key="account"),
        Column("supplier", sort_key="supplier"),
        Column("memo", accessor=lambda cost: or_nothing(cost.memo), classname="cf-clip"),
        MoneyColumn("amount_minor", accessor=counted, label="Amount"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Day": "day",
        "Account": "account",
        "Supplier": "supplier",
        "Memo": "memo",
        "Reverses": lambda cost: cost.reverses.public_id if cost.reverses else "",
        "Amount": amount("amount_minor"),
        "Currency": "currency",
        "Entered at": "entered_at",
        "Entered by": "entered_by.name",
    }

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MAY_ENTER):
            return []
        return [HeaderButton("Enter a cost", url=reverse("enter_cost"), icon_name="plus")]


class CostInspectView(BusinessInspectView):
    queryset = Cost.objects.select_related("entered_by", "reverses", "reversed_by")

    @property
    def header_buttons(self) -> list[Button]:
        cost = self.object
        gone = cost.reverses_id or hasattr(cost, "reversed_by")
        if gone or not self.request.user.has_perm(MAY_ENTER):
            return []
        url = reverse("reverse_cost", args=[cost.pk])
        return [HeaderButton("Take it back", url=url, icon_name="undo")]

    def facts(self) -> Sequence[tuple[str, object]]:
        cost = self.object
        facts = [
            ("Supplier", cost.supplier),
            ("Amount", money_html(counted(cost), cost.currency)),
            ("Day", f"{cost.day:%-d %B %Y}"),
            ("Account", ACCOUNTS[cost.account]),
            ("Memo", or_nothing(cost.memo)),
            ("Entered", instant_html(cost.entered_at)),
            ("By", cost.entered_by.name),
            ("Paper", self._paper()),
        ]
        if cost.reverses_id:
            facts.append(("It takes back", cost_link(cost.reverses)))
        if hasattr(cost, "reversed_by"):
            facts.append(("Taken back as", cost_link(cost.reversed_by)))
        return facts

    def _paper(self) -> object:
        paper = CostDocument.objects.filter(cost=self.object).only("name").first()
        if paper is None:
            return NOTHING
        url = reverse("cost_paper", args=[self.object.pk])
        return format_html('<a href="{}">{}</a>', url, paper.name)

    def sections(self) -> Sequence[Component]:
        lines = Line.objects.filter(entry__source_type="cost", entry__source_id=str(self.object.pk))
        return [ledger_lines(lines.select_related("entry"))]


def cost_link(cost: Cost) -> object:
    return format_html(
        '<a href="{}">{}</a>', reverse("costs:inspect", args=[cost.pk]), cost.public_id
    )


class CostViewSet(ReadOnlyViewSet):
    model = Cost
    name = "costs"
    icon = "form"
    menu_label = "Costs"
    menu_order = 44
    index_view_class = CostIndexView
    inspect_view_class = CostInspectView
    filterset_class = CostFilters


class CostForm(forms.Form):
    """What was paid to whom; the token names the attempt, so that a form sent twice is one cost."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(label="Paid on", widget=forms.DateInput(attrs={"type": "date"}))
    account = forms.ChoiceField(label="For", choices=list(ACCOUNTS.items()))
    currency = forms.ChoiceField(label="Currency")
    supplier = forms.CharField(label="Supplier", max_length=120)
    memo = forms.CharField(label="Memo", max_length=80, required=False)
    paper = forms.FileField(
        label="Invoice or receipt",
        help_text="PDF, PNG or JPEG, up to 5 MB. It is kept beside the cost for good.",
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
    )

    def __init__(self, *args: Any, currency: str, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["currency"]).choices = [(c, c) for c in known]
        self.fields["amount"] = MoneyField(label="Amount", currency=currency)
        self.order_fields(
            ["day", "account", "amount", "currency", "supplier", "memo", "paper", "token"]
        )


class EnterCostView(DialogView):
    """Enter a cost, with the lines that it posts below."""

    permission = MAY_ENTER
    page_title = "Enter a cost"
    header_icon = "form"
    refreshes = True

    def make_form(self, **kwargs: Any) -> forms.Form:
        currency, known = currencies_to_choose(kwargs)
        if "data" in kwargs and self.request.method == "POST":
            kwargs["files"] = self.request.FILES
        return CostForm(currency=currency, known=known, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {"day": f"{clock.now():%Y-%m-%d}", "currency": "USD", "token": str(uuid7())}

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("costs:index"), "label": "Costs"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        needed = ("day", "account", "amount", "currency", "supplier")
        if any(not given.get(name) for name in needed):
            return [Offer("enter", "Enter", objection="Say what was paid, when, for what, and to "
                          "whom; the lines that it posts show here.")]  # fmt: skip
        label = f"Enter {money_text(given['amount'], given['currency'])}"
        try:
            seen = rehearse(partial(self._enter, given))
        except Refusal as refusal:
            return [Offer("enter", label, objection=refusal.detail)]
        return [
            Offer(
                "enter",
                label,
                seen=seen.content_hash,
                sections=[postings_preview(seen.movements)],
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        cost = carry_out(partial(self._enter, given), expecting=seen)
        said = f"{money_text(cost.amount_minor, cost.currency)} to {cost.supplier} is entered"
        closed = periods.closed_until()
        if closed is not None and cost.day < closed.date():
            said += f"; that month is closed, so it counts on {closed:%-d %B %Y}"
        return Done(f"{said}.", reverse("costs:inspect", args=[cost.pk]))

    def _enter(self, given: Mapping[str, Any]) -> Cost:
        file = given.get("paper")
        return costs.enter(
            day=given["day"],
            account=given["account"],
            amount_minor=given["amount"],
            currency=given["currency"],
            supplier=given["supplier"],
            memo=given.get("memo", ""),
            paper=costs.Paper(file.name, _whole(file)) if file else None,
            cost_id=given.get("token"),
            by=cast("User", self.request.user),
            now=clock.now(),
        )


def _whole(file: Any) -> bytes:
    file.seek(0)
    return bytes(file.read(costs.MOST_BYTES + 1))


class ReverseCostView(DialogView):
    """Take a cost back, by a row of its own."""

    permission = MAY_ENTER
    page_title = "Take a cost back"
    header_icon = "undo"
    form_class = ReasonForm
    cost: Cost

    def find(self, **kwargs: Any) -> None:
        self.cost = get_object_or_404(Cost, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.cost.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("costs:index"), "label": "Costs"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        cost = self.cost
        return [
            ("Cost", cost_link(cost)),
            ("Supplier", cost.supplier),
            ("Amount", money_html(cost.amount_minor, cost.currency)),
            ("Day", f"{cost.day:%-d %B %Y}"),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        label = f"Take {money_text(self.cost.amount_minor, self.cost.currency)} back"
        try:
            seen = rehearse(partial(self._reverse, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            return [Offer("reverse", label, objection=refusal.detail)]
        return [
            Offer(
                "reverse",
                label,
                seen=seen.content_hash,
                sections=[postings_preview(seen.movements)],
                tone="no",
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        back = carry_out(partial(self._reverse, given), expecting=seen)
        amount_words = money_text(back.amount_minor, back.currency)
        return Done(
            f"{amount_words} to {back.supplier} is taken back as {back.public_id}.",
            reverse("costs:inspect", args=[back.pk]),
        )

    def _reverse(self, given: Mapping[str, Any]) -> Cost:
        return costs.reverse(
            cost_id=self.cost.pk,
            reason=given["reason"],
            by=cast("User", self.request.user),
            now=clock.now(),
        )


class CostPaperView(View):
    """The invoice or receipt, as a download: it never runs in our pages."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("billing.view_cost"):
            raise PermissionDenied
        paper = get_object_or_404(CostDocument, pk=kwargs["pk"])
        return HttpResponse(
            bytes(paper.content),
            content_type="application/octet-stream",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Disposition": content_disposition_header(True, paper.name) or "attachment",
            },
        )
