"""What was reported of reviews and replies: the queue, and one report with what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import User
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html, state_words
from scheduling.models import ReviewReport
from scheduling.models.review import Part
from scheduling.review_reports import reports_for
from scheduling.reviews import MODERATE

TONES = {"open": "warning", "dismissed": "quiet", "hidden": "danger"}


def reports_seen_by(user: User) -> QuerySet[ReviewReport]:
    """Return the reports that the person may see, with whom and what they are about."""
    return reports_for(user).select_related(
        "review__client__user", "review__mentor__user", "review__reply", "reporter", "decided_by"
    )


def text_of(report: ReviewReport) -> str:
    """Return the words that were reported."""
    if report.part == Part.REVIEW:
        return report.review.comment or f"{report.review.rating} of 5 stars, without words"
    reply = getattr(report.review, "reply", None)
    return reply.text if reply else NOTHING


def author_of(report: ReviewReport) -> str:
    """Return who wrote them."""
    review = report.review
    return (review.client if report.part == Part.REVIEW else review.mentor).user.name


def age_of(report: ReviewReport) -> str:
    """Return how long it waits, or waited."""
    return age_words((report.decided_at or clock.now()) - report.made_at)


def in_state(rows: Any, value: str) -> Any:
    """Narrow reports to the open ones, or to those that were decided like this."""
    return rows.filter(decision="" if value == "open" else value)


class ReviewReportFilters(WagtailFilterSet):  # type: ignore[misc]
    state = choice_filter(
        "Status", {"open": "Open", **dict(ReviewReport.Decision.choices)}, in_state
    )
    part = choice_filter("About", dict(Part.choices))
    reason = choice_filter("Reason", dict(ReviewReport.Reason.choices))
    mentor = person_filter("Mentor", "review__mentor__user")
    reporter = person_filter("Reported by", "reporter")
    made_at = period_filter("Reported")

    class Meta:
        model = ReviewReport
        fields: ClassVar[list[str]] = []


class ReviewReportIndexView(BusinessIndexView):
    empty = "No reports of reviews. Whoever is signed in can report one."
    search_hint = "rrp_…, rev_…, e-mail or name"
    references: ClassVar[dict[str, str]] = {"rrp": "pk", "rev": "review_id"}
    words = (
        "reporter__email",
        "reporter__name",
        "review__mentor__user__name",
        "review__client__user__name",
        "words",
    )
    default_ordering = "-made_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="review-reports:inspect"),
        StateColumn("state", tones=TONES, sort_key="decision"),
        Column("reason", accessor=lambda report: state_words(report.reason)),
        Column("part", label="About", accessor="get_part_display"),
        Column("author", label="Written by", accessor=author_of),
        Column("reporter", label="Reported by", accessor="reporter.name"),
        InstantColumn("made_at", label="Reported", sort_key="made_at"),
        Column("age", label="Waits", accessor=age_of, classname="cf-right cf-whole"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Reason": "get_reason_display",
        "About": "part",
        "Review": "review.public_id",
        "Written by": author_of,
        "Reported by": "reporter.name",
        "Words": "words",
        "Reported at": "made_at",
        "Decided at": "decided_at",
    }

    def get_base_queryset(self) -> QuerySet[ReviewReport]:
        return reports_seen_by(self.request.user)


class ReviewReportInspectView(BusinessInspectView):
    def rows(self) -> QuerySet[ReviewReport]:
        return reports_seen_by(self.request.user)

    def facts(self) -> Sequence[tuple[str, object]]:
        return report_facts(self.object)

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to decide, to those who may, while it waits."""
        if self.object.decided_at or not self.request.user.has_perm(MODERATE):
            return []
        url = reverse("decide_review_report", args=[self.object.pk])
        return [HeaderButton("Decide", url=url, icon_name="check")]


def report_facts(report: ReviewReport) -> list[tuple[str, object]]:
    """Return what a report says, and what it is about."""
    facts: list[tuple[str, object]] = [
        ("Reference", report.public_id),
        ("Status", state_html(report.state, tone=TONES[report.state])),
        ("Reason", report.get_reason_display()),
        ("In their words", report.words or NOTHING),
        (f"The {report.part}", text_of(report)),
        ("Written by", author_of(report)),
        ("Review", _link(report)),
        ("Reported by", f"{report.reporter.name} · {report.reporter.email}"),
        ("Reported", instant_html(report.made_at)),
    ]
    if report.decided_at and report.decided_by:
        facts += [
            ("Decided", instant_html(report.decided_at)),
            ("Decided by", f"{report.decided_by.name}: {report.decision_reason}"),
        ]
    return facts


def _link(report: ReviewReport) -> object:
    review = report.review
    url = reverse("reviews:inspect", args=[review.pk])
    return format_html('<a href="{}">{}</a>', url, review.public_id)


class ReviewReportViewSet(ReadOnlyViewSet):
    model = ReviewReport
    name = "review-reports"
    icon = "warning"
    menu_label = "Review reports"
    menu_order = 20
    index_view_class = ReviewReportIndexView
    inspect_view_class = ReviewReportInspectView
    filterset_class = ReviewReportFilters


def reports_to_decide(now: datetime, user: User) -> Queue:
    """Reports of reviews that wait for a decision, the oldest first."""
    waiting = reports_seen_by(user).filter(decided_at=None)
    return Queue(
        label="reports of reviews",
        count=waiting.count(),
        rows=[
            Waiting(
                title=report.get_reason_display(),
                url=reverse("review-reports:inspect", args=[report.pk]),
                detail=f"{report.get_part_display()} by {author_of(report)}",
                aside=age_words(now - report.made_at),
                since=report.made_at,
            )
            for report in waiting.order_by("made_at", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('review-reports:index')}?state=open&ordering=made_at",
        empty="Nobody has reported a review that was not looked at.",
        kind="review-reports",
        act="Decide it",
    )
