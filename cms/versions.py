"""Versions of the documents that people agree to: frozen when published, in force from their day.

A version says the same for good: the database keeps one body for each, and a page that would be
published with other words under a version that is frozen is refused.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cms.models import Consent, LegalVersion
from kernel import clock
from kernel.errors import Invalid


def digest_of(*, title: str, version: str, effective_from: date, body: str) -> str:
    """Return the SHA-256 of what a version says; pure."""
    said = json.dumps([title, version, effective_from.isoformat(), body], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def frozen_otherwise(page: Any) -> LegalVersion | None:
    """Return the frozen version that says something else than the page under the same name."""
    kept = LegalVersion.objects.filter(page_id=page.pk, version=page.version).first()
    return kept if kept is not None and kept.digest != _digest(page) else None


def freeze(page: Any) -> None:
    """Keep what the page says, in the transaction that publishes it. Raises Invalid."""
    other = frozen_otherwise(page)
    if other is not None:
        raise Invalid(taken(other), pointer="/version")
    LegalVersion.objects.get_or_create(
        page_id=page.pk,
        version=page.version,
        defaults={
            "effective_from": page.effective_from,
            "title": page.title,
            "body": page.body,
            "digest": _digest(page),
            "frozen_at": clock.now(),
        },
    )


def taken(other: LegalVersion) -> str:
    """Say why a version cannot be published a second time with other words."""
    return (
        f"Version {other.version} was published on {other.frozen_at:%Y-%m-%d} and says something "
        "else: people may have agreed to it. Give this one a new version."
    )


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


def _digest(page: Any) -> str:
    return digest_of(
        title=page.title,
        version=page.version,
        effective_from=page.effective_from,
        body=str(page.body),
    )
