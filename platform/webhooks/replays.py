"""Send again: one delivery, all that failed or was missed, or an event that is only a test.

What is replayed keeps its `webhook-id`, so a reader who remembers ids does nothing twice. Locks:
the endpoint, then its deliveries. Each function opens its own transaction.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from kernel import audit, limits
from kernel.errors import Kind as RefusalKind
from kernel.errors import NotFound, Refusal
from kernel.limits import Limit
from webhooks.courier import wake
from webhooks.emitting import promise
from webhooks.endpoints import EndpointDisabled
from webhooks.kinds import TEST
from webhooks.models import Delivery, Endpoint, Event
from webhooks.queries import deliveries_of, endpoints_of
from webhooks.states import DELIVERY, Move, State

REPLAY = "webhooks.replay_delivery"
REPLAYS = Limit("webhook-replays", 60, timedelta(hours=1))
TESTS = Limit("webhook-tests", 30, timedelta(hours=1))


class DeliveryWaits(Refusal):
    """The delivery is on its way already."""

    code = "delivery_waits"


class TooManyReplays(Refusal):
    """As many replays were asked for as one may ask for within an hour."""

    code = "too_many_replays"
    kind = RefusalKind.TOO_MANY


class TooManyTests(Refusal):
    """As many test events were sent as one may send within an hour."""

    code = "too_many_test_events"
    kind = RefusalKind.TOO_MANY


def replay(*, owner: User | None, delivery_id: UUID, by: User, now: datetime) -> Delivery:
    """Have a delivery that ended sent again, with all its tries anew.

    At once, but not before the endpoint's rest is over: a minute after a failure, longer where
    it asked for that itself. Raises NotFound, EndpointDisabled, DeliveryWaits, TooManyReplays.
    """
    with transaction.atomic():
        found = deliveries_of(owner).filter(pk=delivery_id).first()
        if found is None:
            raise NotFound("There is no such delivery, or it is not yours to see.")
        _enabled(owner, found.endpoint_id)
        delivery = Delivery.objects.select_for_update(no_key=True).get(pk=found.pk)
        if delivery.state == State.WAITING:
            raise DeliveryWaits(
                f"Delivery {delivery.public_id} is on its way already; its next try is at "
                f"{delivery.due_at:%Y-%m-%d %H:%M:%S} UTC."
            )
        _count(by, now)
        delivery.state = DELIVERY.target(State(delivery.state), Move.REPLAY).value
        delivery.due_at, delivery.tries, delivery.ended_at = now, 0, None
        delivery.save(update_fields=["state", "due_at", "tries", "ended_at"])
        wake()
        _note(delivery.public_id, "webhook delivery", by, {})
    return delivery


def replay_all(
    *, owner: User | None, endpoint_id: UUID, since: datetime, by: User, now: datetime
) -> int:
    """Have all that failed or was missed since an instant sent again; return how many.

    Raises NotFound, EndpointDisabled, TooManyReplays.
    """
    with transaction.atomic():
        endpoint = _enabled(owner, endpoint_id)
        _count(by, now)
        undone = endpoint.deliveries.filter(
            state__in=[State.FAILED, State.MISSED], event__occurred_at__gte=since
        )
        count = undone.update(state=State.WAITING, due_at=now, tries=0, ended_at=None)
        if count:
            wake()
        _note(
            endpoint.public_id,
            "webhook endpoint",
            by,
            {"since": since.isoformat(), "deliveries": count},
        )
    return count


def send_test(*, owner: User | None, endpoint_id: UUID, by: User, now: datetime) -> Delivery:
    """Send an event that means nothing, whatever the endpoint asks for.

    Raises NotFound, EndpointDisabled, TooManyTests.
    """
    with transaction.atomic():
        endpoint = _enabled(owner, endpoint_id)
        counted = limits.count(TESTS, subject=str(by.pk), now=now)
        if not counted.allowed:
            raise TooManyTests(
                f"You have sent {TESTS.quota} test events within an hour; come back later.",
                retry_after=counted.reset_seconds,
            )
        event = Event.objects.create(
            kind=TEST,
            object_id=endpoint.public_id,
            occurred_at=now,
            people=[owner.pk] if owner else [],
            data={"id": endpoint.public_id, "status": endpoint.status},
        )
        promise(event, [(endpoint.pk, True)], now=now)
    return deliveries_of(owner).get(event=event)


def _enabled(owner: User | None, endpoint_id: UUID) -> Endpoint:
    rows = endpoints_of(owner).select_for_update(no_key=True)
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound("There is no such endpoint, or it is not yours to see.")
    if endpoint.disabled_at is not None:
        raise EndpointDisabled(
            f"Endpoint {endpoint.public_id} is disabled: "
            f"{endpoint.get_disabled_reason_display()}. Enable it first."
        )
    return endpoint


def _count(by: User, now: datetime) -> None:
    counted = limits.count(REPLAYS, subject=str(by.pk), now=now)
    if not counted.allowed:
        raise TooManyReplays(
            f"You have asked for {REPLAYS.quota} replays within an hour; come back later, or "
            "replay all that an endpoint missed at once.",
            retry_after=counted.reset_seconds,
        )


def _note(object_id: str, object_type: str, by: User, data: dict[str, object]) -> None:
    audit.record(
        actor=by.public_id,
        action="webhook.replayed",
        object_type=object_type,
        object_id=object_id,
        data=data,
    )
