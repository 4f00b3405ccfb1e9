"""What our own rows say of a disputed session, in words for a bank. Reading only.

Every line is a fact with its instant in UTC; the session's events are append-only.
"""

from dataclasses import dataclass
from datetime import date, datetime

from billing.models import Dispute, Refund
from billing.states import RefundState
from kernel.display import money_text
from scheduling.models import Review, Session
from scheduling.terms import policy_words

_HAPPENED = {
    "hold": "The client chose the time and held it",
    "confirm": "Paid in full and confirmed",
    "start": "The session began, by its agreed time",
    "complete": "The session ended, by its agreed time",
    "review": "The client reviewed the session",
    "cancel": "Cancelled",
    "expire": "The hold ended",
}


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as a bank needs to see it; `lines` are (instant, what happened)."""

    session_reference: str
    client_name: str
    client_email: str
    mentor_name: str
    service: str
    service_date: date
    paid: str
    charge: str
    policy: str
    lines: tuple[tuple[datetime, str], ...]

    @property
    def text(self) -> str:
        """Return the lines as plain text, oldest first."""
        return "\n".join(f"{at:%Y-%m-%d %H:%M} UTC  {what}." for at, what in self.lines)


def record_of(dispute: Dispute) -> SessionRecord:
    """Return the record of the session that the disputed payment paid for.

    A fixed number of queries; `dispute` comes with its payment, purchase and people.
    """
    payment = dispute.payment
    purchase = payment.purchase
    session = purchase.booked
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    mentor = purchase.mentor.user.name
    return SessionRecord(
        session_reference=session.public_id,
        client_name=purchase.client.user.name,
        client_email=purchase.client.user.email,
        mentor_name=mentor,
        service=(
            f"{session.session_type.name}: {minutes} minutes with {mentor}, "
            f"{session.starts_at:%Y-%m-%d %H:%M} to {session.ends_at:%H:%M} UTC, online. "
            f"Reference {session.public_id}."
        ),
        service_date=session.starts_at.date(),
        paid=money_text(payment.amount_minor, payment.currency),
        charge=payment.gateway_charge_id or payment.gateway_intent_id or "",
        policy=policy_words(session.policy),
        lines=tuple(sorted([*_session_lines(session), *_money_lines(dispute)])),
    )


def _session_lines(session: Session) -> list[tuple[datetime, str]]:
    lines = []
    for event in session.events.order_by("at", "id"):
        what = _HAPPENED.get(event.event, event.event.replace("_", " ").capitalize())
        if event.event == "cancel":
            what = f"Cancelled by the {session.cancelled_by}"
        lines.append((event.at, what))
    review = Review.objects.filter(session=session).first()
    if review is not None:
        lines.append((review.created_at, f"The client rated it {review.rating} of 5"))
    return lines


def _money_lines(dispute: Dispute) -> list[tuple[datetime, str]]:
    payment = dispute.payment
    lines = []
    if payment.succeeded_at is not None:
        paid = money_text(payment.amount_minor, payment.currency)
        lines.append((payment.succeeded_at, f"{paid} were paid ({payment.gateway_charge_id})"))
    for refund in Refund.objects.filter(payment=payment, state=RefundState.SUCCEEDED):
        if refund.settled_at is not None:
            gone = money_text(refund.amount_minor, refund.currency)
            lines.append((refund.settled_at, f"{gone} were refunded to the client"))
    return lines
