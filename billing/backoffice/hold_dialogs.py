"""The dialogs that keep a mentor's payouts back, and let them go: reached from their balance."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import payouts
from billing.backoffice.mentor_balances import PARTS, holds_table
from billing.models import MentorBalance, PayoutHold
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import money_html, money_text


class HoldForm(ReasonForm):
    """Why the money is kept; the mentor's exclusion from a run says it."""

    reason = forms.CharField(
        label="Why",
        help_text="Each run that leaves the mentor out says this.",
        max_length=300,
        error_messages={"required": "Say why: each run that leaves the mentor out says it."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HoldDialog(DialogView):
    """What placing and lifting share."""

    permission = "billing.place_payouthold"
    header_icon = "user"
    balance: MentorBalance

    @property
    def by(self) -> User:
        return cast("User", self.request.user)

    def find(self, **kwargs: Any) -> None:
        rows = MentorBalance.objects.select_related("mentor__user")
        self.balance = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.balance.mentor.user.name)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("mentor-balances:index"), "label": "Mentor balances"},
            {"url": self.home, "label": "Mentor balance", "sublabel": self.get_page_subtitle()},
        ]

    @property
    def home(self) -> str:
        return reverse("mentor-balances:inspect", args=[self.balance.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        row = self.balance
        return [
            ("Mentor", f"{row.mentor.user.name} · {row.mentor.user.email}"),
            *(
                (label, money_html(getattr(row, name), row.currency))
                for name, label in PARTS.items()
            ),
        ]

    def standing(self) -> PayoutHold | None:
        return PayoutHold.objects.filter(mentor=self.balance.mentor, lifted_at=None).first()

    @property
    def amount(self) -> str:
        return money_text(self.balance.available_minor, self.balance.currency)


class PlaceHoldView(HoldDialog):
    """Leave the mentor out of payout runs until the hold is lifted."""

    form_class = HoldForm
    page_title = "Hold payouts"
    intro = (
        "The mentor is left out of every run, in all currencies, until the hold is lifted. A run "
        "that is frozen already can no longer be approved with them in it."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        said = "Payouts are on hold already. Lift that hold first." if self.standing() else ""
        return [Offer("hold", f"Hold {self.amount}", objection=said)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        payouts.hold(
            mentor_id=self.balance.mentor_id, reason=given["reason"], by=self.by, now=clock.now()
        )
        return Done(f"Payouts to {self.balance.mentor.user.name} are on hold.", self.home)


class LiftHoldView(HoldDialog):
    """Let the mentor's money go with the next run."""

    page_title = "Lift the hold"
    intro = "The next run includes the mentor again."

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        standing = PayoutHold.objects.filter(mentor=self.balance.mentor, lifted_at=None)
        said = "" if standing.exists() else "Nothing is held back."
        label = f"Let {self.amount} go"
        return [Offer("lift", label, sections=[holds_table(standing)], objection=said)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        payouts.lift_hold(mentor_id=self.balance.mentor_id, by=self.by, now=clock.now())
        return Done(f"Payouts to {self.balance.mentor.user.name} go on.", self.home)
