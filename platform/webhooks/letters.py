"""What the owner of an endpoint is told when it is switched off. Written into the outbox."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel import display
from notifications.outbox import put_email
from webhooks.models import Endpoint


def disabled(endpoint: Endpoint, *, now: datetime) -> None:
    """Tell its owner, or of the site's whoever made it, that nothing is sent there any more."""
    reader = endpoint.owner or endpoint.made_by
    if not reader.is_active:
        return
    local = now.astimezone(ZoneInfo(reader.time_zone))
    put_email(
        key=f"webhook-disabled:{endpoint.public_id}:{now:%Y%m%dT%H%M%S}",
        template="webhook_disabled",
        to=reader.email,
        context={
            "name": reader.name,
            "host": endpoint.host,
            "endpoint": endpoint.public_id,
            "reason": endpoint.get_disabled_reason_display(),
            "at": f"{local:%A, %-d %B %Y, %H:%M} {display.zone_words(local)}",
        },
    )
