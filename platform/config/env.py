"""Typed readers of environment variables: the one place where the environment is read.

An unknown or empty value stops the start and names the variable, because a setting that is
silently ignored is found in production. It knows nothing of what the values are for.
"""

import os
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class BadSetting(Exception):
    """An environment variable has a value that cannot be used; the message names it."""


class Env:
    """Read variables from `source` (the process environment by default)."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self._source = os.environ if source is None else source

    def text(self, name: str, default: str | None = None) -> str:
        """Return the variable's text; raise BadSetting where it is empty or has no default."""
        value = self._source.get(name)
        if value is None:
            if default is None:
                raise BadSetting(f"{name} is not set. Set it; README.md lists every setting.")
            return default
        if not value.strip():
            raise BadSetting(f"{name} is set but empty. Give it a value or unset it.")
        return value

    def optional(self, name: str) -> str | None:
        """Return the variable's text, or None where it is not set at all."""
        return self.text(name) if name in self._source else None

    def integer(self, name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
        """Return the variable as an integer within [low, high]."""
        raw = self.text(name, str(default))
        try:
            value = int(raw)
        except ValueError:
            raise BadSetting(f"{name}={raw!r} is not a whole number.") from None
        if not low <= value <= high:
            raise BadSetting(f"{name}={value} is outside {low}..{high}.")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        """Return the variable as a boolean: 1/true/yes/on or 0/false/no/off."""
        raw = self.text(name, "on" if default else "off").lower()
        if raw in TRUE:
            return True
        if raw in FALSE:
            return False
        raise BadSetting(f"{name}={raw!r} is neither on nor off.")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return the variable where it is one of `allowed`."""
        value = self.text(name, default)
        if value not in allowed:
            raise BadSetting(f"{name}={value!r} is not one of {', '.join(allowed)}.")
        return value

    def zone(self, name: str, default: str) -> str:
        """Return the variable where it names a time zone that is known here."""
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadSetting(f"{name}={value!r} is no time zone, such as Europe/London.") from None
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        """Return a comma-separated list; an unset variable gives the default's words."""
        raw = self._source.get(name, default)
        return [word.strip() for word in raw.split(",") if word.strip()]
