"""The peers and limits of job C, in a process of their own: told a case, they say slots and CPU.

The peers make instants of the wall clock, as the product does. The limits are handed the open times
as instants, sorted, and so do less.
"""

import ctypes
import json
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from datetime import datetime, timedelta
from datetime import time as wall
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import portion
from dateutil import rrule, tz

APART = 1 << 40  # further than any two instants: one mentor's times never meet another's


def plain(case):
    """Each start of each day by zoneinfo, and a bisection for what is sold."""
    zone = ZoneInfo(case["zone"])
    sold = case["blocked"]
    ends = [end for _, end in sold]
    reach, step, found = case["duration"] + case["gap"], case["step"], []
    first = datetime.fromtimestamp(case["start"], zone).date()
    for offset in range(-1, case["days"] + 2):
        day = first + timedelta(days=offset)
        if day.weekday() not in case["weekdays"]:
            continue
        hours = [datetime.combine(day, wall(hour), zone).timestamp() for hour in case["hours"]]
        for at in range(int(hours[0]), int(hours[1]) - case["duration"] + 1, step):
            index = bisect_left(ends, at + 1)
            free = index == len(sold) or sold[index][0] >= at + reach
            if free and case["start"] <= at < case["end"]:
                found.append(at)
    return found


def with_portion(case):
    """Intervals of portion: what is open, without the starts that meet what is sold."""
    zone = ZoneInfo(case["zone"])
    first = datetime.fromtimestamp(case["start"], zone).date()
    starts = portion.empty()
    for offset in range(-1, case["days"] + 2):
        day = first + timedelta(days=offset)
        if day.weekday() in case["weekdays"]:
            opens, closes = (
                int(datetime.combine(day, wall(hour), zone).timestamp()) for hour in case["hours"]
            )
            starts |= portion.closed(opens, closes - case["duration"])
    reach = case["duration"] + case["gap"]
    for begin, stop in case["blocked"]:
        starts -= portion.open(begin - reach, stop)
    starts &= portion.closedopen(case["start"], case["end"])
    step = case["step"]
    return [
        at
        for part in starts
        if not part.empty
        for at in range(-(-int(part.lower) // step) * step, int(part.upper) + 1, step)
        if at in part
    ]


def with_dateutil(case):
    """A recurrence rule of dateutil brings the starts, one by one."""
    zone = tz.gettz(case["zone"])
    first = datetime.fromtimestamp(case["start"], zone).replace(tzinfo=None, hour=0)
    opens, closes = case["hours"]
    step = case["step"] // 60
    minutes = list(range(0, 60, step))
    rule = rrule.rrule(
        rrule.DAILY,
        dtstart=first - timedelta(days=1),
        until=first + timedelta(days=case["days"] + 2),
        byweekday=case["weekdays"],
        byhour=range(opens, closes),
        byminute=minutes,
        bysecond=0,
    )
    reach = case["duration"] + case["gap"]
    found = []
    for shown in rule:
        at = int(shown.replace(tzinfo=zone).timestamp())
        last = shown.replace(hour=closes, minute=0, tzinfo=zone).timestamp() - case["duration"]
        free = all(stop <= at or at + reach <= begin for begin, stop in case["blocked"])
        if case["start"] <= at < case["end"] and at <= last and free:
            found.append(at)
    return found


def columns(cases):
    """Everybody's open and sold times in two arrays, each mentor far from the next."""
    opened = [np.array(case["open"]) + index * APART for index, case in enumerate(cases)]
    sold = [np.array(case["blocked"]) + index * APART for index, case in enumerate(cases)]
    return np.concatenate(opened), np.concatenate(sold)


def searchsorted(case, opened, sold):
    """All starts of the grid at once, and where each would stand among what is sold."""
    room = opened[:, 1] - opened[:, 0] - case["duration"]
    counts = room // case["step"] + 1
    ends = np.cumsum(counts)
    steps = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    starts = np.repeat(opened[:, 0], counts) + steps * case["step"]
    index = np.searchsorted(sold[:, 0], starts + case["duration"] + case["gap"]) - 1
    taken = (index >= 0) & (sold[index, 1] > starts)
    return starts[~taken]


MERGE = r"""
long merge(const long *open, long opens, const long *sold, long solds,
           long duration, long gap, long step, long *found) {
    long count = 0, next = 0;
    for (long i = 0; i < opens; i++)
        for (long at = open[2 * i]; at + duration <= open[2 * i + 1]; at += step) {
            while (next < solds && sold[2 * next + 1] <= at) next++;
            if (next == solds || sold[2 * next] >= at + duration + gap) found[count++] = at;
        }
    return count;
}
"""


def compiled():
    """The merge of two sorted lists in C; None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    folder = Path(tempfile.mkdtemp())
    (folder / "merge.c").write_text(MERGE)
    library = folder / "merge.so"
    subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(folder / "merge.c")],
        check=True,
    )
    merge = ctypes.CDLL(str(library)).merge
    merge.restype = ctypes.c_long
    shutil.rmtree(folder)
    return merge


def main():
    cases = json.loads(sys.stdin.readline())
    one = cases[0]
    opened, sold = columns(cases[:1])
    all_opened, all_sold = columns(cases)
    acts = {
        "plain Python + zoneinfo": lambda: plain(one),
        "python-portion": lambda: with_portion(one),
        "dateutil": lambda: with_dateutil(one),
        "numpy searchsorted (limit)": lambda: searchsorted(one, opened, sold).tolist(),
        "1,000: numpy searchsorted (limit)": lambda: searchsorted(one, all_opened, all_sold),
    }
    merge = compiled()
    if merge is not None:
        flat = [np.ascontiguousarray(part, dtype=np.int64) for part in (opened, sold)]
        found = np.empty(4096, dtype=np.int64)
        pointers = [ctypes.c_void_p(part.ctypes.data) for part in (*flat, found)]
        rest = [ctypes.c_long(one[name]) for name in ("duration", "gap", "step")]
        sizes = [ctypes.c_long(len(part)) for part in flat]

        def merged():
            count = merge(pointers[0], sizes[0], pointers[1], sizes[1], *rest, pointers[2])
            return found[:count]

        acts["C merge (limit)"] = merged
    print(json.dumps(list(acts)), flush=True)
    for line in sys.stdin:
        order, name, seconds = json.loads(line)
        act = acts[name]
        if order == "say":
            answer = [int(at) for at in act()]
        else:
            made, begun, clock = 0, time.process_time(), time.perf_counter()
            while (passed := time.perf_counter() - clock) < seconds or not made:
                act()
                made += 1
            answer = [passed / made * 1e6, (time.process_time() - begun) / made * 1e6]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
