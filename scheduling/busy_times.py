"""When somebody else's calendar says that a mentor is busy. Pure; reads bytes, stores nothing.

The file is hostile until read: its size, entries and recurrences are bounded, and a file that is
broken is refused whole with a reason, because half a calendar would offer times that are taken.
A single entry whose time cannot be read is left out and named.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from re import ASCII
from re import compile as pattern
from typing import cast

from icalendar import vDuration

from scheduling import foreign_zones, recurrence
from scheduling.foreign_zones import Clock, Observance
from scheduling.hours import DAY, Interval, merged
from scheduling.ics_lines import BadCalendar, Component, Property, calendars
from scheduling.recurrence import BadRule, Budget, Rule, TooMuch

MAX_WORK = 1_000_000
MAX_SKIPPED = 20
MARGIN = timedelta(days=2)
# Exchange writes zones that begin in 1601 and absences that end in 9999.
EARLIEST, LATEST = datetime(1601, 1, 1), datetime(2999, 12, 31)  # noqa: DTZ001 - wall clocks
LONGEST = timedelta(days=800)
MAX_DAYS = 366_000
BUSY_KINDS = {"", "BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE"}
_TIME = pattern(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?", ASCII)
_OFFSET = pattern(r"([+-])(\d{2})(\d{2})(\d{2})?", ASCII)


class Unreadable(ValueError):
    """One entry of a calendar whose time cannot be told."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The busy times, merged and sorted; how many entries were read, and which could not be."""

    busy: Sequence[Interval]
    skipped: Sequence[str] = ()
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it is written: a wall clock and whose; `whole_day` where it is a date."""

    wall: datetime
    clock: Clock
    whole_day: bool = False

    @property
    def at(self) -> int:
        return self.clock(self.wall)


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. `length` is elapsed seconds, or days where the event is of whole days."""

    uid: str
    sequence: int
    begin: Moment
    length: int
    busy: bool
    recurrence_id: Moment | None = None
    onwards: bool = False
    rules: Sequence[Rule] = ()
    more: Sequence[tuple[Moment, int | None]] = ()
    without: Sequence[Moment] = ()

    def span(self, begin: Moment, length: int | None = None) -> Interval:
        """Return when an occurrence that begins at `begin` starts and ends."""
        if length is None and self.begin.whole_day:
            return begin.at, begin.clock(begin.wall + timedelta(days=self.length))
        return begin.at, begin.at + (self.length if length is None else length)


def read(data: bytes, *, time_zone: str, start: int, end: int, work: int = MAX_WORK) -> Reading:
    """Return the busy times in [start, end) of an iCalendar file.

    Floating times and whole days are in `time_zone`. TRANSPARENT and CANCELLED entries count
    for nothing; `work` bounds the days that its rules may look at. Raises BadCalendar.
    """
    try:
        reader = _Reader(time_zone, start, end, Budget(work))
        for calendar in calendars(data):
            reader.take(calendar)
        busy = [
            (max(begin, start), min(stop, end))
            for begin, stop in reader.intervals()
            if begin < end and stop > start and begin < stop
        ]
    except TooMuch as error:
        raise BadCalendar(str(error)) from error
    return Reading(merged(busy), reader.skipped, reader.taken)


@dataclass(slots=True)
class _Reader:
    time_zone: str
    start: int
    end: int
    budget: Budget
    skipped: list[str] = field(default_factory=list)
    taken: int = 0
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    stated: list[Interval] = field(default_factory=list)
    zones: dict[str, Component] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)

    @property
    def low(self) -> datetime:
        return datetime.fromtimestamp(self.start, UTC).replace(tzinfo=None) - MARGIN

    @property
    def high(self) -> datetime:
        return datetime.fromtimestamp(self.end, UTC).replace(tzinfo=None) + MARGIN

    def take(self, calendar: Component) -> None:
        """Read one VCALENDAR: its zones first, wherever they stand."""
        self.clocks.clear()
        self.zones = {
            name.value: zone
            for zone in calendar.children
            if zone.name == "VTIMEZONE" and (name := zone.first("TZID"))
        }
        for component in calendar.children:
            try:
                if component.name == "VEVENT":
                    entry = self._entry(component)
                    self.entries.setdefault(entry.uid, []).append(entry)
                    self.taken += 1
                elif component.name == "VFREEBUSY":
                    self.stated.extend(self._stated(component))
                    self.taken += 1
            except (Unreadable, BadRule) as error:
                if len(self.skipped) < MAX_SKIPPED:
                    self.skipped.append(str(error))

    def _stated(self, component: Component) -> list[Interval]:
        return [
            (begin.at, begin.at + length)
            for line in component.properties.get("FREEBUSY", ())
            if line.parameters.get("FBTYPE", "").upper() in BUSY_KINDS
            for begin, length in self._periods(line)
            if length is not None
        ]

    def _entry(self, component: Component) -> Entry:
        begins = component.first("DTSTART")
        if component.broken or begins is None:
            raise Unreadable(f"An event has no start, or a broken line: {component.broken!r}")
        begin = self._moment(begins)
        replaced = component.first("RECURRENCE-ID")
        sequence = component.text("SEQUENCE")
        uid = component.first("UID")
        return Entry(
            # Without a UID it is nobody's double and nobody's exception.
            uid=uid.value if uid else f"\n{id(component)}",
            sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0,
            begin=begin,
            length=self._length(component, begin),
            busy=component.text("TRANSP") != "TRANSPARENT"
            and component.text("STATUS") != "CANCELLED",
            recurrence_id=self._moment(replaced) if replaced else None,
            onwards=bool(replaced and replaced.parameters.get("RANGE") == "THISANDFUTURE"),
            rules=[recurrence.parse(line.value) for line in component.properties.get("RRULE", ())],
            more=[
                period
                for line in component.properties.get("RDATE", ())
                for period in self._periods(line)
            ],
            without=[
                self._moment(line, text)
                for line in component.properties.get("EXDATE", ())
                for text in line.value.split(",")
            ],
        )

    def _length(self, component: Component, begin: Moment) -> int:
        ends, lasts = component.first("DTEND"), component.first("DURATION")
        if ends is not None:
            stop = self._moment(ends)
            if begin.whole_day and stop.whole_day:
                return max((stop.wall - begin.wall).days, 0)
            if begin.whole_day:
                return max(-((begin.at - stop.at) // DAY), 0)
            return max(stop.at - begin.at, 0)
        if lasts is None:
            return 1 if begin.whole_day else 0
        duration = _duration(lasts.value)
        length = duration.days if begin.whole_day else int(duration.total_seconds())
        return min(max(length, 0), MAX_DAYS if begin.whole_day else MAX_DAYS * DAY)

    def _periods(self, line: Property) -> Iterator[tuple[Moment, int | None]]:
        """Yield the times of a list, with the length of those that state one."""
        for text in line.value.split(","):
            begins, _, ends = text.partition("/")
            begin = self._moment(line, begins)
            if not ends:
                yield begin, None
            elif ends.lstrip("+-").startswith("P"):
                yield begin, max(int(_duration(ends).total_seconds()), 0)
            else:
                yield begin, max(self._moment(line, ends).at - begin.at, 0)

    def _moment(self, line: Property, text: str | None = None) -> Moment:
        self.budget.spend()
        wall, is_date, is_utc = _wall(line.value if text is None else text)
        if is_utc:
            return Moment(wall, self._clock("UTC"))
        named = "" if is_date else line.parameters.get("TZID", "")
        return Moment(wall, self._clock(named), is_date)

    def _clock(self, name: str) -> Clock:
        if name not in self.clocks:
            self.clocks[name] = self._built(name)
        return self.clocks[name]

    def _built(self, name: str) -> Clock:
        zone = foreign_zones.known(name) if name else self.time_zone
        component = self.zones.get(name)
        if zone is None and component is not None:
            zone = foreign_zones.known(component.text("X-LIC-LOCATION"))
            if zone is None and (observances := _observances(component)):
                return foreign_zones.clock_of(
                    observances, low=self.low - LONGEST, high=self.high, budget=self.budget
                )
        return foreign_zones.iana_clock(zone or self.time_zone)

    def intervals(self) -> Iterator[Interval]:
        """Yield every busy time, in no order; those outside the horizon may be among them."""
        yield from self.stated
        for entries in self.entries.values():
            newest = _newest(entries)
            replaced = _Replaced.by([entry for entry in newest if entry.recurrence_id])
            for entry in newest:
                if not entry.recurrence_id:
                    yield from self._series(entry, replaced)
                elif entry.busy:
                    yield entry.span(entry.begin)

    def _series(self, entry: Entry, replaced: "_Replaced") -> Iterator[Interval]:
        gone = {moment.at for moment in entry.without}
        days = {moment.wall.date() for moment in entry.without if moment.whole_day}
        for begin, length in self._occurrences(entry):
            self.budget.spend()
            at, day = begin.at, begin.wall.date()
            if at in gone or day in days or at in replaced.at or day in replaced.days:
                continue
            index = bisect_left(replaced.since, begin.wall)
            if index == 0:
                if entry.busy:
                    yield entry.span(begin, length)
                continue
            since, ruling = replaced.since[index - 1], replaced.onwards[index - 1]
            if ruling.busy:
                moved = begin.wall + (ruling.begin.wall - since)
                yield ruling.span(Moment(moved, ruling.begin.clock, ruling.begin.whole_day), length)

    def _occurrences(self, entry: Entry) -> Iterator[tuple[Moment, int | None]]:
        begin = entry.begin
        yield begin, None
        yield from entry.more
        length = timedelta(days=entry.length) if begin.whole_day else timedelta(0, entry.length)
        low = self.low - min(length, LONGEST)
        for rule in entry.rules:
            for wall in recurrence.occurrences(
                rule=rule, start=begin.wall, low=low, high=self.high, budget=self.budget
            ):
                moment = Moment(wall, begin.clock, begin.whole_day)
                if recurrence.is_over(rule, moment.at):
                    break
                if wall != begin.wall:
                    yield moment, None


@dataclass(frozen=True, slots=True)
class _Replaced:
    """The occurrences that entries of their own stand for; `onwards` for all later ones too."""

    at: frozenset[int]
    days: frozenset[date]
    since: Sequence[datetime]
    onwards: Sequence[Entry]

    @classmethod
    def by(cls, exceptions: list[Entry]) -> "_Replaced":
        named = [(entry.recurrence_id, entry) for entry in exceptions if entry.recurrence_id]
        ruling = sorted(
            ((moment.wall, entry) for moment, entry in named if entry.onwards),
            key=lambda pair: pair[0],
        )
        return cls(
            at=frozenset(moment.at for moment, _ in named),
            days=frozenset(moment.wall.date() for moment, _ in named if moment.whole_day),
            since=[wall for wall, _ in ruling],
            onwards=[entry for _, entry in ruling],
        )


def _newest(entries: list[Entry]) -> list[Entry]:
    """Return the entries of one UID without those that a higher SEQUENCE replaces."""
    highest: dict[int | None, int] = {}
    for entry in entries:
        key = entry.recurrence_id.at if entry.recurrence_id else None
        highest[key] = max(entry.sequence, highest.get(key, 0))
    return [
        entry
        for entry in entries
        if entry.sequence == highest[entry.recurrence_id.at if entry.recurrence_id else None]
    ]


def _wall(text: str) -> tuple[datetime, bool, bool]:
    """Return the wall clock of a DATE or DATE-TIME, whether it is a date, and whether UTC."""
    found = _TIME.fullmatch(text.strip().upper())
    if found is None:
        raise Unreadable(f"{text[:40]!r} is no time.")
    *numbers, utc = found.groups()
    try:
        day = date(*(int(number) for number in numbers[:3]))
        hour, minute, second = (int(number or 0) for number in numbers[3:])
        wall = datetime(day.year, day.month, day.day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError as error:
        raise Unreadable(f"{text[:40]!r} is no time.") from error
    return min(max(wall, EARLIEST), LATEST), numbers[3] is None, utc == "Z"


def _duration(text: str) -> timedelta:
    try:
        return cast("timedelta", vDuration.from_ical(text.strip().upper()))  # type: ignore[no-untyped-call]
    except Exception as error:
        raise Unreadable(f"{text[:40]!r} is no duration.") from error


def _observances(zone: Component) -> list[Observance]:
    """Return the parts of a VTIMEZONE that can be read."""
    found = []
    for part in zone.children:
        try:
            starts, rules = part.first("DTSTART"), part.properties.get("RRULE")
            if starts is None:
                continue
            found.append(
                Observance(
                    start=_wall(starts.value)[0],
                    before=_offset(part.text("TZOFFSETFROM")),
                    after=_offset(part.text("TZOFFSETTO")),
                    rule=recurrence.parse(rules[0].value) if rules else None,
                    more=[
                        _wall(text)[0]
                        for line in part.properties.get("RDATE", ())
                        for text in line.value.split(",")
                    ],
                )
            )
        except (Unreadable, BadRule):
            continue
    return found


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise Unreadable(f"{text[:20]!r} is no offset.")
    sign, hours, minutes, seconds = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -offset if sign == "-" else offset
