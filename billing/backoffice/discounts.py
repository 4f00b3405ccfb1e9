"""Discounts: codes and campaigns, how each stands, and who used it.

Their terms never change: another discount is another row.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import BigIntegerField, F, Func, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.tables import bought
from billing.backoffice.told import audited
from billing.models import Discount, Purchase
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html, money_text, state_html

MAY_OFFER = "billing.add_discount"
NEWEST = 50
TONES = {"running": "success", "to_come": "info", "over": "quiet", "switched_off": "quiet"}
DISCOUNTS = Discount.objects.annotate(
    uses=Func(
        F("pk"),
        Cast(Value(None), UUIDField()),
        function="billing_discount_uses",
        output_field=BigIntegerField(),
    )
).select_related("mentor__user", "created_by")


def standing(discount: Discount) -> str:
    """Return how it stands now: running, to come, over or switched off."""
    now = clock.now()
    if not discount.is_active:
        return "switched_off"
    if discount.starts_at > now:
        return "to_come"
    return "over" if discount.ends_at is not None and discount.ends_at <= now else "running"


def what_off(discount: Discount) -> str:
    """Return what it takes off: `20 %` or `$20.00 USD`."""
    if discount.amount_minor is not None:
        return money_text(discount.amount_minor, discount.currency)
    percent = f"{(discount.percent_bps or 0) / 100:g} %"
    return f"{percent} in {discount.currency}" if discount.currency else percent


def whose(discount: Discount) -> str:
    """Return whose sessions it is for."""
    return discount.mentor.user.name if discount.mentor else "All mentors"


def _used(discount: Any) -> str:
    return f"{discount.uses} of {discount.max_uses}" if discount.max_uses else str(discount.uses)


def _standing(rows: QuerySet[Discount], value: str) -> QuerySet[Discount]:
    now = clock.now()
    chosen = {
        "running": Q(is_active=True, starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now)),
        "to_come": Q(is_active=True, starts_at__gt=now),
        "over": Q(is_active=True, ends_at__lte=now),
        "switched_off": Q(is_active=False),
    }
    return rows.filter(chosen[value])


class DiscountFilters(WagtailFilterSet):  # type: ignore[misc]
    standing = choice_filter(
        "Status",
        {
            "running": "Running",
            "to_come": "To come",
            "over": "Over",
            "switched_off": "Switched off",
        },
        _standing,
    )
    bearer = choice_filter("Borne by", dict(Discount.Bearer.choices))
    person = person_filter("Mentor", "mentor__user")
    starts_at = period_filter("Begins")

    class Meta:
        model = Discount
        fields: ClassVar[list[str]] = []


class DiscountIndexView(BusinessIndexView):
    queryset = DISCOUNTS
    empty = "No discount yet. Add a code, or a campaign that needs none."
    search_hint = "Code, name or dis_…"
    references: ClassVar[dict[str, str]] = {"dis": "pk"}
    words = ("code", "name", "mentor__user__name")
    default_ordering = "-starts_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("code", accessor=str, url_name="discounts:inspect", label="Discount"),
        StateColumn("standing", accessor=standing, tones=TONES),
        Column("name", classname="cf-clip", sort_key="name"),
        Column("off", accessor=what_off, label="Takes off"),
        Column("bearer", accessor="get_bearer_display", label="Borne by"),
        Column("whose", accessor=whose, label="For"),
        InstantColumn("starts_at", label="Begins", sort_key="starts_at"),
        InstantColumn("ends_at", label="Ends", sort_key="ends_at"),
        Column("uses", accessor=_used, label="Used", classname="cf-right"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Code": lambda discount: discount.code or "",
        "Name": "name",
        "Status": standing,
        "Takes off": what_off,
        "Borne by": "bearer",
        "For": whose,
        "Begins": "starts_at",
        "Ends": "ends_at",
        "Used": "uses",
        "Most uses": "max_uses",
        "Most uses of a client": "max_uses_per_client",
    }

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MAY_OFFER):
            return []
        return [HeaderButton("Add a discount", url=reverse("add_discount"), icon_name="plus")]


class DiscountInspectView(BusinessInspectView):
    queryset = DISCOUNTS

    @property
    def header_buttons(self) -> list[Button]:
        item = self.object
        gone = standing(item) in {"over", "switched_off"}
        if gone or not self.request.user.has_perm(MAY_OFFER):
            return []
        url = reverse("switch_discount_off", args=[item.pk])
        return [HeaderButton("Switch it off", url=url, icon_name="cross")]

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        state = standing(item)
        return [
            ("Discount", item.name),
            ("Code", item.code or "None: everybody has it"),
            ("Status", state_html(state, tone=TONES[state])),
            ("Takes off", what_off(item)),
            ("Borne by", item.get_bearer_display()),
            ("For", whose(item)),
            ("Begins", instant_html(item.starts_at)),
            ("Ends", instant_html(item.ends_at)),
            ("Used", _used(item)),
            ("Most uses of one client", item.max_uses_per_client or NOTHING),
            ("Added by", item.created_by.name if item.created_by else NOTHING),
        ]

    def sections(self) -> Sequence[Component]:
        item = self.object
        rows = Purchase.objects.filter(discount=item).select_related(
            "client__user", "session__session_type", "package"
        )
        by = item.created_by.name if item.created_by else ""
        added = Happening(at=item.created_at, what="Discount added", who=by, detail=what_off(item))
        return [
            self._uses(rows.order_by("-created_at", "-pk")[:NEWEST]),
            Timeline([added, *audited(but=["discount.added"], discount=[item.public_id])]),
        ]

    def _uses(self, rows: QuerySet[Purchase]) -> Lines:
        return Lines(
            title=f"Where it was used, the newest {NEWEST}",
            headings=["Bought", "Client", "When", "Took off"],
            rows=[
                (
                    bought(purchase, user=self.request.user)[1],
                    purchase.client.user.name,
                    instant_html(purchase.created_at),
                    money_html(
                        purchase.discount_minor + purchase.mentor_discount_minor,
                        purchase.currency,
                    ),
                )
                for purchase in rows
            ],
            right=(3,),
            empty="Nobody has used it yet.",
        )


class DiscountViewSet(ReadOnlyViewSet):
    model = Discount
    name = "discounts"
    icon = "tag"
    menu_label = "Discounts"
    menu_order = 21
    index_view_class = DiscountIndexView
    inspect_view_class = DiscountInspectView
    filterset_class = DiscountFilters
