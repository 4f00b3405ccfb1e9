"""Clients' credit: who has how much to spend, how that came, and the dialog that gives some."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import Client, User
from accounts.names import names_of
from billing import client_credit
from billing.backoffice.lines import currencies_to_choose
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import or_nothing
from billing.ledger.preview import carry_out, rehearse
from billing.models import ClientCredit, CreditMovement
from kernel import clock
from kernel.backoffice.business import BusinessIndexView, amount, currency_filter, person_filter
from kernel.backoffice.columns import MoneyColumn, ReferenceColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.backoffice.viewsets import ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, money_html, money_text
from kernel.errors import Refusal
from kernel.ids import uuid7
from kernel.money import Money

MAY_GRANT = "billing.add_creditmovement"
NEWEST = 100
CREDIT = ClientCredit.objects.select_related("client__user")


class CreditFilters(WagtailFilterSet):  # type: ignore[misc]
    person = person_filter("Client", "client__user")
    currency = currency_filter()

    class Meta:
        model = ClientCredit
        fields: ClassVar[list[str]] = []


class CreditIndexView(BusinessIndexView):
    queryset = CREDIT
    page_title = "Client credit"
    empty = "No client has had credit yet. Give some, or let referrals earn it."
    search_hint = "Name or e-mail"
    person = "client__user"
    words = ("client__user__name", "client__user__email")
    totals: ClassVar[dict[str, Any]] = {"To spend (2500)": Sum("balance_minor")}
    default_ordering = "-balance_minor"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "client",
            accessor="client.user.name",
            url_name="credit:inspect",
            label="Client",
            classname="",
        ),
        MoneyColumn("balance_minor", label="To spend", sort_key="balance_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Client": "client.user.name",
        "E-mail": "client.user.email",
        "To spend": amount("balance_minor"),
        "Currency": "currency",
    }

    @property
    def header_buttons(self) -> list[Button]:
        return _buttons(self.request.user)


class CreditInspectView(ReadOnlyInspectView):
    queryset = CREDIT

    def get_page_title(self) -> str:
        return "Client credit"

    def get_page_subtitle(self) -> str:
        return str(self.object.client.user.name)

    @property
    def header_buttons(self) -> list[Button]:
        row = self.object
        known = {"client": row.client.user.email, "currency": row.currency}
        return _buttons(self.request.user, **known)

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.object
        return [
            ("Client", f"{row.client.user.name} · {row.client.user.email}"),
            ("To spend", money_html(row.balance_minor, row.currency)),
        ]

    def sections(self) -> Sequence[Component]:
        row = self.object
        found = CreditMovement.objects.filter(client=row.client, currency=row.currency)
        moves = list(found.select_related("purchase").order_by("-created_at", "-pk")[:NEWEST])
        names = names_of(move.by for move in moves)
        return [
            Lines(
                title=f"How it came and went, the newest {NEWEST}",
                headings=["When", "What", "Purchase", "Why", "By", "Amount"],
                rows=[
                    (
                        instant_html(move.created_at),
                        move.get_kind_display(),
                        move.purchase.public_id if move.purchase else "–",
                        or_nothing(move.reason),
                        names[move.by],
                        money_html(move.amount_minor, move.currency),
                    )
                    for move in moves
                ],
                right=(5,),
            )
        ]


def _buttons(user: Any, **known: str) -> list[Button]:
    if not user.has_perm(MAY_GRANT):
        return []
    url = reverse("grant_credit")
    url = f"{url}?{urlencode(known)}" if known else url
    return [HeaderButton("Give credit", url=url, icon_name="plus")]


class CreditViewSet(ReadOnlyViewSet):
    model = ClientCredit
    name = "credit"
    icon = "pick"
    menu_label = "Client credit"
    menu_order = 22
    index_view_class = CreditIndexView
    inspect_view_class = CreditInspectView
    filterset_class = CreditFilters


class GrantForm(ReasonForm):
    """Who gets how much, and why; the token names the wish, so that it is granted once."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    client = forms.EmailField(label="Client", help_text="The e-mail under which they sign in.")
    currency = forms.ChoiceField(label="Currency", help_text="It pays for prices in it alone.")

    def __init__(self, *args: Any, currency: str, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["currency"]).choices = [(c, c) for c in known]
        self.fields["amount"] = MoneyField(label="Amount", currency=currency)
        self.order_fields(["client", "amount", "currency", "reason", "token"])

    def clean_client(self) -> Client:
        rows = Client.objects.select_related("user")
        found = rows.filter(user__email__iexact=self.cleaned_data["client"]).first()
        if found is None:
            raise ValidationError("No client has this e-mail.")
        return found


class GrantCreditView(DialogView):
    """Give a client credit: goodwill, which the platform bears (5060)."""

    permission = MAY_GRANT
    page_title = "Give credit"
    header_icon = "pick"
    intro = "The client spends it at the next checkout. The platform bears it (5060)."
    refreshes = True

    def make_form(self, **kwargs: Any) -> forms.Form:
        currency, known = currencies_to_choose(kwargs)
        return GrantForm(currency=currency, known=known, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {"currency": "USD", "token": str(uuid7())}

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("credit:index"), "label": "Client credit"}]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if any(not given.get(name) for name in ("client", "amount", "currency", "token")):
            return [Offer("grant", "Give credit", objection="Say who gets how much; what it posts "
                          "shows here.")]  # fmt: skip
        words = money_text(given["amount"], given["currency"])
        label = f"Give {given['client'].user.name} {words}"
        try:
            seen = rehearse(partial(self._grant, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            return [Offer("grant", label, objection=refusal.detail)]
        shown = [postings_preview(seen.movements)]
        return [Offer("grant", label, seen=seen.content_hash, sections=shown)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        done = carry_out(partial(self._grant, given), expecting=seen)
        row = ClientCredit.objects.get(client=done.client_id, currency=done.currency)
        words = money_text(done.amount_minor, done.currency)
        return Done(
            f"{given['client'].user.name} has {words} more to spend.",
            reverse("credit:inspect", args=[row.pk]),
        )

    def _grant(self, given: Mapping[str, Any]) -> CreditMovement:
        return client_credit.grant(
            client=given["client"],
            amount=Money(given["amount"], given["currency"]),
            by=cast("User", self.request.user).public_id,
            reason=given["reason"],
            key=f"desk:{given['token']}",
            now=clock.now(),
        )
