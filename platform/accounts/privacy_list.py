"""The erasure desk: who asked to be erased, since when, and what stands in the way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.erasures import ASK, CARRY_OUT, TARGET, hindrances
from accounts.models import Erasure
from accounts.privacy_parts import in_the_way, what_becomes
from kernel import clock
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html

TONES = {"open": "warning", "withdrawn": "quiet", "done": "success"}
STATES = {
    "open": Q(done_at=None, withdrawn_at=None),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "done": Q(done_at__isnull=False),
}
ERASURES = Erasure.objects.select_related("user", "requested_by", "done_by", "withdrawn_by")


class ErasureFilters(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(
        label="State",
        choices=[(name, name.capitalize()) for name in STATES],
        method="by_state",
    )

    class Meta:
        model = Erasure
        fields: ClassVar[list[str]] = []

    def by_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(STATES[value])


def due_words(erasure: Erasure, now: datetime) -> str:
    """Say how far the target is: a month after it was asked for."""
    if erasure.state != "open":
        return NOTHING
    left = erasure.requested_at + TARGET - now
    if left.total_seconds() < 0:
        return f"late by {age_words(-left)}"
    return f"{age_words(left)} left"


class ErasureIndexView(ReadOnlyIndexView):
    queryset = ERASURES
    empty = "Nobody has asked to be erased. Start with “Look after a person’s data”."
    search_hint = "era_…, usr_…, name or e-mail"
    person = "user"
    default_ordering = "-requested_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="erasures:inspect"),
        StateColumn("state", tones=TONES),
        Column("person", accessor="user.name"),
        Column("by", label="Asked by", accessor="requested_by.name"),
        InstantColumn("requested_at", label="Asked", sort_key="requested_at"),
        Column(
            "age",
            label="Age",
            accessor=lambda one: age_words(_until(one) - one.requested_at),
            classname="cf-right cf-whole",
        ),
        Column("due", label="Target: 30 days", accessor=lambda one: due_words(one, clock.now())),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "State": "state",
        "Person": "user.public_id",
        "Asked by": "requested_by.public_id",
        "Asked at": "requested_at",
        "Done at": "done_at",
        "Withdrawn at": "withdrawn_at",
    }

    def find(self, query: str) -> Q:
        return (
            by_reference("era", query)
            | by_reference("usr", query, field="user_id")
            | by_text(query, "user__name", "user__email")
        )

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(ASK):
            return []
        url = reverse("find_person")
        return [HeaderButton("Look after a person’s data", url=url, icon_name="user")]


class ErasureInspectView(ReadOnlyInspectView):
    queryset = ERASURES

    def get_page_subtitle(self) -> str:
        return str(self.object.public_id)

    @property
    def header_buttons(self) -> list[Button]:
        erasure, user = self.object, self.request.user
        found = []
        if erasure.state == "open" and user.has_perm(CARRY_OUT):
            url = reverse("carry_out_erasure", args=[erasure.pk])
            found.append(HeaderButton("Look and carry out", url=url, icon_name="bin"))
        if erasure.state == "open" and user.has_perm(ASK):
            url = reverse("look_after_person", args=[erasure.user_id])
            found.append(HeaderButton("The person’s data", url=url, icon_name="user"))
        return found

    def facts(self) -> Sequence[tuple[str, object]]:
        return facts_of(self.object)

    def sections(self) -> Sequence[Component]:
        if self.object.state != "open":
            return []
        user = self.object.user
        return [in_the_way(hindrances(user=user, now=clock.now())), what_becomes(user)]


def facts_of(erasure: Erasure) -> list[tuple[str, object]]:
    """Return what there is to know of an erasure."""
    facts: list[tuple[str, object]] = [
        ("Reference", erasure.public_id),
        ("State", state_html(erasure.state, tone=TONES[erasure.state])),
        ("Person", erasure.user.name),
        ("Account", erasure.user.public_id),
        ("Asked by", "the person" if _by_person(erasure) else erasure.requested_by.name),
        ("Asked", instant_html(erasure.requested_at)),
        ("Target", due_words(erasure, clock.now())),
    ]
    if erasure.reason:
        facts.append(("How they asked", erasure.reason))
    if erasure.done_by is not None:
        facts += [("Done by", erasure.done_by.name), ("Done", instant_html(erasure.done_at))]
    if erasure.withdrawn_by is not None:
        facts.append(("Taken back", instant_html(erasure.withdrawn_at)))
    return facts


def _by_person(erasure: Erasure) -> bool:
    return erasure.requested_by_id == erasure.user_id


def _until(erasure: Erasure) -> datetime:
    return erasure.done_at or erasure.withdrawn_at or clock.now()


class ErasureViewSet(ReadOnlyViewSet):
    model = Erasure
    name = "erasures"
    icon = "bin"
    menu_label = "Erasures"
    menu_order = 545
    add_to_admin_menu = True
    index_view_class = ErasureIndexView
    inspect_view_class = ErasureInspectView
    filterset_class = ErasureFilters


def erasures_to_do(now: datetime) -> Queue:
    """Erasures that wait, the oldest first, each with what is left of its month."""
    waiting = ERASURES.filter(STATES["open"])
    oldest = list(waiting.order_by("requested_at", "pk")[: rows_wanted()])
    late = any(one.requested_at + TARGET < now for one in oldest)
    return Queue(
        label="erasures to carry out",
        count=waiting.count(),
        rows=[
            Waiting(
                title=one.user.name,
                url=reverse("erasures:inspect", args=[one.pk]),
                detail="asked for themselves" if _by_person(one) else "asked through staff",
                aside=due_words(one, now),
                since=one.requested_at,
                due=one.requested_at + TARGET,
            )
            for one in oldest
        ],
        url=f"{reverse('erasures:index')}?state=open&ordering=requested_at",
        empty="Nobody waits to be erased.",
        alarming=late,
        kind="erasures",
        act="Carry it out",
    )
