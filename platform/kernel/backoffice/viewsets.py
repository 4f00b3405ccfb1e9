"""A business list and its detail screen: look, search, filter, export. No form anywhere."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet, Value
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from wagtail import hooks
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permissions import policy_registry, register_permission_policy

from kernel.backoffice.contributions import conditions_of, leads_of, sections_of
from kernel.backoffice.exports import SafeExportMixin
from kernel.backoffice.policies import ReadOnlyPolicy
from kernel.backoffice.saved import SavedViews
from kernel.backoffice.search import FAR, nearness
from kernel.backoffice.tables import CardTable


class ReadOnlyIndexView(SafeExportMixin, generic.IndexView):  # type: ignore[misc]
    """The list. Subclasses give `queryset` (with its joins), `list_display` and `find`."""

    any_permission_required: ClassVar[list[str]] = ["view"]
    results_template_name = "backoffice/list_results.html"
    table_class = CardTable
    is_searchable = True
    show_other_searches = True
    search_hint = ""
    person = ""  # the path to the user that a row is, where the list is one of people
    empty = ""  # what would be here, and how it gets here

    def find(self, query: str) -> Q:
        """Return the condition that the search box means."""
        raise NotImplementedError

    @property
    def no_results_message(self) -> str:
        if self.empty and not self.is_searching and not self.is_filtering:
            return self.empty
        return f"No {self.verbose_name_plural} match. Leave a filter out, or search for less."

    def search_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if not self.is_searching:
            return queryset
        query = self.search_query.strip().replace("\x00", "")
        return queryset.filter(self.find(query) | conditions_of(queryset.model, query))

    def found(self, query: str) -> QuerySet[Model]:
        """Return what the search box would find for the person who asks, each with its `nearness`.

        The nearest first, of those the newest keys.
        """
        rows: QuerySet[Model] = self.get_base_queryset()
        matching = self.find(query) | conditions_of(rows.model, query)
        near = nearness(self.person, query) if self.person else Value(FAR)
        order = ("nearness", "-pk") if self.person else ("-pk",)
        found: QuerySet[Model] = rows.filter(matching).annotate(nearness=near).order_by(*order)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse(self.index_url_name)
        views = SavedViews(self.request, listed=self.index_url_name, address=address)
        return {**super().get_context_data(**kwargs), "saved_views": views}

    def get_list_more_buttons(self, instance: Model) -> list[object]:  # noqa: ARG002
        """The row's link opens the detail, and nothing else can be done to it."""
        return []

    def get_search_form(self) -> Any:
        form = super().get_search_form()
        if self.search_hint:
            form.fields[self.search_kwarg].widget.attrs["placeholder"] = self.search_hint
        return form

    def order_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """Order by what was asked, with a unique tail so that pages never overlap."""
        ordered = super().order_queryset(queryset)
        stable: QuerySet[Model] = ordered.order_by(*ordered.query.order_by, "-pk")
        return stable


class ReadOnlyInspectView(generic.InspectView):  # type: ignore[misc]
    """The detail: `facts` as a ticket, then `sections`. Both run a fixed number of queries."""

    any_permission_required: ClassVar[list[str]] = ["view"]
    template_name = "backoffice/inspect.html"
    queryset: ClassVar[QuerySet[Any] | None] = None

    def rows(self) -> QuerySet[Any]:
        """Return the rows of which one is shown to the person who asks."""
        rows: QuerySet[Any] = self.model.objects if self.queryset is None else self.queryset
        return rows.all()

    def get_object(self, queryset: object = None) -> Model:  # noqa: ARG002
        found: Model = get_object_or_404(self.rows(), pk=self.pk)
        return found

    def get_page_title(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))  # noqa: SLF001

    def facts(self) -> Sequence[tuple[str, object]]:
        """Return (label, value) pairs."""
        raise NotImplementedError

    def sections(self) -> Sequence[Component]:
        """Return the tables and timelines below the facts."""
        return ()

    @property
    def header_buttons(self) -> list[Button]:
        """Lead to what the person may do to this object, as upper floors have added it."""
        leads = leads_of(self.object, self.request.user)
        return [HeaderButton(label, url=url, icon_name="edit") for label, url in leads]

    def get_fields_context(self) -> list[dict[str, object]]:
        return [{"label": label, "value": value} for label, value in self.facts()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = [*self.sections(), *sections_of(self.object, self.request.user)]
        return {**super().get_context_data(**kwargs), "sections": sections}


VIEWSETS: list["ReadOnlyViewSet"] = []  # every list that was registered, in that order


class ReadOnlyViewSet(ModelViewSet):  # type: ignore[misc]
    """Registers the two screens, their policy and their one permission."""

    index_view_class: type[ReadOnlyIndexView]
    inspect_view_class: type[ReadOnlyInspectView] = ReadOnlyInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    in_search = False  # whether the admin's search offers this list as one of its areas

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
        if self.inspect_view_enabled:
            converter = self.pk_path_converter
            patterns.append(path(f"<{converter}:pk>/", self.inspect_view, name="inspect"))
        return patterns

    def get_permissions_to_register(self) -> Any:
        """Offer "view" alone on the groups' screen: the others would mean nothing."""
        return super().get_permissions_to_register().filter(codename__startswith="view_")

    def register_admin_url_finder(self) -> None:
        """There is no edit screen to find."""

    def on_register(self) -> None:
        register_permission_policy(self.model, ReadOnlyPolicy(self.model), exact_class=True)
        super().on_register()
        VIEWSETS.append(self)
        if self.in_search:
            hooks.register("register_admin_search_area", self.get_search_area)

    def get_search_area(self) -> SearchArea:
        """Return the tab of the admin's search that leads to this list."""
        area = type(
            f"{self.model.__name__}SearchArea",
            (SearchArea,),
            {"is_shown": lambda _area, request: self.is_visible_to(request.user)},
        )
        url = reverse(self.get_url_name("index"))
        return area(self.menu_label, url, name=self.name, icon_name=self.icon, order=200)

    def is_visible_to(self, user: Any) -> bool:
        """Say whether the person may open the list."""
        policy = policy_registry.get_by_type(self.model)
        return bool(policy.user_has_permission(user, "view"))
