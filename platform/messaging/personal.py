"""What this floor keeps of people, for exports and erasures."""

from django.db.models import Case, Value, When

from kernel.personal import ERASED, Fate, Table, keep

TWO = ("conversation__client__user", "conversation__mentor__user")


TABLES = (
    Table(
        model="messaging.conversation",
        whose=("client__user", "mentor__user"),
        section="conversations",
        says="With whom you wrote.",
        shown=("id", "client_id", "mentor_id", "length", "created_at", "last_sent_at"),
        fate=Fate.KEPT,
        why="It is the other person's conversation too.",
    ),
    Table(
        model="messaging.message",
        whose=TWO,
        mine=("author",),
        section="messages",
        says="What you wrote and what was written to you.",
        shown=("id", "conversation_id", "author_id", "text", "sent_at"),
        fate=Fate.CHANGED,
        blank={"text": ERASED},
        why="The other person's own messages stay theirs, and stand in their order.",
    ),
    Table(
        model="messaging.readmark",
        whose=("reader",),
        section="read",
        says="Up to where you have read.",
        shown=("conversation_id", "number", "read_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="messaging.inbox",
        whose=("person",),
        says="How many messages you were sent; they are in the section of messages.",
        fate=Fate.KEPT,
        why="It is a number.",
    ),
    Table(
        model="messaging.delivery",
        whose=("person",),
        says="The order in which you were sent messages.",
        fate=Fate.KEPT,
        why="It is an order, without words.",
    ),
    Table(
        model="messaging.digest",
        whose=("person",),
        says="Up to where e-mails told you of unread messages.",
        fate=Fate.KEPT,
        why="It is a number.",
    ),
    Table(
        model="messaging.streamticket",
        whose=("sign_in__user",),
        says="A ticket for live messages: a digest, good for seconds.",
        fate=Fate.DELETED,
    ),
    Table(
        model="messaging.block",
        whose=("by", "lifted_by"),
        section="blocks",
        says="Whom you did not want to hear from.",
        shown=("conversation_id", "placed_at", "lifted_at"),
        fate=Fate.KEPT,
        why="That somebody is blocked, or was, is history; it has no words.",
    ),
    Table(
        model="messaging.report",
        whose=("reporter", "about", "decided_by"),
        mine=("reporter",),
        says="What you reported to the staff, or what was reported of you. It is not exported, "
        "because who is reported must not learn by whom; ask the staff for your own.",
        fate=Fate.CHANGED,
        blank={"words": Case(When(words="", then=Value("")), default=Value(ERASED))},
        stays=("decision_reason",),
        why="A decision rests on it; what you wrote is taken out.",
    ),
)


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(*TABLES)
