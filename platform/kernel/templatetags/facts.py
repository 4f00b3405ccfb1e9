"""`{{ amount|money:currency }}`, `{{ at|instant }}`: see `kernel.display`.

What public pages show is written in their language: `price`, `day` and `slot` (`kernel.written`).
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel import display, written
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
def price(value: Money) -> str:
    """Write a Money in the page's language: `$1,240.75 USD`, `1.240,75 USD`."""
    return str(written.amount(value.amount_minor, value.currency))


@register.filter
def day(value: date) -> str:
    """Write a day in the page's language: `24 November 2026`, `24. November 2026`."""
    return written.date_alone(value)


@register.filter
def slot(value: datetime | None, zone: str = "") -> SafeString | str:
    """Write a start that may be booked in the page's language: soon, so without its year."""
    if value is None:
        return display.NOTHING
    local = value.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())
    return format_html(
        '<time class="cf-time" datetime="{}" title="{} UTC">{} {}</time>',
        value.isoformat(),
        f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        written.start(local),
        display.zone_words(local),
    )


@register.filter
def minutes(value: int) -> str:
    """Write a length: `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(value, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)
