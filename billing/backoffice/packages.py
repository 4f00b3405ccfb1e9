"""Packages: the list, and one package with its credits and what its money did."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet, Sum
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from billing.backoffice.filters import people_filter, people_words
from billing.backoffice.tables import bought, ledger_lines, payment_link
from billing.models import Keeper, Line, Package, PackageCredit, Payment, Purchase
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, money_html

PACKAGES = Package.objects.annotate(currency=F("offer__currency")).select_related(
    "offer__session_type", "purchase__client__user", "purchase__mentor__user"
)


def _kept(packages: QuerySet[Package], value: str) -> QuerySet[Package]:
    unused = {
        "unused": Q(unused_minor__gt=0),
        "unpaid": Q(begun_at=None),
        "returned": Q(closed_at__isnull=False),
        "expired": Q(expiries__isnull=False),
    }
    return packages.filter(unused[value]).distinct()


def _what(package: Package) -> str:
    return f"{package.offer.sessions} × {package.offer.session_type.name}"


class PackageFilters(WagtailFilterSet):  # type: ignore[misc]
    what = choice_filter(
        "Only",
        {
            "unused": "With something unused",
            "unpaid": "Not paid for",
            "returned": "Given back",
            "expired": "Expired",
        },
        _kept,
    )
    keeper = choice_filter("What expires is", dict(Keeper.choices))
    person = people_filter("purchase")
    currency = currency_filter("offer__currency")
    created_at = period_filter("Bought")
    expires_at = period_filter("Ends")

    class Meta:
        model = Package
        fields: ClassVar[list[str]] = []


class PackageIndexView(BusinessIndexView):
    queryset = PACKAGES
    empty = "No packages yet. One appears when a client begins to pay for it."
    search_hint = "pkg_…, pay_…, ses_…, name or e-mail"
    references: ClassVar[dict[str, str]] = {
        "pkg": "pk",
        "pko": "offer_id",
        "pay": "purchase__payments",
        "ses": "credits__purchases__session_id",
    }
    words = people_words("purchase")
    totals: ClassVar[dict[str, Any]] = {
        "Sold": Sum("offer__price_minor", filter=Q(begun_at__isnull=False)),
        "Unused (2600)": Sum("unused_minor"),
    }
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="packages:inspect"),
        Column("sessions", accessor=_what),
        Column("client", accessor="purchase.client.user.name"),
        Column("mentor", accessor="purchase.mentor.user.name"),
        InstantColumn("expires_at", label="Ends", sort_key="expires_at"),
        MoneyColumn("price", accessor="offer.price_minor", label="Price"),
        MoneyColumn("unused_minor", label="Unused", sort_key="unused_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Sessions": "offer.sessions",
        "Kind": "offer.session_type.name",
        "Client": "purchase.client.user.name",
        "Client e-mail": "purchase.client.user.email",
        "Mentor": "purchase.mentor.user.name",
        "Bought": "created_at",
        "Paid": "begun_at",
        "Ends": "expires_at",
        "Given back": "closed_at",
        "What expires is": "keeper",
        "Price": amount("offer.price_minor"),
        "Unused": amount("unused_minor"),
        "Currency": "currency",
    }

    def find(self, query: str) -> Q:
        """Find a package once, however many credits and payments it has."""
        return Q(pk__in=Package.objects.filter(super().find(query)).values("pk"))


class PackageInspectView(BusinessInspectView):
    queryset = PACKAGES

    def facts(self) -> Sequence[tuple[str, object]]:
        package = self.object
        offer, purchase = package.offer, package.purchase
        paid = Payment.objects.filter(purchase=purchase).order_by("created_at").last()
        return [
            ("Reference", package.public_id),
            ("Sessions", _what(package)),
            ("Price", money_html(offer.price_minor, offer.currency)),
            ("Unused", money_html(package.unused_minor, offer.currency)),
            ("Client", f"{purchase.client.user.name} · {purchase.client.user.email}"),
            ("Mentor", f"{purchase.mentor.user.name} · {purchase.mentor.user.email}"),
            ("Payment", payment_link(paid)),
            ("Bought", instant_html(package.created_at)),
            ("Paid", instant_html(package.begun_at)),
            ("Ends", instant_html(package.expires_at)),
            ("Given back", instant_html(package.closed_at)),
            ("What expires is", package.get_keeper_display()),
        ]

    def sections(self) -> Sequence[Component]:
        package = self.object
        lines = Line.objects.filter(
            Q(purchase__package=package) | Q(purchase__package_credit__package=package)
        ).select_related("entry")
        return [self._credits(package), ledger_lines(lines)]

    def _credits(self, package: Package) -> Lines:
        """Show each credit's parts, and the session that it pays for now."""
        user, currency = self.request.user, package.offer.currency
        used = {
            drawn.package_credit_id: drawn
            for drawn in Purchase.objects.filter(
                package_credit__package=package, credit_returned_at=None
            ).select_related("session")
        }
        credits_of = PackageCredit.objects.filter(package=package).order_by("number")
        return Lines(
            title="Credits",
            headings=["Credit", "Session", "Mentor", "Commission", "Fee", "Price"],
            rows=[
                (
                    credit.number,
                    bought(drawn, user=user)[1] if (drawn := used.get(credit.pk)) else NOTHING,
                    money_html(credit.mentor_minor, currency),
                    money_html(credit.commission_minor, currency),
                    money_html(credit.fee_minor, currency),
                    money_html(credit.price_minor, currency),
                )
                for credit in credits_of
            ],
            right=(2, 3, 4, 5),
            empty="It is not paid for, so it has no credits yet.",
        )


class PackageViewSet(ReadOnlyViewSet):
    model = Package
    name = "packages"
    icon = "folder-open-inverse"
    menu_label = "Packages"
    menu_order = 15
    index_view_class = PackageIndexView
    inspect_view_class = PackageInspectView
    filterset_class = PackageFilters
