"""Reviews in the back office: the list, and one review with all that happened to it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
)
from kernel.backoffice.columns import DayColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html
from scheduling.models import Review, ReviewReply, ReviewReport
from scheduling.models.review import Part
from scheduling.review_reports import reports_for
from scheduling.reviews import MODERATE

TONES = {"shown": "success", "reply_hidden": "warning", "hidden": "danger"}
STATES: dict[str, Q] = {
    "shown": Q(visible=True),
    "reply_hidden": Q(visible=True, reply__visible=False),
    "hidden": Q(visible=False),
}
REPORTED = {
    "open": Q(reports__decided_at=None, reports__isnull=False),
    "ever": Q(reports__isnull=False),
}
REVIEWS = Review.objects.select_related("client__user", "mentor__user", "reply", "session")


def state_of(review: Review) -> str:
    """Return in one word what the public sees: `shown`, `reply_hidden` or `hidden`."""
    if not review.visible:
        return "hidden"
    return "shown" if reply_of(review) == review.shown_reply else "reply_hidden"


def reply_of(review: Review) -> ReviewReply | None:
    """Return the mentor's reply, hidden or not; None where there is none."""
    return getattr(review, "reply", None)


class ReviewFilters(WagtailFilterSet):  # type: ignore[misc]
    state = choice_filter(
        "Status",
        {"shown": "Shown", "reply_hidden": "Reply hidden", "hidden": "Hidden"},
        lambda rows, value: rows.filter(STATES[value]),
    )
    reported = choice_filter(
        "Reported",
        {"open": "A report waits", "ever": "Ever reported"},
        lambda rows, value: rows.filter(pk__in=Review.objects.filter(REPORTED[value]).values("pk")),
    )
    rating = choice_filter("Stars", {str(stars): str(stars) for stars in range(1, 6)})
    client = person_filter("Client", "client__user")
    mentor = person_filter("Mentor", "mentor__user")
    created_at = period_filter("Left")

    class Meta:
        model = Review
        fields: ClassVar[list[str]] = []


# Per row of the page: joined, the reports of every review would be counted before any is left out.
_WAITING = (
    ReviewReport.objects.filter(review=OuterRef("pk"), decided_at=None)
    .order_by()
    .values("review")
    .annotate(count=Count("pk"))
    .values("count")
)


class ReviewIndexView(BusinessIndexView):
    queryset = REVIEWS.annotate(waiting=Coalesce(Subquery(_WAITING), 0))
    empty = "No reviews yet. Clients leave one after a session that took place."
    search_hint = "rev_…, ses_…, e-mail, name or words"
    references: ClassVar[dict[str, str]] = {"rev": "pk", "ses": "session_id"}
    words = (
        "client__user__email",
        "client__user__name",
        "mentor__user__email",
        "mentor__user__name",
        "comment",
    )
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="reviews:inspect"),
        StateColumn("state", accessor=state_of, tones=TONES),
        Column("rating", label="Stars", classname="cf-right", sort_key="rating"),
        Column("mentor", accessor="mentor.user.name"),
        Column("client", accessor="client.user.name"),
        Column("comment", classname="cf-clip"),
        Column("waiting", label="Open reports", classname="cf-right", sort_key="waiting"),
        DayColumn("created_at", label="Left", sort_key="created_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": state_of,
        "Stars": "rating",
        "Session": "session.public_id",
        "Mentor": "mentor.user.name",
        "Client": "client.user.name",
        "Comment": "comment",
        "Reply": lambda review: reply.text if (reply := reply_of(review)) else "",
        "Open reports": "waiting",
        "Left at": "created_at",
    }


class ReviewInspectView(BusinessInspectView):
    queryset = REVIEWS

    def facts(self) -> Sequence[tuple[str, object]]:
        review = self.object
        reply = reply_of(review)
        parts = [("Preparation", review.preparation), ("Clarity", review.clarity)]
        parts.append(("Usefulness", review.usefulness))
        state = state_of(review)
        return [
            ("Reference", review.public_id),
            ("Status", state_html(state, tone=TONES[state])),
            ("Stars", f"{review.rating} of 5"),
            *((label, f"{stars} of 5") for label, stars in parts if stars is not None),
            ("Comment", review.comment or NOTHING),
            ("Reply", reply.text if reply else NOTHING),
            ("Client", f"{review.client.user.name} · {review.client.user.email}"),
            ("Mentor", f"{review.mentor.user.name} · {review.mentor.user.email}"),
            ("Session", self._session()),
            ("Left", instant_html(review.created_at)),
        ]

    def _session(self) -> object:
        session = self.object.session
        if not self.request.user.has_perm("scheduling.view_session"):
            return session.public_id
        url = reverse("sessions:inspect", args=[session.pk])
        return format_html('<a href="{}">{}</a>', url, session.public_id)

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to hide and to show each text, to those who may."""
        user, review = self.request.user, self.object
        own = user.pk in {review.client.user_id, review.mentor.user_id}
        if own or not user.has_perm(MODERATE):
            return []
        texts = [(Part.REVIEW, self.object), (Part.REPLY, reply_of(self.object))]
        return [
            HeaderButton(
                f"{'Hide' if text.visible else 'Show'} the {part.value}",
                url=reverse("moderate_review", args=[self.object.pk, part.value]),
                icon_name="no-view" if text.visible else "view",
            )
            for part, text in texts
            if text is not None
        ]

    def sections(self) -> Sequence[Component]:
        review = self.object
        happened = [Happening(at=review.created_at, what="Left", who=review.client.user.name)]
        if reply := reply_of(review):
            happened.append(
                Happening(at=reply.created_at, what="Replied", who=review.mentor.user.name)
            )
        happened += [
            Happening(
                at=act.at,
                what=f"{Part(act.part).label} {act.get_action_display().lower()}",
                who=act.by.name,
                detail=act.reason,
            )
            for act in review.moderations.select_related("by")
        ]
        reports = reports_for(self.request.user).filter(review=review)
        for report in reports.select_related("reporter", "decided_by"):
            happened.append(
                Happening(
                    at=report.made_at,
                    what=f"{Part(report.part).label} reported: {report.get_reason_display()}",
                    who=report.reporter.name,
                    detail=report.words,
                )
            )
            if report.decided_at and report.decided_by:
                happened.append(
                    Happening(
                        at=report.decided_at,
                        what=f"Report {report.get_decision_display().lower()}",
                        who=report.decided_by.name,
                        detail=report.decision_reason,
                    )
                )
        return [Timeline(happened)]


class ReviewViewSet(ReadOnlyViewSet):
    model = Review
    name = "reviews"
    icon = "openquote"
    menu_label = "Reviews"
    menu_order = 10
    in_search = True
    index_view_class = ReviewIndexView
    inspect_view_class = ReviewInspectView
    filterset_class = ReviewFilters
