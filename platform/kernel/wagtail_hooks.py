"""Jobs in the back office: what was promised, what failed, what the clock starts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_q.models import Failure, Schedule
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup

from kernel.backoffice import saved
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.exports import make_every_export_safe
from kernel.backoffice.inbox import Inbox, InboxView
from kernel.backoffice.jumping import Everything, JumpView
from kernel.backoffice.today import Queue, Today, Waiting, add_queue, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import instant_html, state_html
from kernel.models import Job

TONES = {"waiting": "info", "running": "info", "retrying": "warning", "failed": "danger"}
TONES |= {"done": "success"}
STATES: dict[str, Q] = {
    "waiting": Q(done_at=None, failed_at=None, attempts=0),
    "retrying": Q(done_at=None, failed_at=None, attempts__gt=0),
    "failed": Q(failed_at__isnull=False),
    "done": Q(done_at__isnull=False),
}


def state_of(job: Job) -> str:
    """Return the job's state in one word; a job taken for the first time counts as retrying."""
    if job.failed_at:
        return "failed"
    if job.done_at:
        return "done"
    return "retrying" if job.attempts else "waiting"


class JobFilters(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(
        label="State",
        choices=[(name, name.capitalize()) for name in STATES],
        method="by_state",
    )

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = []

    def by_state(self, queryset: QuerySet[Job], _name: str, value: str) -> QuerySet[Job]:
        return queryset.filter(STATES[value])


class JobIndexView(ReadOnlyIndexView):
    empty = "No jobs. They are promised by what people do, and forgotten after two weeks."
    search_hint = "Task, key or error"
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("name", url_name="jobs:inspect", label="Task"),
        StateColumn("state", accessor=state_of, tones=TONES),
        Column("attempts", classname="cf-right", sort_key="attempts"),
        InstantColumn("due_at", label="Due", sort_key="due_at"),
        InstantColumn("created_at", label="Promised", sort_key="created_at"),
        Column("last_error", label="Last error", classname="cf-clip"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Id": "id",
        "Task": "name",
        "State": state_of,
        "Attempts": "attempts",
        "Promised at": "created_at",
        "Due at": "due_at",
        "Done at": "done_at",
        "Failed at": "failed_at",
        "Last error": "last_error",
    }

    def find(self, query: str) -> Q:
        return (
            Q(name__icontains=query)
            | Q(dedupe_key__icontains=query)
            | Q(last_error__icontains=query)
        )


class JobInspectView(ReadOnlyInspectView):
    def facts(self) -> Sequence[tuple[str, object]]:
        job = self.object
        state = state_of(job)
        return [
            ("Task", job.name),
            ("State", state_html(state, tone=TONES[state])),
            ("Attempts", job.attempts),
            ("Promised", instant_html(job.created_at)),
            ("Due", instant_html(job.due_at)),
            ("Done", instant_html(job.done_at)),
            ("Given up", instant_html(job.failed_at)),
            ("Key", job.dedupe_key or "–"),
            ("Last error", job.last_error or "–"),
        ]

    def sections(self) -> Sequence[Component]:
        rows = [(name, str(value)) for name, value in self.object.arguments.items()]
        return [Lines(title="Arguments", headings=["Name", "Value"], rows=rows, empty="None.")]


class JobViewSet(ReadOnlyViewSet):
    model = Job
    name = "jobs"
    icon = "tasks"
    menu_label = "Jobs"
    menu_order = 10
    index_view_class = JobIndexView
    inspect_view_class = JobInspectView
    filterset_class = JobFilters


class ScheduleIndexView(ReadOnlyIndexView):
    empty = "No schedules. `manage.py sync_schedules` writes them."
    search_hint = "Name or task"
    default_ordering = "name"
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("func", label="Task"),
        Column("cron", label="Cron (UTC)", classname="cf-code"),
        InstantColumn("next_run", label="Next run", sort_key="next_run"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Name": "name",
        "Task": "func",
        "Cron (UTC)": "cron",
        "Next run": "next_run",
    }

    def find(self, query: str) -> Q:
        return Q(name__icontains=query) | Q(func__icontains=query)


class ScheduleViewSet(ReadOnlyViewSet):
    model = Schedule
    name = "schedules"
    icon = "calendar-alt"
    menu_label = "Schedules"
    menu_order = 20
    inspect_view_enabled = False
    index_view_class = ScheduleIndexView


class FailureIndexView(ReadOnlyIndexView):
    empty = "No failures of the queue."
    search_hint = "Task or result"
    default_ordering = "-stopped"
    list_display: ClassVar[list[Any]] = [
        "func",
        InstantColumn("stopped", label="Failed", sort_key="stopped"),
        Column("attempt_count", label="Attempts", classname="cf-right"),
        Column("result", label="Error", classname="cf-clip"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Task": "func",
        "Failed at": "stopped",
        "Attempts": "attempt_count",
        "Error": "result",
    }

    def find(self, query: str) -> Q:
        return Q(func__icontains=query) | Q(name__icontains=query)

    def get_base_queryset(self) -> QuerySet[Model]:
        failures: QuerySet[Model] = Failure.objects.filter(success=False)
        return failures


class FailureViewSet(ReadOnlyViewSet):
    model = Failure
    name = "queue-failures"
    icon = "warning"
    menu_label = "Queue failures"
    menu_order = 30
    inspect_view_enabled = False
    index_view_class = FailureIndexView


class JobsGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Jobs"
    menu_icon = "tasks"
    menu_order = 800
    items = (JobViewSet, ScheduleViewSet, FailureViewSet)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_jobs() -> JobsGroup:
    return JobsGroup()


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def backoffice_styles() -> SafeString:
    """Our tokens and fonts, Wagtail's variables set to them, and what our screens add.

    A page is drawn once its end is there (`wagtailadmin/base.html`): the columns of a table that
    is drawn while its rows arrive would move.
    """
    whole = format_html('<link rel="expect" blocking="render" href="#{}">', "cf-end")
    font = format_html(
        '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}">',
        static("fonts/inter-latin.woff2"),
    )
    sheets = ("tokens", "fonts", "backoffice-theme", "backoffice", "backoffice-reports")
    links = format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"css/{name}.css"),) for name in sheets)
    )
    return whole + font + links


def jobs_given_up(now: datetime) -> Queue:
    """Jobs that nobody will try again by themselves, the newest first."""
    failed = Job.objects.filter(STATES["failed"])
    return Queue(
        label="failed jobs",
        count=failed.count(),
        rows=[
            Waiting(
                title=job.name,
                url=reverse("jobs:inspect", args=[job.pk]),
                detail=job.last_error[:80],
                aside=age_words(now - job.failed_at) if job.failed_at else "",
                since=job.failed_at,
            )
            for job in failed.order_by("-failed_at", "-pk")[: rows_wanted()]
        ],
        url=f"{reverse('jobs:index')}?state=failed",
        empty="Every job that was promised is done or waits for its turn.",
        alarming=True,
        kind="jobs",
        act="See why",
    )


make_every_export_safe()
add_queue("kernel.view_job", jobs_given_up, order=60)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_inbox() -> list[URLPattern]:
    return [
        path("inbox/", InboxView.as_view(), name="inbox"),
        path("jump/", JumpView.as_view(), name="jump"),
        path("saved-views/save/", saved.save, name="save_view"),
        path("saved-views/<uuid:pk>/forget/", saved.forget, name="forget_view"),
    ]


@hooks.register("register_admin_search_area")  # type: ignore[untyped-decorator]
def everything() -> Everything:
    return Everything()


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def inbox() -> MenuItem:
    return Inbox()


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def add_today(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, Today(request.user))


@hooks.register("construct_main_menu")  # type: ignore[untyped-decorator]
def leave_out_the_vendors_help(_request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's help menu advertises its releases on other hosts."""
    items[:] = [item for item in items if item.name != "help"]


@hooks.register("register_icons")  # type: ignore[untyped-decorator]
def register_icons(icons: list[str]) -> list[str]:
    """Icons of ours are named `cf-…`."""
    return [*icons, "backoffice/icons/card.svg"]
