"""The secret address under which a person's sessions may be read as a calendar."""

from django.db import models

from accounts.models import User
from kernel.ids import uuid7


class CalendarFeed(models.Model):
    """One person's address; only the digest of its secret is kept, so no dump opens a calendar."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
