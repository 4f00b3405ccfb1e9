"""Mentors in the back office: who they are and where they stand. Their pages are content."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.category_list import MAY_PLACE
from accounts.models import Mentor
from kernel.backoffice.columns import DayColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html

TONES = {"applied": "warning", "live": "success", "suspended": "danger"}


class MentorFilters(WagtailFilterSet):  # type: ignore[misc]
    class Meta:
        model = Mentor
        fields: ClassVar[list[str]] = ["status", "category", "location"]


class MentorIndexView(ReadOnlyIndexView):
    queryset = Mentor.objects.select_related("user", "category")
    empty = "No mentors yet. One appears with an application."
    search_hint = "Name, e-mail, slug or mtr_…"
    person = "user"
    default_ordering = "user__name"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("__str__", url_name="mentor-list:inspect", label="Name", classname=""),
        StateColumn("status", tones=TONES),
        Column("email", accessor="user.email", label="E-mail"),
        Column("category", accessor=lambda mentor: mentor.category or NOTHING),
        Column("location"),
        Column("zone", accessor="user.time_zone", label="Zone"),
        DayColumn("created_at", label="Since", sort_key="created_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Name": "user.name",
        "E-mail": "user.email",
        "Slug": "slug",
        "Status": "status",
        "Category": "category",
        "Location": "location",
        "Since": "created_at",
    }

    def find(self, query: str) -> Q:
        return by_reference("mtr", query) | by_text(query, "user__name", "user__email", "slug")


class MentorInspectView(ReadOnlyInspectView):
    queryset = Mentor.objects.select_related("user", "category")

    @property
    def header_buttons(self) -> list[Button]:
        leads = super().header_buttons
        if not self.request.user.has_perm(MAY_PLACE):
            return leads
        url = reverse("place_mentor", args=[self.object.pk])
        return [HeaderButton("Choose a category", url=url, icon_name="tag"), *leads]

    def sections(self) -> Sequence[Component]:
        told = self.object.suspensions.select_related("by", "lifted_by").order_by("-at")
        rows = [
            (
                instant_html(one.at),
                one.by.name,
                one.reason,
                instant_html(one.lifted_at) if one.lifted_at else NOTHING,
                f"{one.lifted_by.name}: {one.lift_reason}" if one.lifted_by else NOTHING,
            )
            for one in told
        ]
        if not rows:
            return super().sections()
        headings = ["Suspended", "By", "Why", "Lifted", "By whom and why"]
        return [Lines(title="Suspensions", headings=headings, rows=rows), *super().sections()]

    def facts(self) -> Sequence[tuple[str, object]]:
        mentor = self.object
        return [
            ("Reference", mentor.public_id),
            ("Name", mentor.user.name),
            ("Status", state_html(mentor.status, tone=TONES[mentor.status])),
            ("E-mail", mentor.user.email),
            ("Category", str(mentor.category or NOTHING)),
            ("Location", mentor.location or "–"),
            ("Languages", ", ".join(mentor.languages) or "–"),
            ("Time zone", mentor.user.time_zone),
            ("Since", instant_html(mentor.created_at)),
        ]


class MentorViewSet(ReadOnlyViewSet):
    model = Mentor
    name = "mentor-list"
    icon = "group"
    menu_label = "Accounts"
    menu_order = 20
    index_view_class = MentorIndexView
    inspect_view_class = MentorInspectView
    filterset_class = MentorFilters
