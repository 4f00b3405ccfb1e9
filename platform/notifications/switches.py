"""Which e-mails a person has switched off, and switching them: all at once, or one of them.

What people must be told (bookings, cancellations, money, the account) has no kind and no switch.
Knows no session and no conversation: a kind is a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import OuterRef

from accounts import operations
from accounts.models import User
from notifications.models import Kind, SwitchedOff

SWITCHED_OFF = "It was switched off by its reader."


@dataclass(frozen=True, slots=True)
class Switch:
    """One kind of e-mail as one person may switch it."""

    kind: Kind
    person: User


def is_off(*, person_id: UUID, kind: str) -> bool:
    """Return whether the person gets no e-mails of the kind, as it is committed now."""
    return SwitchedOff.objects.filter(person=person_id, kind=kind).exists()


def off(*, kind: Kind, person: OuterRef) -> models.QuerySet[SwitchedOff]:
    """Return the row of a query's own person, for an `Exists`: whether they switched it off."""
    return SwitchedOff.objects.filter(kind=kind, person=person)


def switches_of(*, person: User) -> dict[Kind, bool]:
    """Return for every kind whether the person gets e-mails of it. One query."""
    off = set(SwitchedOff.objects.filter(person=person).values_list("kind", flat=True))
    return {kind: kind not in off for kind in Kind}


def replace(*, person: User, wanted: Mapping[Kind, bool], now: datetime) -> None:
    """Set the switches that are named; one that stands so already keeps its instant.

    Call it in the transaction that holds the person's row (`accounts.operations.locked`).
    """
    off = [kind for kind, on in wanted.items() if not on]
    SwitchedOff.objects.filter(person=person, kind__in=wanted).exclude(kind__in=off).delete()
    SwitchedOff.objects.bulk_create(
        [SwitchedOff(person=person, kind=kind, since=now) for kind in off], ignore_conflicts=True
    )


def turn(*, switch: Switch, on: bool, now: datetime) -> None:
    """Set one switch, in the caller's transaction, behind the person's row. Safe to repeat."""
    person = operations.locked(user=switch.person)
    replace(person=person, wanted={switch.kind: on}, now=now)
