"""What the staff may do to a session: cancel it or complete it, each with its postings first.

The preview is the very operation, rolled back (`ledger.preview`); the press does it if everything
that was looked at is still so, and says what is not. Nothing here decides on money.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.admin.ui.components import Component

from accounts.models import User
from billing import interventions
from billing.backoffice.previews import postings_preview
from billing.backoffice.refund_dialog import who_gives_what
from billing.interventions import Fault, Intervened
from billing.ledger.preview import Preview, WorldMoved, carry_out, rehearse
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, money_html, money_text, state_words
from kernel.errors import Refusal
from scheduling import endings
from scheduling.backoffice.incidents import other_seats, reports_of
from scheduling.models import Incident, Session
from scheduling.states import State
from scheduling.terms import policy_words

MAY_MOVE = "scheduling.move_session"
MAY_SEE_BALANCES = "billing.view_mentorbalance"
SESSIONS = Session.objects.select_related("client__user", "mentor__user", "session_type", "meeting")
FAULTS = {
    Fault.CLIENT: "The client's",
    Fault.MENTOR: "The mentor's",
    Fault.PLATFORM: "Ours",
    Fault.NOBODY: "Nobody's",
}
COMES_TO = "What it comes to"
SAID_TO_BOTH = "Both people read it in their message, and it stays with the session."


class SessionDialogView(DialogView):
    """A dialog about one session; subclasses say which operation a button stands for."""

    permission = MAY_MOVE
    header_icon = "calendar-check"
    refreshes = True
    session: Session

    def find(self, **kwargs: Any) -> None:
        self.session = get_object_or_404(SESSIONS, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.session.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("sessions:index"), "label": "Sessions"},
            {"url": self.home(), "label": "Session", "sublabel": self.session.public_id},
        ]

    def home(self) -> str:
        return reverse("sessions:inspect", args=[self.session.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        session = self.session
        return [
            ("Status", state_words(session.state)),
            ("Starts", instant_html(session.starts_at)),
            ("Ends", instant_html(session.ends_at)),
            ("Client", session.client.user.name),
            ("Mentor", session.mentor.user.name),
            ("Price", money_html(session.price_minor, session.currency)),
            ("Cancellation", policy_words(session.policy)),
            *self.reports(),
            *other_seats(session),
        ]

    def reports(self) -> Sequence[tuple[str, object]]:
        """Return what was reported of the session, beside what the dialog is about."""
        return reports_of(self.session)

    def act(self, act: str, given: Mapping[str, Any]) -> Intervened:
        """Do what the button `act` stands for. Raises Refusal."""
        raise NotImplementedError

    def offer(
        self,
        act: str,
        given: Mapping[str, Any],
        *,
        label: Callable[[Intervened], str],
        otherwise: str,
        tone: str = "",
        title: str = COMES_TO,
    ) -> Offer:
        """Rehearse the button and say what it would do, or why it cannot be pressed."""
        try:
            seen = rehearse(
                partial(self.act, act, {"reason": "To be seen.", **given}),
                resting_on=Intervened.resting_on,
            )
        except Refusal as refusal:
            return Offer(act, otherwise, objection=refusal.detail, tone=tone)
        return Offer(
            act,
            label(seen.result),
            seen=sealed(seen),
            sections=what_it_comes_to(
                seen, title=title, balances=self.request.user.has_perm(MAY_SEE_BALANCES)
            ),
            tone=tone,
        )

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:
        looked_at = opened(seen)
        try:
            done = carry_out(
                partial(self.act, act, given),
                expecting=str(looked_at.get("hash", "")),
                resting_on=Intervened.resting_on,
            )
        except WorldMoved as moved:
            self.session.refresh_from_db()
            raise WorldMoved(f"{moved.detail}{self._changed(act, given, looked_at)}") from None
        return Done(self.said(done), self.home())

    def said(self, done: Intervened) -> str:
        """Return what was done, in words."""
        raise NotImplementedError

    def _changed(self, act: str, given: Mapping[str, Any], looked_at: Mapping[str, Any]) -> str:
        """Say which of the facts that were looked at are others by now."""
        before = looked_at.get("facts")
        if not isinstance(before, dict):
            return ""
        try:
            now = rehearse(partial(self.act, act, given)).result.resting_on()
        except Refusal:
            return ""
        currency = self.session.currency
        told = [
            f"{name} was {_value(name, before.get(name), currency)} and is "
            f"{_value(name, value, currency)}"
            for name, value in now.items()
            if before.get(name) != value
        ]
        return f" What changed: {'; '.join(told)}." if told else ""

    def me(self) -> str:
        return cast("User", self.request.user).public_id


class CancelForm(ReasonForm):
    """Whose doing it is, and where nobody's, how long the session was held."""

    field_order = ("fault", "held_minutes", "reason")

    fault = forms.ChoiceField(label="Whose doing")
    held_minutes = forms.IntegerField(label="Minutes held", min_value=0)

    def __init__(self, *args: Any, session: Session, begun: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [fault for fault in FAULTS if fault is not (Fault.CLIENT if begun else Fault.NOBODY)]
        cast("forms.ChoiceField", self.fields["fault"]).choices = [
            (fault.value, FAULTS[fault]) for fault in left
        ]
        self.fields["fault"].help_text = (
            "The mentor's or ours: everything goes back, and that side bears the gateway's fee. "
            + (
                "Nobody's: the minutes held are paid for."
                if begun
                else "The client's: by the policy."
            )
        )
        self.fields["reason"].help_text = SAID_TO_BOTH
        if begun:
            self.fields["held_minutes"].required = False
            self.fields[
                "held_minutes"
            ].help_text = f"Of {session.duration_minutes}; it counts where it is nobody's doing."
        else:
            del self.fields["held_minutes"]


class CancelSessionView(SessionDialogView):
    """Cancel a session, before its start or while it runs."""

    page_title = "Cancel session"

    def make_form(self, **kwargs: Any) -> forms.Form:
        begun = endings.has_begun(self.session, now=clock.now())
        return CancelForm(session=self.session, begun=begun, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        now, session = clock.now(), self.session
        if not endings.has_begun(session, now=now):
            return {"fault": Fault.CLIENT.value}
        held = int((min(now, session.ends_at) - session.starts_at).total_seconds()) // 60
        return {"fault": Fault.NOBODY.value, "held_minutes": held}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if not given.get("fault"):
            objection = "Say whose doing it is."
            return [Offer("cancel", "Cancel session", objection=objection, tone="no")]
        return [
            self.offer("cancel", given, label=_cancel_label, otherwise="Cancel session", tone="no")
        ]

    def act(self, act: str, given: Mapping[str, Any]) -> Intervened:  # noqa: ARG002
        return interventions.cancel(
            session_id=self.session.pk,
            fault=Fault(given["fault"]),
            held_minutes=given.get("held_minutes"),
            by=self.me(),
            reason=given["reason"],
            now=clock.now(),
        )

    def said(self, done: Intervened) -> str:
        back = back_words(done)
        return f"{done.session.public_id} is cancelled. {back or 'Nothing'} goes back."


class CompleteForm(ReasonForm):
    """Why the clock did not do it."""


class CompleteSessionView(SessionDialogView):
    """Complete a session that still stands open after its end."""

    page_title = "Complete session"
    form_class = CompleteForm

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        words = "Complete session"
        return [self.offer("complete", given, label=lambda _: words, otherwise=words)]

    def act(self, act: str, given: Mapping[str, Any]) -> Intervened:  # noqa: ARG002
        return interventions.complete(
            session_id=self.session.pk, by=self.me(), reason=given["reason"], now=clock.now()
        )

    def said(self, done: Intervened) -> str:
        return f"{done.session.public_id} is completed."


def what_it_comes_to(
    seen: Preview[Intervened], *, title: str = COMES_TO, balances: bool = True
) -> list[Component]:
    """Show who has what of the price before and after, who gives what, and each ledger line."""
    done = seen.result
    currency = done.session.currency
    parts = done.terms.parts if done.terms else None
    before, after = done.before, done.after
    figures = [
        ("The mentor's share", before.mentor_minor, after.mentor_minor),
        ("The platform's commission", before.commission_minor, after.commission_minor),
        ("The gateway's fee, recovered", before.fee_minor, after.fee_minor),
        ("Refunded to the client", 0, done.refund.amount_minor if done.refund else 0),
    ]
    if parts is not None and parts.credit_minor:
        figures.append(("Back to the client's credit", 0, parts.credit_minor))
    if done.terms is not None and done.terms.prepaid_minor:
        figures.append(("Back to the package", 0, done.terms.prepaid_minor))
    was, to = state_words(done.was), state_words(done.session.state)
    found: list[Component] = [
        Lines(
            title=f"{title}: {was} → {to}" if was != to else f"{title}: it stays {was.lower()}",
            headings=["Of the price", "Now", "After it"],
            rows=[
                (label, money_html(now, currency), money_html(then, currency))
                for label, now, then in figures
            ],
            right=(1, 2),
        )
    ]
    if done.refund is not None:
        total = ("The client gets", money_html(done.refund.amount_minor, currency))
        found.append(who_gives_what(done.refund, currency=currency, total=total))
    # Several offers stand on one page, and each table has a name of its own there.
    posted = "What will be posted" if title == COMES_TO else f"{title}: what will be posted"
    found.append(postings_preview(seen.movements, title=posted, balances=balances))
    return found


def sealed(seen: Preview[Intervened]) -> str:
    """Return what the form brings back: the hash of what was shown, and the facts in words."""
    return json.dumps({"hash": seen.content_hash, "facts": seen.result.resting_on()})


def opened(text: str) -> dict[str, Any]:
    """Read what a form brought back, empty where it is not ours. It is told, never trusted."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def legal_moves(session: Session, user: Any) -> list[tuple[str, str]]:
    """Return (label, address) of what `user` may do to the session, by its state and the hour."""
    if not user.has_perm(MAY_MOVE):
        return []
    moves = []
    if session.state in {State.PENDING, State.CONFIRMED, State.IN_PROGRESS}:
        moves.append(("Cancel", reverse("cancel_session", args=[session.pk])))
    reported = list(Incident.objects.open().filter(session=session).order_by("created_at", "pk"))
    if endings.has_ended(session, now=clock.now()) and not reported:
        moves.append(("Complete", reverse("complete_session", args=[session.pk])))
    return [
        *moves,
        *(
            (f"Decide: {incident.kind}", reverse("decide_incident", args=[incident.pk]))
            for incident in reported
        ),
    ]


def _cancel_label(done: Intervened) -> str:
    back = back_words(done)
    return f"Cancel and give {back} back" if back else "Cancel, nothing goes back"


def back_words(done: Intervened) -> str:
    """Return the amount that goes back, in money, to credit or to a package; empty for nothing."""
    minor = done.refund.amount_minor if done.refund else 0
    if done.terms is not None:
        minor += done.terms.prepaid_minor + (
            done.terms.parts.credit_minor if done.terms.parts else 0
        )
    return money_text(minor, done.session.currency) if minor else ""


def _value(name: str, value: Any, currency: str) -> str:
    if isinstance(value, int) and name != "minutes held":
        return money_text(value, currency)
    return state_words(str(value)) if name == "status" else str(value)
