"""The tables of signing in: sign-ins and their refresh tokens, mailed codes.

No secret is stored: a refresh token and a code are kept as digests, and a successor token is
computed again from its parent when it has to be answered again (`accounts.tokens`).
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from kernel.ids import public_id, uuid7


class FamilyQuerySet(models.QuerySet["RefreshFamily"]):
    def live(self, now: datetime) -> "FamilyQuerySet":
        """Return the sign-ins that can still be refreshed at `now`."""
        return self.filter(
            ended_at=None,
            expires_at__gt=now,
            idle_until__gt=now,
            user__is_active=True,
            session_version=F("user__session_version"),
        )


class RefreshFamily(models.Model):
    """One sign-in on one device: every token that descends from one login.

    It ends by logout, by a change of the password, by the reuse of a spent token, or by its
    person's deactivation; it runs out after seven idle days, and after thirty in any case.
    """

    class Channel(models.TextChoices):
        BROWSER = "browser", "Browser (cookie)"
        MOBILE = "mobile", "Mobile app (body)"

    class EndReason(models.TextChoices):
        LOGOUT = "logout", "Signed out"
        REVOKED = "revoked", "Ended from another device"
        PASSWORD = "password", "Password changed"
        REUSE = "reuse", "A spent refresh token came back"
        EMAIL = "email", "E-mail address changed"
        DEACTIVATED = "deactivated", "Account deactivated"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_families")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.BROWSER)
    session_version = models.PositiveIntegerField()
    second_factor = models.BooleanField(default=False)
    # When its person last proved to be the same one (`accounts.proofs`).
    proved_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=64, blank=True, default="")
    user_agent = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason, blank=True, default="")

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in"
        verbose_name_plural = "sign-ins"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__isnull=False) & ~Q(end_reason=""),
                name="accounts_family_end_whole",
            ),
            models.CheckConstraint(
                condition=Q(created_at__lte=F("last_used_at"))
                & Q(last_used_at__lt=F("expires_at"))
                & Q(idle_until__lte=F("expires_at")),
                name="accounts_family_times_ordered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="accounts_family_by_user"),
            models.Index(fields=["expires_at"], name="accounts_family_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def public_id(self) -> str:
        return public_id("sgn", self.pk)


class RefreshToken(models.Model):
    """One refresh token, as its SHA-256. It is used once; `parent` has at most one successor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(RefreshFamily, on_delete=models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    parent = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replaced_by"
    )
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["family"], condition=Q(parent=None), name="accounts_token_one_root"
            ),
            models.UniqueConstraint(
                fields=["family"], condition=Q(used_at=None), name="accounts_token_one_unused"
            ),
        ]

    def __str__(self) -> str:
        return f"token of {self.family_id}"


class EmailCode(models.Model):
    """A code that was mailed to prove that its reader owns the address.

    A registration's code carries what was registered: it becomes true when that very code
    comes back, so nobody can plant a password on an address that is not theirs. The code of a
    change of address names the change.
    """

    class Purpose(models.TextChoices):
        VERIFY = "verify", "Verify the address"
        RESET = "reset", "Reset the password"
        CHANGE = "change", "Change the address"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_codes")
    purpose = models.CharField(max_length=10, choices=Purpose)
    digest = models.BinaryField(max_length=32)
    registration = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="accounts_code_expiry")]

    def __str__(self) -> str:
        return f"{self.purpose} code for {self.user}"


class Ceremony(models.Model):
    """Something begun that may be finished once: a set-up, a challenge, a visit elsewhere.

    Whoever began it holds the secret behind `digest`. `data` is what has to be known at its end
    and must not be believed from the caller; what is secret in it is stored encrypted.
    """

    class Kind(models.TextChoices):
        APP = "app", "Set up an authenticator app"
        PASSKEY_ADD = "passkey_add", "Add a passkey"
        PASSKEY_SIGN_IN = "passkey_sign_in", "Sign in by passkey"
        PASSKEY_PROOF = "passkey_proof", "Prove oneself by passkey"
        SOCIAL = "social", "Sign in elsewhere"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="ceremonies"
    )
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "ceremonies"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="accounts_ceremony_expiry")]

    def __str__(self) -> str:
        return f"{self.kind} until {self.expires_at:%Y-%m-%d %H:%M}"
