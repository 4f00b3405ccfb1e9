"""The recurrence rules of RFC 5545 on the wall clock, in bounded work. Pure.

dateutil looks for the next match up to the year 9999, for seconds where a rule has none. Here
every period that is looked at is paid from a budget, and a rule without COUNT begins at the
stretch that is asked for, however old it is. The parser is icalendar's.
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from icalendar import vRecur

WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
FREQUENCIES = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", *SECONDS}
LONGEST_INTERVAL = 1_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock


class BadRule(ValueError):
    """A recurrence rule that cannot be read."""


class TooMuch(ValueError):
    """More work than a calendar may ask for."""


@dataclass(slots=True)
class Budget:
    """How many days and periods may still be looked at."""

    left: int

    def spend(self, amount: int = 1) -> None:
        """Pay for work about to be done; raise TooMuch where the budget is used up."""
        self.left -= amount
        if self.left < 0:
            raise TooMuch("Its events repeat too often, or for too long.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE. `days` are (ordinal or 0, weekday); `until` is as written, aware or not."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    week_start: int = 0
    months: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = field(default=())


def parse(text: str) -> Rule:
    """Return the rule that `text` writes (`FREQ=WEEKLY;BYDAY=MO`). Raises BadRule."""
    try:
        parts = vRecur.from_ical(text)
    except Exception as error:
        raise BadRule(f"The rule {text[:80]!r} cannot be read.") from error
    frequency = str(parts.get("FREQ", [""])[0]).upper()
    interval = parts.get("INTERVAL", [1])[0]
    count = parts.get("COUNT", [None])[0]
    if frequency not in FREQUENCIES or not 1 <= interval <= LONGEST_INTERVAL:
        raise BadRule(f"The rule {text[:80]!r} has no frequency, or an interval out of bounds.")
    if count is not None and count < 1:
        raise BadRule(f"The rule {text[:80]!r} counts to less than one.")
    return Rule(
        frequency=frequency,
        interval=interval,
        count=count,
        until=parts.get("UNTIL", [None])[0],
        week_start=WEEKDAYS.get(str(parts.get("WKST", ["MO"])[0]).upper(), 0),
        months=_numbers(parts, "BYMONTH", 1, 12),
        week_numbers=_numbers(parts, "BYWEEKNO", -53, 53),
        year_days=_numbers(parts, "BYYEARDAY", -366, 366),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        days=tuple(_weekday(day) for day in parts.get("BYDAY", [])),
        hours=_numbers(parts, "BYHOUR", 0, 23),
        minutes=_numbers(parts, "BYMINUTE", 0, 59),
        seconds=_numbers(parts, "BYSECOND", 0, 60),
        positions=_numbers(parts, "BYSETPOS", -366, 366),
    )


def _numbers(parts: vRecur, name: str, low: int, high: int) -> tuple[int, ...]:
    numbers = tuple(sorted({int(number) for number in parts.get(name, [])}))
    if any(not low <= number <= high or (low != 0 and number == 0) for number in numbers):
        raise BadRule(f"{name} is out of bounds.")
    return numbers


def _weekday(text: object) -> tuple[int, int]:
    day = str(text).upper()
    if day[-2:] not in WEEKDAYS:
        raise BadRule(f"{day[:10]!r} is no day of the week.")
    return (int(day[:-2] or 0), WEEKDAYS[day[-2:]])


def occurrences(
    *, rule: Rule, start: datetime, low: datetime, high: datetime, budget: Budget
) -> Iterator[datetime]:
    """Yield the rule's wall clocks in [low, high], sorted; the series begins at `start`.

    An UNTIL without a zone ends it here; one that is an instant is the caller's to compare.
    Raises TooMuch when the budget is used up.
    """
    rule, found = _filled(rule, start), 0
    last = min(high, _until(rule.until) or high)
    for times in _sets(rule, start, start if rule.count else max(start, low), last, budget):
        for at in times:
            if at < start:
                continue
            found += 1
            if at > last or (rule.count and found > rule.count):
                return
            if at >= low:
                yield at


def is_over(rule: Rule, at: int) -> bool:
    """Return whether the instant `at` (Unix seconds) lies behind an UNTIL that is an instant."""
    if not isinstance(rule.until, datetime) or rule.until.tzinfo is None:
        return False
    return at > rule.until.timestamp()


def _until(until: date | None) -> datetime | None:
    if isinstance(until, datetime):
        return until if until.tzinfo is None else None
    return None if until is None else datetime.combine(until, time.max)


def _filled(rule: Rule, start: datetime) -> Rule:
    """Return the rule with what it leaves to its start."""
    if rule.frequency not in SECONDS and not (rule.year_days or rule.month_days or rule.days):
        if rule.frequency == "WEEKLY" or rule.week_numbers:
            rule = replace(rule, days=((0, start.weekday()),))
        elif rule.frequency == "YEARLY":
            months = rule.months or (start.month,)
            rule = replace(rule, months=months, month_days=(start.day,))
        elif rule.frequency == "MONTHLY":
            rule = replace(rule, month_days=(start.day,))
    step = SECONDS.get(rule.frequency, 86_400)
    return replace(
        rule,
        hours=rule.hours or ((start.hour,) if step > 3600 else ()),
        minutes=rule.minutes or ((start.minute,) if step > 60 else ()),
        seconds=tuple(min(s, 59) for s in rule.seconds) or ((start.second,) if step > 1 else ()),
    )


def _sets(
    rule: Rule, start: datetime, low: datetime, high: datetime, budget: Budget
) -> Iterator[list[datetime]]:
    """Yield the sorted set of each period that may reach into [low, high]."""
    step = SECONDS.get(rule.frequency)
    if step is not None:
        first = _ticks(start) // step * step
        stride = step * rule.interval
        begin = first + max(0, (_ticks(low) - first) // stride) * stride
        ticks = range(begin, _ticks(high) + 1, stride)
        if not rule.count:
            budget.spend(len(ticks))
        for tick in ticks:
            if rule.count:
                budget.spend()
            yield _chosen(rule, _of_clock(rule, _EPOCH + timedelta(seconds=tick)))
        return
    for days in _day_sets(rule, start, low.date(), high.date()):
        budget.spend(1 + len(days))
        matching = [day for day in days if _matches(rule, day)]
        budget.spend(len(matching) * len(rule.hours) * len(rule.minutes) * len(rule.seconds))
        yield _chosen(
            rule,
            [
                datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
                for day in matching
                for hour in rule.hours
                for minute in rule.minutes
                for second in rule.seconds
            ],
        )


def _ticks(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds())


def _of_clock(rule: Rule, at: datetime) -> list[datetime]:
    """Return the times within one hour, minute or second that begins at `at`."""
    if not _matches(rule, at.date()) or (rule.hours and at.hour not in rule.hours):
        return []
    if rule.frequency == "HOURLY":
        return [at.replace(minute=m, second=s) for m in rule.minutes for s in rule.seconds]
    if rule.minutes and at.minute not in rule.minutes:
        return []
    if rule.frequency == "MINUTELY":
        return [at.replace(second=second) for second in rule.seconds]
    return [at] if not rule.seconds or at.second in rule.seconds else []


def _day_sets(rule: Rule, start: datetime, low: date, high: date) -> Iterator[list[date]]:
    """Yield the days of each year, month, week or day of the series, from `low` on."""
    if rule.frequency == "YEARLY":
        skipped = max(0, (low.year - start.year) // rule.interval)
        for year in range(start.year + skipped * rule.interval, high.year + 1, rule.interval):
            months = rule.months or range(1, 13)
            yield [day for month in months for day in _month(year, month)]
    elif rule.frequency == "MONTHLY":
        first = start.year * 12 + start.month - 1
        skipped = max(0, (low.year * 12 + low.month - 1 - first) // rule.interval)
        until = high.year * 12 + high.month
        for index in range(first + skipped * rule.interval, until, rule.interval):
            yield _month(index // 12, index % 12 + 1)
    else:
        length = 7 if rule.frequency == "WEEKLY" else 1
        first = start.toordinal() - ((start.weekday() - rule.week_start) % length)
        stride = length * rule.interval
        begin = first + max(0, (low.toordinal() - first) // stride) * stride
        for ordinal in range(begin, high.toordinal() + 1, stride):
            yield [date.fromordinal(ordinal + offset) for offset in range(length)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day + 1) for day in range(monthrange(year, month)[1])]


def _matches(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.year_days:
        number, length = day.timetuple().tm_yday, 365 + isleap(day.year)
        if number not in rule.year_days and number - length - 1 not in rule.year_days:
            return False
    if rule.week_numbers and not _in_weeks(rule, day):
        return False
    return not rule.days or any(_is_day(rule, day, nth, weekday) for nth, weekday in rule.days)


def _in_weeks(rule: Rule, day: date) -> bool:
    year, number = _week(day, rule.week_start)
    total = _week(date(year, 12, 28), rule.week_start)[1]
    return number in rule.week_numbers or number - total - 1 in rule.week_numbers


def _week(day: date, week_start: int) -> tuple[int, int]:
    """Return the year and number of a day's week: the first has four days of the year."""
    middle = day + timedelta(days=3 - (day.weekday() - week_start) % 7)
    return middle.year, (middle.timetuple().tm_yday - 1) // 7 + 1


def _is_day(rule: Rule, day: date, nth: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if nth == 0 or rule.frequency not in {"MONTHLY", "YEARLY"}:
        return True
    if rule.frequency == "MONTHLY" or rule.months:
        number, length = day.day, monthrange(day.year, day.month)[1]
    else:
        number, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    return nth in {(number - 1) // 7 + 1, -((length - number) // 7 + 1)}


def _chosen(rule: Rule, times: list[datetime]) -> list[datetime]:
    if not rule.positions:
        return times
    count = len(times)
    wanted = {at - 1 if at > 0 else count + at for at in rule.positions}
    return [times[index] for index in sorted(wanted) if 0 <= index < count]
