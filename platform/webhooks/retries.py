"""When a delivery that failed is tried again. Pure: it is handed the instant and the chance.

The pauses are those that Standard Webhooks 1.0.0 advises: ten tries within some 75 hours.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_TRIES = len(PAUSES) + 1
JITTER = 0.1  # a pause is up to so much of itself longer
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=1)
LONGEST_WISH = timedelta(hours=24)
LONGEST_HEADER = 64  # characters; a date of RFC 9110 has 29, the obsolete ones 33 at the most
DISABLED_AFTER = timedelta(days=5)


def pause_after(tries: int, *, chance: float) -> timedelta | None:
    """Return the pause behind this many failed tries, None behind the last; `chance` is in 0-1."""
    if tries >= MAX_TRIES:
        return None
    return PAUSES[tries - 1] * (1 + JITTER * chance)


def rest_after(failures: int) -> timedelta:
    """Return how long an endpoint is left alone that failed so many times in a row.

    All that waits for it waits so long, so that one that is down costs us a call a minute.
    """
    doublings = min(failures - 1, 10)
    return min(FIRST_REST * int(2**doublings), LONGEST_REST)


def wish_of(retry_after: str, *, now: datetime) -> timedelta:
    """Return the pause that a `Retry-After` asks for (RFC 9110, 10.2.3), none where it is no such.

    At most a day: an endpoint cannot have us keep things for ever.
    """
    text = retry_after.strip()
    if len(text) > LONGEST_HEADER:
        return timedelta(0)
    if text.isascii() and text.isdigit() and len(text) < 10:
        wish = timedelta(seconds=int(text))
    else:
        try:
            at = parsedate_to_datetime(text)
            wish = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
        except (ValueError, OverflowError):  # a year or a zone of twenty digits overflows
            return timedelta(0)
    return max(timedelta(0), min(wish, LONGEST_WISH))
