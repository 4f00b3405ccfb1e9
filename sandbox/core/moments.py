"""Instants as people write them into the control plane."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def instant_of(value: Any) -> int:
    """Read epoch seconds or an aware ISO instant.

    Raises:
        TypeError: neither.
        ValueError: an instant without a time zone.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"not an instant: {value!r}")
    if isinstance(value, int):
        return value
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(f"the instant needs a time zone: {value}")
    return int(instant.timestamp())
