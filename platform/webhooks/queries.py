"""Whose endpoints and deliveries are whose: a person sees the own, and the staff the site's."""

from django.db.models import QuerySet

from accounts.models import User
from webhooks.models import Delivery, Endpoint


def endpoints_of(owner: User | None) -> QuerySet[Endpoint]:
    """Return the endpoints of a person, or of the site (None), without those that were removed."""
    return Endpoint.objects.filter(owner=owner, removed_at=None)


def deliveries_of(owner: User | None) -> QuerySet[Delivery]:
    """Return the deliveries to those endpoints, each with its event and endpoint."""
    return Delivery.objects.filter(endpoint__owner=owner, endpoint__removed_at=None).select_related(
        "event", "endpoint"
    )
