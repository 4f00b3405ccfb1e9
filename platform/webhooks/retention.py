"""Forget events, deliveries and attempts that are older than they are kept (ninety days)."""

from datetime import datetime, timedelta

from django.db import transaction

from webhooks.models import Attempt, Delivery, Event
from webhooks.states import State

KEPT = timedelta(days=90)
SLACK = timedelta(hours=1)  # the triggers look at the database's clock


def forget(*, now: datetime) -> int:
    """Drop each old event with its deliveries, unless one still waits or was tried since."""
    before = now - KEPT - SLACK
    with transaction.atomic():
        held = Delivery.objects.filter(state=State.WAITING)
        tried = Attempt.objects.filter(at__gte=before).values("delivery__event")
        younger = Delivery.objects.filter(created_at__gte=before).values("event")
        old = list(
            Event.objects.filter(occurred_at__lt=before)
            .exclude(pk__in=held.values("event"))
            .exclude(pk__in=tried)
            .exclude(pk__in=younger)
            .values_list("pk", flat=True)[:10_000]
        )
        Attempt.objects.filter(delivery__event__in=old).delete()
        Delivery.objects.filter(event__in=old).delete()
        Event.objects.filter(pk__in=old).delete()
    return len(old)
