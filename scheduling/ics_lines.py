"""The text of an iCalendar file as components, within limits. Pure; knows no time.

icalendar splits the lines. Its component classes are left aside: they build a file's time zones
by expanding rules without a bound, and decode attachments.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline, Contentlines

MAX_BYTES = 2_000_000
MAX_COMPONENTS = 20_000
MAX_DEPTH = 8
PROPERTIES = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"}
    | {"UID", "SEQUENCE", "STATUS", "TRANSP"}
    | {"TZID", "X-LIC-LOCATION", "TZOFFSETFROM", "TZOFFSETTO"}
)
_NAME = re.compile(r"[A-Za-z0-9-]+")


class BadCalendar(ValueError):
    """A file that is no calendar, is broken, or asks for more than its limits."""


@dataclass(frozen=True, slots=True)
class Property:
    """The value of one line and what its parameters say."""

    value: str
    parameters: Mapping[str, str]


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END; `broken` names a line that could not be split."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    children: list["Component"] = field(default_factory=list)
    broken: str = ""

    def first(self, name: str) -> Property | None:
        """Return the first property of that name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the first value of that name in capitals, or nothing."""
        found = self.first(name)
        return found.value.strip().upper() if found else ""


def calendars(data: bytes) -> list[Component]:
    """Return the VCALENDARs of a file with what they hold. Raises BadCalendar."""
    root = Component("")
    open_ = [root]
    count = 0
    for name, line in _lines(_decoded(data)):
        if name == "BEGIN":
            count += 1
            if count > MAX_COMPONENTS or len(open_) > MAX_DEPTH:
                raise BadCalendar(
                    f"It holds more than {MAX_COMPONENTS} entries, or they are nested too deep."
                )
            child = Component(line.partition(":")[2].strip().upper())
            open_[-1].children.append(child)
            open_.append(child)
        elif name == "END":
            ended = line.partition(":")[2].strip().upper()
            if len(open_) == 1 or open_.pop().name != ended:
                raise BadCalendar(f"END:{ended[:40]} has no BEGIN of its own: it is damaged.")
        elif name in PROPERTIES:
            _add(open_[-1], name, line)
    if len(open_) > 1:
        raise BadCalendar(f"It ends within {open_[-1].name[:40]}: it was cut off.")
    found = [child for child in root.children if child.name == "VCALENDAR"]
    if not found:
        raise BadCalendar("It is no iCalendar file: it has no BEGIN:VCALENDAR.")
    return found


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise BadCalendar(f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Times and zones are ASCII; a summary in an old encoding is not read, so it may be marred.
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    if "\0" in text:
        raise BadCalendar("It is no text: it holds zero bytes.")
    return text


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in Contentlines.from_ical(text):  # type: ignore[no-untyped-call]
        name = _NAME.match(line.lstrip())
        if name is not None:
            yield name[0].upper(), line.lstrip()


def _add(component: Component, name: str, line: str) -> None:
    try:
        _, parameters, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
        read = Property(
            value.strip(),
            {
                key.upper(): given if isinstance(given, str) else str(given[0])
                for key, given in parameters.items()
            },
        )
    except (ValueError, IndexError, TypeError):
        component.broken = line[:60]
        return
    component.properties.setdefault(name, []).append(read)
