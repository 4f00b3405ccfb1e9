"""The inbox of gateways: what they told us, raw, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.models.payment import Payment
from billing.models.payout import Payout
from billing.states import GATEWAY_EVENT, GatewayEventEvent, GatewayEventState
from kernel.ids import public_id, uuid7


class GatewayEvent(models.Model):
    """One webhook whose signature was right. Written once per (gateway, event id).

    An event is only a hint that an object has news; `settle` fetches the object itself. The
    hints (`intent_id`, `charge_id`, `payment_hint`, `payout_hint`) say where to look; `payment`
    or `payout` is what was found. `outcome` is settle's word for what it did, `error` why the
    last attempt failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=255, blank=True, default="")
    intent_id = models.CharField(max_length=255, blank=True, default="")
    charge_id = models.CharField(max_length=255, blank=True, default="")
    payment_hint = models.UUIDField(null=True, blank=True)
    payout_hint = models.UUIDField(null=True, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in GatewayEventState],
        default=GatewayEventState.RECEIVED,
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    attempts = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=30, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        permissions: ClassVar = [("replay_gatewayevent", "Can replay what a gateway told")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "event_id"], name="billing_gatewayevent_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in GatewayEventState]),
                name="billing_gatewayevent_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="received", processed_at=None)
                | (~Q(state="received") & Q(processed_at__isnull=False)),
                name="billing_gatewayevent_processed_at_agrees",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at", "id"],
                condition=Q(state="received"),
                name="billing_gatewayevent_waiting",
            ),
            models.Index(fields=["-received_at", "-id"], name="billing_gatewayevent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.type} {self.event_id}"

    @property
    def public_id(self) -> str:
        return public_id("evt", self.pk)

    def transition(self, event: GatewayEventEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = GATEWAY_EVENT.target(GatewayEventState(self.state), event)
