"""One client's seat in a meeting, and the history of it. Who may change what lives elsewhere."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import Client, Mentor
from kernel.ids import public_id, uuid7
from scheduling.attendance import Outcome
from scheduling.models.meeting import Meeting
from scheduling.models.ranges import TsTzRange
from scheduling.models.series import Series
from scheduling.models.session_type import SessionType
from scheduling.states import LIVE, PAID, CancelledBy, State

# Plain strings, so that a migration holds the values and not today's table.
_LIVE = sorted(state.value for state in LIVE)
_PAID = sorted(state.value for state in PAID)

MOST_CLIENT_MOVES = 2


class SessionQuerySet(models.QuerySet["Session"]):
    """Reading sessions by what they mean at an instant."""

    def occupying(self, *, now: datetime) -> Self:
        """Sessions that keep their time: live, and no hold whose time is over."""
        return self.filter(live=True).exclude(state=State.PENDING, expires_at__lte=now)

    def overdue(self, *, now: datetime) -> Self:
        """Holds whose time is over and which nobody has expired yet."""
        return self.filter(state=State.PENDING, expires_at__lte=now)

    def upcoming(self, *, now: datetime) -> Self:
        """Sessions that keep their time and have not ended: to come, or running."""
        return self.occupying(now=now).filter(ends_at__gt=now)

    def past(self, *, now: datetime) -> Self:
        """All that are not `upcoming`: ended, cancelled, expired, or holds that are over."""
        return self.filter(
            Q(live=False) | Q(ends_at__lte=now) | Q(state=State.PENDING, expires_at__lte=now)
        )

    def unpaid_holds(self, *, now: datetime) -> Self:
        """Holds that still wait for their payment."""
        return self.filter(state=State.PENDING, expires_at__gt=now)

    def bookings(self) -> int:
        """How many bookings these are: a series is one, whatever its length."""
        one_each = Coalesce("series_id", "id")
        return self.values_list(one_each).distinct().count()


class Session(models.Model):
    """A seat: pending while held, confirmed once paid, and so on by `scheduling.states`.

    `seat` is its number in the meeting. `during`, `starts_at`/`ends_at` and the meeting's time
    agree by constraint; the client has no two live sessions at once, by constraint. Price and
    policy are frozen at the booking.
    `refund_bps` is the share of the price that the cancelling transition returned.
    `replaces` is the expired hold whose time a late payment took again. A client moved it
    `client_moves` times, and cancelling gives them no more than `refund_cap_bps` since then.
    `outcome` is what its room showed of who came; empty where that is nothing.
    One that was booked in a `series` is its `position`th, counted from 1.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="sessions")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    session_type = models.ForeignKey(SessionType, on_delete=models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField(default=1, db_default=1)
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value.replace("_", " ")) for state in State]
    )
    live = models.BooleanField(default=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    during = DateTimeRangeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    policy = models.JSONField()
    goals = models.TextField(blank=True, default="")
    sequence = models.PositiveIntegerField(default=0)
    client_moves = models.PositiveSmallIntegerField(default=0, db_default=0)
    refund_cap_bps = models.PositiveSmallIntegerField(default=10_000, db_default=10_000)
    cancelled_by = models.CharField(max_length=10, blank=True, default="")
    cancel_reason = models.CharField(max_length=500, blank=True, default="")
    refund_bps = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(
        max_length=15,
        choices=[(each.value, each.value.replace("_", " ")) for each in Outcome],
        blank=True,
        default="",
        db_default="",
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    series = models.ForeignKey(
        Series,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        db_index=False,  # `session_of_series`: most sessions are in none
    )
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [("move_session", "Can cancel, complete and decide on sessions")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="scheduling_session_state_known",
            ),
            models.CheckConstraint(
                condition=Q(live=True, state__in=_LIVE)
                | Q(live=False, state__in=["cancelled", "expired"]),
                name="scheduling_session_live_agrees_with_state",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="scheduling_session_starts_before_end",
            ),
            models.CheckConstraint(
                condition=Q(during=TsTzRange(F("starts_at"), F("ends_at"), RangeBoundary())),
                name="scheduling_session_during_is_start_to_end",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", expires_at__isnull=False)
                | (~Q(state="pending") & Q(expires_at=None)),
                name="scheduling_session_expires_only_while_pending",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False, state__in=_PAID)
                | Q(confirmed_at=None, state__in=["pending", "expired"])
                | Q(state="cancelled"),
                name="scheduling_session_confirmed_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(
                    started_at__isnull=False,
                    state__in=["in_progress", "completed", "reviewed"],
                )
                | Q(started_at=None, state__in=["pending", "confirmed", "expired"])
                | Q(state="cancelled"),
                name="scheduling_session_started_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=False, state__in=["completed", "reviewed"])
                | (~Q(state__in=["completed", "reviewed"]) & Q(completed_at__isnull=True)),
                name="scheduling_session_completed_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="cancelled",
                    cancelled_at__isnull=False,
                    cancelled_by__in=[by.value for by in CancelledBy],
                    refund_bps__isnull=False,
                    refund_bps__lte=10_000,
                )
                | (
                    ~Q(state="cancelled")
                    & Q(cancelled_at=None, cancelled_by="", cancel_reason="", refund_bps=None)
                ),
                name="scheduling_session_cancellation_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="expired", expired_at__isnull=False)
                | (~Q(state="expired") & Q(expired_at=None)),
                name="scheduling_session_expired_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(
                    outcome__in=[each.value for each in Outcome],
                    state__in=["completed", "reviewed", "cancelled"],
                ),
                name="scheduling_session_outcome_of_what_is_over",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="scheduling_session_currency_code",
            ),
            models.CheckConstraint(
                condition=Q(client_moves__lte=MOST_CLIENT_MOVES),
                name="scheduling_session_client_moves_within_maximum",
            ),
            models.CheckConstraint(
                condition=Q(refund_cap_bps__lte=10_000),
                name="scheduling_session_refund_cap_is_a_share",
            ),
            # Each seat once, and by trigger none beyond the meeting's capacity: no writer can
            # sell more than there are, one-to-one no more than one.
            models.UniqueConstraint(
                fields=["meeting", "seat"],
                condition=Q(live=True),
                name="scheduling_session_seat_once",
            ),
            models.CheckConstraint(
                condition=Q(seat__gte=1), name="scheduling_session_seat_positive"
            ),
            models.CheckConstraint(
                condition=Q(series=None, position=None)
                | Q(series__isnull=False, position__isnull=False, position__gte=1),
                name="scheduling_session_position_in_series",
            ),
            models.UniqueConstraint(
                fields=["series", "position"],
                condition=Q(live=True, series__isnull=False),
                name="scheduling_session_position_once",
            ),
            ExclusionConstraint(
                name="scheduling_session_client_no_overlap",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(state="pending"), name="session_hold_expiry"
            ),
            models.Index(
                fields=["starts_at"], condition=Q(state="confirmed"), name="session_to_start"
            ),
            models.Index(
                fields=["ends_at"], condition=Q(state="in_progress"), name="session_to_complete"
            ),
            models.Index(fields=["-starts_at", "-id"], name="session_by_start"),
            models.Index(fields=["client", "-starts_at", "-id"], name="session_of_client"),
            models.Index(fields=["mentor", "-starts_at", "-id"], name="session_of_mentor"),
            models.Index(fields=["-created_at", "-id"], name="session_newest"),
            models.Index(
                fields=["series", "position"],
                condition=Q(series__isnull=False),
                name="session_of_series",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def public_id(self) -> str:
        return public_id("ses", self.pk)

    @property
    def duration_minutes(self) -> int:
        """The length that was booked, whatever its session type has become."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class SessionEvent(models.Model):
    """One thing that happened to a session. Append-only by trigger.

    `actor` is `system` or a public user id; `from_state` is empty for the creation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    event = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["session", "at", "id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event} by {self.actor}"
