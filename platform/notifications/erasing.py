"""What an erasure does to letters: those to the person, and those of the person to others."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.personal_steps import naming
from kernel.personal import ERASED, Former, Hindrance
from notifications.models import Email

# It has to reach the person after the erasure, and is written over as soon as it is sent.
LAST = "account_erased"
GONE = {
    "subject": ERASED,
    "text": ERASED,
    "html": "",
    "ics": "",
    "condition_arguments": {},
    "last_error": "",
}


def hindrances(user: User, _now: datetime) -> list[Hindrance]:
    """Letters that wait would be sent without words, or to nobody."""
    waiting = Email.objects.waiting().filter(Q(reader=user) | Q(to__iexact=user.email)).count()
    if not waiting:
        return []
    return [
        Hindrance(
            what=f"{waiting} letter{'' if waiting == 1 else 's'} to this person still to be sent",
            do="Wait a minute, or see to it in the list of e-mails.",
        )
    ]


def take_out(former: Former) -> None:
    """Leave of the person's letters that they were sent; so of others' that name the person.

    One that still waits for somebody else keeps its words: it was written to them.
    """
    to_them = Q(reader=former.user)
    for address in former.addresses:
        to_them |= Q(to__iexact=address)
    Email.objects.filter(to_them).update(to=former.address, **GONE)
    over = Email.objects.exclude(pk__in=Email.objects.waiting().values("pk"))
    _of_others(former, over).update(**GONE)


def nothing_left(email: Email) -> dict[str, Any]:
    """Return the columns of the last letter as they stay: that it was sent, and when."""
    return {**GONE, "to": f"erased-{email.pk}@erased.invalid"}


def _of_others(former: Former, letters: QuerySet[Any]) -> QuerySet[Any]:
    addresses = User.objects.filter(pk__in=former.others).values_list("email", flat=True)
    named = naming(former, "subject", "text")
    by_address = naming(replace(former, names=()), "text")
    return letters.filter(named & Q(to__in=list(addresses)) | by_address)
