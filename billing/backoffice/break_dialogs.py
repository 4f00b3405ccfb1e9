"""The dialogs of a break: answer it, decide on an answer above the limit, ask the gateway again.

Each rehearses and calls one operation of `billing.reconciliation`; that another person approves is
said by the operation and held by the database.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import reconciliation
from billing.backoffice.filters import gateway_name
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import maybe_money
from billing.ledger.chart import CHART, Code
from billing.ledger.preview import carry_out, rehearse
from billing.models import COST_ACCOUNTS, Break, BreakResolution, GatewayPayout
from billing.reconciliation import asking, categories, resolving
from billing.reconciliation.suggesting import COUNTER_ACCOUNTS
from billing.treasury import arrivals
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, money_text
from kernel.errors import Refusal

RESOLVE, APPROVE = "billing.resolve_break", "billing.approve_breakresolution"
ACCOUNTS = [str(code) for code in COUNTER_ACCOUNTS] + list(COST_ACCOUNTS)


class AnswerForm(ReasonForm):
    """Where a difference goes, or which payout a bank's line is; and why."""

    field_order = ("account", "payout", "remember", "reason")

    def __init__(self, *args: Any, broken: Break, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = resolving.suggestion_for(broken)
        if found.action != "accept":
            choices = [(code, f"{code} {CHART[Code(code)].name}") for code in ACCOUNTS]
            self.fields["account"] = forms.ChoiceField(
                label="Post the difference to", choices=choices
            )
        if broken.type == Break.Type.UNKNOWN_CATEGORY:
            self.fields["remember"] = forms.BooleanField(
                label="Post this kind of movement there from now on",
                help_text="A rule for all of its kind: another person approves it.",
                required=False,
            )
        if broken.type == Break.Type.BANK_LINE_UNKNOWN:
            payouts = arrivals.suggestions(line=resolving.line_of(broken))
            if payouts:
                self.fields["payout"] = forms.ModelChoiceField(
                    payouts,
                    label="It is the payout",
                    required=False,
                    empty_label="None of these",
                    help_text="Of the same amount, expected about that day. Only a suggestion.",
                )
        self.order_fields(self.field_order)


class BreakDialog(DialogView):
    """What the dialogs of one break share."""

    permission = RESOLVE
    header_icon = "warning"
    broken: Break

    @property
    def by(self) -> User:
        return cast("User", self.request.user)

    def find(self, **kwargs: Any) -> None:
        rows = Break.objects.select_related("payment", "payout")
        self.broken = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.broken.public_id)

    @property
    def home(self) -> str:
        return reverse("breaks:inspect", args=[self.broken.pk])

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("breaks:index"), "label": "Breaks"},
            {"url": self.home, "label": "Break", "sublabel": self.get_page_subtitle()},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        broken = self.broken
        return [
            ("Type", broken.get_type_display()),
            ("Object", broken.key),
            ("Ours", maybe_money(broken.ours_minor, broken.our_currency)),
            ("Theirs", maybe_money(broken.theirs_minor, broken.currency)),
            ("Open since", instant_html(broken.opened_at)),
            ("What we see", broken.detail),
        ]


class ResolveBreakView(BreakDialog):
    """Answer a break: post the difference, match the line, or say that nothing is to be posted."""

    page_title = "Resolve"
    refreshes = True

    @property
    def intro(self) -> str:  # type: ignore[override]
        """What the rules suggest, in words."""
        return resolving.suggestion_for(self.broken).says

    def make_form(self, **kwargs: Any) -> forms.Form:
        return AnswerForm(broken=self.broken, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        found = resolving.suggestion_for(self.broken)
        account = next((code for code in (found.debit, found.credit) if code in ACCOUNTS), "1900")
        first: dict[str, Any] = {"account": account}
        if found.action == "match":
            line = resolving.line_of(self.broken)
            first["payout"] = arrivals.suggestions(line=line).first()
        return first

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        found = resolving.suggestion_for(self.broken)
        acts = ["accept"]
        if found.action != "accept":
            acts.insert(0, "match" if given.get("payout") else "post")
        return [self._offer(act, given) for act in acts]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:
        answer = carry_out(partial(self._answer, act, given), expecting=seen)
        if answer.needs_approval:
            said = f"Break {self.broken.public_id} waits for another person's approval."
        else:
            said = f"Break {self.broken.public_id} is resolved."
        return Done(said, self.home)

    def _offer(self, act: str, given: Mapping[str, Any]) -> Offer:
        labels = {"post": "Post", "match": "Match the line", "accept": "Nothing to post"}
        tone = "secondary" if act == "accept" else ""
        try:
            seen = rehearse(partial(self._answer, act, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            return Offer(act, labels[act], objection=refusal.detail, tone=tone)
        answer = seen.result
        label = labels[act]
        if answer.amount_minor:
            label = f"Post {money_text(abs(answer.amount_minor), answer.currency)}"
        if answer.needs_approval:
            label += ", once another person approves"
        shown = [postings_preview(seen.movements)] if seen.movements else []
        return Offer(act, label, seen=seen.content_hash, sections=shown, tone=tone)

    def _answer(self, act: str, given: Mapping[str, Any]) -> BreakResolution:
        payout = cast("GatewayPayout | None", given.get("payout"))
        return reconciliation.resolve(
            break_id=self.broken.pk,
            action=act,
            reason=given["reason"],
            by=self.by,
            now=clock.now(),
            account=given.get("account", "") if act == "post" else "",
            payout_id=payout.pk if payout and act == "match" else None,
            remember=bool(given.get("remember")) and act == "post",
        )


class DecideAnswerView(BreakDialog):
    """Approve an answer that another person prepared, or withdraw it."""

    page_title = "Decide on an answer"
    answer: BreakResolution

    def permitted(self, user: Any) -> bool:
        return bool(user.has_perm(RESOLVE) or user.has_perm(APPROVE))

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        rows = self.broken.resolutions.filter(done_at=None, withdrawn_at=None)
        found = rows.select_related("prepared_by").first()
        if found is None:
            raise Http404
        self.answer = found

    def facts(self) -> Sequence[tuple[str, object]]:
        answer = self.answer
        amount = maybe_money(answer.amount_minor or None, answer.currency)
        return [
            *super().facts(),
            ("Answer", answer.get_action_display()),
            ("It would post", amount),
            ("Debit and credit", f"{answer.debit} / {answer.credit}" if answer.debit else "–"),
            ("Prepared by", answer.prepared_by.name if answer.prepared_by else "a rule"),
            *([("From now on", self._rule())] if answer.remembers else []),
            ("Why", answer.reason),
        ]

    def _rule(self) -> str:
        """Say which rule the approval would make, and which it would replace."""
        category = categories.category_of(self.broken)
        rule = f"every {category} of {gateway_name(self.broken.gateway)} to {self.answer.debit}"
        before = categories.account_of(self.broken)
        return f"{rule}, in place of {before}" if before else rule

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        label = "Approve"
        if self.answer.amount_minor:
            amount = money_text(abs(self.answer.amount_minor), self.answer.currency)
            label = f"Approve and post {amount}"
        withdraw = Offer("withdraw", "Withdraw the answer", tone="no")
        if not self.request.user.has_perm(APPROVE):
            return [withdraw]
        try:
            seen = rehearse(self._approve)
        except Refusal as refusal:
            return [Offer("approve", label, objection=refusal.detail), withdraw]
        shown = [postings_preview(seen.movements)] if seen.movements else []
        return [Offer("approve", label, seen=seen.content_hash, sections=shown), withdraw]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act == "withdraw":
            reconciliation.withdraw(resolution_id=self.answer.pk, by=self.by, now=clock.now())
            return Done("The answer is withdrawn; the break stays open.", self.home)
        if not self.request.user.has_perm(APPROVE):
            raise resolving.SamePerson("Another person, who may approve, decides on this answer.")
        carry_out(self._approve, expecting=seen)
        return Done(f"Break {self.broken.public_id} is resolved.", self.home)

    def _approve(self) -> BreakResolution:
        return reconciliation.approve(resolution_id=self.answer.pk, by=self.by, now=clock.now())


class AskGatewayView(BreakDialog):
    """Have `settle` look at the gateway's object again: what the nightly run does as well."""

    page_title = "Ask the gateway"
    intro = (
        "The gateway is asked for its object as it is now, and what it says is booked as a "
        "webhook would have booked it. The break closes in the next run, where the sides agree."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        name = gateway_name(self.broken.gateway)
        objection = "" if asking.may_ask(self.broken) else "The gateway can say nothing about it."
        return [Offer("ask", f"Ask {name}", objection=objection)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        asking.ask(broken=self.broken, now=clock.now())
        said = "The gateway was asked, and what it said is booked; the next run looks again."
        return Done(said, self.home)
