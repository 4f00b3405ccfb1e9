"""What an erasure does to sessions and what was said of them, beyond a table's columns."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.personal_steps import redact
from kernel.personal import ERASED, Former, Hindrance
from scheduling.models import (
    Incident,
    Meeting,
    Proposal,
    Review,
    ReviewModeration,
    ReviewReply,
    ReviewReport,
    Series,
    Session,
    SessionEvent,
    SessionType,
    WaitlistEntry,
)
from scheduling.personal import said
from scheduling.states import Side


def hindrances(user: User, now: datetime) -> list[Hindrance]:
    """Return what of the person's sessions is still open."""
    found = []
    live = _sessions(user).filter(live=True).count()
    if live:
        found.append(
            Hindrance(
                what=f"{live} session{_s(live)} still to come, or not completed yet",
                do="Cancel what is to come; what is over is completed within minutes, or when its "
                "report is decided.",
            )
        )
    waiting = WaitlistEntry.objects.filter(client__user=user, ended_at=None).count()
    if waiting:
        found.append(
            Hindrance(what=f"{waiting} place{_s(waiting)} in a waiting line", do="Leave the line.")
        )
    offered = Meeting.objects.filter(
        mentor__user=user, minimum__isnull=False, live=True, during__endswith__gt=now
    ).count()
    if offered:
        found.append(
            Hindrance(what=f"{offered} group meeting{_s(offered)} offered", do="Withdraw them.")
        )
    open_reports = Incident.objects.open().filter(session__in=_sessions(user)).count()
    if open_reports:
        found.append(
            Hindrance(
                what=f"{open_reports} report{_s(open_reports)} of a session that nobody decided on",
                do="Support decides on it first.",
            )
        )
    return found


def met(user: User) -> Iterable[UUID]:
    """Return the ids of the users whom the person booked, sold to or waited for."""
    for rows in (Session.objects.all(), Series.objects.all()):
        yield from rows.filter(mentor__user=user).values_list("client__user_id", flat=True)
        yield from rows.filter(client__user=user).values_list("mentor__user_id", flat=True)


def take_out(former: Former) -> None:
    """Write over the person's own words, and take their name out of the others'."""
    user = former.user
    for side, role in ((Side.CLIENT, "client__user"), (Side.MENTOR, "mentor__user")):
        mine = Q(**{f"session__{role}": user}, side=side)
        Proposal.objects.filter(mine).update(message=said("message"))
        Incident.objects.filter(mine).update(reason=ERASED)
        Session.objects.filter(**{role: user}, cancelled_by=side).update(
            cancel_reason=said("cancel_reason")
        )
    SessionEvent.objects.filter(actor=user.public_id).update(reason=said("reason"), data={})
    _redact_others(former)


def _redact_others(former: Former) -> None:
    sessions = _sessions(former.user)
    redact(sessions, former, "goals", "cancel_reason")
    redact(SessionEvent.objects.filter(session__in=sessions), former, "reason")
    redact(Proposal.objects.filter(session__in=sessions), former, "message")
    redact(Incident.objects.filter(session__in=sessions), former, "reason", "decision")
    reviews = Review.objects.filter(session__in=sessions)
    redact(reviews, former, "comment")
    redact(ReviewReply.objects.filter(review__in=reviews), former, "text")
    redact(ReviewModeration.objects.filter(review__in=reviews), former, "reason")
    redact(ReviewReport.objects.filter(review__in=reviews), former, "words", "decision_reason")
    redact(SessionType.objects.filter(mentor__user=former.user), former, "name")


def _sessions(user: User) -> QuerySet[Any]:
    return Session.objects.filter(Q(client__user=user) | Q(mentor__user=user))


def _s(count: int) -> str:
    return "" if count == 1 else "s"
