"""A mentor's reserves: what is kept back, by rule or by hand; the dialogs that keep and let go.

Reached from the mentor's balance. Each rehearses and calls one operation of `billing.reserves`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from billing import reserves
from billing.backoffice.previews import postings_preview
from billing.ledger.preview import carry_out, rehearse
from billing.models import MentorBalance, Reserve
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.display import NOTHING, instant_html, money_html, money_text
from kernel.errors import Refusal

MAY_KEEP = "billing.add_reserve"
NEWEST = 50


class KeepForm(ReasonForm):
    """How much, until when, and why."""

    reason = forms.CharField(
        label="Why",
        help_text="It stays with the reserve, beside your name.",
        max_length=300,
        error_messages={"required": "Say why: it stays with the reserve."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, balance: MentorBalance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        available = money_text(max(0, balance.available_minor), balance.currency)
        self.fields["amount"] = MoneyField(
            label="How much", help_text=f"Up to {available}.", currency=balance.currency
        )
        self.fields["until"] = forms.DateTimeField(
            label="Until (UTC)",
            required=False,
            help_text="Such as 2027-04-01 00:00. Empty: until somebody lets it go.",
        )
        self.order_fields(["amount", "until", "reason"])

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        return until.replace(tzinfo=UTC) if until else None


class KeepReserveView(DialogView):
    """Keep a part of what is available to a mentor back."""

    permission = MAY_KEEP
    page_title = "Keep money back"
    header_icon = "lock"
    intro = "No payout takes what is kept back. The mentor sees it as a reserve."
    refreshes = True
    balance: MentorBalance

    def find(self, **kwargs: Any) -> None:
        rows = MentorBalance.objects.select_related("mentor__user")
        self.balance = get_object_or_404(rows, pk=kwargs["pk"])

    def make_form(self, **kwargs: Any) -> forms.Form:
        return KeepForm(balance=self.balance, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.balance.mentor.user.name)

    @property
    def home(self) -> str:
        return reverse("mentor-balances:inspect", args=[self.balance.pk])

    def trail(self) -> Sequence[dict[str, Any]]:
        return _trail(self.home, self.get_page_subtitle())

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.balance
        return [
            ("Mentor", f"{row.mentor.user.name} · {row.mentor.user.email}"),
            ("Available", money_html(row.available_minor, row.currency)),
            ("In reserve", money_html(row.reserve_minor, row.currency)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if not given.get("amount"):
            said = "Say how much; what it posts shows here."
            return [Offer("keep", "Keep it back", objection=said)]
        label = f"Keep {money_text(given['amount'], self.balance.currency)} back"
        try:
            seen = rehearse(partial(self._keep, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            return [Offer("keep", label, objection=refusal.detail)]
        return [Offer("keep", label, seen.content_hash, [postings_preview(seen.movements)])]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        carry_out(partial(self._keep, given), expecting=seen)
        words = money_text(given["amount"], self.balance.currency)
        return Done(f"{words} of {self.balance.mentor.user.name} is kept back.", self.home)

    def _keep(self, given: Mapping[str, Any]) -> Reserve:
        return reserves.keep(
            mentor_id=self.balance.mentor_id,
            amount_minor=given["amount"],
            currency=self.balance.currency,
            reason=given["reason"],
            until=given.get("until"),
            by=cast("User", self.request.user),
            now=clock.now(),
        )


class LetReserveGoView(DialogView):
    """Make what was kept back by hand available again."""

    permission = MAY_KEEP
    page_title = "Let it go"
    header_icon = "lock-open"
    intro = "The next payout run includes it again."
    reserve: Reserve

    def find(self, **kwargs: Any) -> None:
        rows = Reserve.objects.select_related("mentor__user", "placed_by")
        self.reserve = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.reserve.public_id)

    @property
    def home(self) -> str:
        key = f"{self.reserve.mentor_id}-{self.reserve.currency}"
        return reverse("mentor-balances:inspect", args=[key])

    def trail(self) -> Sequence[dict[str, Any]]:
        return _trail(self.home, str(self.reserve.mentor.user.name))

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.reserve
        return [
            ("Mentor", row.mentor.user.name),
            ("Kept back", money_html(row.amount_minor, row.currency)),
            ("Since", instant_html(row.begun_at)),
            ("Until", instant_html(row.ends_at)),
            ("Why", row.reason or NOTHING),
            ("By", row.placed_by.name if row.placed_by else "a rule"),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        label = f"Let {money_text(self.reserve.amount_minor, self.reserve.currency)} go"
        try:
            seen = rehearse(self._let_go)
        except Refusal as refusal:
            return [Offer("release", label, objection=refusal.detail)]
        return [Offer("release", label, seen.content_hash, [postings_preview(seen.movements)])]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        words = money_text(self.reserve.amount_minor, self.reserve.currency)
        carry_out(self._let_go, expecting=seen)
        return Done(f"{words} is available to {self.reserve.mentor.user.name} again.", self.home)

    def _let_go(self) -> Reserve:
        by = cast("User", self.request.user)
        return reserves.let_go(reserve_id=self.reserve.pk, by=by, now=clock.now())


def reserves_table(balance: MentorBalance, *, may_keep: bool) -> Lines:
    """Show what is kept back of a mentor's money, what ends last first."""
    found = Reserve.objects.filter(
        mentor=balance.mentor, currency=balance.currency, released_at=None
    ).select_related("rule", "placed_by", "purchase__session", "purchase__package")
    rows = list(found.order_by("-ends_at", "-pk")[:NEWEST])
    return Lines(
        title="Kept back",
        headings=["Why", "By", "Since", "Until", "Amount", ""],
        rows=[
            (
                row.reason or (f"{row.purchase.reference}: {row.rule}" if row.purchase else ""),
                row.placed_by.name if row.placed_by else "A rule",
                instant_html(row.begun_at),
                instant_html(row.ends_at),
                money_html(row.amount_minor, row.currency),
                _let_go_link(row) if may_keep and row.rule_id is None else "",
            )
            for row in rows
        ],
        right=(4,),
        empty="Nothing is kept back.",
    )


def _let_go_link(row: Reserve) -> object:
    return format_html('<a href="{}">Let it go</a>', reverse("let_reserve_go", args=[row.pk]))


def _trail(home: str, name: str) -> Sequence[dict[str, Any]]:
    return [
        {"url": reverse("mentor-balances:index"), "label": "Mentor balances"},
        {"url": home, "label": "Mentor balance", "sublabel": name},
    ]
