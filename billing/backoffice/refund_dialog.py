"""The dialog that refunds a payment by hand: how much, why, who gives what, what will be posted.

It rehearses and calls `refunds.give`; the order to the gateway is a job, after the commit.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import refunds
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import bought, payment_link
from billing.ledger.preview import carry_out, rehearse
from billing.models import Payment, Refund, Unwinding
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.backoffice.fields import MoneyField
from kernel.display import money_html, money_text
from kernel.errors import Refusal
from kernel.ids import uuid7
from kernel.money import Money

CAUSES = [(str(cause), cause.label) for cause in refunds.BEARERS]


class RefundForm(ReasonForm):
    """How much of the price goes back, why, and the name of this wish."""

    field_order = ("share", "cause", "reason", "token")

    token = forms.UUIDField(widget=forms.HiddenInput)
    cause = forms.ChoiceField(
        label="Cause",
        choices=CAUSES,
        help_text="It decides who bears the gateway's fee, which the gateway keeps.",
    )

    def __init__(self, *args: Any, up_to: Money, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = money_text(up_to.amount_minor, up_to.currency)
        self.fields["share"] = MoneyField(
            label="How much of the price",
            help_text=f"Up to {left}: {of}.",
            currency=up_to.currency,
        )
        self.order_fields(self.field_order)


class RefundPaymentView(DialogView):
    """Refund a payment, in part or whole."""

    permission = "billing.give_refund"
    page_title = "Refund"
    header_icon = "rotate"
    refreshes = True
    payment: Payment

    def find(self, **kwargs: Any) -> None:
        rows = Payment.objects.select_related(
            "purchase__client__user", "purchase__mentor__user", "purchase__session"
        )
        self.payment = get_object_or_404(rows, pk=kwargs["pk"])

    def make_form(self, **kwargs: Any) -> forms.Form:
        left = Money(refunds.share_left(self.payment), self.payment.currency)
        of = "captured, less what was refunded, is on its way or disputed"
        return RefundForm(up_to=left, of=of, **kwargs)

    def initial(self) -> Mapping[str, Any]:
        return {
            "share": refunds.share_left(self.payment),
            "cause": str(Refund.Cause.GOODWILL),
            "token": str(uuid7()),
        }

    def get_page_subtitle(self) -> str:
        return str(self.payment.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("payments:inspect", args=[self.payment.pk])
        return [
            {"url": reverse("payments:index"), "label": "Payments"},
            {"url": here, "label": "Payment", "sublabel": self.payment.public_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        payment, purchase = self.payment, self.payment.purchase
        currency = payment.currency
        return [
            ("Payment", payment_link(payment)),
            bought(purchase, user=self.request.user),
            ("Client", purchase.client.user.name),
            ("Mentor", purchase.mentor.user.name),
            ("Captured", money_html(payment.amount_minor, currency)),
            ("Refunded", money_html(payment.refunded_minor, currency)),
            ("On its way", money_html(payment.pending_refund_minor, currency)),
            ("Disputed", money_html(payment.disputed_minor, currency)),
            ("Left to refund", money_html(payment.refundable_minor, currency)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if given.get("share") is None or not given.get("cause"):
            return [Offer("refund", "Refund", objection="Say how much goes back, and why.")]
        try:
            seen = rehearse(partial(self._give, {"reason": "To be seen.", **given}))
        except Refusal as refusal:
            asked = money_text(given["share"], self.payment.currency)
            return [Offer("refund", f"Refund {asked}", objection=refusal.detail)]
        refund = seen.result
        return [
            Offer(
                "refund",
                f"Refund {money_text(refund.amount_minor, refund.currency)}",
                seen=seen.content_hash,
                sections=[
                    who_gives_what(
                        refund,
                        currency=refund.currency,
                        total=("The client gets", money_html(refund.amount_minor, refund.currency)),
                    ),
                    postings_preview(seen.movements),
                ],
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        refund = carry_out(partial(self._give, given), expecting=seen)
        amount = money_text(refund.amount_minor, refund.currency)
        return Done(
            f"{amount} is on its way to the client as {refund.public_id}.",
            reverse("refunds:inspect", args=[refund.pk]),
        )

    def _give(self, given: Mapping[str, Any]) -> Refund:
        return refunds.give(
            payment_id=self.payment.pk,
            share_minor=given["share"],
            cause=given["cause"],
            reason=given["reason"],
            by=cast("User", self.request.user).public_id,
            token=given.get("token") or UUID(int=0),
            now=clock.now(),
        )


def who_gives_what(
    refund: Refund | Unwinding, *, currency: str, total: tuple[object, object]
) -> Lines:
    """Show in cents what a refund takes from each party, and who bears the gateway's fee."""
    waived = refund.fee_waived_minor
    by = refund.get_bearer_display()
    rows: list[tuple[object, object]] = [
        ("The mentor gives", money_html(refund.mentor_minor, currency)),
        ("The platform gives of its commission", money_html(refund.commission_minor, currency)),
        ("The platform gives of the gateway's fee", money_html(refund.fee_minor, currency)),
    ]
    if waived and refund.bearer == Refund.Bearer.CLIENT:
        rows.append(("The client bears of the gateway's fee", money_html(waived, currency)))
    elif waived:
        rows.append(("… of it for the gateway's fee", money_html(waived, currency)))
    return Lines(
        title=f"Who gives what: {by[0].lower()}{by[1:]} bears the gateway's fee",
        headings=["Party", "Amount"],
        rows=rows,
        right=(1,),
        total=total,
    )
