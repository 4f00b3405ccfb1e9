"""The table of changed e-mail addresses: asked for, confirmed, undone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from kernel.ids import uuid7


class EmailChange(models.Model):
    """One person's wish for another address; it holds once a code from there has come back.

    Whoever reads the old address can undo it for a week: `undo_digest` is of the secret that was
    mailed there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    old_address = models.EmailField(max_length=254)
    new_address = models.EmailField(max_length=254)
    undo_digest = models.BinaryField(max_length=32, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(old_address=F("new_address")), name="accounts_change_is_one"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("asked_at")),
                name="accounts_change_asked_first",
            ),
        ]

    def __str__(self) -> str:
        return f"change of {self.user_id} at {self.asked_at:%Y-%m-%d %H:%M}"
