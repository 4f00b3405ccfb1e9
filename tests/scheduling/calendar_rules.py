"""What Google, Apple and Outlook ask of a calendar document, by two parsers that share nothing.

icalendar writes our documents, so it must not be their only reader: vobject reads them too, with
the zone under a name that it cannot know, so that its instants come from the VTIMEZONE alone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import vobject
from dateutil.tz import tzical  # type: ignore[import-untyped]
from icalendar import Calendar
from vobject.icalendar import registerTzid

ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS")
INVITING = {"REQUEST", "CANCEL"}


def unfolded(text: str) -> str:
    return re.sub(r"\r\n[ \t]", "", text)


def events(text: str) -> list[list[str]]:
    """Return the content lines of each event."""
    found = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", unfolded(text), re.DOTALL)
    return [block.split("\r\n")[:-1] for block in found]


def value(lines: list[str], name: str) -> str:
    [line] = [line for line in lines if re.match(rf"{name}[;:]", line)]
    return line.partition(":")[2]


def faults(text: str, *, method: str) -> list[str]:
    """Return every rule that a document breaks, in words; an empty list for a good one."""
    found = [*_of_lines(text), *_of_the_whole(text, method)]
    for lines in events(text):
        found += _of_an_event(lines, method)
    if not found:
        found += _of_instants(text)
    return found


def _of_lines(text: str) -> Iterator[str]:
    if not text.endswith("END:VCALENDAR\r\n"):
        yield "it does not end with END:VCALENDAR"
    if re.search(r"(?<!\r)\n|\r(?!\n)", text):
        yield "a line does not end with CRLF"
    for line in text.split("\r\n"):
        if len(line.encode()) > 75:
            yield f"a line has {len(line.encode())} octets"
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line):
            yield "a line holds a control character"
    for line in unfolded(text).split("\r\n")[:-1]:
        if not re.match(r"[A-Z-]+((;[A-Z-]+=(\"[^\"]*\"|[^\";:,]*))*):", line):
            yield f"no content line: {line[:40]}"


def _of_the_whole(text: str, method: str) -> Iterator[str]:
    lines = unfolded(text).split("\r\n")
    for needed in ("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}"):
        if lines.count(needed) != 1:
            yield f"not one {needed}"
    if len([line for line in lines if line.startswith("PRODID:")]) != 1:
        yield "not one PRODID"
    named = set(re.findall(r"^DT(?:START|END);TZID=([^:;]+):", unfolded(text), re.MULTILINE))
    ruled = re.findall(r"^TZID:(.+)\r$", unfolded(text), re.MULTILINE)
    if sorted(named) != sorted(ruled):
        yield f"zones {sorted(named)} are named, {sorted(ruled)} have rules"
    if method in INVITING and len(events(text)) != 1:
        yield "an invitation has one event"
    uids = [value(one, "UID") for one in events(text) if any(x.startswith("UID:") for x in one)]
    if len(set(uids)) != len(uids):
        yield "two events have one UID"


def _of_an_event(lines: list[str], method: str) -> Iterator[str]:
    for name in ONCE:
        count = len([line for line in lines if re.match(rf"{name}[;:]", line)])
        if count != 1:
            yield f"{count} times {name}"
            return
    if not re.fullmatch(r"\d{8}T\d{6}Z", value(lines, "DTSTAMP")):
        yield "DTSTAMP is not in UTC"
    if not value(lines, "SEQUENCE").isdecimal():
        yield "SEQUENCE is no number"
    if method == "CANCEL" and value(lines, "STATUS") != "CANCELLED":
        yield "a CANCEL is not CANCELLED"
    if method == "REQUEST" and value(lines, "STATUS") != "CONFIRMED":
        yield "a REQUEST is not CONFIRMED"
    organizers = [line for line in lines if line.startswith("ORGANIZER")]
    attendees = [line for line in lines if line.startswith("ATTENDEE")]
    if method in INVITING:
        if len(organizers) != 1 or not re.search(r":mailto:\S+@\S+$", "".join(organizers)):
            yield "not one ORGANIZER with an address"
        for line in attendees or ["nobody"]:
            if not re.search(r":mailto:\S+@\S+$", line):
                yield "no ATTENDEE with an address"
            if ";PARTSTAT=" not in line or ";RSVP=" not in line:
                yield "an ATTENDEE has no PARTSTAT or RSVP"
    elif attendees:
        yield "a calendar to subscribe to invites somebody"


def instants(text: str) -> dict[str, tuple[datetime, datetime]]:
    """Return when each event begins and ends, in UTC, as icalendar reads it."""
    calendar: Any = Calendar.from_ical(text)
    return {
        str(event["UID"]): (event.start.astimezone(UTC), event.end.astimezone(UTC))
        for event in calendar.events
    }


def instants_by_rules(text: str) -> dict[str, tuple[datetime, datetime]]:
    """Return the same as vobject reads it, which has the document's own rules to go by."""
    hidden = re.sub(r"(TZID[=:])([A-Za-z_+\-/0-9]+)", r"\1Somewhere/\2", unfolded(text))
    # vobject keeps the first zone of a name for all later documents, and takes one that was UTC
    # from 2000 to 2020 for UTC: so the rules of each document are given to it by hand.
    for rules in re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE", hidden, re.DOTALL):
        [name] = re.findall(r"^TZID:(.+)\r$", rules, re.MULTILINE)
        registerTzid(name, tzical(StringIO(rules)).get())
    calendar = vobject.readOne(hidden)
    return {
        event.uid.value: (
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
        )
        for event in calendar.contents.get("vevent", [])
    }


def _of_instants(text: str) -> Iterator[str]:
    one, other = instants(text), instants_by_rules(text)
    if one != other:
        yield f"the two parsers differ: {one} and {other}"
