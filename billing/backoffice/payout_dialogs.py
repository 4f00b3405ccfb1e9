"""The dialogs of a payout run, one for each step, and of a payout that came back.

Each shows what it does and calls one operation of `billing.payouts`; that the approver is another
person than the preparer is said by the operation and held by the database.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import payouts
from billing.backoffice.filters import gateway_name
from billing.backoffice.payout_tables import (
    RUN_TONES,
    exclusions_table,
    payout_link,
    payouts_table,
    run_link,
)
from billing.backoffice.previews import postings_preview, summed_preview
from billing.gateways.registry import GATEWAYS
from billing.ledger.preview import carry_out, rehearse
from billing.models import MentorBalance, Payout, PayoutMinimum, PayoutRun
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html, money_html, money_text, state_html
from kernel.errors import Refusal

PREPARE, APPROVE = "billing.prepare_payoutrun", "billing.approve_payoutrun"


class BuildForm(forms.Form):
    """Which money is paid out, and through whom."""

    currency = forms.ChoiceField(help_text="Currencies that have a least amount for payouts.")
    gateway = forms.ChoiceField(choices=[(name, gateway_name(name)) for name in GATEWAYS])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = PayoutMinimum.objects.order_by("currency").values_list("currency", flat=True)
        field = cast("forms.ChoiceField", self.fields["currency"])
        field.choices = [(code, code) for code in dict.fromkeys(known)]


class RunDialog(DialogView):
    """What the dialogs of one run share."""

    permission = PREPARE
    header_icon = "calendar-check"
    run: PayoutRun

    @property
    def by(self) -> User:
        return cast("User", self.request.user)

    def find(self, **kwargs: Any) -> None:
        rows = PayoutRun.objects.select_related("built_by", "frozen_by")
        self.run = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.run.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("payout-runs:inspect", args=[self.run.pk])
        return [
            {"url": reverse("payout-runs:index"), "label": "Payout runs"},
            {"url": here, "label": "Payout run", "sublabel": self.run.public_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        run = self.run
        facts: list[tuple[str, object]] = [
            ("Run", run_link(run)),
            ("Status", state_html(run.state, tone=RUN_TONES[run.state])),
            ("Gateway", gateway_name(run.gateway)),
            ("Least amount", money_html(run.minimum_minor, run.currency)),
            ("Built by", run.built_by.name),
            ("Built", instant_html(run.built_at)),
        ]
        if run.frozen_by:
            facts += [("Frozen by", run.frozen_by.name), ("Frozen", instant_html(run.frozen_at))]
        if run.content_hash:
            facts.append(("Hash", run.content_hash))
        return facts

    def done(self, said: str) -> Done:
        return Done(said, reverse("payout-runs:inspect", args=[self.run.pk]))


class BuildRunView(RunDialog):
    """Draft a run; before that, see who would be in it and who would not."""

    form_class = BuildForm
    page_title = "Build a payout run"
    refreshes = True
    intro = (
        "A draft pays nobody. It takes the ledger lines it is made of, so that no other run can; "
        "look at it, then freeze it for another person to approve."
    )

    def find(self, **kwargs: Any) -> None:
        """There is no run yet."""

    def get_page_subtitle(self) -> str:
        return ""

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("payout-runs:index"), "label": "Payout runs"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        return ()

    def initial(self) -> Mapping[str, Any]:
        """Return the currency in which most mentors have money."""
        due = MentorBalance.objects.filter(available_minor__gt=0).values("currency")
        most = due.annotate(mentors=Count("pk")).order_by("-mentors", "currency").first()
        return {"currency": most["currency"] if most else "USD", "gateway": GATEWAYS[0]}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if not given.get("currency") or not given.get("gateway"):
            return [Offer("build", "Build the run", objection="Choose a currency and a gateway.")]
        try:
            content = rehearse(partial(self._content, given)).result
        except Refusal as refusal:
            return [Offer("build", "Build the run", objection=refusal.detail)]
        return [
            Offer(
                "build",
                f"Build a run of {_sum(content)}",
                sections=[
                    payouts_table(
                        content.included, empty="Nobody with a balance can be paid.", drafts=True
                    ),
                    exclusions_table(content.excluded),
                ],
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        self.run = self._build(given)
        return self.done(f"Run {self.run.public_id} is built. Look at it, then freeze it.")

    def _build(self, given: Mapping[str, Any]) -> PayoutRun:
        return payouts.build(
            currency=given["currency"],
            gateway=given["gateway"],
            built_by=self.by,
            now=clock.now(),
        )

    def _content(self, given: Mapping[str, Any]) -> payouts.Preview:
        return payouts.preview(run_id=self._build(given).pk)


class FreezeRunView(RunDialog):
    """Fix what the run pays, and give it a hash."""

    page_title = "Freeze"
    intro = "Once frozen, who is paid what is fixed. Another person has to approve it."

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        content = payouts.preview(run_id=self.run.pk)
        label = f"Freeze {_sum(content)}"
        sections = [
            payouts_table(content.included, empty="Nobody with a balance can be paid."),
            exclusions_table(content.excluded),
        ]
        try:
            rehearse(self._freeze)
        except Refusal as refusal:
            return [Offer("freeze", label, sections=sections, objection=refusal.detail)]
        return [Offer("freeze", label, sections=sections)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        run = self._freeze()
        return self.done(f"Frozen with the hash {run.content_hash[:12]}… Another person approves.")

    def _freeze(self) -> PayoutRun:
        return payouts.freeze(run_id=self.run.pk, by=self.by, now=clock.now())


class ApproveRunView(RunDialog):
    """Let the money of a frozen run go. Never by whom has prepared it."""

    permission = APPROVE
    page_title = "Approve"
    intro = "The money leaves the mentors' balances at once, and is sent one payout after another."

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        content = payouts.preview(run_id=self.run.pk)
        label = f"Approve and pay {money_text(content.total_minor, self.run.currency)}"
        included = payouts_table(content.included, empty="Nobody is paid.")
        try:
            seen = rehearse(self._approve, resting_on=self._resting_on())
        except Refusal as refusal:
            return [Offer("approve", label, sections=[included], objection=refusal.detail)]
        sections = [included, summed_preview(seen.movements)]
        return [Offer("approve", label, seen=seen.content_hash, sections=sections)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        run = carry_out(self._approve, expecting=seen, resting_on=self._resting_on())
        total = money_text(run.total_minor, run.currency)
        return self.done(f"{total} to {run.count} mentors is approved and on its way.")

    def _resting_on(self) -> Mapping[str, Any]:
        return {"run": str(self.run.pk), "hash": self.run.content_hash}

    def _approve(self) -> PayoutRun:
        return payouts.approve(run_id=self.run.pk, by=self.by, now=clock.now())


class DiscardRunView(RunDialog):
    """Give a run up before its approval."""

    page_title = "Discard"
    intro = "Nobody is paid by it. Its ledger lines are free for the next run."

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        label = f"Discard {_sum(payouts.preview(run_id=self.run.pk))}"
        try:
            rehearse(self._discard)
        except Refusal as refusal:
            return [Offer("discard", label, objection=refusal.detail, tone="no")]
        return [Offer("discard", label, tone="no")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        run = self._discard()
        return self.done(f"Run {run.public_id} is discarded. No money has moved.")

    def _discard(self) -> PayoutRun:
        return payouts.discard(run_id=self.run.pk, by=self.by, now=clock.now())


class SendRunAgainView(RunDialog):
    """Send what still waits of an approved run."""

    page_title = "Send again"
    intro = (
        "Each payout goes out under its own key: whoever was paid is not paid twice. The sweep "
        "does the same every minute."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        content = payouts.preview(run_id=self.run.pk)
        waiting = [one for one in content.included if one.state in ("approved", "sent")]
        amount = money_text(sum(one.amount_minor for one in waiting), self.run.currency)
        label = f"Send {amount} again"
        table = payouts_table(waiting, empty="Every payout was answered for.")
        try:
            rehearse(self._send)
        except Refusal as refusal:
            return [Offer("send", label, sections=[table], objection=refusal.detail)]
        return [Offer("send", label, sections=[table])]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        run = self._send()
        return self.done(f"What waits of run {run.public_id} is being sent.")

    def _send(self) -> PayoutRun:
        return payouts.send_again(run_id=self.run.pk, by=self.by, now=clock.now())


class ReassignPayoutView(DialogView):
    """Make money that came back available again, once the mentor's account works."""

    permission = PREPARE
    page_title = "Pay out again"
    header_icon = "rotate"
    intro = "The money is the mentor's available money again, and part of the next run."
    payout: Payout

    def find(self, **kwargs: Any) -> None:
        rows = Payout.objects.select_related("run", "mentor__user", "account")
        self.payout = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.payout.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("payouts:inspect", args=[self.payout.pk])
        return [
            {"url": reverse("payouts:index"), "label": "Payouts"},
            {"url": here, "label": "Payout", "sublabel": self.payout.public_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        payout = self.payout
        return [
            ("Payout", payout_link(payout)),
            ("Run", run_link(payout.run)),
            ("Mentor", payout.mentor.user.name),
            ("Amount", money_html(payout.amount_minor, payout.currency)),
            ("It came back", instant_html(payout.returned_at)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        amount = money_text(self.payout.amount_minor, self.payout.currency)
        label = f"Make {amount} available again"
        try:
            seen = rehearse(self._reassign)
        except Refusal as refusal:
            return [Offer("reassign", label, objection=refusal.detail)]
        table = postings_preview(seen.movements)
        return [Offer("reassign", label, seen=seen.content_hash, sections=[table])]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        payout = carry_out(self._reassign, expecting=seen)
        amount = money_text(payout.amount_minor, payout.currency)
        return Done(
            f"{amount} is available again; the next run pays it.",
            reverse("payouts:inspect", args=[payout.pk]),
        )

    def _reassign(self) -> Payout:
        by = cast("User", self.request.user)
        return payouts.reassign(payout_id=self.payout.pk, by=by, now=clock.now())


def _sum(content: payouts.Preview) -> str:
    """Return such as `12 payouts, $981.60 USD`."""
    count = len(content.included)
    total = money_text(content.total_minor, content.run.currency)
    return f"{count} {'payout' if count == 1 else 'payouts'}, {total}"
