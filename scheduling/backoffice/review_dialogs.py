"""The dialogs that hide and show a review or its reply, and that decide a report of one."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.errors import Invalid
from scheduling import review_reports, reviews
from scheduling.backoffice.review_reports import report_facts, reports_seen_by
from scheduling.backoffice.reviews import REVIEWS, reply_of
from scheduling.models import Review, ReviewReply, ReviewReport
from scheduling.models.review import Part


class HidingForm(ReasonForm):
    """Asks why, and whether its author is told why."""

    tell_author = forms.BooleanField(
        label="Tell its author why, in these words",
        help_text="Both people are told that it is hidden; the reason stays between us without it.",
        required=False,
    )


class ModerateView(DialogView):
    """Hide or show a review, or the reply to it."""

    permission = reviews.MODERATE
    header_icon = "openquote"
    review: Review
    part: Part
    text: Review | ReviewReply

    def find(self, **kwargs: Any) -> None:
        self.review = get_object_or_404(REVIEWS, pk=kwargs["pk"])
        if kwargs["part"] not in Part.values:
            raise Http404
        self.part = Part(kwargs["part"])
        text = self.review if self.part is Part.REVIEW else reply_of(self.review)
        if text is None:
            raise Http404
        self.text = text

    @property
    def page_title(self) -> str:
        return f"{'Hide' if self.text.visible else 'Show'} the {self.part.value}"

    def get_page_subtitle(self) -> str:
        return self.review.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("reviews:inspect", args=[self.review.pk])
        return [
            {"url": reverse("reviews:index"), "label": "Reviews"},
            {"url": here, "label": "Review", "sublabel": self.review.public_id},
        ]

    def make_form(self, **kwargs: Any) -> forms.Form:
        return HidingForm(**kwargs) if self.text.visible else ReasonForm(**kwargs)

    def facts(self) -> Sequence[tuple[str, object]]:
        words = self.text.comment if isinstance(self.text, Review) else self.text.text
        return [
            ("Stars", f"{self.review.rating} of 5"),
            ("Words", words or "None"),
            ("Client", self.review.client.user.name),
            ("Mentor", self.review.mentor.user.name),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        if self.text.visible:
            return [Offer("hide", f"Hide the {self.part.value}", tone="no")]
        return [Offer("show", f"Show the {self.part.value} again")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        said: dict[str, Any] = {
            "review_id": self.review.pk,
            "part": self.part,
            "by": cast("User", self.request.user),
            "reason": given["reason"],
            "now": clock.now(),
        }
        if act == "hide":
            reviews.hide(**said, tell_author=given.get("tell_author", False))
        elif act == "show":
            reviews.show(**said)
        else:
            raise Invalid("Press one of the buttons.")
        now = "hidden" if act == "hide" else "shown again"
        return Done(
            f"The {self.part.value} is {now}; both were told.",
            reverse("reviews:inspect", args=[self.review.pk]),
        )


class DecideReviewReportView(DialogView):
    """Dismiss a report, or hide what it is about."""

    permission = reviews.MODERATE
    page_title = "Decide on the report"
    header_icon = "warning"
    form_class = HidingForm
    report: ReviewReport

    def find(self, **kwargs: Any) -> None:
        self.report = get_object_or_404(
            reports_seen_by(cast("User", self.request.user)), pk=kwargs["pk"]
        )

    def get_page_subtitle(self) -> str:
        return self.report.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("review-reports:inspect", args=[self.report.pk])
        return [
            {"url": reverse("review-reports:index"), "label": "Review reports"},
            {"url": here, "label": "Report", "sublabel": self.report.public_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        return report_facts(self.report)

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        decided = "This report was decided already." if self.report.decided_at else ""
        return [
            Offer("hide", f"Hide the {self.report.part}", objection=decided, tone="no"),
            Offer("dismiss", "Dismiss the report", objection=decided, tone="secondary"),
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        by, reason = cast("User", self.request.user), given["reason"]
        if act == "hide":
            reviews.hide(
                review_id=self.report.review_id,
                part=Part(self.report.part),
                by=by,
                reason=reason,
                now=clock.now(),
                tell_author=given["tell_author"],
            )
            said = f"The {self.report.part} is hidden; both were told."
        elif act == "dismiss":
            review_reports.dismiss(report_id=self.report.pk, by=by, reason=reason, now=clock.now())
            said = "The report is dismissed; nothing else has changed."
        else:
            raise Invalid("Press one of the buttons.")
        return Done(said, reverse("review-reports:inspect", args=[self.report.pk]))
