"""Find anything by what people paste: a reference, an e-mail, `pi_…`, a name; and go there.

Every list with a detail screen takes part by itself, with the finder of its own search box, for
those who may open it: of the others nothing is asked, so nothing is given away. One query a list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kernel.backoffice.components import Lines
from kernel.backoffice.viewsets import VIEWSETS, ReadOnlyViewSet

EACH = 5
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """One object, the list that it is in, and its screen."""

    viewset: ReadOnlyViewSet
    instance: Model
    nearness: int

    @property
    def name(self) -> str:
        named = getattr(self.instance, "public_id", None)
        return str(named or _person(self.viewset, self.instance) or self.instance)

    @property
    def says(self) -> str:
        """Return whom or what it is about, where its name does not say so."""
        said, person = str(self.instance), _person(self.viewset, self.instance)
        if person and person != self.name:
            return person
        # "ses_… (in_progress)" beside the link "ses_…" says "in progress".
        state = re.fullmatch(rf"{re.escape(self.name)} \((\w+)\)", said)
        if state is not None:
            return state[1].replace("_", " ")
        return "" if said == self.name else said.removeprefix(self.name).strip()

    @property
    def reference(self) -> str:
        """Return what it alone is called; people's names are others' too."""
        return "" if _person(self.viewset, self.instance) == self.name else self.name

    @property
    def url(self) -> str:
        return reverse(self.viewset.get_url_name("inspect"), args=[self.instance.pk])


def find(request: HttpRequest, query: str) -> list[Found]:
    """Return the first EACH of every list that the person may open.

    Whose name or e-mail it is, or begins with it, comes first; the others in the order of the menu.
    """
    found = (one for viewset in VIEWSETS for one in _of(viewset, request, query))
    return sorted(found, key=lambda one: one.nearness)


def _of(viewset: ReadOnlyViewSet, request: HttpRequest, query: str) -> Iterator[Found]:
    if not (viewset.inspect_view_enabled and viewset.is_visible_to(request.user)):
        return
    made = viewset.index_view
    view = made.view_class(**made.view_initkwargs)
    view.setup(request)
    for instance in view.found(query)[:EACH]:
        yield Found(viewset, instance, instance.nearness)


def _person(viewset: ReadOnlyViewSet, instance: Model) -> str:
    """Return the name of the person that a row is; nothing where it is none."""
    path = viewset.index_view_class.person
    if not path:
        return ""
    user: Any = reduce(getattr, path.split("__"), instance)
    return str(user.name)


class JumpView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """Go to the one that is meant; where several are, list them."""

    template_name = "backoffice/jump.html"
    page_title = "Find anything"
    header_icon = "search"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").replace("\x00", "").strip()
        found = find(request, query) if len(query) >= SHORTEST else []
        # A reference is found in other lists too: a session's finds its payment.
        meant = [one for one in found if one.reference == query] or found
        if len(meant) == 1:
            return HttpResponseRedirect(meant[0].url)
        context = self.get_context_data(query=query, sections=_sections(query, found))
        response: HttpResponse = self.render_to_response(context)
        return response


def _sections(query: str, found: list[Found]) -> list[Component]:
    if len(query) < SHORTEST:
        return []
    rows = [
        (
            format_html('<a href="{}">{}</a>', one.url, one.name),
            one.says,
            one.viewset.menu_label,
        )
        for one in found
    ]
    return [
        Lines(
            title=f"Found for “{query}”",
            headings=["Reference", "What it says", "List"],
            rows=rows,
            empty="Nothing that you may see. Paste a whole reference or e-mail, or one word of a "
            "name.",
        )
    ]


class Everything(SearchArea):  # type: ignore[misc]
    """The tab of the admin's own search that leads here."""

    def __init__(self) -> None:
        super().__init__(
            "Everything", reverse("jump"), name="everything", icon_name="search", order=1
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return any(viewset.is_visible_to(request.user) for viewset in VIEWSETS)
