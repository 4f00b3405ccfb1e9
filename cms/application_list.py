"""Applications in the back office: the list, one application with its checklist, what waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from accounts.models import Application
from accounts.states import OPEN, TO_LOOK_AT, ApplicationState
from cms import checks, vetting
from cms.applications import page_of
from cms.checks import CheckRow
from cms.models import MentorProfilePage
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Lines, Timeline
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html, state_words

TONES: dict[str, str] = {
    ApplicationState.DRAFT: "quiet",
    ApplicationState.SUBMITTED: "warning",
    ApplicationState.IN_VETTING: "info",
    ApplicationState.CHANGES_ASKED: "quiet",
    ApplicationState.VETTED: "warning",
    ApplicationState.ACCEPTED: "success",
    ApplicationState.REFUSED: "danger",
    ApplicationState.WITHDRAWN: "quiet",
}
TURNS = {
    ApplicationState.DRAFT: "The applicant has not sent it in",
    ApplicationState.SUBMITTED: "Nobody has begun to vet it",
    ApplicationState.IN_VETTING: "The points are being ticked",
    ApplicationState.CHANGES_ASKED: "The applicant is asked for changes",
    ApplicationState.VETTED: "A second curator decides",
}
APPLICATIONS = Application.objects.select_related("mentor__user", "first_by", "second_by")
HAPPENED = {
    "submit": "Sent in",
    "begin": "Vetting begun",
    "ask": "Changes asked for",
    "vet": "Accepted the first time",
    "accept": "Accepted the second time: published",
    "refuse": "Refused",
    "withdraw": "Withdrawn",
}


class ApplicationFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(ApplicationState)
    waiting = django_filters.ChoiceFilter(
        label="Waits for",
        method="by_turn",
        choices=[("us", "Curators"), ("me", "Me: not vetted first by me"), ("them", "Applicants")],
    )
    person = person_filter("Applicant", "mentor__user")
    submitted_at = period_filter("Sent in")

    class Meta:
        model = Application
        fields: ClassVar[list[str]] = []

    def by_turn(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        ours = queryset.filter(state__in=TO_LOOK_AT)
        if value == "me":
            mine = Q(first_by=self.request.user) | Q(mentor__user=self.request.user)
            return ours.exclude(mine)
        if value == "us":
            return ours
        return queryset.filter(state__in=set(OPEN) - set(TO_LOOK_AT))


def _age(application: Application) -> str:
    if application.state not in OPEN:
        return NOTHING
    return age_words(clock.now() - application.state_since)


class ApplicationIndexView(BusinessIndexView):
    queryset = APPLICATIONS
    empty = "Nobody has applied yet. Whoever applies to be a mentor appears here."
    search_hint = "app_…, mtr_…, name or e-mail"
    person = "mentor__user"
    references: ClassVar[dict[str, str]] = {"app": "pk", "mtr": "mentor_id"}
    words = ("mentor__user__name", "mentor__user__email")
    default_ordering = "-state_since"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "applicant",
            accessor="mentor.user.name",
            url_name="applications:inspect",
            label="Applicant",
            classname="",
            sort_key="mentor__user__name",
        ),
        StateColumn("state", tones=TONES, sort_key="state"),
        Column(
            "age",
            label="Unchanged for",
            accessor=_age,
            classname="cf-whole",
            sort_key="state_since",
        ),
        InstantColumn("submitted_at", label="Sent in", sort_key="submitted_at"),
        Column("first", label="Vetted by", accessor=lambda row: _name(row.first_by)),
        Column("second", label="Accepted by", accessor=lambda row: _name(row.second_by)),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Applicant": "mentor.user.name",
        "E-mail": "mentor.user.email",
        "Status": "state",
        "Since": "state_since",
        "Sent in at": "submitted_at",
        "Vetted by": lambda row: _name(row.first_by),
        "Accepted by": lambda row: _name(row.second_by),
    }


def _name(user: Any) -> str:
    return NOTHING if user is None else str(user.name)


class ApplicationInspectView(BusinessInspectView):
    queryset = APPLICATIONS

    def get_page_title(self) -> str:
        return f"Application of {self.object.mentor.user.name}"

    def facts(self) -> Sequence[tuple[str, object]]:
        return application_facts(self.object)

    def sections(self) -> Sequence[Component]:
        application, user = self.object, self.request.user
        ticking = not vetting.objection(application, user) and vetting.is_ticked_now(application)
        return [
            Checklist(application, with_links=ticking),
            words_section(application, user),
            history_section(application),
        ]


class ApplicationViewSet(ReadOnlyViewSet):
    model = Application
    name = "applications"
    icon = "clipboard-list"
    menu_label = "Applications"
    in_search = True
    menu_order = 15
    index_view_class = ApplicationIndexView
    inspect_view_class = ApplicationInspectView
    filterset_class = ApplicationFilters


def application_facts(application: Application) -> list[tuple[str, object]]:
    """Return who applied, and how far it is."""
    mentor = application.mentor
    facts: list[tuple[str, object]] = [
        ("Applicant", f"{mentor.user.name} · {mentor.user.email}"),
        ("Status", state_html(application.state, tone=TONES[application.state])),
        ("Since", instant_html(application.state_since)),
        ("Sent in", instant_html(application.submitted_at)),
    ]
    if application.state in TURNS:
        turn = TURNS[ApplicationState(application.state)]
        facts.append(("Whose turn", f"{turn}, for {_age(application)}"))
    if application.first_by is not None:
        facts.append(("Vetted by", application.first_by.name))
    if application.second_by is not None:
        facts.append(("Accepted by", application.second_by.name))
    return facts


class Checklist(Component):  # type: ignore[misc]
    """The five points: ticked or open, on what evidence, and what the program sees beside it."""

    template_name = "backoffice/checklist.html"

    def __init__(self, application: Application, *, with_links: bool) -> None:
        self.application = application
        self.with_links = with_links

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        rows = checks.checklist(self.application)
        return {"done": sum(row.done for row in rows), "rows": [self._row(row) for row in rows]}

    def _row(self, row: CheckRow) -> dict[str, object]:
        url = reverse("check_application", args=[self.application.pk, row.check.value])
        return {
            "label": row.label,
            "asked": row.asked,
            "done": row.done,
            "state": state_html(
                "ticked" if row.done else "open", tone="success" if row.done else "quiet"
            ),
            "tick": row.tick,
            "at": instant_html(row.tick.at, year=False) if row.tick else "",
            "fact": format_html(
                "{} {}",
                state_html(_FITS[row.fact.good][0], tone=_FITS[row.fact.good][1]),
                row.fact.words,
            ),
            "url": url if self.with_links else "",
        }


_FITS = {True: ("fits", "success"), False: ("look", "warning"), None: ("unknown", "quiet")}


def words_section(application: Application, user: Any) -> Lines:
    """Return what the applicant says on the profile, as it would be published."""
    page = page_of(application)
    if page is None:
        return Lines(title="What they say", headings=[], rows=[], empty="Nothing was sent in yet.")
    said: MentorProfilePage = page.get_latest_revision_as_object()
    rows: list[tuple[object, object]] = [
        ("Headline", said.headline),
        ("Subjects", ", ".join(said.expertise) or NOTHING),
        ("About", strip_tags(said.bio.replace("<br>", " ").replace("</p>", " ")) or NOTHING),
    ]
    if page.permissions_for_user(user).can_edit():
        draft = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
        rows.append(
            ("Page", format_html('<a href="{}">See it as visitors would</a>', draft)),
        )
    return Lines(title="What they say", headings=["Field", "Words"], rows=rows)


def history_section(application: Application) -> Timeline:
    """Return steps, comments and ticks in the order in which they happened; two queries."""
    steps = application.steps.select_related("by").order_by("id")
    ticks = application.ticks.select_related("by").order_by("id")
    told = [
        Happening(
            at=step.at,
            what=HAPPENED.get(step.event)
            or ("Comment for the applicant" if step.for_applicant else "Comment among curators"),
            who=step.by.name,
            detail=step.comment,
        )
        for step in steps
    ]
    told += [
        Happening(
            at=tick.at,
            what=f"{'Ticked' if tick.done else 'Unticked'}: {state_words(tick.check_of).lower()}",
            who=tick.by.name,
            detail=tick.evidence,
        )
        for tick in ticks
    ]
    return Timeline(told, title="What happened")


def leads(application: Application, user: Any) -> Sequence[tuple[str, str]]:
    """Lead to what this person may do to an application."""
    if vetting.objection(application, user):
        return []
    comment = ("Comment", reverse("comment_application", args=[application.pk]))
    if application.state not in OPEN or application.state == ApplicationState.DRAFT:
        return [comment]
    return [("Decide", reverse("decide_application", args=[application.pk])), comment]


def applications_to_look_at(now: datetime) -> Queue:
    """Applications that wait for a curator, the oldest first."""
    waiting = Application.objects.filter(state__in=TO_LOOK_AT)
    found = waiting.aggregate(count=Count("pk"), oldest=Min("state_since"))
    rows = waiting.select_related("mentor__user").order_by("state_since", "pk")[: rows_wanted()]
    return Queue(
        label="applications awaiting approval",
        count=found["count"],
        rows=[
            Waiting(
                title=row.mentor.user.name,
                url=reverse("applications:inspect", args=[row.pk]),
                detail=TURNS[ApplicationState(row.state)],
                aside=age_words(now - row.state_since),
                since=row.state_since,
            )
            for row in rows
        ],
        url=f"{reverse('applications:index')}?waiting=us&ordering=state_since",
        detail=f"the oldest for {age_words(now - found['oldest'])}" if found["oldest"] else "",
        empty="Nobody has applied since the last look.",
        kind="applications",
        act="Answer it",
    )
