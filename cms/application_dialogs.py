"""The dialogs of an application: tick a point, decide, comment."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import Application, User
from accounts.models.applications import WORDS_LENGTH
from accounts.states import APPLICATION, ApplicationEvent, ApplicationState, Check
from cms import checks, vetting
from cms.application_list import (
    APPLICATIONS,
    Checklist,
    application_facts,
    words_section,
)
from cms.applications import page_of
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.errors import Invalid, Refusal


class MovedOn(Refusal):
    """The application is not as it was when the page was made."""

    code = "application_moved_on"


class EvidenceForm(forms.Form):
    """Asks what a tick rests on."""

    evidence = forms.CharField(
        label="Evidence",
        help_text="What you have seen, and where. It stays with the tick, beside your name.",
        max_length=vetting.EVIDENCE_LENGTH,
        error_messages={"required": "Say what you have seen: a tick rests on it."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecisionForm(forms.Form):
    """Asks for the words that go to the applicant, where there have to be some."""

    comment = forms.CharField(
        label="To the applicant",
        help_text="Needed to ask for changes and to refuse: the applicant reads exactly this.",
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CommentForm(forms.Form):
    """Asks for a comment, and who reads it."""

    comment = forms.CharField(
        label="Comment", max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )
    for_applicant = forms.BooleanField(
        label="The applicant reads it too",
        help_text="Without it curators alone see the comment. No mail is sent of either.",
        required=False,
    )


class OfAnApplication(DialogView):
    """What the dialogs share: the application, where it stands, and the way back."""

    permission = vetting.VET
    header_icon = "clipboard-list"
    application: Application

    def find(self, **kwargs: Any) -> None:
        self.application = get_object_or_404(APPLICATIONS, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return f"{self.application.mentor.user.name} · {self.application.public_id}"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("applications:index"), "label": "Applications"},
            {"url": self.back, "label": self.application.mentor.user.name},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        return application_facts(self.application)

    @property
    def back(self) -> str:
        return reverse("applications:inspect", args=[self.application.pk])

    @property
    def person(self) -> User:
        return cast("User", self.request.user)


class CheckView(OfAnApplication):
    """Tick a point, or untick it, with the evidence."""

    form_class = EvidenceForm
    check: Check

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["check"] not in list(Check):
            raise Http404
        self.check = Check(kwargs["check"])

    @property
    def page_title(self) -> str:
        return f"Checklist: {checks.LABELS[self.check].lower()}"

    def facts(self) -> Sequence[tuple[str, object]]:
        (row,) = (row for row in checks.checklist(self.application) if row.check is self.check)
        found: list[tuple[str, object]] = [
            ("Applicant", self.application.mentor.user.name),
            ("To be seen", row.asked),
            ("What the program sees", row.fact.words),
            ("Now", "Ticked" if row.done else "Open"),
        ]
        if row.tick is not None:
            found.append(("Last evidence", f"{row.tick.evidence} ({row.tick.by.name})"))
        return found

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        no = vetting.objection(self.application, self.person)
        if not no and not vetting.is_ticked_now(self.application):
            no = "Points are ticked while an application is being vetted."
        label = checks.LABELS[self.check].lower()
        newest = checks.ticks_of(self.application).get(self.check)
        if newest is not None and newest.done:
            return [Offer("untick", f"Untick {label}", objection=no, tone="no")]
        return [Offer("tick", f"Tick {label}", objection=no)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act not in {"tick", "untick"}:
            raise Invalid("Press one of the buttons.")
        vetting.tick(
            application_id=self.application.pk,
            check=self.check,
            done=act == "tick",
            evidence=given["evidence"],
            by=self.person,
            now=clock.now(),
        )
        return Done(f"{checks.LABELS[self.check]} is {act}ed.", self.back)


class DecideView(OfAnApplication):
    """Accept as the first or the second, ask for changes, refuse."""

    page_title = "Decide on the application"
    form_class = DecisionForm

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        application, who = self.application, self.application.mentor.user.name
        sections = [
            Checklist(application, with_links=False),
            words_section(application, self.person),
        ]
        seen = fingerprint(application)
        no = vetting.objection(application, self.person)
        if application.state == ApplicationState.VETTED:
            first = Offer(
                "accept",
                f"Accept, and publish {who}’s profile",
                seen=seen,
                sections=sections,
                objection=no or vetting.second_objection(application, self.person),
            )
        else:
            first = Offer(
                "vet",
                "Accept as the first of two",
                seen=seen,
                sections=sections,
                objection=no or vetting.first_objection(application),
            )
        return [
            first,
            Offer(
                "ask",
                "Ask for changes",
                seen=seen,
                tone="secondary",
                objection=no or self._not_now(ApplicationEvent.ASK),
            ),
            Offer(
                "refuse",
                "Refuse the application",
                seen=seen,
                tone="no",
                objection=no or self._not_now(ApplicationEvent.REFUSE),
            ),
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:
        if seen != fingerprint(self.application):
            raise MovedOn(
                "The application has changed since this page was made: look at it again, "
                "then decide. Nothing was done."
            )
        common: dict[str, Any] = {
            "application_id": self.application.pk,
            "by": self.person,
            "now": clock.now(),
        }
        who, words = self.application.mentor.user.name, given["comment"]
        match act:
            case "vet":
                vetting.accept_first(**common)
                said = f"{who} is vetted. A second curator decides now."
            case "accept":
                vetting.accept_second(**common)
                said = f"{who} is a mentor: the profile is public, and they were told."
            case "ask":
                vetting.ask(**common, text=words)
                said = f"{who} was told what is missing."
            case "refuse":
                vetting.refuse(**common, reason=words)
                said = f"The application is refused, and {who} was told why."
            case _:
                raise Invalid("Press one of the buttons.")
        return Done(said, self.back)

    def _not_now(self, event: ApplicationEvent) -> str:
        state = ApplicationState(self.application.state)
        if APPLICATION.allows(state, event):
            return ""
        return f"The application is {state.replace('_', ' ')}: the applicant has it, or it is over."


class CommentView(OfAnApplication):
    """Write a comment."""

    page_title = "Comment on the application"
    form_class = CommentForm

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        no = vetting.objection(self.application, self.person)
        return [Offer("comment", "Add the comment", objection=no)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "comment":
            raise Invalid("Press the button.")
        vetting.comment(
            application_id=self.application.pk,
            text=given["comment"],
            for_applicant=given["for_applicant"],
            by=self.person,
            now=clock.now(),
        )
        return Done("The comment is added.", self.back)


def fingerprint(application: Application) -> str:
    """Name what a decision looks at: the state, the newest words, every tick."""
    page = page_of(application)
    ticks = sorted(str(tick.pk) for tick in checks.ticks_of(application).values())
    revision = page.latest_revision_id if page is not None else None
    return f"{application.state}:{revision}:{':'.join(ticks)}"
