"""The dialog that adds a discount, and the one that ends it before its time."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import discounts
from billing.backoffice.discounts import MAY_OFFER, TONES, standing, what_off, whose
from billing.backoffice.lines import currencies_to_choose
from billing.backoffice.rates import WhoseForm
from billing.models import Discount
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.display import instant_html, state_html


class DiscountForm(WhoseForm):
    """What it takes off, who bears that, for whom, from when until when, how often."""

    name = forms.CharField(label="Name", max_length=120, help_text="For finance, such as Spring.")
    code = forms.CharField(
        label="Code",
        required=False,
        max_length=40,
        help_text="Letters, digits and hyphens. Empty: a campaign, which everybody has.",
    )
    bearer = forms.ChoiceField(
        label="Borne by",
        choices=Discount.Bearer.choices,
        help_text="The platform pays it (5060), or the mentor earns of the lower price.",
    )
    percent = forms.DecimalField(
        label="Percentage",
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
        help_text="20 is a fifth of the price. Or an amount, below.",
    )
    currency = forms.ChoiceField(label="Currency", required=False, help_text="An amount needs one.")
    ends = forms.DateTimeField(label="Ends (UTC)", required=False, help_text="Empty: never.")
    max_uses = forms.IntegerField(label="Uses in all, at most", required=False, min_value=1)
    max_uses_per_client = forms.IntegerField(
        label="Uses of one client, at most", required=False, min_value=1
    )

    def __init__(self, *args: Any, currency: str, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["begins"].help_text = "Such as 2027-04-01 00:00."
        self.fields[
            "mentor_id"
        ].help_text = "Empty: all mentors. One mentor's reference (mtr_…) is on their balance."
        choices = [("", "All"), *((one, one) for one in known)]
        cast("forms.ChoiceField", self.fields["currency"]).choices = choices
        self.fields["amount"] = MoneyField(label="Amount", currency=currency, required=False)
        self.order_fields(
            [
                "name",
                "code",
                "bearer",
                "percent",
                "amount",
                "currency",
                "mentor_id",
                "begins",
                "ends",
                "max_uses",
                "max_uses_per_client",
            ]
        )

    def clean_ends(self) -> Any:
        ends = self.cleaned_data["ends"]
        return ends.replace(tzinfo=UTC) if ends else None


class AddDiscountView(DialogView):
    """Add a code or a campaign; its terms never change."""

    permission = MAY_OFFER
    page_title = "Add a discount"
    header_icon = "tag"
    intro = "Its terms never change. It can be switched off, and another one added."

    def make_form(self, **kwargs: Any) -> forms.Form:
        currency, known = currencies_to_choose(kwargs)
        return DiscountForm(currency=currency, known=known, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {"begins": f"{clock.now():%Y-%m-%d %H:%M}"}

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("discounts:index"), "label": "Discounts"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("add", "Add the discount")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        percent = given["percent"]
        found = discounts.add(
            name=given["name"],
            code=given["code"],
            bearer=given["bearer"],
            percent_bps=None if percent is None else int(percent * 100),
            amount_minor=given["amount"],
            currency=given["currency"],
            mentor_id=given["mentor_id"],
            starts_at=given["begins"],
            ends_at=given["ends"],
            max_uses=given["max_uses"],
            max_uses_per_client=given["max_uses_per_client"],
            by=cast("User", self.request.user),
            now=clock.now(),
        )
        url = reverse("discounts:inspect", args=[found.pk])
        return Done(f"{found} takes {what_off(found)} off.", url)


class SwitchDiscountOffView(DialogView):
    """End a discount before its time."""

    permission = MAY_OFFER
    form_class = ReasonForm
    page_title = "Switch a discount off"
    header_icon = "tag"
    intro = "It takes nothing off from now on. Who holds a time with it still pays the lower price."
    discount: Discount

    def find(self, **kwargs: Any) -> None:
        rows = Discount.objects.select_related("mentor__user")
        self.discount = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.discount)

    @property
    def home(self) -> str:
        return reverse("discounts:inspect", args=[self.discount.pk])

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("discounts:index"), "label": "Discounts"},
            {"url": self.home, "label": "Discount", "sublabel": str(self.discount)},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        discount = self.discount
        state = standing(discount)
        return [
            ("Discount", discount.name),
            ("Status", state_html(state, tone=TONES[state])),
            ("Takes off", what_off(discount)),
            ("For", whose(discount)),
            ("Begins", instant_html(discount.starts_at)),
            ("Ends", instant_html(discount.ends_at)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        said = "" if self.discount.is_active else "It is switched off already."
        return [Offer("switch", "Switch it off", objection=said, tone="no")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        discounts.switch_off(
            discount_id=self.discount.pk,
            reason=given["reason"],
            by=cast("User", self.request.user),
            now=clock.now(),
        )
        return Done(f"{self.discount} takes nothing off any more.", self.home)
