"""Versions of documents in the back office: what was in force from when, and how many agreed.

Numbers only: who agreed stands in that person's own export.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.html import format_html
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from cms import versions
from cms.models import Consent, LegalVersion
from kernel import clock
from kernel.backoffice.columns import DateColumn, InstantColumn, ReferenceColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, day_words, instant_html

VERSIONS = LegalVersion.objects.select_related("page")


class LegalVersionIndexView(ReadOnlyIndexView):
    empty = "No version is kept yet. A document is frozen as one whenever it is published."
    search_hint = "lgv_…, title or version"
    default_ordering = "-frozen_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("title", url_name="legal-versions:inspect", label="Document", classname=""),
        Column("version", sort_key="version"),
        DateColumn("effective_from", label="In force from", sort_key="effective_from"),
        InstantColumn("frozen_at", label="Published", sort_key="frozen_at"),
        Column("agreed", label="Agreed", classname="cf-right", sort_key="agreed"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Document": "title",
        "Version": "version",
        "In force from": "effective_from",
        "Published": "frozen_at",
        "Agreed": "agreed",
        "SHA-256": "digest",
    }

    def get_base_queryset(self) -> QuerySet[LegalVersion]:
        return VERSIONS.annotate(agreed=Count("consents"))

    def find(self, query: str) -> Q:
        return by_reference("lgv", query) | by_text(query, "title", "version")


class LegalVersionInspectView(ReadOnlyInspectView):
    queryset = VERSIONS

    def get_page_title(self) -> str:
        return f"{self.object.title}, version {self.object.version}"

    def get_page_subtitle(self) -> str:
        return ""

    def facts(self) -> Sequence[tuple[str, object]]:
        version = self.object
        current = {one.pk for one in versions.in_force(now=clock.now())}
        return [
            ("Reference", version.public_id),
            ("In force from", day_words(version.effective_from)),
            ("Asked for now", "Yes" if version.pk in current else "No"),
            ("Published", instant_html(version.frozen_at)),
            ("SHA-256", version.digest),
            ("Words", _words(version)),
        ]

    def sections(self) -> Sequence[Component]:
        return [agreed_where(self.object)]


def agreed_where(version: LegalVersion) -> Lines:
    """Return how many people agreed, by where they did, with the first and the last instant."""
    rows = (
        Consent.objects.filter(version=version)
        .values("source")
        .annotate(people=Count("pk"), first=Min("at"), last=Max("at"))
        .order_by("source")
    )
    return Lines(
        title="Who agreed",
        headings=["Where", "People", "First", "Last"],
        rows=[
            (
                Consent.Source(row["source"]).label,
                row["people"],
                instant_html(row["first"]),
                instant_html(row["last"]),
            )
            for row in rows
        ],
        right=[1],
        empty="Nobody has agreed to this version yet.",
    )


def _words(version: LegalVersion) -> object:
    if not version.page.live or version.page.url is None:
        return NOTHING
    address = f"{version.page.url}versions/{version.address}/"
    return format_html('<a href="{0}">{0}</a>', address)


class LegalVersionViewSet(ReadOnlyViewSet):
    model = LegalVersion
    name = "legal-versions"
    icon = "doc-full"
    menu_label = "Legal versions"
    menu_order = 546
    add_to_admin_menu = True
    index_view_class = LegalVersionIndexView
    inspect_view_class = LegalVersionInspectView
