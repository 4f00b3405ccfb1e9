"""Calendar files as they come, odd and hostile, each with the busy times a person worked out.

The mentor lives in Berlin (UTC+1, from 28 March 2027 UTC+2); what is asked for is March and
April 2027. Expected times are UTC, `03-08 09:00/10:00`, or `03-08 09:00/04-01 10:00`.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One file; `busy` is None where it must be refused with `reason` in what is said."""

    name: str
    data: bytes
    busy: tuple[str, ...] | None
    reason: str = ""
    skipped: int = 0


def file(*lines: str) -> bytes:
    body = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//odd//EN", *lines, "END:VCALENDAR", "")
    return "\r\n".join(body).encode()


def event(*lines: str, uid: str = "one@odd") -> tuple[str, ...]:
    named = (f"UID:{uid}",) if uid else ()
    return ("BEGIN:VEVENT", *named, *lines, "END:VEVENT")


def at(start: str, end: str, *more: str) -> bytes:
    """Return a file with one event between two UTC times of March 2027 (`0308T0900`)."""
    return file(*event(f"DTSTART:2027{start}00Z", f"DTEND:2027{end}00Z", *more))


def hourly(start: str, *more: str) -> tuple[str, ...]:
    """Return an event of one hour that begins at a property such as `:20270308T090000Z`."""
    return event(f"DTSTART{start}", "DURATION:PT1H", *more)


def every_case() -> list[Case]:
    """Return all of them; names are unique."""
    families = (zones, single, recurring, replaced, clock_changes, bombs, damaged, encodings)
    return [case for family in families for case in family()]


def table(family: str, rows: dict[str, tuple[bytes, str]]) -> Iterator[Case]:
    for name, (data, busy) in rows.items():
        yield Case(f"{family}: {name}", data, tuple(busy.split(", ")) if busy else ())


# A clock that shows 12:00 on 10 March 2027, and the hour UTC it is then.
ZONES = {
    "Europe/Berlin": "11:00/12:00",
    "Europe/London": "12:00/13:00",
    "europe/paris": "11:00/12:00",
    "America/New_York": "17:00/18:00",
    "America/Los_Angeles": "20:00/21:00",
    "US/Eastern": "17:00/18:00",
    "Asia/Kolkata": "06:30/07:30",
    "Asia/Calcutta": "06:30/07:30",
    "Asia/Kathmandu": "06:15/07:15",
    "Australia/Lord_Howe": "01:00/02:00",
    "America/Argentina/Buenos_Aires": "15:00/16:00",
    "Etc/GMT+5": "17:00/18:00",
    "UTC": "12:00/13:00",
    "GMT": "12:00/13:00",
    "Z": "12:00/13:00",
    "/citadel.org/20270101_1/America/New_York": "17:00/18:00",
    "/freeassociation.sourceforge.net/Europe/Helsinki": "10:00/11:00",
    "/mozilla.org/20050126_1/Asia/Tokyo": "03:00/04:00",
    "/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires": "15:00/16:00",
    "W. Europe Standard Time": "11:00/12:00",
    "Romance Standard Time": "11:00/12:00",
    "GMT Standard Time": "12:00/13:00",
    "Eastern Standard Time": "17:00/18:00",
    "Central Standard Time": "18:00/19:00",
    "Pacific Standard Time": "20:00/21:00",
    "eastern standard time": "17:00/18:00",
    "India Standard Time": "06:30/07:30",
    "Tokyo Standard Time": "03:00/04:00",
    "Nepal Standard Time": "06:15/07:15",
    "Line Islands Standard Time": "03-09 22:00/23:00",
    "Nowhere/At_All": "11:00/12:00",
    "../../../etc/passwd": "11:00/12:00",
    "/etc/passwd": "11:00/12:00",
    "Customized Time Zone": "11:00/12:00",
    "x" * 5000: "11:00/12:00",
    "Zürich": "11:00/12:00",
}


def zones() -> Iterator[Case]:
    for name, busy in ZONES.items():
        data = file(*hourly(f";TZID={name}:20270310T120000"))
        yield Case(f"zone {name[:70]}", data, (busy if "-" in busy else f"03-10 {busy}",))
    quoted = file(*hourly(';TZID="America/New_York":20270310T120000'))
    yield Case("zone in quotes", quoted, ("03-10 17:00/18:00",))
    own = ":20270310T120000"
    for name, lines, busy in (
        ("fixed", observed("STANDARD", "16010101T000000", "+0530", "+0530"), "06:30/07:30"),
        ("with seconds", observed("STANDARD", "16010101T000000", "+003940", "+003940"), ""),
        ("in summer", BOTH_HALVES, "17:00/18:00"),
        ("without an onset", ("BEGIN:STANDARD", "END:STANDARD"), "11:00/12:00"),
        ("empty", (), "11:00/12:00"),
        ("bad offsets", observed("STANDARD", "19700101T000000", "east", "+99"), "11:00/12:00"),
        ("named inside", ("X-LIC-LOCATION:Asia/Tokyo",), "03:00/04:00"),
        ("by dates", observed("STANDARD", "20000101T000000", "+0000", "+0100",
         "RDATE:20270301T000000"), "11:00/12:00"),
        ("begins later", observed("DAYLIGHT", "20270601T000000", "+0300", "+0400"), "09:00/10:00"),
        ("ended", observed("DAYLIGHT", "20200101T000000", "+0000", "+0200",
         "RRULE:FREQ=YEARLY;UNTIL=20220101T000000Z"), "10:00/11:00"),
    ):  # fmt: skip
        data = file(*own_zone("Odd", *lines), *hourly(f";TZID=Odd{own}"))
        yield Case(f"own zone {name}", data, (f"03-10 {busy or '11:20/12:20'}",))
    after = file(*hourly(f";TZID=Odd{own}"), *own_zone("Odd", "X-LIC-LOCATION:Asia/Tokyo"))
    yield Case("own zone behind its use", after, ("03-10 03:00/04:00",))
    liar = own_zone("Europe/Berlin", *observed("STANDARD", "19700101T000000", "+0900", "+0900"))
    yield Case(
        "own zone with a false famous name",
        file(*liar, *hourly(f";TZID=Europe/Berlin{own}")),
        ("03-10 11:00/12:00",),
    )


def own_zone(name: str, *lines: str) -> tuple[str, ...]:
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE")


def observed(kind: str, start: str, before: str, after: str, *more: str) -> tuple[str, ...]:
    offsets = (f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}")
    return (f"BEGIN:{kind}", f"DTSTART:{start}", *offsets, *more, f"END:{kind}")


BOTH_HALVES = (
    *observed("STANDARD", "16010101T020000", "-0400", "-0500",
              "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"),
    *observed("DAYLIGHT", "16010101T020000", "-0500", "-0400",
              "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"),
)  # fmt: skip
NEW_YORK = own_zone("Customized", *BOTH_HALVES)


def single() -> Iterator[Case]:
    day = ";VALUE=DATE:20270308"
    monday, berlin_monday = "03-08 09:00/10:00", "03-07 23:00/03-08 23:00"
    yield from table(
        "one event",
        {
            "plain": (at("0308T0900", "0308T1000"), monday),
            "by duration": (file(*hourly(":20270308T090000Z")), monday),
            "floating is the mentor's": (file(*hourly(":20270308T090000")), "03-08 08:00/09:00"),
            "floating in summer": (file(*hourly(":20270408T090000")), "04-08 07:00/08:00"),
            "a whole day": (file(*event(f"DTSTART{day}")), berlin_monday),
            "a whole day without VALUE": (file(*event("DTSTART:20270308")), berlin_monday),
            "a whole day with its end": (
                file(*event(f"DTSTART{day}", "DTEND;VALUE=DATE:20270309")), berlin_monday),
            "three days": (file(*event(f"DTSTART{day}", "DTEND;VALUE=DATE:20270311")),
                           "03-07 23:00/03-10 23:00"),
            "days by duration": (file(*event(f"DTSTART{day}", "DURATION:P2D")),
                                 "03-07 23:00/03-09 23:00"),
            "days by a week": (file(*event(f"DTSTART{day}", "DURATION:P1W")),
                               "03-07 23:00/03-14 23:00"),
            "a day that names a zone": (
                file(*event("DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20270308")), berlin_monday),
            "a day that ends as it begins": (
                file(*event(f"DTSTART{day}", "DTEND;VALUE=DATE:20270308")), ""),
            "a day that ends at an hour": (
                file(*event(f"DTSTART{day}", "DTEND:20270308T120000Z")), berlin_monday),
            "transparent": (at("0308T0900", "0308T1000", "TRANSP:TRANSPARENT"), ""),
            "transparent in small letters": (
                at("0308T0900", "0308T1000", "transp:transparent"), ""),
            "opaque": (at("0308T0900", "0308T1000", "TRANSP:OPAQUE"), monday),
            "cancelled": (at("0308T0900", "0308T1000", "STATUS:CANCELLED"), ""),
            "tentative counts": (at("0308T0900", "0308T1000", "STATUS:TENTATIVE"), monday),
            "an unknown status counts": (at("0308T0900", "0308T1000", "STATUS:PERHAPS"), monday),
            "no length": (file(*event("DTSTART:20270308T090000Z")), ""),
            "ends before it begins": (at("0308T0900", "0308T0800"), ""),
            "negative duration": (
                file(*event("DTSTART:20270308T090000Z", "DURATION:-PT1H")), ""),
            "start and end in two zones": (
                file(*event("DTSTART;TZID=Europe/Berlin:20270308T090000",
                            "DTEND;TZID=America/New_York:20270308T050000")),
                "03-08 08:00/10:00"),
            "before what is asked": (at("0201T0900", "0201T1000"), ""),
            "after what is asked": (at("0601T0900", "0601T1000"), ""),
            "reaches in": (at("0228T2300", "0301T0100"), "03-01 00:00/01:00"),
            "reaches out": (at("0430T2300", "0501T0100"), "04-30 23:00/05-01 00:00"),
            "covers everything": (file(*event("DTSTART:16010101T000000Z",
                                              "DTEND:99991231T235959Z")),
                                  "03-01 00:00/05-01 00:00"),
            "ends where it is asked": (at("0228T2300", "0301T0000"), ""),
            "a leap second": (file(*event("DTSTART:20270308T090060Z", "DURATION:PT1H")),
                              "03-08 09:00/10:00"),
            "without UID": (file(*event("DTSTART:20270308T090000Z", "DURATION:PT1H", uid="")),
                            monday),
            "two overlap": (file(*hourly(":20270308T090000Z"),
                                 *event("DTSTART:20270308T093000Z", "DURATION:PT1H", uid="b")),
                            "03-08 09:00/10:30"),
            "two touch": (file(*hourly(":20270308T090000Z"),
                               *event("DTSTART:20270308T100000Z", "DURATION:PT1H", uid="b")),
                          "03-08 09:00/11:00"),
            "the same UID twice": (file(*hourly(":20270308T090000Z"),
                                        *hourly(":20270308T120000Z")),
                                   "03-08 09:00/10:00, 03-08 12:00/13:00"),
            "a newer version": (file(*hourly(":20270308T090000Z", "SEQUENCE:1"),
                                     *hourly(":20270308T120000Z", "SEQUENCE:2")),
                                "03-08 12:00/13:00"),
            "an alarm has a time too": (
                file(*hourly(":20270308T090000Z", "BEGIN:VALARM", "TRIGGER:-PT15M",
                             "DURATION:PT9H", "REPEAT:3", "END:VALARM")), monday),
            "an alarm that is transparent": (
                file(*hourly(":20270308T090000Z", "BEGIN:VALARM", "STATUS:CANCELLED",
                             "TRANSP:TRANSPARENT", "END:VALARM")), monday),
            "a to-do is not busy": (
                file("BEGIN:VTODO", "DTSTART:20270308T090000Z", "DURATION:PT1H", "END:VTODO"), ""),
            "free and busy as such": (
                file("BEGIN:VFREEBUSY",
                     "FREEBUSY:20270308T090000Z/PT1H,20270309T090000Z/20270309T110000Z",
                     "FREEBUSY;FBTYPE=FREE:20270310T090000Z/PT1H",
                     "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270311T090000Z/PT1H", "END:VFREEBUSY"),
                "03-08 09:00/10:00, 03-09 09:00/11:00, 03-11 09:00/10:00"),
            "an attachment is not decoded": (
                at("0308T0900", "0308T1000", "ATTACH;ENCODING=BASE64;VALUE=BINARY:!!!!"), monday),
            "properties of nobody": (at("0308T0900", "0308T1000", "X-ODD;X=1;Y=2:z"), monday),
            "two calendars in one file": (
                at("0308T0900", "0308T1000") + file(*event("DTSTART:20270309T090000Z",
                                                           "DURATION:PT1H", uid="b")),
                "03-08 09:00/10:00, 03-09 09:00/10:00"),
            "nothing in it": (file(), ""),
        },
    )  # fmt: skip


def recurring() -> Iterator[Case]:
    def rule(rule: str, *more: str, start: str = ":20270308T090000Z") -> bytes:
        return file(*hourly(start, f"RRULE:{rule}", *more))

    def days(*days: str) -> str:
        return ", ".join(f"{day} 09:00/10:00" for day in days)

    mondays = days("03-08", "03-15", "03-22", "03-29", "04-05", "04-12", "04-19", "04-26")
    yield from table(
        "series",
        {
            "weekly without end": (rule("FREQ=WEEKLY"), mondays),
            "weekly in small letters": (rule("freq=weekly"), mondays),
            "weekly since 1990": (rule("FREQ=WEEKLY", start=":19900101T090000Z"),
                                  days("03-01") + ", " + mondays),
            "daily three times": (rule("FREQ=DAILY;COUNT=3"), days("03-08", "03-09", "03-10")),
            "count is from the start": (
                rule("FREQ=DAILY;COUNT=60", start=":20270101T090000Z"), days("03-01")),
            "until is inclusive": (rule("FREQ=DAILY;UNTIL=20270310T090000Z"),
                                   days("03-08", "03-09", "03-10")),
            "until a second earlier": (rule("FREQ=DAILY;UNTIL=20270310T085959Z"),
                                       days("03-08", "03-09")),
            "until a date": (rule("FREQ=DAILY;UNTIL=20270309"), days("03-08", "03-09")),
            "until the year 9999": (rule("FREQ=MONTHLY;UNTIL=99991231T235959Z"),
                                    days("03-08", "04-08")),
            "until before the start": (rule("FREQ=DAILY;UNTIL=20200101T000000Z"), days("03-08")),
            "every other week": (rule("FREQ=WEEKLY;INTERVAL=2"),
                                 days("03-08", "03-22", "04-05", "04-19")),
            "weeks that begin on Sunday": (
                rule("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
                     start=":20270309T090000Z"),
                days("03-09", "03-21", "03-23", "04-04")),
            "weeks that begin on Monday": (
                rule("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
                     start=":20270309T090000Z"),
                days("03-09", "03-14", "03-23", "03-28")),
            "two days a week": (rule("FREQ=WEEKLY;COUNT=4;BYDAY=MO,TH"),
                                days("03-08", "03-11", "03-15", "03-18")),
            "last Friday of the month": (
                rule("FREQ=MONTHLY;BYDAY=-1FR", start=":20270326T090000Z"),
                days("03-26", "04-30")),
            "second Monday": (rule("FREQ=MONTHLY;BYDAY=2MO"), days("03-08", "04-12")),
            "last day of the month": (
                rule("FREQ=MONTHLY;BYMONTHDAY=-1", start=":20270131T090000Z"),
                days("03-31", "04-30")),
            "the 31st is no 30th": (rule("FREQ=MONTHLY", start=":20270131T090000Z"),
                                    days("03-31")),
            "last working day": (
                rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                     start=":20270331T090000Z"), days("03-31", "04-30")),
            "yearly": (rule("FREQ=YEARLY", start=":20000308T090000Z"), days("03-08")),
            "leap day": (rule("FREQ=YEARLY", start=":20240229T090000Z"), ""),
            "hundredth day": (rule("FREQ=YEARLY;BYYEARDAY=100", start=":20260410T090000Z"),
                              days("04-10")),
            "day from the end of the year": (
                rule("FREQ=YEARLY;BYYEARDAY=-266", start=":20260410T090000Z"), days("04-10")),
            "Monday of week 14": (
                rule("FREQ=YEARLY;BYWEEKNO=14;BYDAY=MO", start=":20260330T090000Z"),
                days("04-05")),
            "week 14 leaves the day to the start": (
                rule("FREQ=YEARLY;BYWEEKNO=14", start=":20260330T090000Z"), days("04-05")),
            "fifteenth Thursday of the year": (
                rule("FREQ=YEARLY;BYDAY=15TH", start=":20260409T090000Z"), days("04-15")),
            "last Sunday of March": (
                rule("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", start=":20260329T090000Z"),
                days("03-28")),
            "daily in April alone": (
                rule("FREQ=DAILY;BYMONTH=4;BYMONTHDAY=1,2", start=":20260401T090000Z"),
                days("04-01", "04-02")),
            "twice a day": (
                rule("FREQ=DAILY;COUNT=4;BYHOUR=9,14"),
                "03-08 09:00/10:00, 03-08 14:00/15:00, 03-09 09:00/10:00, 03-09 14:00/15:00"),
            "every sixth hour": (
                rule("FREQ=HOURLY;INTERVAL=6;COUNT=3"),
                "03-08 09:00/10:00, 03-08 15:00/16:00, 03-08 21:00/22:00"),
            "every half hour until noon": (
                rule("FREQ=MINUTELY;INTERVAL=30;UNTIL=20270308T120000Z"), "03-08 09:00/13:00"),
            "every hour at one minute": (
                rule("FREQ=HOURLY;BYMINUTE=0;COUNT=2;INTERVAL=2"),
                "03-08 09:00/10:00, 03-08 11:00/12:00"),
            "extra dates": (
                file(*hourly(":20270308T090000Z", "RDATE:20270310T090000Z,20270312T090000Z")),
                days("03-08", "03-10", "03-12")),
            "extra periods": (
                file(*hourly(":20270308T090000Z",
                             "RDATE;VALUE=PERIOD:20270310T090000Z/PT2H,"
                             "20270311T090000Z/20270311T093000Z")),
                "03-08 09:00/10:00, 03-10 09:00/11:00, 03-11 09:00/09:30"),
            "a date taken out": (rule("FREQ=DAILY;COUNT=3", "EXDATE:20270309T090000Z"),
                                 days("03-08", "03-10")),
            "two dates taken out": (
                rule("FREQ=DAILY;COUNT=4", "EXDATE:20270308T090000Z,20270310T090000Z"),
                days("03-09", "03-11")),
            "taken out in another zone": (
                rule("FREQ=DAILY;COUNT=3", "EXDATE;TZID=America/New_York:20270309T040000"),
                days("03-08", "03-10")),
            "taken out by its date": (
                rule("FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20270309"),
                days("03-08", "03-10")),
            "taken out although it is not there": (
                rule("FREQ=DAILY;COUNT=2", "EXDATE:20270309T093000Z"), days("03-08", "03-09")),
            "days taken out of whole days": (
                file(*event("DTSTART;VALUE=DATE:20270308", "RRULE:FREQ=DAILY;COUNT=3",
                            "EXDATE;VALUE=DATE:20270309")),
                "03-07 23:00/03-08 23:00, 03-09 23:00/03-10 23:00"),
            "an extra date taken out": (
                file(*hourly(":20270308T090000Z", "RDATE:20270310T090000Z",
                             "EXDATE:20270310T090000Z")), days("03-08")),
            "a long one that reaches in": (
                file(*event("DTSTART:20270125T090000Z", "DURATION:P40D",
                            "RRULE:FREQ=YEARLY")), "03-01 00:00/03-06 09:00"),
            "two rules": (rule("FREQ=DAILY;COUNT=2", "RRULE:FREQ=DAILY;INTERVAL=3;COUNT=2"),
                          days("03-08", "03-09", "03-11")),
        },
    )  # fmt: skip


def replaced() -> Iterator[Case]:
    series = hourly(":20270308T090000Z", "RRULE:FREQ=DAILY;COUNT=3")
    moved = "RECURRENCE-ID:20270309T090000Z"
    rest = "03-08 09:00/10:00, 03-10 09:00/10:00"
    elsewhere = "03-08 09:00/10:00, 03-09 14:00/15:00, 03-10 09:00/10:00"
    berlin = hourly(";TZID=Europe/Berlin:20270327T100000", "RRULE:FREQ=DAILY;COUNT=3")
    yield from table(
        "replaced",
        {
            "moved": (file(*series, *hourly(":20270309T140000Z", moved)), elsewhere),
            "moved, written first": (file(*hourly(":20270309T140000Z", moved), *series),
                                     elsewhere),
            "named in another zone": (
                file(*series, *hourly(":20270309T140000Z",
                                      "RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000")),
                elsewhere),
            "named by its date": (
                file(*series, *hourly(":20270309T140000Z", "RECURRENCE-ID;VALUE=DATE:20270309")),
                elsewhere),
            "cancelled": (file(*series, *hourly(":20270309T090000Z", moved, "STATUS:CANCELLED")),
                          rest),
            "free": (file(*series, *hourly(":20270309T090000Z", moved, "TRANSP:TRANSPARENT")),
                     rest),
            "longer": (file(*series, *event("DTSTART:20270309T090000Z", "DURATION:PT3H", moved)),
                       "03-08 09:00/10:00, 03-09 09:00/12:00, 03-10 09:00/10:00"),
            "moved out of what is asked": (file(*series, *hourly(":20280309T090000Z", moved)),
                                           rest),
            "moved into what is asked": (
                file(*hourly(":20260108T090000Z", "RRULE:FREQ=DAILY;COUNT=3"),
                     *hourly(":20270309T090000Z", "RECURRENCE-ID:20260109T090000Z")),
                "03-09 09:00/10:00"),
            "detached, its series is missing": (
                file(*hourly(":20270309T140000Z", moved)), "03-09 14:00/15:00"),
            "two detached": (
                file(*hourly(":20270309T140000Z", moved),
                     *hourly(":20270310T140000Z", "RECURRENCE-ID:20270310T090000Z")),
                "03-09 14:00/15:00, 03-10 14:00/15:00"),
            "detached and cancelled": (
                file(*hourly(":20270309T140000Z", moved, "STATUS:CANCELLED")), ""),
            "moved twice, the newer counts": (
                file(*series, *hourly(":20270309T120000Z", moved, "SEQUENCE:1"),
                     *hourly(":20270309T140000Z", moved, "SEQUENCE:2")), elsewhere),
            "a time that never was": (
                file(*series, *hourly(":20270309T140000Z", "RECURRENCE-ID:20270309T093000Z")),
                "03-08 09:00/10:00, 03-09 09:00/10:00, 03-09 14:00/15:00, 03-10 09:00/10:00"),
            "of another UID": (
                file(*series, *event("DTSTART:20270309T140000Z", "DURATION:PT1H", moved,
                                     uid="two@odd")),
                "03-08 09:00/10:00, 03-09 09:00/10:00, 03-09 14:00/15:00, 03-10 09:00/10:00"),
            "a free series with one busy day": (
                file(*hourly(":20270308T090000Z", "RRULE:FREQ=DAILY", "TRANSP:TRANSPARENT"),
                     *hourly(":20270309T090000Z", moved)), "03-09 09:00/10:00"),
            "over the change of the clock": (
                file(*berlin, *hourly(";TZID=Europe/Berlin:20270328T150000",
                                      "RECURRENCE-ID;TZID=Europe/Berlin:20270328T100000")),
                "03-27 09:00/10:00, 03-28 13:00/14:00, 03-29 08:00/09:00"),
            "a whole day moved": (
                file(*event("DTSTART;VALUE=DATE:20270308", "RRULE:FREQ=WEEKLY;COUNT=2"),
                     *event("DTSTART;VALUE=DATE:20270317",
                            "RECURRENCE-ID;VALUE=DATE:20270315")),
                "03-07 23:00/03-08 23:00, 03-16 23:00/03-17 23:00"),
            "this and all that follow": (
                file(*hourly(":20270308T090000Z", "RRULE:FREQ=DAILY;COUNT=4"),
                     *event("DTSTART:20270309T110000Z", "DURATION:PT2H",
                            "RECURRENCE-ID;RANGE=THISANDFUTURE:20270309T090000Z")),
                "03-08 09:00/10:00, 03-09 11:00/13:00, 03-10 11:00/13:00, 03-11 11:00/13:00"),
            "none that follow": (
                file(*hourly(":20270308T090000Z", "RRULE:FREQ=DAILY"),
                     *hourly(":20270309T090000Z", "STATUS:CANCELLED",
                             "RECURRENCE-ID;RANGE=THISANDFUTURE:20270309T090000Z")),
                "03-08 09:00/10:00"),
        },
    )  # fmt: skip


def clock_changes() -> Iterator[Case]:
    def berlin(start: str, *more: str) -> bytes:
        return file(*hourly(f";TZID=Europe/Berlin:{start}", *more))

    new_york = "03-12 14:00/15:00, 03-13 14:00/15:00, 03-14 13:00/14:00"
    yield from table(
        "clock change",
        {
            "nine o'clock stays nine": (
                berlin("20270327T090000", "RRULE:FREQ=DAILY;COUNT=3"),
                "03-27 08:00/09:00, 03-28 07:00/08:00, 03-29 07:00/08:00"),
            "floating nine o'clock too": (
                file(*hourly(":20270327T090000", "RRULE:FREQ=DAILY;COUNT=2")),
                "03-27 08:00/09:00, 03-28 07:00/08:00"),
            "UTC knows no summer": (
                file(*hourly(":20270327T090000Z", "RRULE:FREQ=DAILY;COUNT=2")),
                "03-27 09:00/10:00, 03-28 09:00/10:00"),
            "in the gap": (berlin("20270328T023000"), "03-28 01:30/02:30"),
            "daily through the gap": (
                berlin("20270327T023000", "RRULE:FREQ=DAILY;COUNT=3"),
                "03-27 01:30/02:30, 03-28 01:30/02:30, 03-29 00:30/01:30"),
            "over the gap by its end": (
                file(*event("DTSTART;TZID=Europe/Berlin:20270328T010000",
                            "DTEND;TZID=Europe/Berlin:20270328T040000")), "03-28 00:00/02:00"),
            "over the gap by duration": (
                file(*event("DTSTART;TZID=Europe/Berlin:20270328T010000", "DURATION:PT3H")),
                "03-28 00:00/03:00"),
            "the short day": (file(*event("DTSTART;VALUE=DATE:20270328")),
                              "03-27 23:00/03-28 22:00"),
            "days over the short day": (
                file(*event("DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270330")),
                "03-26 23:00/03-29 22:00"),
            "New York by name": (
                file(*hourly(";TZID=America/New_York:20270312T090000", "RRULE:FREQ=DAILY;COUNT=3")),
                new_york),
            "New York by its own rules": (
                file(*NEW_YORK, *hourly(";TZID=Customized:20270312T090000",
                                        "RRULE:FREQ=DAILY;COUNT=3")), new_york),
            "the gap by its own rules": (
                file(*NEW_YORK, *hourly(";TZID=Customized:20270314T023000")),
                "03-14 07:30/08:30"),
            "just before the gap by its own rules": (
                file(*NEW_YORK, *hourly(";TZID=Customized:20270314T013000")),
                "03-14 06:30/07:30"),
            "the second of two": (
                file(*hourly(";TZID=Australia/Sydney:20270404T023000")), "04-03 15:30/16:30"),
            "half an hour on Lord Howe": (
                file(*hourly(";TZID=Australia/Lord_Howe:20270403T120000",
                             "RRULE:FREQ=DAILY;COUNT=2")),
                "04-03 01:00/02:00, 04-04 01:30/02:30"),
            "until an instant in summer": (
                berlin("20270327T090000", "RRULE:FREQ=DAILY;UNTIL=20270328T070000Z"),
                "03-27 08:00/09:00, 03-28 07:00/08:00"),
            "a date taken out in summer": (
                berlin("20270327T090000", "RRULE:FREQ=DAILY;COUNT=3",
                       "EXDATE;TZID=Europe/Berlin:20270328T090000"),
                "03-27 08:00/09:00, 03-29 07:00/08:00"),
            "every eighth hour of the wall": (
                berlin("20270327T180000", "RRULE:FREQ=HOURLY;INTERVAL=8;COUNT=3"),
                "03-27 17:00/18:00, 03-28 01:00/02:00, 03-28 08:00/09:00"),
        },
    )  # fmt: skip


def bombs() -> Iterator[Case]:
    def rule(rule: str, *more: str) -> bytes:
        return file(*hourly(":20000101T090000Z", f"RRULE:{rule}", *more))

    too_often, too_large = "repeat too often", "larger than"
    never = ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
             "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11", "FREQ=WEEKLY;BYSETPOS=300;BYDAY=MO",
             "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=12", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
             "FREQ=YEARLY;INTERVAL=1000000", "FREQ=DAILY;INTERVAL=1000000",
             "FREQ=WEEKLY;INTERVAL=1000000", "FREQ=MONTHLY;INTERVAL=1000000")  # fmt: skip
    for text in never:
        yield Case(f"bomb: {text}", rule(text), ())
    for text in (
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;COUNT=999999999",
        "FREQ=SECONDLY;UNTIL=99991231T235959Z",
        "FREQ=MINUTELY;COUNT=999999999",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
        + ";BYMINUTE=" + ",".join(map(str, range(60)))
        + ";BYSECOND=" + ",".join(map(str, range(60))),
    ):  # fmt: skip
        yield Case(f"bomb: {text[:60]}", rule(text), None, too_often)
    every_minute = rule("FREQ=MINUTELY;INTERVAL=2")
    yield Case("bomb: every other minute", every_minute, ("03-01 00:00/05-01 00:00",))
    second = observed("STANDARD", "19700101T000000", "+0000", "+0100", "RRULE:FREQ=SECONDLY")
    used = hourly(";TZID=Bomb:20270308T090000")
    yield Case(
        "bomb: a zone that changes each second",
        file(*own_zone("Bomb", *second), *used), None, too_often,
    )  # fmt: skip
    yield Case(
        "bomb: such a zone that nobody uses",
        file(*own_zone("Bomb", *second), *hourly(":20270308T090000Z")), ("03-08 09:00/10:00",),
    )  # fmt: skip
    many = [line for _ in range(21_000) for line in event("DTSTART:20270308T090000Z")]
    yield Case("bomb: too many events", file(*many), None, "more than 20000")
    series = [
        line
        for number in range(4000)
        for line in event(
            "DTSTART:20270301T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY", uid=str(number)
        )
    ]
    yield Case("bomb: many series", file(*series), None, too_often)
    twins = [line for number in range(5000) for line in (
        *event("DTSTART:20270308T090000Z", "DURATION:PT1H"),
        *event("DTSTART:20270308T090000Z", "DURATION:PT1H",
               f"RECURRENCE-ID:{2100 + number % 800}0101T000000Z"))]  # fmt: skip
    yield Case("bomb: one UID ten thousand times", file(*twins), ("03-08 09:00/10:00",))
    dates = "RDATE:" + ",".join(["20270308T090000Z"] * 110_000)
    yield Case("bomb: dates without end", file(*hourly(":20270308T090000Z", dates)),
               None, too_often)  # fmt: skip
    nested = ["BEGIN:VEVENT"] * 5000 + ["END:VEVENT"] * 5000
    yield Case("bomb: nested deep", file(*nested), None, "nested too deep")
    yield Case("bomb: a line of two megabytes", file("SUMMARY:" + "a" * 2_000_000), None, too_large)
    yield Case("bomb: three megabytes", b"BEGIN:VCALENDAR\r\n" * 200_000, None, too_large)
    folded = "\r\n ".join("DTSTART:20270308T090000Z")
    yield Case("bomb: a fold at every letter", file(*event(folded, "DURATION:PT1H")),
               ("03-08 09:00/10:00",))  # fmt: skip
    huge = "9" * 4000
    for name, line in (
        ("count", f"RRULE:FREQ=DAILY;COUNT={huge}"),
        ("interval", f"RRULE:FREQ=DAILY;INTERVAL={huge}"),
        ("duration", f"DURATION:P{huge}D"), ("by-day", f"RRULE:FREQ=MONTHLY;BYDAY={huge}MO"),
    ):  # fmt: skip
        data = file(*event("DTSTART:20270308T090000Z", line))
        yield Case(f"bomb: {name} of 4000 digits", data, (), skipped=1)
    sequence = file(*hourly(":20270308T090000Z", f"SEQUENCE:{huge}"))
    yield Case("bomb: sequence of 4000 digits", sequence, ("03-08 09:00/10:00",))
    quotes = file(*event("DTSTART;X=" + '"' * 9999 + ":20270308T090000Z"))
    yield Case("bomb: ten thousand quotes", quotes, (), skipped=1)


def damaged() -> Iterator[Case]:
    whole = at("0308T0900", "0308T1000")
    no_calendar, cut, bad_end = "no iCalendar file", "cut off", "damaged"
    refused = {
        "empty": (b"", no_calendar),
        "blank lines": (b"\r\n" * 500, no_calendar),
        "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", no_calendar),
        "JSON": (b'{"error": "unauthorised"}', no_calendar),
        "an image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "zero bytes"),
        "zero bytes": (whole.replace(b"one@odd", b"one\0odd"), "zero bytes"),
        "a card": (b"BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n", no_calendar),
        "an event alone": (b"BEGIN:VEVENT\r\nDTSTART:20270308\r\nEND:VEVENT\r\n", no_calendar),
        "cut in the calendar": (whole[: whole.index(b"END:VCAL")], cut),
        "cut in the event": (whole[: whole.index(b"DTEND")], cut),
        "cut in a word": (whole[: whole.index(b"END:VEVENT") + 6], bad_end),
        "an end too many": (whole + b"END:VCALENDAR\r\n", bad_end),
        "ends crossed": (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", bad_end),
        "compressed": (b"\x1f\x8b\x08\0\0\0\0\0", "zero bytes"),
    }  # fmt: skip
    for name, (data, reason) in refused.items():
        yield Case(f"damaged: {name}", data, None, reason)
    good = event("DTSTART:20270309T090000Z", "DURATION:PT1H", uid="good@odd")
    for name, lines in {
        "no start": ("DTEND:20270308T100000Z",),
        "a start in words": ("DTSTART:next Monday",),
        "30 February": ("DTSTART:20270230T090000Z", "DURATION:PT1H"),
        "25 o'clock": ("DTSTART:20270308T250000Z", "DURATION:PT1H"),
        "the year 0": ("DTSTART:00000308T090000Z", "DURATION:PT1H"),
        "a bad end": ("DTSTART:20270308T090000Z", "DTEND:later"),
        "a bad duration": ("DTSTART:20270308T090000Z", "DURATION:one hour"),
        "an empty rule": ("DTSTART:20270308T090000Z", "DURATION:PT1H", "RRULE:"),
        "a rule of nothing": ("DTSTART:20270308T090000Z", "RRULE:FREQ=SOMETIMES"),
        "an interval of zero": ("DTSTART:20270308T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0"),
        "a count of zero": ("DTSTART:20270308T090000Z", "RRULE:FREQ=DAILY;COUNT=0"),
        "a thirteenth month": ("DTSTART:20270308T090000Z", "RRULE:FREQ=YEARLY;BYMONTH=13"),
        "day zero": ("DTSTART:20270308T090000Z", "RRULE:FREQ=MONTHLY;BYMONTHDAY=0"),
        "a day of nobody": ("DTSTART:20270308T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=XX"),
        "a bad exception": ("DTSTART:20270308T090000Z", "EXDATE:never"),
        "a bad extra date": ("DTSTART:20270308T090000Z", "RDATE:sometimes"),
        "a bad recurrence id": ("DTSTART:20270308T090000Z", "RECURRENCE-ID:that one"),
        "a line without a colon": ("DTSTART 20270308T090000Z",),
        "digits of another script": ("DTSTART:٢٠٢٧٠٣٠٨T090000Z",),
    }.items():
        data = file(*event(*lines), *good)
        yield Case(f"unreadable: {name}", data, ("03-09 09:00/10:00",), skipped=1)


def encodings() -> Iterator[Case]:
    text = file(*hourly(":20270308T090000Z", "SUMMARY:Frühstück")).decode()
    bare = text.encode()
    busy = ("03-08 09:00/10:00",)
    for name, data in {
        "UTF-8": bare,
        "UTF-8 with a mark": text.encode("utf-8-sig"),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 big": "\ufeff".encode("utf-16-be") + text.encode("utf-16-be"),
        "Latin-1": text.encode("latin-1"),
        "Shift JIS": text.replace("Frühstück", "朝食").encode("shift-jis"),
        "newlines of Unix": bare.replace(b"\r\n", b"\n"),
        "blank lines between": bare.replace(b"\r\n", b"\r\n\r\n"),
        "folds by tab": bare.replace(b"0308T09", b"0308\r\n\tT09"),
        "a fold in a letter": bare.replace(b"\xc3\xbc", b"\xc3\r\n \xbc", 1),
        "small letters": bare.replace(b"DTSTART", b"dtstart").replace(b"VEVENT", b"vevent"),
        "no newline at the end": bare.rstrip(),
        "odd bytes": bare.replace(b"Fr", b"\xff\xfe\x80"),
        "emoji": text.replace("Frühstück", "🥐" * 99).encode(),
    }.items():
        yield Case(f"encoding: {name}", data, busy)
    yield Case("encoding: UTF-16 without a mark", text.encode("utf-16-le"), None, "zero bytes")
    yield Case("encoding: UTF-16 cut", text.encode("utf-16")[:-3], None, "damaged")
