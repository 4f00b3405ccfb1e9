"""Facts for letters and public pages, in the language that is active when they are read: instants,
days, amounts.

All are lazy: an operation makes them where it knows the fact, and they are written where the
letter is rendered, in its reader's language (`notifications.outbox.put_email`). Weekdays and
months are Django's own words; how a date and an amount are put together is here.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.functional import lazy
from django.utils.translation import get_language

from kernel import display
from kernel.money import exponent

ENGLISH: Final = "en"
GERMAN: Final = "de"
_DAY: Final = {ENGLISH: "l, j F Y", GERMAN: "l, j. F Y"}
_DATE: Final = {ENGLISH: "j F Y", GERMAN: "j. F Y"}
_START: Final = {ENGLISH: "D j M", GERMAN: "D, j. M"}


def language() -> str:
    """Return the active language, `en` where none is or it has no rules here."""
    active = (get_language() or ENGLISH).partition("-")[0]
    return active if active in _DAY else ENGLISH


def day(at: datetime, zone: str) -> str:
    """Write the day of an instant in `zone` (IANA): `Tuesday, 24 November 2026`."""
    return _later(lambda: _day(_local(at, zone)))


def hour(at: datetime, zone: str) -> str:
    """Write the time of an instant in `zone`: `13:00`."""
    return f"{_local(at, zone):%H:%M}"


def moment(at: datetime, zone: str) -> str:
    """Write an instant in `zone` and name the zone: `Tuesday, 24 November 2026, 13:00 London`."""
    local = _local(at, zone)
    return _later(lambda: f"{_moment(local)} {display.zone_words(local)}")


def moment_alone(at: datetime, zone: str) -> str:
    """Write an instant in `zone`, which the letter names elsewhere."""
    return _later(lambda: _moment(_local(at, zone)))


def span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Write from when to when: `Tuesday, 24 November 2026, 13:00 – 14:00 London`."""
    starts, ends = _local(starts_at, zone), _local(ends_at, zone)
    return _later(lambda: f"{_moment(starts)} – {ends:%H:%M} {display.zone_words(starts)}")


def date_alone(value: date) -> str:
    """Write a day without its weekday: `24 November 2026`."""
    return dateformat.format(value, _DATE[language()])


def weekday(value: date) -> str:
    """Write a day of these weeks: `Tue 24 Nov`."""
    return dateformat.format(value, _START[language()])


def start(local: datetime) -> str:
    """Write a start of these weeks, as its own zone has it: `Tue 24 Nov, 13:00`."""
    return f"{weekday(local)}, {local:%H:%M}"


def amount(amount_minor: int, currency: str) -> str:
    """Write an amount of minor units: `$1,240.75 USD`, in German `1.240,75 USD`."""
    return _later(lambda: _amount(amount_minor, currency))


def by_language(*, en: str, de: str) -> str:
    """Write the same in the reader's language, where it is too short for a letter's own words."""
    return _later(lambda: de if language() == GERMAN else en)


def _later(write: Callable[[], str]) -> str:
    """Return what behaves as a string and is written whenever it is read."""
    return lazy(write, str)()


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def _day(local: datetime) -> str:
    return dateformat.format(local, _DAY[language()])


def _moment(local: datetime) -> str:
    return f"{_day(local)}, {local:%H:%M}"


def _amount(amount_minor: int, currency: str) -> str:
    if language() != GERMAN:
        return display.money_text(amount_minor, currency)
    digits = exponent(currency)
    whole, part = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}".replace(",", ".") + (f",{part:0{digits}d}" if digits else "")
    return f"{'−' if amount_minor < 0 else ''}{number} {currency}"
