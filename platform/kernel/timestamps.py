"""Instants as text for other programs: RFC 3339 in UTC, as the API writes them."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """Return such as `2027-03-01T09:00:00Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
