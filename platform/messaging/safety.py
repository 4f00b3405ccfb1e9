"""Block the other person, and report what they wrote. Knows no page and no e-mail.

A block closes every conversation of the two (as client and mentor, and the other way round) to
both of them. Whoever is blocked reads that nothing can be sent, and not why. Lock: the
conversation's row, like whoever writes (docs/locking.md). Each function opens its own transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Client, Mentor, User
from kernel import audit, limits
from kernel.errors import Invalid, Kind, NotFound, Refusal
from kernel.ids import public_id
from kernel.texts import typed
from messaging.models import Block, Conversation, Message, Report
from messaging.models.safety import WORDS_LENGTH
from scheduling import waitlist
from scheduling.booking import SlotNotOffered
from scheduling.slots import Reason

REPORTS = limits.Limit("message-reports", 10, timedelta(days=1))


class ConversationBlocked(Refusal):
    """Nothing can be sent in the conversation. Who may lift that is told so, and nobody else."""

    code = "conversation_blocked"


class AlreadyReported(Refusal):
    """The same person's report of the same thing waits to be looked at."""

    code = "already_reported"


class TooManyReports(Refusal):
    """The person reported as often as one may within a day."""

    code = "too_many_reports"
    kind = Kind.TOO_MANY


def require_open(conversation: Conversation, author: User) -> None:
    """Raise ConversationBlocked where one of the two is blocked. Hold the conversation's row."""
    theirs = _of_the_two(conversation, "conversation__")
    standing = list(Block.objects.filter(theirs, lifted_at=None))
    if not standing:
        return
    own = all(block.by_id == author.pk and not block.by_staff for block in standing)
    raise ConversationBlocked(
        "You have blocked this person. Unblock them to write again."
        if own
        else "No messages can be sent in this conversation any more.",
        conversation_id=conversation.public_id,
    )


def require_bookable(*, client: Client, mentor_id: UUID) -> None:
    """Raise SlotNotOffered where one of the two blocks the other, or the staff do.

    What is booked stands. Of the block the refusal says nothing: who was blocked learns of none.
    """
    mentor = Mentor.objects.select_related("user").get(pk=mentor_id)
    theirs = _of_two(client.user_id, mentor.user_id, "conversation__")
    if Block.objects.filter(theirs, lifted_at=None).exists():
        raise SlotNotOffered(
            f"{mentor.user.name} does not offer this time any more. Choose another mentor.",
            reason=Reason.CLOSED,
        )


def block(*, conversation_id: UUID, by: User, now: datetime) -> None:
    """End the writing between the two, for both. Safe twice. Raises NotFound."""
    with transaction.atomic():
        for one in between(_own(conversation_id, by)):
            place(one, by=by, by_staff=False, now=now)


def unblock(*, conversation_id: UUID, by: User, now: datetime) -> None:
    """Lift the person's own blocks; one of the other or of the staff stays. Raises NotFound."""
    with transaction.atomic():
        ours = between(_own(conversation_id, by))
        standing = Block.objects.filter(conversation__in=ours, by=by, by_staff=False)
        standing.filter(lifted_at=None).update(lifted_at=now, lifted_by=by)


def place(conversation: Conversation, *, by: User, by_staff: bool, now: datetime) -> bool:
    """Block one conversation in the caller's transaction; say whether it was not like that yet.

    Once that is committed, neither waits for a seat at the other any more.
    """
    people = conversation.client.user, conversation.mentor.user
    transaction.on_commit(lambda: waitlist.part(*people, now=now))
    return Block.objects.get_or_create(
        conversation=conversation,
        by=by,
        by_staff=by_staff,
        lifted_at=None,
        defaults={"placed_at": now},
    )[1]


def report(
    *,
    conversation_id: UUID,
    by: User,
    reason: str,
    words: str,
    now: datetime,
    message_id: UUID | None = None,
) -> Report:
    """Bring a conversation, or one message of the other, before the staff.

    The other never learns of it. Raises NotFound, Invalid for an own message or another's reason,
    AlreadyReported while the same waits, TooManyReports (fact `retry_after`, seconds).
    """
    words = typed(words, name="words", longest=WORDS_LENGTH)
    if reason not in Report.Reason.values:
        raise Invalid(f"reason is one of {', '.join(Report.Reason.values)}.", pointer="/reason")
    conversation = _own(conversation_id, by)
    message = _reportable(conversation, message_id, by)
    people = (conversation.client.user, conversation.mentor.user)
    with transaction.atomic():
        Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        waiting = Report.objects.filter(
            reporter=by, conversation=conversation, message=message, decided_at=None
        )
        if waiting.exists():
            raise AlreadyReported(
                "You have reported this already. We look at it; there is nothing more to do.",
                conversation_id=conversation.public_id,
            )
        _count(by, now)
        made = Report.objects.create(
            conversation=conversation,
            message=message,
            reporter=by,
            about=next(one for one in people if one.pk != by.pk),
            reason=reason,
            words=words,
            made_at=now,
        )
        audit.record(
            actor=by.public_id,
            action="report.made",
            object_type="message report",
            object_id=made.public_id,
            data={"reason": reason},
        )
        return made


def _reportable(conversation: Conversation, message_id: UUID | None, by: User) -> Message | None:
    if message_id is None:
        return None
    found = Message.objects.filter(pk=message_id, conversation=conversation).first()
    if found is None:
        raise NotFound("There is no such message in this conversation.")
    if found.author_id == by.pk:
        raise Invalid("This message is your own; report one of the other.", pointer="/message")
    return found


def _count(by: User, now: datetime) -> None:
    counted = limits.count(REPORTS, subject=public_id("usr", by.pk), now=now)
    if not counted.allowed:
        raise TooManyReports(
            f"You have reported {REPORTS.quota} times today. Block the person, and report the "
            "rest tomorrow.",
            retry_after=counted.reset_seconds,
        )


def _own(conversation_id: UUID, user: User) -> Conversation:
    rows = Conversation.objects.select_related("client__user", "mentor__user")
    mine = Q(client__user=user) | Q(mentor__user=user)
    found = rows.filter(mine, pk=conversation_id).first()
    if found is None:
        raise NotFound("There is no such conversation, or it is not yours to see.")
    return found


def between(conversation: Conversation) -> QuerySet[Conversation]:
    """Return all that the two write to each other, in either role; rows locked by their ids."""
    rows = Conversation.objects.filter(_of_the_two(conversation)).order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


def _of_the_two(conversation: Conversation, path: str = "") -> Q:
    return _of_two(conversation.client.user_id, conversation.mentor.user_id, path)


def _of_two(one: UUID, other: UUID, path: str) -> Q:
    return Q(**{f"{path}client__user": one, f"{path}mentor__user": other}) | Q(
        **{f"{path}client__user": other, f"{path}mentor__user": one}
    )
