"""What this floor and the one beneath keep of people, for exports and erasures."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import ApplicationStep, User
from kernel.models import AuditEntry, IdempotencyRecord
from kernel.personal import Fate, Table, keep

SECRET = "Holds nothing but a digest or a sealed secret that lets its owner in."  # noqa: S105 - words


def references(user: User) -> list[str]:
    """Return the public ids of the person in their roles; they stay, and name nobody."""
    roles = [getattr(user, name, None) for name in ("mentor",)]
    return [user.public_id, *(role.public_id for role in roles if role)]


def entries_about(user: User) -> QuerySet[Any]:
    """Return what was written down of what the person did, and of what was done to them."""
    mine = references(user)
    return AuditEntry.objects.filter(Q(actor=user.public_id) | Q(object_id__in=mine))


def answers_to(user: User) -> QuerySet[Any]:
    return IdempotencyRecord.objects.filter(principal=user.public_id)


def steps_of(user: User) -> QuerySet[Any]:
    """Return what the applicant was told of the own applications; curators' notes are theirs."""
    return ApplicationStep.objects.filter(application__mentor__user=user, for_applicant=True)


TABLES = (
    Table(
        model="kernel.savedview",
        whose=("owner",),
        section="saved_views",
        says="Filters of lists in the back office that you saved under a name.",
        shown=("listed", "name", "query", "created_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="kernel.auditentry",
        rows=entries_about,
        section="log",
        says="What you did that is written down for good, and what was done to your account.",
        shown=("at", "action", "object_type", "object_id", "data"),
        fate=Fate.CHANGED,
        why="Who did what and when stays, by reference; words and addresses are taken out.",
    ),
    Table(
        model="kernel.idempotencyrecord",
        rows=answers_to,
        says="Answers that you were given, kept for 30 days so that a repeated call gets the "
        "same; what they told is in the other sections.",
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.user",
        whose=("pk",),
        section="account",
        says="Your account.",
        shown=(
            "id",
            "email",
            "name",
            "time_zone",
            "language",
            "is_active",
            "date_joined",
            "last_login",
        ),
        fate=Fate.CHANGED,
        why="Bookings, payments and the ledger refer to it: it stays without a name, an "
        "address or a way to sign in.",
    ),
    Table(
        model="accounts.client",
        whose=("user",),
        section="client",
        says="That you book sessions.",
        shown=("id", "created_at"),
        fate=Fate.KEPT,
        why="Bookings and payments refer to it; it says nothing by itself.",
    ),
    Table(
        model="accounts.mentor",
        whose=("user",),
        section="mentor",
        says="That you offer sessions, and what stands in the directory beside your name.",
        shown=(
            "id",
            "slug",
            "status",
            "category__name",
            "location",
            "languages",
            "created_at",
        ),
        fate=Fate.CHANGED,
        blank={"location": "", "languages": []},
        why="Sold sessions and payouts refer to it.",
    ),
    Table(
        model="accounts.application",
        whose=("mentor__user", "first_by", "second_by"),
        mine=("mentor__user",),
        section="applications",
        says="Your applications to be a mentor.",
        shown=("id", "state", "created_at", "submitted_at", "state_since"),
        fate=Fate.KEPT,
        stays=("state",),
        why="It shows that two people let a mentor in; it says nothing by itself.",
    ),
    Table(
        model="accounts.applicationstep",
        rows=steps_of,
        mine=("application__mentor__user",),
        section="application_steps",
        says="What became of your applications, and what curators wrote to you.",
        shown=("application__id", "at", "event", "to_state", "comment"),
        fate=Fate.CHANGED,
        stays=("event", "to_state"),
        why="What was decided, when and by whom stays, without what was said.",
    ),
    Table(
        model="accounts.applicationtick",
        whose=("application__mentor__user", "by"),
        mine=("application__mentor__user",),
        says="What curators noted when they checked an application; told to you by what they "
        "decided.",
        fate=Fate.CHANGED,
        stays=("check_of",),
        why="That it was checked, when and by whom stays, without what was noted.",
    ),
    Table(
        model="accounts.suspension",
        whose=("mentor__user", "by", "lifted_by"),
        mine=("mentor__user",),
        section="suspensions",
        says="When your profile was suspended, why, and when it was let back.",
        shown=("id", "at", "reason", "holds_payouts", "lifted_at", "lift_reason"),
        fate=Fate.CHANGED,
        stays=("was",),
        why="Refunds and payouts refer to it: that it was, when and by whom, without the reason.",
    ),
    Table(
        model="accounts.emailchange",
        whose=("user",),
        section="changes_of_address",
        says="E-mail addresses that you had or wanted, and when you changed them.",
        shown=("old_address", "new_address", "asked_at", "confirmed_at", "undone_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="account.emailaddress",
        whose=("user",),
        section="addresses",
        says="The e-mail address that you proved to read.",
        shown=("email", "verified", "primary"),
        fate=Fate.DELETED,
    ),
    Table(
        model="account.emailconfirmation",
        whose=("email_address__user",),
        says=SECRET,
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.refreshtoken",
        whose=("family__user",),
        says=SECRET,
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.refreshfamily",
        whose=("user",),
        section="sign_ins",
        says="The devices that you signed in on: address, browser and times.",
        shown=(
            "id",
            "channel",
            "source",
            "user_agent",
            "second_factor",
            "created_at",
            "last_used_at",
            "ended_at",
            "end_reason",
        ),
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.emailcode",
        whose=("user",),
        says=SECRET,
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.ceremony",
        whose=("user",),
        says="A way of signing in that was begun and not finished; gone within the hour.",
        fate=Fate.DELETED,
    ),
    Table(
        model="mfa.authenticator",
        whose=("user",),
        section="second_factors",
        says="The authenticator apps, recovery codes and passkeys that you set up, without "
        "their secrets.",
        shown=("type", "created_at", "last_used_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="socialaccount.socialaccount",
        whose=("user",),
        section="other_sites",
        says="Other sites that you sign in with, and what they told of you.",
        shown=("provider", "uid", "extra_data", "date_joined", "last_login"),
        fate=Fate.DELETED,
    ),
    Table(
        model="socialaccount.socialtoken",
        whose=("account__user",),
        says=SECRET,
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.user_groups",
        whose=("user",),
        section="groups",
        says="What you may do here beyond what everybody may.",
        shown=("group__name",),
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.user_user_permissions",
        whose=("user",),
        section="permissions",
        says="What you were allowed one by one.",
        shown=("permission__name",),
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.personalexport",
        whose=("user", "requested_by"),
        mine=("user",),
        section="exports",
        says="When such a file as this was asked for.",
        shown=("id", "requested_at", "ready_at", "expires_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="accounts.erasure",
        whose=("user", "requested_by", "withdrawn_by", "done_by"),
        mine=("user",),
        section="erasures",
        says="That it was asked to take you out of everything.",
        shown=("id", "requested_at", "reason", "withdrawn_at", "done_at"),
        fate=Fate.CHANGED,
        blank={"reason": ""},
        why="It shows that it was done, when, and by whom.",
    ),
)


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(*TABLES)
