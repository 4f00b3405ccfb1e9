"""The dialogs that decide a message report, with what was written around it, and lift a block."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, state_html
from kernel.errors import Invalid
from messaging import deciding
from messaging.backoffice.reports import report_facts, reports_seen_by
from messaging.deciding import WARNING_LENGTH, Seen
from messaging.models import Report
from scheduling.models import Session

REPORTED = state_html("reported", tone="warning")
ACTS = {
    "warn": Report.Decision.WARNED,
    "block": Report.Decision.BLOCKED,
    "deactivate": Report.Decision.DEACTIVATED,
    "dismiss": Report.Decision.DISMISSED,
}


class DecisionForm(ReasonForm):
    """Asks why, and for a warning what the person is to read."""

    warning = forms.CharField(
        label="What a warned person reads",
        help_text="Needed to warn. Name nobody: who reported them is never told.",
        max_length=WARNING_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReportDialog(DialogView):
    """What the dialogs about a report have in common."""

    permission = deciding.DECIDE
    report: Report

    def find(self, **kwargs: Any) -> None:
        self.report = get_object_or_404(reports_seen_by(self.person), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.report.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("message-reports:index"), "label": "Message reports"},
            {"url": self.here(), "label": "Report", "sublabel": self.report.public_id},
        ]

    def here(self) -> str:
        return reverse("message-reports:inspect", args=[self.report.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        return report_facts(self.report)

    @property
    def person(self) -> User:
        return cast("User", self.request.user)


class DecideReportView(ReportDialog):
    """Read a few messages, written down as a look, and decide once."""

    page_title = "Look and decide"
    header_icon = "view"
    intro = "You see a few messages because they were reported. That you looked is written down."
    form_class = DecisionForm

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        seen = deciding.look(report_id=self.report.pk, by=self.person)
        said = self.report.get_decision_display()
        decided = f"This report was decided already: {said}." if self.report.decided_at else ""
        name = self.report.about.name
        return [
            Offer("dismiss", "Dismiss the report", "", [_messages(seen)], decided, "secondary"),
            Offer("warn", f"Warn {name}", objection=decided),
            Offer("block", "Block the conversation", objection=decided, tone="no"),
            Offer(
                "deactivate",
                f"Deactivate {name}",
                sections=() if decided else [_sessions_to_come(self.report.about)],
                objection=decided,
                tone="no",
            ),
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act not in ACTS:
            raise Invalid("Press one of the buttons.")
        if act == "warn" and not given["warning"].strip():
            raise Invalid("Write what the warned person is to read.")
        done = deciding.decide(
            report_id=self.report.pk,
            decision=ACTS[act],
            by=self.person,
            reason=given["reason"],
            warning=given["warning"],
            now=clock.now(),
        )
        return Done(f"{done.get_decision_display()}. The report is decided.", self.here())


class LiftBlockView(ReportDialog):
    """Let the two write to each other again."""

    page_title = "Lift the block"
    header_icon = "lock-open"
    intro = "The two can write to each other again, unless one of them blocks the other."
    form_class = ReasonForm

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("lift", "Lift the block")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        deciding.lift(
            report_id=self.report.pk, by=self.person, reason=given["reason"], now=clock.now()
        )
        return Done("The block is lifted.", self.here())


def _sessions_to_come(person: User) -> Lines:
    """Return what a deactivation leaves standing: staff cancel it, session by session."""
    theirs = Q(client__user=person) | Q(mentor__user=person)
    coming = Session.objects.upcoming(now=clock.now()).filter(theirs)
    return Lines(
        title=f"What {person.name} has booked or sold: cancel it if you deactivate",
        headings=["Session", "Begins", "Client", "Mentor"],
        rows=[
            (
                format_html(
                    '<a href="{}">{}</a>', reverse("sessions:inspect", args=[one.pk]), one.public_id
                ),
                instant_html(one.starts_at),
                one.client.user.name,
                one.mentor.user.name,
            )
            for one in coming.select_related("client__user", "mentor__user").order_by("during")
        ],
        empty="No session is to come.",
    )


def _messages(seen: Sequence[Seen]) -> Lines:
    return Lines(
        title="What was written",
        headings=["Sent", "By", "Message"],
        rows=[
            (
                instant_html(one.sent_at),
                format_html('<span class="cf-whole">{}</span>', one.author),
                format_html("<strong>{}</strong> {}", one.text, REPORTED)
                if one.reported
                else one.text,
            )
            for one in seen
        ],
        empty="Nothing was written by then.",
    )
