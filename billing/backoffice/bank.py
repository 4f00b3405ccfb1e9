"""The bank's side: accounts, statements with their lines, and the gateways' payouts to the bank."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Case, Count, Max, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.bank_dialogs import BRING_IN
from billing.backoffice.filters import gateway_filter, gateway_name
from billing.backoffice.tables import ledger_lines, maybe_money, or_nothing
from billing.models import (
    BankAccount,
    BankLine,
    BankStatement,
    GatewayPayout,
    GatewayPayoutItem,
    Line,
)
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import (
    DateColumn,
    InstantColumn,
    MoneyColumn,
    ReferenceColumn,
    StateColumn,
)
from kernel.backoffice.components import Lines
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, day_words, instant_html, money_html, state_html

TONES = {"in_transit": "info", "arrived": "success", "failed": "danger"}
MOST = 200


class BankAccountIndexView(BusinessIndexView):
    queryset = BankAccount.objects.annotate(
        count=Count("statements"), newest=Max("statements__ends_on")
    )
    empty = "No bank account. Add one to have the bank say what has arrived."
    search_hint = "a name or a number"
    references: ClassVar[dict[str, str]] = {"bac": "pk"}
    words = ("name", "number")
    default_ordering = "name"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("name", url_name="bank-accounts:inspect", label="Account", classname=""),
        Column("number", label="IBAN or number", classname="cf-code"),
        Column("currency"),
        Column("count", label="Statements", classname="cf-right"),
        DateColumn("newest", label="Up to"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Account": "name",
        "Number": "number",
        "Currency": "currency",
        "Up to": "newest",
    }

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(BRING_IN):
            return []
        return [HeaderButton("Add an account", url=reverse("add_bank_account"), icon_name="plus")]


class BankAccountInspectView(BusinessInspectView):
    queryset = BankAccount.objects.all()

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        lines = BankLine.objects.filter(account=item)
        return [
            ("Account", item.name),
            ("IBAN or number", or_nothing(item.number)),
            ("Currency", item.currency),
            ("Statements from", day_words(item.since)),
            ("Lines", lines.count()),
            (
                "They sum to",
                money_html(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0, item.currency),
            ),
        ]

    def sections(self) -> Sequence[Component]:
        rows = BankStatement.objects.filter(account=self.object).order_by("-imported_at", "-pk")
        return [statements_table(list(rows[:MOST]), self.object.currency)]

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(BRING_IN):
            return []
        url = f"{reverse('bring_in_statement')}?account={self.object.pk}"
        return [HeaderButton("Bring a statement in", url=url, icon_name="download")]


def statements_table(rows: Sequence[BankStatement], currency: str) -> Lines:
    """Show statements, the newest first."""
    return Lines(
        title="Statements",
        headings=["File", "Days", "Rows", "Not read", "Closing balance"],
        rows=[
            (
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("bank-statements:inspect", args=[row.pk]),
                    row.filename,
                ),
                _days(row),
                row.rows,
                len(row.errors) or "–",
                maybe_money(row.closing_minor, currency),
            )
            for row in rows
        ],
        right=(2, 3, 4),
        empty="None yet. Bring in a file that your bank gives: CSV, CAMT.053 or MT940.",
    )


class BankStatementFilters(WagtailFilterSet):  # type: ignore[misc]
    format = choice_filter("Form", dict(BankStatement.Format.choices))
    imported_at = period_filter("Brought in")

    class Meta:
        model = BankStatement
        fields: ClassVar[list[str]] = []


class BankStatementIndexView(BusinessIndexView):
    queryset = BankStatement.objects.select_related("account")
    empty = "No statement. Bring one in: CSV, CAMT.053 or MT940, as your bank gives it."
    search_hint = "bst_… or a file's name"
    references: ClassVar[dict[str, str]] = {"bst": "pk"}
    words = ("filename", "account__name")
    default_ordering = "-imported_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("filename", url_name="bank-statements:inspect", label="File", classname=""),
        Column("account"),
        DateColumn("begins_on", label="From"),
        DateColumn("ends_on", label="To"),
        Column("rows", classname="cf-right"),
        Column("known", label="Known before", classname="cf-right"),
        MoneyColumn("closing_minor", label="Closing", currency="account.currency"),
        InstantColumn("imported_at", label="Brought in", sort_key="imported_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "File": "filename",
        "Account": "account.name",
        "From": "begins_on",
        "To": "ends_on",
        "Rows": "rows",
        "Known before": "known",
        "Opening": amount("opening_minor", currency="account.currency"),
        "Closing": amount("closing_minor", currency="account.currency"),
        "Brought in at": "imported_at",
    }

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(BRING_IN):
            return []
        url = reverse("bring_in_statement")
        return [HeaderButton("Bring a statement in", url=url, icon_name="download")]


class BankStatementInspectView(BusinessInspectView):
    queryset = BankStatement.objects.select_related("account", "imported_by")

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        currency = item.account.currency
        return [
            ("Reference", item.public_id),
            ("File", item.filename),
            ("Form", item.get_format_display()),
            ("Account", str(item.account)),
            ("Days", _days(item)),
            ("Opening balance", maybe_money(item.opening_minor, currency)),
            ("Closing balance", maybe_money(item.closing_minor, currency)),
            ("Rows", f"{item.rows}, of which {item.known} were known before"),
            ("Brought in", instant_html(item.imported_at)),
            ("By", item.imported_by.name if item.imported_by else "–"),
            ("SHA-256", item.sha256),
        ]

    def sections(self) -> Sequence[Component]:
        item = self.object
        found: list[Component] = []
        if item.errors:
            found.append(
                Lines(
                    title="Rows that could not be read",
                    headings=["Row", "What is wrong"],
                    rows=[(each["row"], each["problem"]) for each in item.errors],
                )
            )
        lines = BankLine.objects.filter(statement=item).select_related("match__payout")
        return [*found, bank_lines(list(lines.order_by("number")[:MOST]))]


def _days(statement: BankStatement) -> str:
    if statement.begins_on is None:
        return NOTHING
    return f"{day_words(statement.begins_on)} – {day_words(statement.ends_on)}"


def bank_lines(rows: Sequence[BankLine]) -> Lines:
    """Show the bank's lines, and what each was matched with."""
    return Lines(
        title="Lines that it brought",
        headings=["Row", "Day", "Text", "Reference", "Payout", "Amount"],
        rows=[
            (
                row.number,
                day_words(row.booked_on),
                row.text,
                row.reference,
                gateway_payout_link(row.match.payout) if hasattr(row, "match") else "–",
                money_html(row.amount_minor, row.currency),
            )
            for row in rows
        ],
        right=(0, 5),
        empty="All of its lines were known before.",
    )


def gateway_payout_link(payout: GatewayPayout) -> SafeString:
    """Link to a payout of a gateway to our bank."""
    url = reverse("gateway-payouts:inspect", args=[payout.pk])
    return format_html('<a href="{}">{}</a>', url, payout.gateway_payout_id)


def _state(rows: QuerySet[GatewayPayout]) -> QuerySet[GatewayPayout]:
    return rows.annotate(
        stands=Case(
            When(failed_at__isnull=False, then=Value("failed")),
            When(arrived_at__isnull=False, then=Value("arrived")),
            default=Value("in_transit"),
        )
    )


class GatewayPayoutFilters(WagtailFilterSet):  # type: ignore[misc]
    stands = state_filter(TONES)
    currency = currency_filter()
    gateway = gateway_filter()
    sent_at = period_filter("Sent")

    class Meta:
        model = GatewayPayout
        fields: ClassVar[list[str]] = []


class GatewayPayoutIndexView(BusinessIndexView):
    queryset = _state(GatewayPayout.objects.all())
    empty = "No payout to our bank yet. Reconciliation writes here what a gateway has sent."
    search_hint = "gpo_…, the gateway's id or a trace"
    references: ClassVar[dict[str, str]] = {"gpo": "pk"}
    exact = ("gateway_payout_id",)
    words = ("reference",)
    totals: ClassVar[dict[str, Any]] = {"Amount": Sum("amount_minor")}
    default_ordering = "-sent_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("gateway_payout_id", url_name="gateway-payouts:inspect", label="Payout"),
        StateColumn("stands", tones=TONES),
        Column("gateway"),
        InstantColumn("sent_at", label="Sent", sort_key="sent_at"),
        DateColumn("arrives_on", label="To arrive on", sort_key="arrives_on"),
        Column("reference", label="Trace", classname="cf-code cf-clip"),
        MoneyColumn("amount_minor", label="Amount"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Payout": "gateway_payout_id",
        "Gateway": "gateway",
        "Status": "stands",
        "Amount": amount("amount_minor"),
        "Currency": "currency",
        "Sent at": "sent_at",
        "To arrive on": "arrives_on",
        "Arrived at": "arrived_at",
        "Failed at": "failed_at",
        "Trace": "reference",
    }


class GatewayPayoutInspectView(BusinessInspectView):
    queryset = GatewayPayout.objects.all()

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        return [
            ("Reference", item.public_id),
            ("Payout", item.gateway_payout_id),
            ("Gateway", gateway_name(item.gateway)),
            ("Status", state_html(item.state, tone=TONES[item.state])),
            ("Amount", money_html(item.amount_minor, item.currency)),
            ("Trace", or_nothing(item.reference)),
            ("Sent", instant_html(item.sent_at)),
            ("To arrive on", day_words(item.arrives_on)),
            ("Arrived", instant_html(item.arrived_at)),
            ("Failed", instant_html(item.failed_at)),
        ]

    def sections(self) -> Sequence[Component]:
        item = self.object
        items = GatewayPayoutItem.objects.filter(
            gateway=item.gateway, gateway_payout_id=item.gateway_payout_id
        )
        total = items.aggregate(sum=Sum("net_minor"))["sum"] or 0
        posted = Line.objects.filter(
            entry__source_type="gateway_payout", entry__source_id=str(item.pk)
        )
        consists = Lines(
            title="What it consists of, net",
            headings=["Movement", "Category", "Object", "Occurred", "Net"],
            rows=[
                (
                    row.transaction_id,
                    row.category,
                    row.source_id,
                    instant_html(row.occurred_at),
                    money_html(row.net_minor, row.currency),
                )
                for row in items.order_by("occurred_at", "pk")[:MOST]
            ],
            right=(4,),
            total=("", "", "", "Together", money_html(total, item.currency)),
            empty="The gateway names no movements that it consists of.",
        )
        return [consists, ledger_lines(posted.select_related("entry"), title="Our books")]


class BankAccountViewSet(ReadOnlyViewSet):
    model = BankAccount
    name = "bank-accounts"
    icon = "cf-card"
    menu_label = "Bank accounts"
    menu_order = 56
    index_view_class = BankAccountIndexView
    inspect_view_class = BankAccountInspectView


class BankStatementViewSet(ReadOnlyViewSet):
    model = BankStatement
    name = "bank-statements"
    icon = "doc-full"
    menu_label = "Bank statements"
    menu_order = 55
    index_view_class = BankStatementIndexView
    inspect_view_class = BankStatementInspectView
    filterset_class = BankStatementFilters


class GatewayPayoutViewSet(ReadOnlyViewSet):
    model = GatewayPayout
    name = "gateway-payouts"
    icon = "download"
    menu_label = "Payouts to our bank"
    menu_order = 54
    index_view_class = GatewayPayoutIndexView
    inspect_view_class = GatewayPayoutInspectView
    filterset_class = GatewayPayoutFilters
