"""Saved views: the filters of a list under a name, one's own or shared with a group of one's own.

What is kept is the address behind the list, as it stands in the browser; whoever opens a shared
one sees what they may see. Only whoever saved a view takes it away.
"""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component

from kernel.models import SavedView

MOST = 30  # of one person's for one list
NOT_KEPT = ("p", "export", "_w_filter_fragment")


class SaveForm(forms.Form):
    """A name, and with whom it is shared."""

    name = forms.CharField(max_length=60)
    group: Any = forms.ModelChoiceField(queryset=None, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = user.groups.all()  # type: ignore[attr-defined]


def seen_by(user: Any, listed: str) -> QuerySet[SavedView]:
    """Return the views of a list that `user` saved, and those shared with the own groups."""
    mine = Q(owner=user) | Q(group__in=user.groups.all())
    found = SavedView.objects.filter(mine, listed=listed)
    return found.select_related("owner", "group").distinct().order_by("name", "pk")


class SavedViews(Component):  # type: ignore[misc]
    """The views above a list, and the form that saves what is shown now; two queries."""

    template_name = "backoffice/saved_views.html"

    def __init__(self, request: HttpRequest, *, listed: str, address: str) -> None:
        self.request, self.listed, self.address = request, listed, address

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        user, now = self.request.user, kept_query(self.request.GET)
        return {
            "request": self.request,
            "views": [
                {
                    "name": view.name,
                    "url": f"{self.address}?{view.query}",
                    "chosen": view.query == now,
                    "group": view.group.name if view.group else "",
                    "gone": reverse("forget_view", args=[view.pk])
                    if view.owner_id == user.pk
                    else "",
                }
                for view in seen_by(user, self.listed)
            ],
            "query": now,
            "address": self.address,
            "groups": list(user.groups.order_by("name")) if now else [],
            "save": reverse("save_view"),
        }


def kept_query(given: QueryDict) -> str:
    """Return what of an address a view keeps: the filters, the search and the order."""
    kept = given.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    for name in [name for name in kept if not any(kept.getlist(name))]:
        kept.pop(name)
    return kept.urlencode()


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filters of a list that the person may open, under a name."""
    user: Any = request.user
    address = request.POST.get("address", "")
    listed = _listed(address)
    query = kept_query(QueryDict(request.POST.get("query", "")))
    form = SaveForm(request.POST, user=request.user)
    back = f"{address}?{query}" if query else address
    if not form.is_valid() or not query or len(query) > SavedView.LONGEST:
        messages.error(request, "Not saved: choose a filter first, and give it a name.")
        return HttpResponseRedirect(back)
    if SavedView.objects.filter(owner=user, listed=listed).count() >= MOST:
        messages.error(request, f"Not saved: you have {MOST} views of this list. Remove one.")
        return HttpResponseRedirect(back)
    name = form.cleaned_data["name"].strip()
    try:
        with transaction.atomic():
            SavedView.objects.create(
                owner=user,
                listed=listed,
                name=name,
                query=query,
                group=form.cleaned_data["group"],
            )
    except IntegrityError:
        messages.error(request, f"Not saved: you have a view “{name}” of this list already.")
    else:
        messages.success(request, f"Saved as “{name}”.")
    return HttpResponseRedirect(back)


@require_POST
def forget(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take a view of one's own away."""
    view = get_object_or_404(SavedView, pk=pk)
    if view.owner_id != request.user.pk:
        raise PermissionDenied
    view.delete()
    messages.success(request, f"“{view.name}” is removed.")
    return HttpResponseRedirect(reverse(view.listed))


def _listed(address: str) -> str:
    """Return the name of the list behind an address of ours; Http404 for any other."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise Http404 from None
    if parts.scheme or parts.netloc or match.url_name != "index" or not match.namespaces:
        raise Http404
    return str(match.view_name)
