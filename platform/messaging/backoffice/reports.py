"""Reports of messages: the queue, and one report without a word of the conversation.

Whoever may decide reads the messages around it in the dialog, where each look is written down.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import User
from accounts.names import names_of
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html, state_words
from kernel.models import AuditEntry
from messaging.deciding import DECIDE, reports_for
from messaging.models import Block, Report

TONES = {"open": "warning", "dismissed": "quiet", "warned": "info"}
TONES |= {"blocked": "danger", "deactivated": "danger"}


def reports_seen_by(user: User) -> QuerySet[Report]:
    """Return the reports that the person may see, with whom and what they are about."""
    return reports_for(user).select_related("conversation", "message", "reporter", "about")


def age_of(report: Report) -> str:
    """Return how long it waits, or waited."""
    return age_words((report.decided_at or clock.now()) - report.made_at)


def what_of(report: Report) -> str:
    """Return what was reported, without its words."""
    return f"Message no. {report.message.number}" if report.message else "The conversation"


def in_state(rows: Any, value: str) -> Any:
    """Narrow reports to the open ones, or to those that were decided like this."""
    return rows.filter(decision="" if value == "open" else value)


class ReportFilters(WagtailFilterSet):  # type: ignore[misc]
    state = choice_filter("Status", {"open": "Open", **dict(Report.Decision.choices)}, in_state)
    reason = choice_filter("Reason", dict(Report.Reason.choices))
    about = person_filter("About", "about")
    reporter = person_filter("Reported by", "reporter")
    made_at = period_filter("Reported")

    class Meta:
        model = Report
        fields: ClassVar[list[str]] = []


class ReportIndexView(BusinessIndexView):
    empty = "No reports of messages. Each of two people who write to each other can make one."
    search_hint = "rpt_…, cnv_…, e-mail or name"
    references: ClassVar[dict[str, str]] = {"rpt": "pk", "cnv": "conversation_id"}
    words = ("about__email", "about__name", "reporter__email", "reporter__name")
    default_ordering = "-made_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="message-reports:inspect"),
        StateColumn("state", tones=TONES, sort_key="decision"),
        Column("reason", accessor=lambda report: state_words(report.reason)),
        Column("what", label="What", accessor=what_of),
        Column("about", label="About", accessor="about.name"),
        Column("reporter", label="Reported by", accessor="reporter.name"),
        InstantColumn("made_at", label="Reported", sort_key="made_at"),
        Column("age", label="Waits", accessor=age_of, classname="cf-right cf-whole"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Reason": "get_reason_display",
        "Conversation": "conversation.public_id",
        "About": "about.name",
        "Reported by": "reporter.name",
        "Reported at": "made_at",
        "Decided at": "decided_at",
    }

    def get_base_queryset(self) -> QuerySet[Report]:
        return reports_seen_by(self.request.user)


class ReportInspectView(BusinessInspectView):
    def rows(self) -> QuerySet[Report]:
        return reports_seen_by(self.request.user)

    def facts(self) -> Sequence[tuple[str, object]]:
        report = self.object
        others = Report.objects.filter(about=report.about).exclude(pk=report.pk).count()
        return [*report_facts(report), ("Other reports about them", others)]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to look and decide, and to lift a block of the staff, to those who may."""
        if not self.request.user.has_perm(DECIDE):
            return []
        label = "Look again" if self.object.decided_at else "Look and decide"
        url = reverse("decide_message_report", args=[self.object.pk])
        buttons = [HeaderButton(label, url=url, icon_name="view")]
        if self._blocks().filter(by_staff=True, lifted_at=None).exists():
            url = reverse("lift_staff_block", args=[self.object.pk])
            buttons.append(HeaderButton("Lift the block", url=url, icon_name="lock-open"))
        return buttons

    def _blocks(self) -> Any:
        return Block.objects.filter(conversation=self.object.conversation_id)

    def sections(self) -> Sequence[Component]:
        report = self.object
        looks = AuditEntry.objects.filter(
            object_type="message report", object_id=report.public_id, action__startswith="report."
        )
        entries = list(looks.order_by("at", "pk"))
        names = names_of([entry.actor for entry in entries])
        happened = [
            Happening(
                at=entry.at,
                what=entry.action.removeprefix("report.").capitalize(),
                who=names[entry.actor],
                detail=entry.data.get("reason", "") if entry.action != "report.made" else "",
            )
            for entry in entries
        ]
        for block in self._blocks().select_related("by", "lifted_by"):
            what = "Blocked the conversation" if block.by_staff else "Blocked the other"
            happened.append(Happening(at=block.placed_at, what=what, who=block.by.name))
            if block.lifted_at:
                lifted = Happening(at=block.lifted_at, what="Unblocked", who=block.lifted_by.name)
                happened.append(lifted)
        return [Timeline(happened)]


def report_facts(report: Report) -> list[tuple[str, object]]:
    """Return what a report says; of the conversation nothing."""
    return [
        ("Reference", report.public_id),
        ("Status", state_html(report.state, tone=TONES[report.state])),
        ("Reason", report.get_reason_display()),
        ("In their words", report.words or NOTHING),
        ("What", what_of(report)),
        ("Conversation", report.conversation.public_id),
        ("About", f"{report.about.name} · {report.about.email}"),
        ("Reported by", f"{report.reporter.name} · {report.reporter.email}"),
        ("Reported", instant_html(report.made_at)),
    ]


class ReportViewSet(ReadOnlyViewSet):
    model = Report
    name = "message-reports"
    icon = "comment"
    menu_label = "Message reports"
    menu_order = 30
    index_view_class = ReportIndexView
    inspect_view_class = ReportInspectView
    filterset_class = ReportFilters


def reports_to_decide(now: datetime, user: User) -> Queue:
    """Reports of messages that wait for a decision, the oldest first."""
    waiting = reports_seen_by(user).filter(decided_at=None)
    return Queue(
        label="reports of messages",
        count=waiting.count(),
        rows=[
            Waiting(
                title=report.get_reason_display(),
                url=reverse("message-reports:inspect", args=[report.pk]),
                detail=f"about {report.about.name}",
                aside=age_words(now - report.made_at),
                since=report.made_at,
            )
            for report in waiting.order_by("made_at", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('message-reports:index')}?state=open&ordering=made_at",
        empty="Nobody has reported a message that was not looked at.",
        kind="message-reports",
        act="Look and decide",
    )
