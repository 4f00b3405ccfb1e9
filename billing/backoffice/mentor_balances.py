"""Mentor balances: what is pending, available, on its way and owed, mentor by mentor."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet, Sum
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.lines import lines_link
from billing.backoffice.payout_tables import accounts_table, payouts_table
from billing.backoffice.reserves import MAY_KEEP, reserves_table
from billing.backoffice.tables import ledger_lines
from billing.backoffice.write_offs import MAY_ASK
from billing.ledger import chart
from billing.ledger.ageing import BUCKETS, debts
from billing.models import Line, MentorBalance, Payout, PayoutAccount, PayoutHold
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    amount,
    choice_filter,
    currency_filter,
    person_filter,
)
from kernel.backoffice.columns import MoneyColumn, ReferenceColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.viewsets import ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, money_text

BALANCES = MentorBalance.objects.select_related("mentor__user")
NEWEST = 50
PARTS = {
    "pending_minor": "Pending",
    "available_minor": "Available",
    "reserve_minor": "In reserve",
    "in_transit_minor": "On its way",
    "returned_minor": "Came back",
    "paid_minor": "Paid out",
}
# The accounts that hold them.
ACCOUNTS = {
    "pending_minor": chart.Code.MENTOR_PENDING,
    "available_minor": chart.Code.MENTOR_AVAILABLE,
    "reserve_minor": chart.Code.MENTOR_RESERVE,
    "in_transit_minor": chart.Code.MENTOR_PAYOUTS_IN_TRANSIT,
    "returned_minor": chart.Code.MENTOR_PAYOUTS_RETURNED,
}
# What one may look for: its words, and its condition.
STANDINGS: dict[str, tuple[str, dict[str, int]]] = {
    "due": ("Money is available", {"available_minor__gt": 0}),
    "owes": ("The mentor owes", {"available_minor__lt": 0}),
    "returned": ("A payout came back", {"returned_minor__gt": 0}),
}
OWES_LONG = "owes_long"


def _standing(rows: QuerySet[MentorBalance], value: str) -> QuerySet[MentorBalance]:
    if value != OWES_LONG:
        return rows.filter(**STANDINGS[value][1])
    old = [one for one in debts(now=clock.now()) if one.by_age[-1]]
    return rows.filter(pk__in=[f"{one.mentor_id}-{one.currency}" for one in old])


class MentorBalanceFilters(WagtailFilterSet):  # type: ignore[misc]
    standing = choice_filter(
        "Only",
        {value: label for value, (label, _) in STANDINGS.items()}
        | {OWES_LONG: "The mentor owes for more than 90 days"},
        _standing,
    )
    person = person_filter("Mentor", "mentor__user")
    currency = currency_filter()

    class Meta:
        model = MentorBalance
        fields: ClassVar[list[str]] = []


class MentorBalanceIndexView(BusinessIndexView):
    queryset = BALANCES
    page_title = "Mentor balances"
    empty = "No balances yet. A mentor has one with the first paid session."
    search_hint = "Name, e-mail or mtr_…"
    person = "mentor__user"
    references: ClassVar[dict[str, str]] = {"mtr": "mentor_id"}
    words = ("mentor__user__name", "mentor__user__email")
    totals: ClassVar[dict[str, Any]] = {label: Sum(name) for name, label in PARTS.items()}
    default_ordering = "-available_minor"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "mentor",
            accessor="mentor.user.name",
            url_name="mentor-balances:inspect",
            label="Mentor",
            classname="",
        ),
        # Nothing is a dash: what there is stands out.
        *(
            MoneyColumn(
                name,
                accessor=lambda row, name=name: getattr(row, name) or None,
                label=label,
                sort_key=name,
            )
            for name, label in PARTS.items()
        ),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Mentor": "mentor.user.name",
        "E-mail": "mentor.user.email",
        "Reference": "mentor.public_id",
        **{label: amount(name) for name, label in PARTS.items()},
        "Currency": "currency",
    }


class MentorBalanceInspectView(ReadOnlyInspectView):
    queryset = BALANCES

    def get_page_title(self) -> str:
        return "Mentor balance"

    def get_page_subtitle(self) -> str:
        return str(self.object.mentor.user.name)

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.object
        return [
            ("Mentor", f"{row.mentor.user.name} · {row.mentor.user.email}"),
            ("Reference", row.mentor.public_id),
            *((label, _opened(row, name)) for name, label in PARTS.items()),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer a hold or its end, a reserve, and to write a debt off, to those who may."""
        return [*self._hold_button(), *self._keep_button(), *self._write_off_button()]

    def _hold_button(self) -> list[Button]:
        if not self.request.user.has_perm("billing.place_payouthold"):
            return []
        held = PayoutHold.objects.filter(mentor=self.object.mentor, lifted_at=None).exists()
        name, label = ("lift_hold", "Lift the hold") if held else ("place_hold", "Hold payouts")
        url = reverse(name, args=[self.object.pk])
        return [HeaderButton(label, url=url, icon_name="lock-open" if held else "lock")]

    def _keep_button(self) -> list[Button]:
        row = self.object
        if row.available_minor <= 0 or not self.request.user.has_perm(MAY_KEEP):
            return []
        url = reverse("keep_reserve", args=[row.pk])
        return [HeaderButton("Keep a part back", url=url, icon_name="lock")]

    def _write_off_button(self) -> list[Button]:
        row = self.object
        if row.available_minor >= 0 or not self.request.user.has_perm(MAY_ASK):
            return []
        url = reverse("ask_write_off", args=[row.pk])
        owed = money_text(-row.available_minor, row.currency)
        return [HeaderButton(f"Write off {owed}", url=url, icon_name="bin")]

    def sections(self) -> Sequence[Component]:
        row = self.object
        paid = Payout.objects.filter(mentor=row.mentor, currency=row.currency)
        lines = Line.objects.filter(mentor=row.mentor, account=f"2120:{row.currency}")
        newest = lines.select_related("entry").order_by("-pk")[:NEWEST]
        owes = row.available_minor < 0
        return [
            *([debt_table(row)] if owes else []),
            accounts_table(PayoutAccount.objects.filter(mentor=row.mentor).order_by("-pk")),
            holds_table(PayoutHold.objects.filter(mentor=row.mentor).order_by("-pk")),
            reserves_table(row, may_keep=self.request.user.has_perm(MAY_KEEP)),
            payouts_table(
                list(paid.select_related("mentor__user").order_by("-pk")[:NEWEST]),
                empty="The mentor has not been paid yet.",
            ),
            ledger_lines(newest, title=f"Available money, the newest {NEWEST} lines"),
        ]


def _opened(row: MentorBalance, name: str) -> object:
    """Return a part of the balance as the way to the lines that make it, where it is an account."""
    shown = money_html(getattr(row, name), row.currency)
    code = ACCOUNTS.get(name)
    if code is None:
        return shown
    return lines_link(shown, account=code, currency=row.currency, mentor=row.mentor.public_id)


def debt_table(row: MentorBalance) -> Lines:
    """Show a mentor's debt by its age."""
    found = debts(now=clock.now(), mentor_id=row.mentor_id)
    [debt] = [one for one in found if one.currency == row.currency]
    return Lines(
        title="The debt by its age",
        headings=["Age", "Amount"],
        rows=[
            (bucket, money_html(minor, row.currency))
            for bucket, minor in zip(BUCKETS, debt.by_age, strict=True)
        ],
        right=(1,),
        total=("Owed", money_html(debt.amount_minor, row.currency)),
    )


def holds_table(holds: Any) -> Lines:
    """Show why the mentor's money was or is kept back."""
    return Lines(
        title="Holds",
        headings=["Reason", "Placed", "By", "Lifted", "By"],
        rows=[
            (
                hold.reason,
                instant_html(hold.placed_at),
                hold.placed_by.name,
                instant_html(hold.lifted_at),
                hold.lifted_by.name if hold.lifted_by else NOTHING,
            )
            for hold in holds.select_related("placed_by", "lifted_by")
        ],
        empty="Nothing is held back.",
    )


class MentorBalanceViewSet(ReadOnlyViewSet):
    model = MentorBalance
    name = "mentor-balances"
    icon = "user"
    menu_label = "Mentor balances"
    menu_order = 34
    index_view_class = MentorBalanceIndexView
    inspect_view_class = MentorBalanceInspectView
    filterset_class = MentorBalanceFilters
