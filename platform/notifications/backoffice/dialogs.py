"""The dialog that has a failed message tried again, and the frame that shows a message's HTML."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html
from kernel.errors import Invalid
from notifications import outbox
from notifications.backoffice.emails import LISTED, subject_shown
from notifications.masking import NOT_SHOWN, shown
from notifications.models import Email

# Nothing runs, nothing is fetched, nothing is sent, and it belongs to no origin.
FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class RetryEmailView(DialogView):
    """Have a message that was given up tried again, from the first attempt on."""

    permission = outbox.RETRY
    page_title = "Try again"
    header_icon = "rotate"
    intro = "It is sent at once, and tried as often as a new one, if what it says is still true."
    email: Email

    def find(self, **kwargs: Any) -> None:
        self.email = get_object_or_404(LISTED, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return subject_shown(self.email)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("e-mails:index"), "label": "E-mails"},
            {"url": self.here(), "label": "E-mail", "sublabel": subject_shown(self.email)},
        ]

    def here(self) -> str:
        return reverse("e-mails:inspect", args=[self.email.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        email = self.email
        return [
            ("To", email.to),
            ("Template", email.template),
            ("Attempts", email.attempts),
            ("Given up", instant_html(email.failed_at)),
            ("Last error", email.last_error),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        why_not = "" if self.email.state == "failed" else f"It is {self.email.state}."
        return [Offer("retry", "Try again", objection=why_not)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "retry":
            raise Invalid("Press the button.")
        by = cast("User", self.request.user)
        outbox.retry(email_id=self.email.pk, by=by, now=clock.now())
        return Done("It is on its way again.", self.here())


def email_frame(request: HttpRequest, pk: str) -> HttpResponse:
    """Answer with a message's HTML, without its secrets, under a policy that allows nothing."""
    if not cast("User", request.user).has_perm("notifications.view_email"):
        raise PermissionDenied
    email = get_object_or_404(Email, pk=pk)
    seen = shown(template=email.template, subject=email.subject, text=email.text, html=email.html)
    response = HttpResponse(seen.html or NOT_SHOWN)
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response
