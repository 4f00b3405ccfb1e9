"""What the owner of an endpoint is told of it by mail. Written into the outbox."""

from datetime import datetime
from enum import StrEnum

from django.conf import settings

from accounts.models import User
from kernel import written
from kernel.ids import uuid7
from notifications.outbox import put_email
from webhooks.models import Endpoint


class Change(StrEnum):
    """What is told at once, because it lets somebody read along or pass for us."""

    MADE = "made"
    MOVED = "moved"
    ROTATED = "rotated"


def changed(
    endpoint: Endpoint, change: Change, *, by: User, now: datetime, moved_from: str = ""
) -> None:
    """Tell its owner; of the site's whoever did it, and whoever made it.

    `moved_from` is the host that it was at before.
    """
    readers = {endpoint.owner} if endpoint.owner else {by, endpoint.made_by}
    for reader in readers:
        if not reader.is_active:
            continue
        put_email(
            key=f"webhook-changed:{uuid7()}",
            template="webhook_changed",
            to=reader.email,
            language=reader.language,
            context={
                "name": reader.name,
                "host": endpoint.host,
                "endpoint": endpoint.public_id,
                "change": change.value,
                "moved_from": moved_from,
                "of_site": endpoint.owner is None,
                "by": "" if by == reader else by.name,
                "at": written.moment(now, reader.time_zone),
                "reset_link": f"{settings.PUBLIC_URL}/app/forgot",
            },
        )


def disabled(endpoint: Endpoint, *, now: datetime) -> None:
    """Tell its owner, or of the site's whoever made it, that nothing is sent there any more."""
    reader = endpoint.owner or endpoint.made_by
    if not reader.is_active:
        return
    put_email(
        key=f"webhook-disabled:{endpoint.public_id}:{now:%Y%m%dT%H%M%S}",
        template="webhook_disabled",
        to=reader.email,
        language=reader.language,
        context={
            "name": reader.name,
            "host": endpoint.host,
            "endpoint": endpoint.public_id,
            "reason": endpoint.get_disabled_reason_display(),
            "at": written.moment(now, reader.time_zone),
        },
    )
