"""`{{ amount|money:currency }}`, `{{ at|instant }}`: see `kernel.display`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import SafeString

from kernel import display
from kernel.money import Money

register = template.Library()


@register.filter
def money(value: Money | int, currency: str = "") -> str:
    """Write a Money, or minor units with their currency."""
    if isinstance(value, Money):
        return display.money_text(value.amount_minor, value.currency)
    return display.money_text(value, currency)


@register.filter
def instant(value: datetime | None, zone: str = "") -> SafeString | str:
    """Write an instant in `zone`, or in the reader's."""
    return display.instant_html(value, zone=ZoneInfo(zone) if zone else None)


@register.filter
def slot(value: datetime | None, zone: str = "") -> SafeString | str:
    """Write a start that may be booked: soon, so without its year."""
    return display.instant_html(value, zone=ZoneInfo(zone) if zone else None, year=False)


@register.filter
def minutes(value: int) -> str:
    """Write a length: `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(value, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)
