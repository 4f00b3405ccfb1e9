"""How a fact is written for people: money with its currency, time with its zone, states in words.

The pages, the back office and the e-mails share it, so that the same thing looks the same.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.money import exponent

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$"}
NOTHING = "–"


def money_text(amount_minor: int, currency: str, *, code: bool = True) -> str:
    """Return such as `$81.80 USD` or `−$3.20 USD`; the code alone where no symbol is known."""
    digits = exponent(currency)
    whole, part = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    sign = "−" if amount_minor < 0 else ""
    symbol = SYMBOLS.get(currency)
    if symbol is None:
        return f"{sign}{currency} {number}"
    return f"{sign}{symbol}{number} {currency}" if code else f"{sign}{symbol}{number}"


def money_html(amount_minor: int, currency: str) -> SafeString:
    """Return the amount as a figure that tables align on the right."""
    return format_html('<span class="cf-money">{}</span>', money_text(amount_minor, currency))


def instant_html(
    at: datetime | None, *, zone: ZoneInfo | None = None, year: bool = True
) -> SafeString | str:
    """Return the instant in the reader's zone, named by its city, with UTC as its title."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone or timezone.get_current_timezone())
    return format_html(
        '<time class="cf-time" datetime="{}" title="{} UTC">{} {}</time>',
        at.isoformat(),
        at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S"),
        f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}"
        if year
        else f"{local:%a} {local.day} {local:%b}, {local:%H:%M}",
        zone_words(local),
    )


def day_html(at: datetime | None) -> SafeString | str:
    """Return the instant's day in the reader's zone; the hour and UTC as its title."""
    if at is None:
        return NOTHING
    local = at.astimezone(timezone.get_current_timezone())
    return format_html(
        '<time class="cf-time" datetime="{}" title="{} {}, {} UTC">{}</time>',
        at.isoformat(),
        f"{local:%H:%M}",
        zone_words(local),
        at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S"),
        f"{local.day} {local:%b %Y}",
    )


def day_words(day: date | None) -> str:
    """Return a day that has no hour: `1 Sep 2026`."""
    return NOTHING if day is None else f"{day.day} {day:%b %Y}"


def zone_words(local: datetime) -> str:
    """Return the city of an instant's zone (`London`): abbreviations such as CST mean many."""
    _, slash, city = str(local.tzinfo).rpartition("/")
    return city.replace("_", " ") if slash else (local.tzname() or "UTC")


def state_words(state: str) -> str:
    """Return `In progress` for `in_progress`."""
    return state.replace("_", " ").capitalize()


def state_html(state: str, *, tone: str) -> SafeString:
    """Return the state as a word and a colour; `tone` is info, success, warning, danger, quiet."""
    return format_html('<span class="cf-state cf-state--{}">{}</span>', tone, state_words(state))
