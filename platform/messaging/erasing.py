"""What an erasure does to conversations, beyond a table's columns."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from accounts.personal_steps import redact
from kernel.personal import Former
from messaging.models import Conversation, Message, Report


def wrote_with(user: User) -> Iterable[UUID]:
    """Return the ids of the users whom the person wrote with."""
    mine = Conversation.objects
    yield from mine.filter(mentor__user=user).values_list("client__user_id", flat=True)
    yield from mine.filter(client__user=user).values_list("mentor__user_id", flat=True)


def take_out(former: Former) -> None:
    """Take the person's name and addresses out of what was written to them and of them."""
    theirs = Conversation.objects.filter(Q(client__user=former.user) | Q(mentor__user=former.user))
    redact(Message.objects.filter(conversation__in=theirs), former, "text")
    redact(Report.objects.filter(conversation__in=theirs), former, "words", "decision_reason")
