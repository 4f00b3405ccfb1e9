"""Answer a dispute: the session's record beside the words and documents of a person.

The dialog calls `evidence.answer` and nothing else; the documents that were sent can be opened.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.admin.ui.components import Component

from accounts.models import User
from accounts.names import names_of
from billing import evidence
from billing.backoffice.filters import gateway_name
from billing.backoffice.tables import DISPUTE_TONES, payment_link
from billing.evidence.answers import ANSWERABLE, LONGEST_STATEMENT
from billing.gateways.evidence import Slot
from billing.models import AnswerDocument, Dispute, DisputeAnswer
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html, money_html, state_html, state_words

MAY_ANSWER = "billing.answer_dispute"
TAKEN = "application/pdf,image/png,image/jpeg"


class AnswerForm(forms.Form):
    """What a person adds to the record."""

    statement = forms.CharField(
        label="Why the payment is right",
        help_text="The bank reads it as it stands. Say what was agreed and what was given; the "
        "record below goes with it.",
        max_length=LONGEST_STATEMENT,
        error_messages={"required": "Say in your words why the payment is right."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    communication = forms.FileField(
        label="What client and mentor wrote to each other",
        help_text="A PDF, JPEG or PNG. May be left out.",
        required=False,
        widget=forms.FileInput(attrs={"accept": TAKEN}),
    )
    other = forms.FileField(
        label="Another document",
        help_text="A PDF, JPEG or PNG. All documents together have 4.5 MB at the most.",
        required=False,
        widget=forms.FileInput(attrs={"accept": TAKEN}),
    )


class AnswerDisputeView(DialogView):
    """One dispute, what our own rows say of its session, and the one answer that a bank hears."""

    permission = MAY_ANSWER
    form_class = AnswerForm
    page_title = "Answer a dispute"
    header_icon = "mail"
    intro = "A bank hears one answer. What you send cannot be changed afterwards."
    dispute: Dispute

    def find(self, **kwargs: Any) -> None:
        rows = Dispute.objects.select_related(
            "payment__purchase__client__user",
            "payment__purchase__mentor__user",
            "payment__purchase__session__session_type",
            "payment__purchase__package__offer__session_type__policy",
        )
        self.dispute = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.dispute.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("disputes:index"), "label": "Disputes"},
            {
                "url": reverse("disputes:inspect", args=[self.dispute.pk]),
                "label": self.dispute.public_id,
            },
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        dispute = self.dispute
        return [
            ("Dispute", _link(dispute)),
            ("Status", state_html(dispute.state, tone=DISPUTE_TONES[dispute.state])),
            ("Disputed", money_html(dispute.amount_minor, dispute.currency)),
            ("Reason", state_words(dispute.reason)),
            ("Answer due", instant_html(dispute.due_by)),
            ("Payment", payment_link(dispute.payment)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        dispute = self.dispute
        record = evidence.record_of(dispute)
        objection = ""
        if _answered(dispute):
            objection = "This dispute has been answered. Wait for the bank's decision."
        elif dispute.state not in ANSWERABLE:
            objection = (
                f"This dispute is {state_words(dispute.state).lower()}: it waits for no answer."
            )
        told = [
            ("Client", f"{record.client_name}, {record.client_email}"),
            ("Service", record.service),
            ("Paid", f"{record.paid}, charge {record.charge}"),
            ("Policy agreed to", record.policy),
        ]
        return [
            Offer(
                "answer",
                f"Send the answer to {gateway_name(dispute.payment.gateway)}",
                sections=[
                    Lines(title="What the bank is told", headings=["What", "Said"], rows=told),
                    Lines(
                        title="The session's record, also as a PDF",
                        headings=["When", "What happened"],
                        rows=[(instant_html(at), what) for at, what in record.lines],
                    ),
                ],
                objection=objection,
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        uploads = [
            evidence.Upload(slot, given[slot].name, given[slot].read())
            for slot in (Slot.COMMUNICATION, Slot.OTHER)
            if given.get(slot)
        ]
        done = evidence.answer(
            dispute_id=self.dispute.pk,
            by=cast("User", self.request.user).public_id,
            statement=given["statement"],
            uploads=uploads,
            now=clock.now(),
        )
        return Done(
            f"The answer {done.public_id} is on its way to the bank.",
            reverse("disputes:inspect", args=[self.dispute.pk]),
        )


def waits_for_answer(dispute: Dispute) -> bool:
    """Say if the bank waits for our answer, and none is on its way."""
    return dispute.state in ANSWERABLE and not _answered(dispute)


def _answered(dispute: Dispute) -> bool:
    return bool(dispute.answers.filter(failed_at=None).exists())


def answers_tables(answers: Iterable[DisputeAnswer]) -> list[Component]:
    """Show what the bank was told, if it was told anything."""
    shown = list(answers)
    if not shown:
        return []
    names = names_of(answer.created_by for answer in shown)
    return [
        Lines(
            title="What we answered",
            headings=["Written", "By", "Words", "Documents", "Sent"],
            rows=[
                (
                    instant_html(answer.created_at),
                    names[answer.created_by],
                    answer.statement,
                    _documents(answer),
                    answer.failure or instant_html(answer.submitted_at),
                )
                for answer in shown
            ],
        )
    ]


def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return a document as it was sent, as a download: nothing of it runs in our pages."""
    if not request.user.has_perm("billing.view_dispute"):
        raise PermissionDenied
    found = get_object_or_404(AnswerDocument, pk=pk)
    return HttpResponse(
        bytes(found.content),
        content_type=found.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{found.name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _documents(answer: DisputeAnswer) -> SafeString:
    return format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        (
            (reverse("answer_document", args=[each.pk]), state_words(each.slot))
            for each in answer.documents.all()
        ),
    )


def _link(dispute: Dispute) -> SafeString:
    url = reverse("disputes:inspect", args=[dispute.pk])
    return format_html('<a href="{}">{}</a>', url, dispute.public_id)
