"""What one of a session's two people reports of it, and what the staff decided."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from scheduling.models.session import Session
from scheduling.states import INCIDENT, IncidentEvent, IncidentKind, IncidentState, Side

REASON_LENGTH = 500


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Reading reports by what they mean."""

    def open(self) -> Self:
        """Reports that the staff have not decided on."""
        return self.filter(state=IncidentState.OPEN)

    def holding(self, session_ids: Iterable[UUID]) -> set[UUID]:
        """Return which of the sessions wait for the staff: the clock leaves them alone."""
        return set(
            self.open().filter(session__in=list(session_ids)).values_list("session_id", flat=True)
        )

    def overtake(self, session: Session, *, by: str, reason: str, now: datetime) -> None:
        """Close what is open of a session that has ended otherwise, behind the session's lock."""
        for incident in self.open().filter(session=session):
            incident.answer(IncidentEvent.OVERTAKE, by=by, reason=reason, now=now)


class Incident(models.Model):
    """A report of an emergency, or of the other one's absence, once of each kind and side.

    While it is open the clock does not complete the session, and the mentor's share of one that
    is completed stays on hold. `held_minutes` of the session's length decided on the share, where
    nobody was at fault. What was reported is never rewritten, and decided once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(
        max_length=9, choices=[(kind.value, kind.value) for kind in IncidentKind]
    )
    side = models.CharField(max_length=6, choices=[(side.value, side.value) for side in Side])
    reported_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=REASON_LENGTH)
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=13,
        choices=[(state.value, state.value.replace("_", " ")) for state in IncidentState],
    )
    held_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True, default="")
    decision = models.CharField(max_length=REASON_LENGTH, blank=True, default="")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "side", "kind"], name="scheduling_incident_once_of_each"
            ),
            models.UniqueConstraint(
                fields=["session", "side"],
                condition=Q(state="open"),
                name="scheduling_incident_one_open_of_a_side",
            ),
            models.CheckConstraint(
                condition=Q(kind="emergency", state__in=["open", "mentor_fault", "pro_rata"])
                | Q(kind="absence", state__in=["open", "mentor_absent", "client_absent"])
                | Q(
                    kind__in=["emergency", "absence"], state__in=["dismissed", "moot", "withdrawn"]
                ),
                name="scheduling_incident_state_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by="", decision="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="scheduling_incident_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="pro_rata", held_minutes__isnull=False)
                | (~Q(state="pro_rata") & Q(held_minutes=None)),
                name="scheduling_incident_minutes_where_they_decide",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="scheduling_incident_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(kind="emergency", side="mentor", state="withdrawn"),
                name="scheduling_incident_emergency_of_a_mentor_stays",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at", "id"], condition=Q(state="open"), name="incident_to_decide"
            ),
            models.Index(fields=["session", "id"], name="incident_of_session"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    def answer(
        self,
        event: IncidentEvent,
        *,
        by: str,
        reason: str,
        now: datetime,
        held_minutes: int | None = None,
    ) -> Self:
        """Decide on it, behind the session's lock. Raises IllegalTransition unless it is open."""
        self.state = INCIDENT.target(IncidentState(self.state), event).value
        self.decided_at, self.decided_by = now, by
        self.decision, self.held_minutes = reason[:REASON_LENGTH], held_minutes
        self.save(update_fields=["state", "decided_at", "decided_by", "decision", "held_minutes"])
        return self

    @property
    def public_id(self) -> str:
        return public_id("inc", self.pk)
