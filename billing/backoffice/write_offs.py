"""A mentor's debt is written off by two persons: the dialog that asks, and the one that decides.

They call `write_offs.ask`, `approve` and `decline`, and rehearse what an approval would post.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from billing import write_offs
from billing.backoffice.previews import postings_preview
from billing.ledger.preview import carry_out, rehearse
from billing.models import MentorBalance, WriteOff
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.display import instant_html, money_html, money_text
from kernel.errors import Refusal

MAY_ASK = "billing.request_writeoff"
MAY_APPROVE = "billing.approve_writeoff"


class WriteOffForm(ReasonForm):
    """How much, and why it will not come back."""

    field_order = ("amount", "reason")

    def __init__(self, *args: Any, balance: MentorBalance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owed = money_text(max(0, -balance.available_minor), balance.currency)
        self.fields["amount"] = MoneyField(
            label="How much of the debt", help_text=f"Up to {owed}.", currency=balance.currency
        )
        self.order_fields(self.field_order)


class AskWriteOffView(DialogView):
    """Ask for a mentor's debt to be written off; nothing is posted until another person agrees."""

    permission = MAY_ASK
    page_title = "Write off a debt"
    header_icon = "bin"
    intro = "Nothing is posted now: another person decides under To settle."
    balance: MentorBalance

    def find(self, **kwargs: Any) -> None:
        rows = MentorBalance.objects.select_related("mentor__user")
        self.balance = get_object_or_404(rows, pk=kwargs["pk"])

    def make_form(self, **kwargs: Any) -> forms.Form:
        return WriteOffForm(balance=self.balance, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {"amount": max(0, -self.balance.available_minor)}

    def get_page_subtitle(self) -> str:
        return str(self.balance.mentor.user.name)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("mentor-balances:index"), "label": "Mentor balances"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.balance
        return [
            ("Mentor", f"{row.mentor.user.name} · {row.mentor.user.email}"),
            ("Available", money_html(row.available_minor, row.currency)),
            ("Pending", money_html(row.pending_minor, row.currency)),
            ("In reserve", money_html(row.reserve_minor, row.currency)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        amount = given.get("amount") or 0
        objection = "" if self.balance.available_minor < 0 else "The mentor owes nothing."
        words = money_text(amount, self.balance.currency)
        return [Offer("ask", f"Ask to write off {words}", objection=objection)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        asked = write_offs.ask(
            mentor_id=self.balance.mentor_id,
            amount_minor=given["amount"] or 0,
            currency=self.balance.currency,
            reason=given["reason"],
            by=cast("User", self.request.user),
            now=clock.now(),
        )
        amount = money_text(asked.amount_minor, asked.currency)
        return Done(f"Another person decides on the {amount}.", reverse("to_settle"))


class DecideWriteOffView(DialogView):
    """Approve or decline a write-off that another person asked for, with its postings first."""

    permission = MAY_APPROVE
    page_title = "Decide on a write-off"
    header_icon = "bin"
    asked: WriteOff

    def find(self, **kwargs: Any) -> None:
        rows = WriteOff.objects.select_related("mentor__user", "requested_by")
        self.asked = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.asked.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("to_settle"), "label": "To settle"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        asked = self.asked
        return [
            ("Mentor", f"{asked.mentor.user.name} · {asked.mentor.user.email}"),
            ("Amount", money_html(asked.amount_minor, asked.currency)),
            ("Why", asked.reason),
            ("Asked by", asked.requested_by.name),
            ("Asked", instant_html(asked.requested_at)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        words = f"Write off {money_text(self.asked.amount_minor, self.asked.currency)}"
        decline = Offer("decline", "Leave the debt standing", tone="secondary")
        try:
            seen = rehearse(self._approve)
        except Refusal as refusal:
            return [Offer("approve", words, objection=refusal.detail), decline]
        shown = [postings_preview(seen.movements)]
        return [Offer("approve", words, seen=seen.content_hash, sections=shown, tone="no"), decline]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        home = reverse("to_settle")
        if act == "decline":
            user = cast("User", self.request.user)
            write_offs.decline(write_off_id=self.asked.pk, by=user, now=clock.now())
            return Done("The debt stands: it is set off against what the mentor earns next.", home)
        done = carry_out(partial(self._approve), expecting=seen)
        return Done(f"{money_text(done.amount_minor, done.currency)} was written off.", home)

    def _approve(self) -> WriteOff:
        return write_offs.approve(
            write_off_id=self.asked.pk, by=cast("User", self.request.user), now=clock.now()
        )


def write_offs_table(*, may_approve: bool) -> Lines:
    """Show what waits for a second person, the oldest first."""
    rows = write_offs.undecided().select_related("mentor__user", "requested_by")
    return Lines(
        title="Debts to write off",
        headings=["Reference", "Mentor", "Why", "Asked by", "Since", "Amount", ""],
        rows=[
            (
                asked.public_id,
                asked.mentor.user.name,
                asked.reason,
                asked.requested_by.name,
                instant_html(asked.requested_at),
                money_html(asked.amount_minor, asked.currency),
                format_html('<a href="{}">Decide</a>', reverse("decide_write_off", args=[asked.pk]))
                if may_approve
                else "An approver decides",
            )
            for asked in rows.order_by("requested_at", "pk")
        ],
        right=(5,),
        empty="None. A mentor's debt that will not come back waits here for a second person, once "
        "somebody has asked for it on the mentor's balance.",
    )
