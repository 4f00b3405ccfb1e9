"""The people tables. A User signs in; a Mentor offers time; a Client books it.

One user may be both. The e-mail is unique without regard to case, in the database.
"""

import zoneinfo
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from kernel.ids import public_id, uuid7


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    """Read the names once: it takes a walk over hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    """Raise ValidationError where `name` is no IANA time zone."""
    if name not in _time_zones():
        raise ValidationError(f"{name!r} is no IANA time zone; write it like Europe/London.")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who can sign in with `email`; no password means none works."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who may do everything but what four eyes forbid."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self._by_address(username or "").get()

    def with_email(self, email: str) -> "User | None":
        """Return the person with this address, whatever its case, by the unique index."""
        return self._by_address(email).first()

    def _by_address(self, email: str) -> models.QuerySet["User"]:
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())


class Language(models.TextChoices):
    """What people are written to in; each has its letters in `templates/emails`."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an e-mail address.

    `session_version` is raised by logout everywhere, password change and deactivation; an
    access token carries the version it was made under, so the next request refuses an old one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(
        max_length=2, choices=Language, default=Language.ENGLISH, db_default=Language.ENGLISH
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    session_version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            models.CheckConstraint(
                condition=models.Q(language__in=Language.values),
                name="accounts_user_language_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Compare; a right password that was hashed under old parameters is hashed anew.

        Django's own writes the new hash whatever stands there by now, and so would bring back
        a password that was changed while it was hashing.
        """

        def upgrade(password: str) -> None:
            better = make_password(password)
            if User.objects.filter(pk=self.pk, password=self.password).update(password=better):
                self.password = better

        return check_password(raw_password, self.password, setter=upgrade)

    @property
    def public_id(self) -> str:
        return public_id("usr", self.pk)

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter the back office (Wagtail asks the permission itself)."""
        return self.has_perm("wagtailadmin.access_admin")

    @property
    def first_name(self) -> str:
        """Wagtail's admin greets by it."""
        return self.name.partition(" ")[0]

    @property
    def last_name(self) -> str:
        """Wagtail's user lists sort by it."""
        return self.name.partition(" ")[2]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name


class Client(models.Model):
    """A person in the role of a buyer of sessions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="client")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.user.name


class Category(models.Model):
    """What kind of mentoring somebody does, in the operator's words: rates can be given to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "categories"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="accounts_category_named"),
            models.UniqueConstraint(Lower("name"), name="accounts_category_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return public_id("cat", self.pk)


class Mentor(models.Model):
    """A person in the role of a seller of time. `slug` names the public page."""

    class Status(models.TextChoices):
        APPLIED = "applied", "Applied"
        LIVE = "live", "Live"
        SUSPENDED = "suspended", "Suspended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mentor")
    slug = models.SlugField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.APPLIED)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="mentors"
    )
    location = models.CharField(max_length=80, blank=True, default="")
    languages = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions: ClassVar = [
            ("place_mentor", "Can say which category a mentor is in"),
            ("suspend_mentor", "Can take a mentor off the market and let one back"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["applied", "live", "suspended"]),
                name="accounts_mentor_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def public_id(self) -> str:
        return public_id("mtr", self.pk)

    @property
    def is_live(self) -> bool:
        return self.status == self.Status.LIVE
