"""Another time for a session, proposed by one of its people and answered by the other."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from scheduling.models.session import Session
from scheduling.states import PROPOSAL, ProposalEvent, ProposalState, Side, State

MOST_STARTS = 3
MESSAGE_LENGTH = 500


class Proposal(models.Model):
    """Up to three starts, of which the other one may accept one; until then nothing moves.

    `chosen` is the accepted start. `refund_cap_bps` is what the client's cancelling gave back at
    the hour of asking, where the client asked. It lapses with the session's start, by the clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="proposals")
    side = models.CharField(max_length=6, choices=[(side.value, side.value) for side in Side])
    starts = ArrayField(models.DateTimeField(), size=MOST_STARTS)
    message = models.CharField(max_length=MESSAGE_LENGTH, blank=True, default="")
    refund_cap_bps = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in ProposalState]
    )
    chosen = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(state="open"), name="scheduling_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(starts__len__gte=1, starts__len__lte=MOST_STARTS),
                name="scheduling_proposal_one_to_three_starts",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="scheduling_proposal_answered_at_agrees",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", chosen__isnull=False)
                | (~Q(state="accepted") & Q(chosen=None)),
                name="scheduling_proposal_chosen_where_accepted",
            ),
            models.CheckConstraint(
                condition=Q(side="client", refund_cap_bps__isnull=False, refund_cap_bps__lte=10_000)
                | Q(side="mentor", refund_cap_bps=None),
                name="scheduling_proposal_cap_of_clients",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["session", "id"], name="proposal_of_session")]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    def answer(
        self, event: ProposalEvent, *, now: datetime, chosen: datetime | None = None
    ) -> Self:
        """Answer it, behind the session's lock. Raises IllegalTransition unless it is open."""
        self.state = PROPOSAL.target(ProposalState(self.state), event).value
        self.answered_at, self.chosen = now, chosen
        self.save(update_fields=["state", "answered_at", "chosen"])
        return self

    def stands(self, *, now: datetime) -> bool:
        """Say whether it may still be accepted: it lapses with the session or its last start."""
        session = self.session
        return (
            self.state == ProposalState.OPEN
            and session.state == State.CONFIRMED
            and now < min(session.starts_at, max(self.starts))
        )

    @property
    def public_id(self) -> str:
        return public_id("prp", self.pk)
