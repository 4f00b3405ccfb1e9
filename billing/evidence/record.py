"""What our own rows say of a disputed session or package, in words for a bank. Reading only.

Every line is a fact with its instant in UTC; the session's events are append-only.
"""

from dataclasses import dataclass
from datetime import date, datetime

from billing.models import Dispute, Package, Purchase, Refund
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
    "reschedule": "Moved to another time",
    "expire": "The hold ended",
}


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What was bought, as a bank needs to see it; `lines` are (instant, what happened).

    `session_reference` names the session, or the package (`what`) with all its sessions.
    """

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
    what: str = "session"

    @property
    def text(self) -> str:
        """Return the lines as plain text, oldest first."""
        return "\n".join(f"{at:%Y-%m-%d %H:%M} UTC  {what}." for at, what in self.lines)


def record_of(dispute: Dispute) -> SessionRecord:
    """Return the record of the session, or the package, that the disputed payment paid for.

    A fixed number of queries; `dispute` comes with its payment, purchase and people.
    """
    payment = dispute.payment
    purchase = payment.purchase
    if purchase.package is not None:
        return _package_record(dispute, purchase.package)
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


def _package_record(dispute: Dispute, package: Package) -> SessionRecord:
    """Return the record of a package: its terms, and what became of each session it paid for."""
    payment, offer = dispute.payment, package.offer
    mentor, client = payment.purchase.mentor.user.name, payment.purchase.client.user
    kind = offer.session_type
    begun_at = package.begun_at or package.created_at
    until = f", until {package.expires_at:%Y-%m-%d}" if package.expires_at else ""
    lines = _money_lines(dispute)
    drawn = Purchase.objects.filter(package_credit__package=package).select_related("session")
    for number, session in enumerate((one.booked for one in drawn.order_by("pk")), start=1):
        lines += [
            (at, f"Session {number} ({session.public_id}): {what}")
            for at, what in _session_lines(session)
        ]
    return SessionRecord(
        session_reference=package.public_id,
        client_name=client.name,
        client_email=client.email,
        mentor_name=mentor,
        service=(
            f"A package of {offer.sessions} sessions, {kind.name}: {kind.duration_minutes} minutes "
            f"each with {mentor}, online{until}. Reference {package.public_id}."
        ),
        service_date=begun_at.date(),
        paid=money_text(payment.amount_minor, payment.currency),
        charge=payment.gateway_charge_id or payment.gateway_intent_id or "",
        policy=policy_words(kind.policy.frozen()),
        lines=tuple(sorted(lines)),
        what="package",
    )


def _session_lines(session: Session) -> list[tuple[datetime, str]]:
    lines = []
    for event in session.events.order_by("at", "id"):
        what = _HAPPENED.get(event.event, event.event.replace("_", " ").capitalize())
        if event.event == "cancel":
            what = f"Cancelled by the {session.cancelled_by}"
        if event.event == "reschedule":
            start = datetime.fromisoformat(event.data["to"])
            agreed = ", which the other side accepted" if event.data["agreed"] else ""
            what = f"The {event.data['by']} moved it to {start:%Y-%m-%d %H:%M} UTC{agreed}"
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
