"""Who waits for a seat in a full group meeting, and to whom one was offered."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import Client
from kernel.ids import public_id, uuid7
from scheduling.models.meeting import Meeting
from scheduling.models.session import Session
from scheduling.states import WAIT, State, WaitEvent, WaitState

MOST_WAITS = 20


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    """Reading who waits."""

    def waiting(self) -> Self:
        """Those to whom no seat was offered yet, and who still want one."""
        return self.filter(state=WaitState.WAITING)

    def with_position(self) -> Self:
        """With `ahead`: how many wait before each in the same meeting."""
        before = (
            WaitlistEntry.objects.waiting()
            .filter(meeting=models.OuterRef("meeting"), number__lt=models.OuterRef("number"))
            .order_by()
            .values("meeting")
            .annotate(n=models.Count("pk"))
            .values("n")
        )
        return self.annotate(ahead=Coalesce(models.Subquery(before), 0))


class WaitlistEntry(models.Model):
    """One client's place in the line before a meeting: `number` is the order of joining.

    An offer is a session, held for the client until it expires: its seat, its price and its end
    are that session's, and so is what became of it.
    """

    class Reason(models.TextChoices):
        TOO_LATE = "too_late", "the meeting is too near"
        WITHDRAWN = "withdrawn", "the meeting does not take place"
        CLIENT_BUSY = "client_busy", "the client has another session then"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="waitlist")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in WaitState]
    )
    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="waited"
    )
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="scheduling_waitlistentry_number_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "client"],
                condition=Q(state="waiting"),
                name="scheduling_waitlistentry_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="scheduling_waitlistentry_number_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="scheduling_waitlistentry_ended_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", session__isnull=False)
                | (~Q(state="offered") & Q(session=None)),
                name="scheduling_waitlistentry_session_where_offered",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", reason__in=["too_late", "withdrawn", "client_busy"])
                | (~Q(state="closed") & Q(reason="")),
                name="scheduling_waitlistentry_reason_where_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["meeting", "number"],
                condition=Q(state="waiting"),
                name="waitlist_of_meeting",
            ),
            models.Index(fields=["client", "-created_at", "-id"], name="waitlist_of_client"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def public_id(self) -> str:
        return public_id("wtl", self.pk)

    def move(self, event: WaitEvent, *, now: datetime, **changes: Any) -> Self:
        """Move it behind the meeting's lock. Raises IllegalTransition unless it waits."""
        self.state = WAIT.target(WaitState(self.state), event).value
        self.ended_at = now
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=["state", "ended_at", *changes])
        return self

    def status(self, *, now: datetime) -> str:
        """Say where it stands in one word; of an offer what has become of its session."""
        session = self.session
        if session is None:
            return self.state
        if session.confirmed_at is not None or hasattr(session, "replaced_by"):
            return "accepted"
        if session.state == State.CANCELLED:
            return "declined" if session.cancelled_by == "client" else "closed"
        over = session.expires_at is None or session.expires_at <= now
        return "lapsed" if over else "offered"
