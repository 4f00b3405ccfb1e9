"""What the staff do about a report: look at what was written around it, and decide once.

The staff see a conversation only through a report, a few messages of it, and each look is written
down. Locks: the two's conversations, then the report (docs/locking.md). Each function opens its
own transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.operations import deactivate
from kernel import audit
from kernel.errors import Forbidden, NotFound, Refusal
from kernel.texts import typed
from messaging import safety
from messaging.models import Block, Conversation, Message, Report
from messaging.models.safety import REASON_LENGTH
from notifications.outbox import put_email

DECIDE = "messaging.decide_report"
AROUND = 3  # messages before and behind the reported one
NEWEST = 6  # messages of a conversation that was reported as a whole
WARNING_LENGTH = 1000

type Decision = Report.Decision


class MessageReportDecided(Refusal):
    """The report was decided already, by whom and when its screen says."""

    code = "message_report_decided"


class NotToBeDeactivated(Refusal):
    """Whoever works in the back office is not shut out through a report."""

    code = "not_to_be_deactivated"


class NotBlockedByStaff(Refusal):
    """No block by the staff stands in the conversation."""

    code = "not_blocked_by_staff"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the staff read it, as it was typed; `reported` where it is what was reported."""

    author: str
    text: str
    sent_at: datetime
    reported: bool


def look(*, report_id: UUID, by: User) -> list[Seen]:
    """Return a few messages around what was reported, in order, and write the look down.

    Raises Forbidden, NotFound.
    """
    _require(by)
    with transaction.atomic():
        report = Report.objects.filter(pk=report_id).first()
        if report is None:
            raise NotFound("There is no such report.")
        _require_other(report, by)
        audit.record(
            actor=by.public_id,
            action="report.looked",
            object_type="message report",
            object_id=report.public_id,
        )
        rows = Message.objects.select_related("author").filter(conversation=report.conversation_id)
        if report.message is None:
            # Not what came after it: the report is about what had been written by then.
            rows = rows.filter(sent_at__lte=report.made_at)
            found = list(reversed(rows.order_by("-number")[:NEWEST]))
        else:
            at = report.message.number
            rows = rows.filter(number__gte=at - AROUND, number__lte=at + AROUND)
            found = list(rows.order_by("number"))
        return [
            Seen(one.author.name, one.text, one.sent_at, one.pk == report.message_id)
            for one in found
        ]


def decide(
    *, report_id: UUID, decision: Decision, by: User, reason: str, now: datetime, warning: str = ""
) -> Report:
    """Dismiss the report, warn whom it is about, block the conversation, or shut the person out.

    `reason` stays with the report; `warning` is what the person reads, of the reporter nothing.
    Raises Forbidden, Invalid, NotFound, MessageReportDecided, NotToBeDeactivated.
    """
    _require(by)
    reason = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    warns = decision == Report.Decision.WARNED
    warning = typed(warning, name="warning", longest=WARNING_LENGTH, needed=warns)
    with transaction.atomic():
        theirs = list(safety.between(_conversation_of(report_id)))
        report = (
            Report.objects.select_related("about").select_for_update(of=("self",)).get(pk=report_id)
        )
        _require_other(report, by)
        if report.decided_at is not None:
            raise MessageReportDecided(
                f"Report {report.public_id} was decided already: {report.get_decision_display()}."
            )
        if warns:
            _warn(report, warning)
        if decision == Report.Decision.BLOCKED:
            for conversation in theirs:
                if safety.place(conversation, by=by, by_staff=True, now=now):
                    _record("conversation.blocked", conversation, by=by, reason=reason)
        if decision == Report.Decision.DEACTIVATED:
            _shut_out(report, by=by, reason=reason, now=now)
        report.decision, report.decision_reason = decision, reason
        report.decided_at, report.decided_by = now, by
        report.save()
        audit.record(
            actor=by.public_id,
            action=f"report.{decision}",
            object_type="message report",
            object_id=report.public_id,
            data={"reason": reason},
        )
        return report


def lift(*, report_id: UUID, by: User, reason: str, now: datetime) -> None:
    """Lift the staff's blocks of the two whom a report names; their own stay.

    Raises Forbidden, Invalid, NotFound, NotBlockedByStaff.
    """
    _require(by)
    reason = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    with transaction.atomic():
        theirs = list(safety.between(_conversation_of(report_id)))
        _require_other(Report.objects.get(pk=report_id), by)
        standing = Block.objects.filter(conversation__in=theirs, by_staff=True, lifted_at=None)
        blocked = set(standing.values_list("conversation_id", flat=True))
        if not standing.update(lifted_at=now, lifted_by=by):
            raise NotBlockedByStaff("No block by the staff stands in this conversation.")
        for conversation in theirs:
            if conversation.pk in blocked:
                _record("conversation.unblocked", conversation, by=by, reason=reason)


def _record(action: str, conversation: Conversation, *, by: User, reason: str) -> None:
    audit.record(
        actor=by.public_id,
        action=action,
        object_type="conversation",
        object_id=conversation.public_id,
        data={"reason": reason},
    )


def _require(user: User) -> None:
    if not user.has_perm(DECIDE):
        raise Forbidden("Only the staff who decide message reports may do this.")


def _require_other(report: Report, user: User) -> None:
    if user.pk in {report.reporter_id, report.about_id}:
        raise Forbidden("This report is your own, or about you: somebody else decides it.")


def reports_for(user: User) -> QuerySet[Report]:
    """Return the reports that a staff person may see: none of their own, and none about them."""
    return Report.objects.exclude(reporter=user).exclude(about=user)


def _conversation_of(report_id: UUID) -> Conversation:
    found = Conversation.objects.select_related("client", "mentor").filter(reports=report_id)
    conversation = found.first()
    if conversation is None:
        raise NotFound("There is no such report.")
    return conversation


def _warn(report: Report, warning: str) -> None:
    put_email(
        key=f"message-warning:{report.public_id}",
        template="account_warned",
        to=report.about.email,
        language=report.about.language,
        context={"name": report.about.name, "warning": warning},
    )


def _shut_out(report: Report, *, by: User, reason: str, now: datetime) -> None:
    person = report.about
    if person.is_staff or person.is_superuser:
        raise NotToBeDeactivated(
            f"{person.name} works in the back office: settle that with an administrator."
        )
    deactivate(user=person, actor=by.public_id, reason=f"{report.public_id}: {reason}", now=now)
