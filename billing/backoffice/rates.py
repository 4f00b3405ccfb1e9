"""The rates in force and to come, on one page; and the dialog that adds one that begins later."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import Category, User
from billing import rates
from billing.backoffice.filters import gateway_name
from billing.gateways.registry import GATEWAYS
from billing.models import (
    BreakageRule,
    CommissionRule,
    FeeSchedule,
    Keeper,
    PayoutMinimum,
    ReferralReward,
    ReserveRule,
)
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html, money_html
from kernel.ids import BadPublicId, parse_public_id

MAY_SET = "billing.set_commissionrule"
NEWEST = 50
MINOR = "Cents in USD and EUR, whole yen in JPY: 2500 is $25.00."


class RateForm(forms.Form):
    """When it begins; the kinds below ask for what it is."""

    begins = forms.DateTimeField(
        label="Begins (UTC)", help_text="In the future, such as 2027-04-01 00:00."
    )

    def clean_begins(self) -> Any:
        return self.cleaned_data["begins"].replace(tzinfo=UTC)


class WhoseForm(RateForm):
    """For everybody, or for one mentor."""

    mentor_id = forms.CharField(
        label="Mentor",
        required=False,
        max_length=40,
        help_text="Empty: everybody. One mentor's reference (mtr_…) is on their balance.",
    )

    def clean_mentor_id(self) -> Any:
        text = self.cleaned_data["mentor_id"]
        try:
            return parse_public_id("mtr", text) if text else None
        except BadPublicId:
            raise ValidationError("Write a mentor's reference, such as mtr_…") from None


class ScopedForm(WhoseForm):
    rate_bps = forms.IntegerField(
        label="Rate in basis points", min_value=0, max_value=10_000, help_text="1500 is 15 %."
    )


class CommissionForm(ScopedForm):
    """For everybody, for one mentor, or for a category of mentors."""

    field_order = ("begins", "mentor_id", "category_id")
    category_id = forms.ModelChoiceField(
        Category.objects.order_by("name"), label="Or category", required=False, empty_label="–"
    )

    def clean_category_id(self) -> Any:
        category = self.cleaned_data["category_id"]
        return category.pk if category else None


class BreakageForm(WhoseForm):
    keeper = forms.ChoiceField(label="What is not used is", choices=Keeper.choices)


def _currency() -> forms.RegexField:
    return forms.RegexField(r"^[A-Z]{3}$", label="Currency", help_text="ISO 4217, such as USD.")


class ReserveForm(ScopedForm):
    currency = _currency()
    hold_days = forms.IntegerField(label="Kept for days", min_value=1, max_value=365)


class FeeForm(RateForm):
    gateway = forms.ChoiceField(choices=[(name, gateway_name(name)) for name in GATEWAYS])
    currency = _currency()
    bps = forms.IntegerField(
        label="Basis points", min_value=0, max_value=10_000, help_text="290 is 2.9 %."
    )
    fixed_minor = forms.IntegerField(
        label="Fixed part in minor units", min_value=0, help_text=MINOR
    )
    minimum_price_minor = forms.IntegerField(
        label="Lowest price in minor units", min_value=1, help_text=MINOR
    )


class MinimumForm(RateForm):
    currency = _currency()
    minimum_minor = forms.IntegerField(
        label="Least payout in minor units", min_value=1, help_text=MINOR
    )


class ReferralForm(RateForm):
    currency = _currency()
    amount_minor = forms.IntegerField(
        label="Reward in minor units", min_value=0, help_text=f"{MINOR} Zero ends it."
    )


# What can be added: its words, its form, its operation.
KINDS: dict[str, tuple[str, type[forms.Form], Any]] = {
    "commission": ("commission rule", CommissionForm, rates.add_commission),
    "fee": ("gateway fee", FeeForm, rates.add_fee),
    "minimum": ("payout minimum", MinimumForm, rates.add_minimum),
    "reserve": ("reserve rule", ReserveForm, rates.add_reserve),
    "breakage": ("breakage rule", BreakageForm, rates.add_breakage),
    "referral": ("referral reward", ReferralForm, rates.add_referral),
}


class AddRateView(DialogView):
    """Add a rate that begins in the future; it is never edited afterwards."""

    permission = MAY_SET
    header_icon = "calendar"
    intro = "What was sold before it begins keeps its rates."
    kind: str

    def find(self, **kwargs: Any) -> None:
        self.kind = kwargs["kind"]
        if self.kind not in KINDS:
            raise Http404

    def make_form(self, **kwargs: Any) -> forms.Form:
        return KINDS[self.kind][1](**kwargs)

    def get_page_title(self) -> str:
        return f"Add a {KINDS[self.kind][0]}"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("rates"), "label": RatesView.page_title}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("add", f"Add the {KINDS[self.kind][0]}")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        user = cast("User", self.request.user)
        row = KINDS[self.kind][2](**given, by=user, now=clock.now())
        return Done(f"Added: {row}.", reverse("rates"))


class RatesView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """All rates by kind, the newest beginning first."""

    template_name = "backoffice/sections.html"
    page_title = "Rates"
    header_icon = "calendar"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("billing.view_payoutrun"):
            raise PermissionDenied
        sections = _tables(may_add=request.user.has_perm(MAY_SET))
        response: HttpResponse = self.render_to_response(self.get_context_data(sections=sections))
        return response


def _tables(*, may_add: bool) -> Sequence[Component]:
    commission = CommissionRule.objects.select_related("mentor__user", "category")
    reserve = ReserveRule.objects.select_related("mentor__user")
    breakage = BreakageRule.objects.select_related("mentor__user")
    return [
        _table(
            "commission",
            "Commission: a mentor's own comes first, then a category's; the newest begun counts",
            ["For", "Rate"],
            [(one, (_whom(one), _percent(one.rate_bps))) for one in _newest(commission)],
            right=(3,),
            may_add=may_add,
        ),
        _table(
            "fee",
            "Gateway fees, as quoted",
            ["Gateway", "Of the price", "Fixed", "Lowest price"],
            [
                (
                    one,
                    (
                        gateway_name(one.gateway),
                        _percent(one.bps),
                        money_html(one.fixed_minor, one.currency),
                        money_html(one.minimum_price_minor, one.currency),
                    ),
                )
                for one in _newest(FeeSchedule.objects.all())
            ],
            right=(3, 4, 5),
            may_add=may_add,
        ),
        _table(
            "minimum",
            "Least payout",
            ["Amount"],
            [
                (one, (money_html(one.minimum_minor, one.currency),))
                for one in _newest(PayoutMinimum.objects.all())
            ],
            right=(2,),
            may_add=may_add,
        ),
        _table(
            "reserve",
            "Reserves",
            ["For", "Currency", "Kept back", "Days"],
            [
                (one, (_whom(one), one.currency, _percent(one.rate_bps), one.hold_days))
                for one in _newest(reserve)
            ],
            right=(4, 5),
            may_add=may_add,
        ),
        _table(
            "breakage",
            "Breakage: whose it is what packages leave unused; the platform's where none has begun",
            ["For", "Whose"],
            [(one, (_whom(one), one.get_keeper_display())) for one in _newest(breakage)],
            may_add=may_add,
        ),
        _referrals(may_add=may_add),
    ]


def _referrals(*, may_add: bool) -> Lines:
    return _table(
        "referral",
        "Referral rewards, as credit for whoever brought a client; none where none has begun",
        ["Amount"],
        [
            (one, (money_html(one.amount_minor, one.currency),))
            for one in _newest(ReferralReward.objects.all())
        ],
        right=(2,),
        may_add=may_add,
    )


def _table(
    kind: str,
    title: str,
    headings: list[str],
    rows: Sequence[tuple[Any, tuple[object, ...]]],
    *,
    right: Sequence[int] = (),
    may_add: bool,
) -> Lines:
    now = clock.now()
    shown: list[tuple[object, ...]] = [
        (
            instant_html(one.effective_from),
            "To come" if one.effective_from > now else "Begun",
            *cells,
        )
        for one, cells in rows
    ]
    total: Sequence[object] = ()
    empty = "None yet."
    if may_add:
        url = reverse("add_rate", args=[kind])
        lead = format_html('<a href="{}">Add a {}</a>', url, KINDS[kind][0])
        total = (lead, *([""] * (len(headings) + 1)))
        empty = format_html("{} {}", empty, lead)
    return Lines(
        title=title,
        headings=["Begins", "Status", *headings],
        rows=shown,
        right=right,
        cards=True,
        total=total,
        empty=empty,
    )


def _newest(rows: Any) -> Any:
    return rows.order_by("-effective_from", "-pk")[:NEWEST]


def _whom(rule: CommissionRule | ReserveRule | BreakageRule) -> str:
    if rule.mentor:
        return rule.mentor.user.name
    if isinstance(rule, CommissionRule) and rule.category:
        return f"Category {rule.category}"
    return "Everybody"


def _percent(bps: int) -> str:
    return f"{bps / 100:g} %"
