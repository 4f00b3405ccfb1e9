"""Versions of the documents that people agree to: frozen when published, in force from their day.

A version says the same for good: the database keeps one body for each, and a page that would be
published with other words under a version that is frozen is refused (`cms.models.versions`).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cms.models import Consent, LegalVersion
from cms.models.versions import digest_of
from kernel.errors import Invalid

__all__ = ["agree", "agreed_when_registering", "digest_of", "in_force", "to_agree"]


def in_force(*, now: datetime) -> list[LegalVersion]:
    """Return the version in force of each document that is public and asks to be agreed to."""
    found = (
        LegalVersion.objects.filter(
            page__live=True, page__requires_acceptance=True, effective_from__lte=now.date()
        )
        .order_by("page_id", "-effective_from", "-frozen_at")
        .distinct("page_id")
        .select_related("page")
    )
    return sorted(found, key=lambda one: one.title)


def to_agree(*, user: User, now: datetime) -> list[LegalVersion]:
    """Return the versions in force that the person has not agreed to."""
    agreed = set(Consent.objects.filter(user=user).values_list("version_id", flat=True))
    return [one for one in in_force(now=now) if one.pk not in agreed]


def agreed_when_registering(*, user: User, ids: list[UUID], at: datetime) -> None:
    """Write down what a newcomer agreed to at that instant, in the caller's transaction.

    What was not in force then is passed over: the app asks for what is.
    """
    shown = [one for one in in_force(now=at) if one.pk in ids and one.frozen_at <= at]
    for one in shown:
        Consent.objects.get_or_create(
            user=user,
            version=one,
            defaults={"at": at, "source": Consent.Source.REGISTRATION},
        )


def agree(*, user: User, ids: list[UUID], source: Consent.Source, now: datetime) -> None:
    """Write down that the person agrees to these versions; each is written once.

    Raises Invalid for one that is not in force: nobody agrees to what holds no more, or not yet.
    """
    offered = {one.pk for one in in_force(now=now)}
    if not set(ids) <= offered:
        raise Invalid(
            "One of these versions is not in force. Read what is, and agree to that.",
            pointer="/versions",
        )
    with transaction.atomic():
        for one in ids:
            Consent.objects.get_or_create(
                user=user, version_id=one, defaults={"at": now, "source": source}
            )
