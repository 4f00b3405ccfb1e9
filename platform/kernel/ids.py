"""Identifiers: UUIDv7 inside, `prefix_base32` outside. Knows nothing of any table.

UUIDv7 (RFC 9562, 5.7) sorts by creation time, so indexes grow at one end. The public form is
opaque: a prefix that names the kind (`ses_`, `pay_`, `rfd_`) and Crockford's base 32.
"""

import os
import time
import uuid
from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: index for index, letter in enumerate(ALPHABET)}
LENGTH = 26
# Two letters at a time: a request names its person at the least once.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SHIFTS = range(120, -1, -10)


class BadPublicId(ValueError):
    """The text is not a public id of the expected kind."""


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7."""
    return uuid.UUID(int=uuid7_number())


def uuid7_number() -> int:
    """Return a new UUIDv7 as a number: 48 bits of milliseconds, 12 of their fraction, 62 random.

    With the fraction (RFC 9562, 6.2, method 3) ids of one process follow each other in order
    also within a millisecond.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    return (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random


def instant_of(value: uuid.UUID) -> datetime:
    """Return the instant, to the millisecond, at which a UUIDv7 was made."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)


def public_id(prefix: str, value: uuid.UUID) -> str:
    """Return the public form, such as `ses_01jd…` (26 characters behind the prefix)."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def parse_public_id(prefix: str, text: str) -> uuid.UUID:
    """Return the UUID of a public id; raise BadPublicId for anything else."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != LENGTH:
        raise BadPublicId(text)
    number = 0
    for letter in tail:
        if letter not in _VALUES:
            raise BadPublicId(text)
        number = number << 5 | _VALUES[letter]
    if number >= 1 << 128:
        raise BadPublicId(text)
    return uuid.UUID(int=number)
