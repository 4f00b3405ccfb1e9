"""Give back what discount and credit had paid of a session, by hand: no gateway has a part in it.

The dialog rehearses and calls `refunds.give_covered`; a session's screen leads to it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from billing import refunds
from billing.backoffice.previews import postings_preview
from billing.backoffice.refund_dialog import RefundForm, who_gives_what
from billing.backoffice.tables import bought
from billing.ledger.preview import carry_out, rehearse
from billing.models import Purchase, Refund, Unwinding
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html, money_html, money_text
from kernel.errors import Refusal
from kernel.ids import uuid7
from kernel.money import Money
from scheduling.models import Session

MAY_GIVE = "billing.give_refund"
COVERED = Purchase.objects.filter(settled_at__isnull=False, package_credit=None).select_related(
    "client__user", "mentor__user", "session"
)


class GiveCoveredBackView(DialogView):
    """Give back a covered purchase, in part or whole."""

    permission = MAY_GIVE
    page_title = "Give back"
    header_icon = "rotate"
    refreshes = True
    purchase: Purchase

    def find(self, **kwargs: Any) -> None:
        self.purchase = get_object_or_404(COVERED, pk=kwargs["pk"])

    def make_form(self, **kwargs: Any) -> forms.Form:
        left = Money(refunds.covered_left(self.purchase), self.purchase.currency)
        return RefundForm(up_to=left, of="what discount and credit had paid and still do", **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {
            "share": refunds.covered_left(self.purchase),
            "cause": str(Refund.Cause.GOODWILL),
            "token": str(uuid7()),
        }

    def get_page_subtitle(self) -> str:
        return str(self.purchase.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": self._home(), "label": "Session"}]

    def facts(self) -> Sequence[tuple[str, object]]:
        purchase = self.purchase
        return [
            bought(purchase, user=self.request.user),
            ("Client", purchase.client.user.name),
            ("Mentor", purchase.mentor.user.name),
            ("Price", money_html(purchase.price_minor, purchase.currency)),
            ("Of it by a discount", money_html(purchase.discount_minor, purchase.currency)),
            ("Of it by credit", money_html(purchase.credit_minor, purchase.currency)),
            ("Left", money_html(refunds.covered_left(purchase), purchase.currency)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if given.get("share") is None or not given.get("cause"):
            return [Offer("give", "Give back", objection="Say how much goes back, and why.")]
        currency = self.purchase.currency
        try:
            seen = rehearse(partial(self._give, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            asked = money_text(given["share"], currency)
            return [Offer("give", f"Give {asked} back", objection=refusal.detail)]
        back = seen.result
        total = ("The client gets, as credit", money_html(back.credit_minor, currency))
        return [
            Offer(
                "give",
                f"Give {money_text(back.credit_minor, currency)} of credit back",
                seen=seen.content_hash,
                sections=[
                    who_gives_what(back, currency=currency, total=total),
                    postings_preview(seen.movements),
                ],
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        back = carry_out(partial(self._give, given), expecting=seen)
        amount = money_text(back.credit_minor, self.purchase.currency)
        return Done(f"The client has {amount} of credit back.", self._home())

    def _home(self) -> str:
        return reverse("sessions:inspect", args=[self.purchase.session_id])

    def _give(self, given: Mapping[str, Any]) -> Unwinding:
        return refunds.give_covered(
            purchase_id=self.purchase.pk,
            share_minor=given["share"],
            cause=given["cause"],
            reason=given["reason"],
            by=cast("User", self.request.user).public_id,
            token=given.get("token") or UUID(int=0),
            now=clock.now(),
        )


def covered_table(session: Session, *, user: Any) -> Sequence[Lines]:
    """Show what discount and credit paid of a session alone, and what went back of it."""
    purchase = COVERED.filter(session=session).first()
    if purchase is None:
        return []
    currency = purchase.currency
    rows: list[Sequence[object]] = [
        (
            "Paid",
            instant_html(purchase.settled_at),
            money_html(purchase.discount_minor, currency),
            money_html(purchase.credit_minor, currency),
            _lead(purchase) if user.has_perm(MAY_GIVE) else "",
        )
    ]
    rows += [
        (
            f"Given back: {back.get_cause_display()}",
            instant_html(back.created_at),
            money_html(back.discount_minor, currency),
            money_html(back.credit_minor, currency),
            back.reason,
        )
        for back in purchase.unwindings.order_by("created_at", "pk")
    ]
    return [
        Lines(
            title="Paid by discount and credit",
            headings=["What", "When", "Discount", "Credit", ""],
            rows=rows,
            right=(2, 3),
        )
    ]


def _lead(purchase: Purchase) -> object:
    if not refunds.covered_left(purchase):
        return ""
    return format_html(
        '<a href="{}">Give back</a>', reverse("give_covered_back", args=[purchase.pk])
    )
