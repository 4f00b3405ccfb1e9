"""Decide on what was reported of a session: each decision with what it posts, and the joins.

It rehearses and calls `incidents.decide`; what the room recorded stands beside the words.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from billing import incidents
from billing.backoffice.session_dialogs import (
    MAY_MOVE,
    SAID_TO_BOTH,
    SESSIONS,
    SessionDialogView,
    back_words,
)
from billing.incidents import VERDICTS, Verdict
from billing.interventions import Intervened
from kernel import clock
from kernel.backoffice.dialogs import Offer, ReasonForm
from kernel.display import instant_html
from scheduling import policies
from scheduling.backoffice.incidents import joins, reports_of, shown_by_the_room
from scheduling.models import Incident, Session
from scheduling.states import CancelledBy, IncidentKind, IncidentState, Side, State

WORDS = {
    Verdict.MENTOR_FAULT: "End it, the mentor's doing",
    Verdict.PRO_RATA: "End it, nobody's doing",
    Verdict.MENTOR_ABSENT: "The mentor did not come",
    Verdict.CLIENT_ABSENT: "The client did not come",
    Verdict.DISMISSED: "Dismiss the report",
}


class DecisionForm(ReasonForm):
    """How long it was held, for an emergency, and why it is decided so."""

    field_order = ("held_minutes", "reason")

    held_minutes = forms.IntegerField(label="Minutes held", min_value=0)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = SAID_TO_BOTH
        if incident.kind == IncidentKind.EMERGENCY:
            length = incident.session.duration_minutes
            self.fields[
                "held_minutes"
            ].help_text = (
                f"Of {length}, up to the report as it stands; it counts where it is nobody's doing."
            )
        else:
            del self.fields["held_minutes"]


class DecideIncidentView(SessionDialogView):
    """Decide on one report."""

    page_title = "Decide on a report"
    header_icon = "warning"
    incident: Incident

    def find(self, **kwargs: Any) -> None:
        self.incident = get_object_or_404(
            Incident.objects.select_related("session"), pk=cast("UUID", kwargs["pk"])
        )
        self.session = SESSIONS.get(pk=self.incident.session_id)

    def make_form(self, **kwargs: Any) -> forms.Form:
        return DecisionForm(incident=self.incident, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        # A client who reports in the first minutes would have nearly all of it back: no default.
        if self.incident.kind != IncidentKind.EMERGENCY or self.incident.side == Side.CLIENT:
            return {}
        at, session = self.incident.created_at, self.session
        held = (min(at, session.ends_at) - session.starts_at).total_seconds()
        return {"held_minutes": max(0, int(held)) // 60}

    def facts(self) -> Sequence[tuple[str, object]]:
        incident, session = self.incident, self.session
        who = session.client if incident.side == "client" else session.mentor
        return [
            ("Reported", f"{incident.kind.capitalize()} by the {incident.side}, {who.user.name}"),
            ("At", instant_html(incident.created_at)),
            ("In their words", incident.reason),
            *super().facts(),
            ("Cancelled late, the client has back", late_words(session)),
            *joins(session),
            ("Shown by the room", shown_by_the_room(session, now=clock.now())),
        ]

    def reports(self) -> Sequence[tuple[str, object]]:
        return reports_of(self.session, besides=self.incident)

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        return [
            self.offer(
                verdict.value,
                given,
                label=lambda done, verdict=verdict: _label(verdict, done),  # type: ignore[misc]
                otherwise=WORDS[verdict],
                tone="secondary" if verdict is Verdict.DISMISSED else "",
                title=WORDS[verdict],
            )
            for verdict in VERDICTS[IncidentKind(self.incident.kind)]
        ]

    def act(self, act: str, given: Mapping[str, Any]) -> Intervened:
        return incidents.decide(
            incident_id=self.incident.pk,
            verdict=incidents.verdict_named(act),
            held_minutes=given.get("held_minutes"),
            by=self.me(),
            reason=given["reason"],
            now=clock.now(),
        )

    def said(self, done: Intervened) -> str:
        back = back_words(done)
        return f"Report {self.incident.public_id} is decided. {back or 'Nothing'} goes back."


def way_to_decide(incident: Incident, user: Any) -> list[tuple[str, str]]:
    """Return the way to the dialog, for those who may decide, while there is something to."""
    if incident.state != IncidentState.OPEN or not user.has_perm(MAY_MOVE):
        return []
    return [("Decide", reverse("decide_incident", args=[incident.pk]))]


def late_words(session: Session) -> str:
    """Return what the policy gives a client who cancels at the very start, to compare with."""
    basis = policies.outcome(
        policy=session.policy,
        state=State.CONFIRMED,
        by=CancelledBy.CLIENT,
        starts_at=session.starts_at,
        now=session.starts_at,
        cap_bps=session.refund_cap_bps,
    )
    return f"{basis.refund_bps / 100:g} %"


def _label(verdict: Verdict, done: Intervened) -> str:
    back = back_words(done)
    return f"{WORDS[verdict]}: {back} goes back" if back else WORDS[verdict]
