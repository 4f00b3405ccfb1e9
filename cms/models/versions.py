"""The versions of documents that people agree to, and who agreed to which. Both are history."""

import hashlib
import json
import re
from datetime import date
from typing import Any, ClassVar

from django.db import models

from accounts.models import User
from kernel import clock
from kernel.errors import Invalid
from kernel.ids import public_id, uuid7


class LegalVersion(models.Model):
    """What a document said under a version; frozen when it was published. Append-only by trigger.

    `digest` is the SHA-256 of title, day and words (`cms.versions`), so that a copy can be proved.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    page = models.ForeignKey("cms.LegalPage", on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    effective_from = models.DateField()
    title = models.CharField(max_length=255)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name = "legal version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "version"], name="cms_legalversion_once"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="cms_legalversion_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def public_id(self) -> str:
        return public_id("lgv", self.pk)

    @property
    def address(self) -> str:
        """What it is called in an address, where a dot may not stand."""
        return re.sub(r"[^\w-]", "-", self.version)


class Consent(models.Model):
    """That a person agreed to a version: when, and where. Append-only by trigger."""

    class Source(models.TextChoices):
        REGISTRATION = "registration", "When registering"
        APP = "app", "In the app"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(LegalVersion, on_delete=models.PROTECT, related_name="consents")
    at = models.DateTimeField()
    source = models.CharField(max_length=12, choices=Source)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "version"], name="cms_consent_once"),
            models.CheckConstraint(
                condition=models.Q(source__in=["registration", "app"]),
                name="cms_consent_source_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.version_id}"


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


def _digest(page: Any) -> str:
    return digest_of(
        title=page.title,
        version=page.version,
        effective_from=page.effective_from,
        body=str(page.body),
    )
