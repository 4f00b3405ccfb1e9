"""Whether a body has the shape of PayPal's published descriptions; one entry for each fault.

A small reader of declarations (`requests.py` has them): `Text`, `Thing`, `Listed` …. A field that
the description does not have is refused; one that nothing here reads is checked and dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.messages import Json
from sandbox.paypal.errors import problem

_SYNTAX = "The value of a field does not conform to the expected format."
_LENGTH = "The value of a field is either too short or too long"
_NOT_CARRIED = "This field is not currently supported."


@dataclass(frozen=True, slots=True)
class Text:
    """A string: its length, its pattern, its few allowed values."""

    most: int = 20_000
    least: int = 0
    pattern: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Taken as it is: nothing here depends on what it says."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An object and the shapes of its fields; `must` names those it cannot do without."""

    fields: dict[str, Shape]
    must: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of one shape."""

    item: Shape
    least: int = 0
    most: int = 32_767


@dataclass(frozen=True, slots=True)
class Unread:
    """Known to the description and carried by nothing here: refused in words."""


type Shape = Text | Flag | Anything | Thing | Listed | Unread


@dataclass(slots=True)
class _Reader:
    faults: list[Json] = field(default_factory=list)

    def _say(self, issue: str, text: str, path: str, value: Any = None) -> None:
        self.faults.append(problem(issue, text, field=path or "/", value=value))

    def read(self, shape: Shape, value: Any, path: str) -> None:
        match shape:
            case Text():
                self._text(shape, value, path)
            case Flag():
                if not isinstance(value, bool):
                    self._say("INVALID_PARAMETER_SYNTAX", _SYNTAX, path, value)
            case Thing():
                self._thing(shape, value, path)
            case Listed():
                self._listed(shape, value, path)
            case Unread():
                self._say("NOT_SUPPORTED", _NOT_CARRIED, path)

    def _text(self, shape: Text, value: Any, path: str) -> None:
        if not isinstance(value, str):
            self._say("INVALID_PARAMETER_SYNTAX", _SYNTAX, path, value)
        elif not shape.least <= len(value) <= shape.most:
            self._say("INVALID_STRING_LENGTH", _LENGTH, path, value)
        elif shape.one_of and value not in shape.one_of:
            text = "A parameter value is not valid."
            self._say("INVALID_PARAMETER_VALUE", text, path, value)
        elif shape.pattern and re.search(shape.pattern, value) is None:
            self._say("INVALID_PARAMETER_SYNTAX", _SYNTAX, path, value)

    def _thing(self, shape: Thing, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            self._say("INVALID_PARAMETER_SYNTAX", _SYNTAX, path)
            return
        for name in shape.must:
            if name not in value:
                text = "A required parameter is missing."
                self._say("MISSING_REQUIRED_PARAMETER", text, f"{path}/{name}")
        for name, inner in value.items():
            if name not in shape.fields:
                self._say("NOT_SUPPORTED", _NOT_CARRIED, f"{path}/{name}")
            else:
                self.read(shape.fields[name], inner, f"{path}/{name}")

    def _listed(self, shape: Listed, value: Any, path: str) -> None:
        if not isinstance(value, list):
            self._say("INVALID_PARAMETER_SYNTAX", _SYNTAX, path)
            return
        if len(value) < shape.least:
            text = "The number of items in an array parameter is too small."
            self._say("INVALID_ARRAY_MIN_ITEMS", text, path)
        if len(value) > shape.most:
            text = "The number of items in an array parameter is too large."
            self._say("INVALID_ARRAY_MAX_ITEMS", text, path)
        for place, item in enumerate(value):
            self.read(shape.item, item, f"{path}/{place}")


def faults_of(shape: Shape, value: Any) -> list[Json]:
    """Return what is wrong with a body, as `details` of an INVALID_REQUEST; [] for nothing."""
    reader = _Reader()
    reader.read(shape, value, "")
    return reader.faults
