"""What waits for a person in finance, on one page; and the two answers to a refund that failed.

The page reads; the dialog rehearses, then calls, `refunds.reissue` or `refunds.drop`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import User
from billing import refunds
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import link_to, or_nothing, payment_link
from billing.backoffice.write_offs import MAY_APPROVE, write_offs_table
from billing.ledger.owed import owed_back
from billing.ledger.preview import carry_out, rehearse
from billing.models import Payment, Refund, Surplus, surplus
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, money_html, money_text, state_words
from kernel.errors import Refusal

MOST = 100
MAY_SETTLE = "billing.reissue_refund"
MAY_GIVE_BACK = "billing.settle_payment"


def stuck_refunds() -> QuerySet[Refund]:
    """Refunds that came to nothing, the oldest first."""
    rows = refunds.stuck().select_related("payment__purchase__client__user")
    return rows.order_by("settled_at", "pk")


def flagged_payments() -> QuerySet[Payment]:
    """Payments whose money is not what was asked for: the gateway holds it, the books do not."""
    rows = surplus.flagged_payments().select_related("purchase__client__user")
    return rows.order_by("created_at", "pk")


def charges_to_return() -> QuerySet[Surplus]:
    """Second charges of paid sales whose way back came to nothing, oldest first."""
    rows = surplus.not_gone_back().select_related("payment__purchase__client__user")
    return rows.order_by("settled_at", "pk")


def owed_after_disputes() -> QuerySet[Payment]:
    """Payments of which a share is still owed that a bank held up, the oldest first."""
    rows = owed_back().select_related("purchase__client__user", "purchase__session")
    return rows.order_by("created_at", "pk")


class ToSettleView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """The queue: one table per kind, the oldest first, each row with its reason."""

    template_name = "backoffice/sections.html"
    page_title = "To settle"
    header_icon = "tasks"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("billing.view_refund"):
            raise PermissionDenied
        context = self.get_context_data(sections=self.sections(request.user))
        response: HttpResponse = self.render_to_response(context)
        return response

    def sections(self, user: Any) -> Sequence[Component]:
        return [
            _refunds_table(list(stuck_refunds()[:MOST]), may_settle=user.has_perm(MAY_SETTLE)),
            _flagged_table(
                list(flagged_payments()[:MOST]),
                list(charges_to_return()[:MOST]),
                may_settle=user.has_perm(MAY_GIVE_BACK),
            ),
            _owed_table(list(owed_after_disputes()[:MOST])),
            write_offs_table(may_approve=user.has_perm(MAY_APPROVE)),
        ]


def _refunds_table(rows: Sequence[Refund], *, may_settle: bool) -> Lines:
    return Lines(
        title="Refunds that came to nothing",
        headings=["Reference", "Client", "Why", "Since", "Amount", ""],
        rows=[
            (
                link_to("refunds:inspect", refund.public_id, refund.pk),
                refund.payment.purchase.client.user.name,
                _words(refund.failure_code),
                instant_html(refund.settled_at),
                money_html(refund.amount_minor, refund.currency),
                link_to("settle_refund", "Settle", refund.pk) if may_settle else "",
            )
            for refund in rows
        ],
        right=(4,),
        empty="None. A refund that a gateway or a bank refuses for good waits here, until it is "
        "given anew or owed no more; its mentor is not paid out meanwhile.",
    )


def _flagged_table(
    rows: Sequence[Payment], charges: Sequence[Surplus], *, may_settle: bool
) -> Lines:
    words = {
        "amount_mismatch": "The gateway holds another amount or currency.",
        "second_capture": "The purchase was paid twice.",
        "credit_gone": "The credit that paid beside it was spent elsewhere meanwhile.",
    }
    return Lines(
        title="Payments that are not what was asked for",
        headings=["Reference", "Client", "What is wrong", "Since", "Asked for", ""],
        rows=[
            (
                payment_link(payment),
                payment.purchase.client.user.name,
                words[payment.failure_code],
                instant_html(payment.created_at),
                money_html(payment.amount_minor, payment.currency),
                link_to("give_surplus_back", "Give it back", payment.pk) if may_settle else "",
            )
            for payment in rows
        ]
        + [
            (
                payment_link(charge.payment),
                charge.payment.purchase.client.user.name,
                f"A second charge did not go back: {_words(charge.failure_code)}",
                instant_html(charge.settled_at),
                money_html(charge.payment.amount_minor, charge.payment.currency),
                link_to("give_charge_back", "Give it back", charge.payment_id, charge.intent_id)
                if may_settle
                else "",
            )
            for charge in charges
        ],
        right=(4,),
        empty="None. A payment whose money differs from what was asked for waits here, until it "
        "is given back.",
    )


def _owed_table(rows: Sequence[Payment]) -> Lines:
    return Lines(
        title="Cancelled while disputed, and won since",
        headings=["Reference", "Client", "Cancelled", "Share by the policy", "Left to refund"],
        rows=[
            (
                payment_link(payment),
                payment.purchase.client.user.name,
                instant_html(payment.purchase.booked.cancelled_at),
                f"{(payment.purchase.booked.refund_bps or 0) / 100:g} %",
                money_html(payment.refundable_minor, payment.currency),
            )
            for payment in rows
        ],
        right=(3, 4),
        empty="None. Where a session is cancelled while a bank holds its money, the client's share "
        "waits here once the bank has given the money back, until the client has it.",
    )


class SettleRefundView(DialogView):
    """One failed refund, what giving it anew would post, and the two answers."""

    permission = MAY_SETTLE
    form_class = ReasonForm
    page_title = "Settle a refund"
    header_icon = "rotate"
    refund: Refund

    def find(self, **kwargs: Any) -> None:
        rows = Refund.objects.select_related("payment__purchase__client__user")
        self.refund = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.refund.public_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("to_settle"), "label": ToSettleView.page_title}]

    def facts(self) -> Sequence[tuple[str, object]]:
        refund = self.refund
        return [
            ("Refund", link_to("refunds:inspect", refund.public_id, refund.pk)),
            ("Payment", payment_link(refund.payment)),
            ("Client", refund.payment.purchase.client.user.name),
            ("Cause", refund.get_cause_display()),
            ("Fee borne by", refund.get_bearer_display()),
            ("It failed", instant_html(refund.settled_at)),
            ("Because of", _words(refund.failure_code)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        amount = money_text(self.refund.amount_minor, self.refund.currency)
        drop = Offer("drop", f"{amount} is owed no more", tone="secondary")
        try:
            seen = rehearse(partial(self._reissue, given.get("reason", "To be seen.")))
        except Refusal as refusal:
            objection = f"It cannot be given anew now. {refusal.detail}"
            return [Offer("reissue", f"Refund {amount} again", objection=objection), drop]
        new = seen.result
        return [
            Offer(
                "reissue",
                f"Refund {money_text(new.amount_minor, new.currency)} again",
                seen=seen.content_hash,
                sections=[postings_preview(seen.movements, title="What giving it anew will post")],
            ),
            drop,
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:
        reason = given["reason"]
        if act == "drop":
            done = refunds.drop(
                refund_id=self.refund.pk, by=self.by, reason=reason, now=clock.now()
            )
            said = f"Refund {done.public_id} is owed no more."
        else:
            done = carry_out(partial(self._reissue, reason), expecting=seen)
            sum_ = money_text(done.amount_minor, done.currency)
            said = f"{sum_} is on its way as {done.public_id}."
        return Done(said, reverse("refunds:inspect", args=[done.pk]))

    @property
    def by(self) -> str:
        return cast("User", self.request.user).public_id

    def _reissue(self, reason: str) -> Refund:
        return refunds.reissue(refund_id=self.refund.pk, by=self.by, reason=reason, now=clock.now())


def _words(failure_code: str) -> str:
    """Return a gateway's code as words: `Lost or stolen card`."""
    return or_nothing(state_words(failure_code))
