"""The dialog that gives money back that no sale asked for: what the gateway holds, what is posted.

The gateway is asked before, outside any transaction; the press asks again and compares. Finance
comes here from To settle, from the payment, and from a break that names the charge.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import surplus
from billing.backoffice.filters import gateway_name
from billing.backoffice.previews import postings_preview
from billing.backoffice.settling import MAY_GIVE_BACK
from billing.backoffice.tables import bought, payment_link
from billing.ledger.preview import carry_out, rehearse
from billing.models import Payment, Surplus
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, money_html, money_text
from kernel.errors import Refusal


class GiveSurplusBackView(DialogView):
    """One charge that was not asked for, as the gateway shows it now, and its way back."""

    permission = MAY_GIVE_BACK
    form_class = ReasonForm
    page_title = "Give it back"
    header_icon = "rotate"
    intro = (
        "The gateway was asked just now. The whole charge goes back to who paid it; the gateway "
        "keeps its fee, which the platform bears."
    )
    payment: Payment
    intent_id: str

    def find(self, **kwargs: Any) -> None:
        rows = Payment.objects.select_related(
            "purchase__client__user",
            "purchase__session__session_type",
            "purchase__package",
        )
        self.payment = get_object_or_404(rows, pk=kwargs["pk"])
        self.intent_id = kwargs.get("intent", "")

    def get_page_subtitle(self) -> str:
        return str(self.payment.public_id)

    @property
    def home(self) -> str:
        return reverse("payments:inspect", args=[self.payment.pk])

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("payments:index"), "label": "Payments"},
            {"url": self.home, "label": "Payment", "sublabel": self.payment.public_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        payment = self.payment
        return [
            ("Payment", payment_link(payment)),
            bought(payment.purchase, user=self.request.user),
            ("Client", payment.purchase.client.user.name),
            ("Gateway", gateway_name(payment.gateway)),
            ("Asked for", money_html(payment.amount_minor, payment.currency)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        try:
            sight = self._look()
            seen = rehearse(partial(self._give, sight, given.get("reason", "To be seen.")))
        except Refusal as refusal:
            return [Offer("give", "Give it back", objection=refusal.detail)]
        if not seen.movements:
            return [Offer("give", "Give it back", objection="It is on its way back already.")]
        amount = money_text(seen.result.amount_minor, seen.result.currency)
        label = f"Give {amount} back"
        if not seen.result.amount_minor:
            label = "It went back at the gateway: book the fee"
        sections = [_held(sight), postings_preview(seen.movements)]
        return [Offer("give", label, seen.content_hash, sections)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        done = carry_out(partial(self._give, self._look(), given["reason"]), expecting=seen)
        said = f"{money_text(done.amount_minor, done.currency)} is on its way back to who paid it."
        if not done.amount_minor:
            said = "It had gone back at the gateway; the fee is booked."
        return Done(said, self.home)

    def _look(self) -> surplus.Sight:
        return surplus.look(payment_id=self.payment.pk, intent_id=self.intent_id)

    def _give(self, sight: surplus.Sight, reason: str) -> Surplus:
        by = cast("User", self.request.user).public_id
        return surplus.give_back(sight, by=by, reason=reason, now=clock.now())


def _held(sight: surplus.Sight) -> Lines:
    """Show what the gateway took, when, and what of it went back there."""
    seen = sight.seen
    back = seen.received_minor - sight.left_minor
    return Lines(
        title="What the gateway holds",
        headings=["Charge", "Taken", "Amount", "Gone back there", "Left"],
        rows=[
            (
                seen.charge_id or seen.id,
                instant_html(seen.charged_at or seen.created_at),
                money_html(seen.received_minor, seen.currency),
                money_html(back, seen.currency),
                money_html(sight.left_minor, seen.currency),
            )
        ],
        right=(2, 3, 4),
    )
