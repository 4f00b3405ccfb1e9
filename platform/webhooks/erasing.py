"""What an erasure does to a person's endpoints, beyond a table's columns."""

from django.db.models import Value
from django.db.models.functions import Coalesce

from kernel import clock
from kernel.personal import Former
from webhooks.models import Delivery, Endpoint
from webhooks.personal import NOWHERE
from webhooks.states import State


def take_out(former: Former) -> None:
    """Take the person's endpoints out for good, and leave no address behind."""
    now, mine = clock.now(), Endpoint.objects.filter(owner=former.user)
    Delivery.objects.filter(endpoint__in=mine, state=State.WAITING).update(
        state=State.MISSED, ended_at=now
    )
    mine.update(
        url=NOWHERE,
        description="",
        removed_at=Coalesce("removed_at", Value(now)),
        disabled_at=Coalesce("disabled_at", Value(now)),
        disabled_reason=Value("removed"),
        secret="",
        previous_secret="",
        previous_until=None,
    )
