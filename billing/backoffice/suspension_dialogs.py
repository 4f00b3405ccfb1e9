"""The dialogs that suspend a mentor and let one back, with all that ends shown first."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.ui.components import Component

from accounts import suspensions as rows
from accounts.models import Mentor, User
from accounts.suspensions import SUSPEND
from billing import suspensions
from billing.backoffice.previews import summed_preview
from billing.suspensions import MOST_REHEARSED, Ending, Outlook
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer, ReasonForm
from kernel.display import instant_html, money_html, money_text, state_html, state_words
from kernel.errors import Refusal
from scheduling.states import State

MAY_SEE_SESSION = "scheduling.view_session"
TONES = {"applied": "warning", "live": "success", "suspended": "danger"}


class SuspensionForm(ReasonForm):
    """Why, in words for the mentor, and whether the money is kept back."""

    holds_payouts = forms.BooleanField(
        label="Keep back what was earned",
        help_text="Until the suspension is lifted. Otherwise it stays payable: the next payout run "
        "pays it, unless finance holds it.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "reason"
        ].help_text = (
            "The mentor reads it in a message, and it stays with the record. Clients do not."
        )


class _MentorDialog(DialogView):
    permission = SUSPEND
    header_icon = "user"
    mentor: Mentor

    def find(self, **kwargs: Any) -> None:
        found = Mentor.objects.select_related("user")
        self.mentor = get_object_or_404(found, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.mentor.user.name)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("mentor-list:index"), "label": "Mentors"},
            {"url": self.home(), "label": "Mentor", "sublabel": self.mentor.user.name},
        ]

    def home(self) -> str:
        return reverse("mentor-list:inspect", args=[self.mentor.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        mentor = self.mentor
        told: list[tuple[str, object]] = [
            ("Mentor", mentor.user.name),
            ("Status", state_html(mentor.status, tone=TONES[mentor.status])),
            ("Since", instant_html(mentor.created_at)),
        ]
        if (stands := rows.standing(mentor.pk)) is not None:
            told += [
                ("Suspended", instant_html(stands.at)),
                ("By", stands.by.name),
                ("Why", stands.reason),
            ]
        return told

    @property
    def me(self) -> User:
        return cast("User", self.request.user)


class SuspendMentorView(_MentorDialog):
    """Show what a suspension ends and gives back; do exactly that."""

    page_title = "Suspend mentor"
    form_class = SuspensionForm
    intro = (
        "The profile leaves the site at once, and nobody can book. What was booked and has not "
        "begun is cancelled as our doing, so the policies give it back in full and we bear the "
        "gateway's fee. A session that runs now goes on."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        now, name = clock.now(), self.mentor.user.name
        words = f"Suspend {name}"
        try:
            rows.refuse_suspended(self.mentor)
            outlook = suspensions.look(mentor=self.mentor, now=now)
            moves = suspensions.postings(outlook, now=now)
        except Refusal as refusal:
            return [Offer("suspend", words, objection=refusal.detail, tone="no")]
        back = back_words(outlook)
        return [
            Offer(
                "suspend",
                f"{words} and give {back} back" if back else f"{words}, nothing goes back",
                seen=outlook.content_hash,
                sections=[*self._ends(outlook), summed_preview(moves, title=_title(outlook))],
                tone="no",
            )
        ]

    def _ends(self, outlook: Outlook) -> list[Component]:
        may_look = self.request.user.has_perm(MAY_SEE_SESSION)
        parts: list[Component] = [
            Lines(
                title="What ends",
                headings=["What", "How many"],
                rows=[
                    ("Sessions that are paid for", _count(outlook, State.CONFIRMED)),
                    ("Holds that nobody has paid", _count(outlook, State.PENDING)),
                    ("Group meetings, withdrawn", outlook.meetings),
                    ("Places in lines for a seat, closed", outlook.waiting),
                    ("Packages, what is unused of them given back", len(outlook.packages)),
                ],
                right=(1,),
            ),
            Lines(
                title="What each client gets back",
                headings=["Session", "Begins", "Client", "Now", "Goes back"],
                rows=[_row(one, may_look=may_look) for one in outlook.endings],
                right=(4,),
                empty="Nothing is booked.",
            ),
        ]
        if outlook.packages:
            rows = [
                (
                    package.public_id,
                    package.client.user.name,
                    money_html(package.unused_minor, package.purchase.currency),
                )
                for package in outlook.packages
            ]
            headings = ["Package", "Client", "Unused, goes back"]
            parts.append(Lines(title="Packages", headings=headings, rows=rows, right=(2,)))
        return parts

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        made = suspensions.suspend(
            mentor_id=self.mentor.pk,
            by=self.me,
            reason=given["reason"],
            holds_payouts=given["holds_payouts"],
            expecting=seen,
            now=clock.now(),
        )
        said = (
            f"{self.mentor.user.name} is suspended ({made.public_id}). What was booked is being "
            "cancelled now, session by session; each client is told."
        )
        return Done(said, self.home())


class LiftSuspensionView(_MentorDialog):
    """Let a mentor back on the market."""

    page_title = "Lift suspension"
    form_class = ReasonForm
    intro = (
        "Clients find and book the mentor again. Sessions and meetings that were cancelled stay "
        "cancelled; packages that were given back stay closed."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        words = f"Let {self.mentor.user.name} back"
        if rows.standing(self.mentor.pk) is None:
            objection = "No suspension stands: there is nothing to lift."
            return [Offer("lift", words, objection=objection)]
        return [Offer("lift", words)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        lifted = suspensions.lift(
            mentor_id=self.mentor.pk, by=self.me, reason=given["reason"], now=clock.now()
        )
        now = state_words(lifted.was).lower()
        return Done(f"{self.mentor.user.name} is {now} again.", self.home())


def ways_to_suspend(mentor: Mentor, user: Any) -> Sequence[tuple[str, str]]:
    """Return (label, address) of what `user` may do to the mentor."""
    if not user.has_perm(SUSPEND):
        return []
    if rows.standing(mentor.pk) is not None:
        return [("Lift the suspension", reverse("lift_suspension", args=[mentor.pk]))]
    return [("Suspend", reverse("suspend_mentor", args=[mentor.pk]))]


def back_words(outlook: Outlook) -> str:
    """Return what goes back altogether, an amount for each currency; empty for nothing."""
    sums: dict[str, int] = {}
    for one in outlook.endings:
        currency = one.session.currency
        # What goes back to a package leaves with the package.
        sums[currency] = sums.get(currency, 0) + one.refund_minor + one.credit_minor
        sums[currency] += one.prepaid_minor
    for package in outlook.packages:
        currency = package.purchase.currency
        sums[currency] = sums.get(currency, 0) + package.unused_minor
    return " and ".join(money_text(minor, name) for name, minor in sorted(sums.items()) if minor)


def _count(outlook: Outlook, state: State) -> int:
    return sum(one.session.state == state for one in outlook.endings)


def _row(ending: Ending, *, may_look: bool) -> tuple[object, ...]:
    session = ending.session
    name: object = session.public_id
    if may_look:
        url = reverse("sessions:inspect", args=[session.pk])
        name = format_html('<a href="{}">{}</a>', url, session.public_id)
    back: object = money_html(ending.back_minor, session.currency)
    if ending.held:
        back = "A bank holds the payment: finance settles it"
    elif session.state == State.PENDING:
        back = "Not paid"
    elif ending.prepaid_minor:
        back = format_html("{} to the package", back)
    elif ending.credit_minor and not ending.refund_minor:
        back = format_html("{} as credit", back)
    return (
        name,
        instant_html(session.starts_at),
        session.client.user.name,
        state_words(session.state),
        back,
    )


def _title(outlook: Outlook) -> str:
    number = max(sum(bool(one.back_minor) for one in outlook.endings), len(outlook.packages))
    if number <= MOST_REHEARSED:
        return "What will be posted"
    return f"What will be posted, of the first {MOST_REHEARSED} of each kind"
