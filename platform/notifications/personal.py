"""What this floor keeps of people, for exports and erasures."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from kernel.personal import Fate, Table, keep
from notifications.models import Email


def letters_to(user: User) -> QuerySet[Any]:
    """Return what was written to the person, at whatever address of theirs."""
    return Email.objects.filter(Q(reader=user) | Q(to__iexact=user.email))


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(
        Table(
            model="notifications.switchedoff",
            whose=("person",),
            section="switched_off_emails",
            says="Kinds of e-mail that you do not want.",
            shown=("kind", "since"),
            fate=Fate.DELETED,
        ),
        Table(
            model="notifications.email",
            rows=letters_to,
            section="emails",
            says="What was written to you, and when. Of letters on signing in the secret is gone.",
            shown=("template", "to", "subject", "created_at", "sent_at", "withdrawn_at"),
            fate=Fate.CHANGED,
            why="That a letter was sent, and when, stays; its words and its address do not.",
        ),
    )
