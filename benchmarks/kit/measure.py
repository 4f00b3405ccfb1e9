"""Wall time and CPU of a process and of its PostgreSQL backend, and tables that compare them.

CPU comes from the operating system's accounting (`/proc/<pid>/schedstat`, nanoseconds on a CPU), so
a neighbour that takes the machine disturbs it less than the clock. A table is made of one run.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation took, in microseconds."""

    wall: float
    process: float
    backend: float

    @property
    def cpu(self) -> float:
        return self.process + self.backend


def cpu_of(pid: int) -> float:
    """Return the seconds that a process's main thread has been on a CPU."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def parent_of(pid: int) -> int:
    """Return the process that started another: of a backend, PostgreSQL's own."""
    return int(_stat(pid)[1])


def cpu_of_ended(parent: int) -> float:
    """Return the seconds that the children of a process took that have ended.

    Of PostgreSQL's own, these are parallel workers, and the backends of closed connections.
    """
    user, system = _stat(parent)[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Return the fields of a process behind its name, which may have spaces in it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cost_of(act: Callable[[], int], *, backend: Callable[[], int], seconds: float) -> Cost:
    """Repeat `act`, which returns how many operations it did, for so long."""
    pid = backend()
    made = 0
    wall, process, there = time.perf_counter(), time.process_time(), cpu_of(pid)
    while (passed := time.perf_counter() - wall) < seconds:
        made += act()
    return Cost(
        wall=passed / made * 1e6,
        process=(time.process_time() - process) / made * 1e6,
        backend=(cpu_of(pid) - there) / made * 1e6,
    )


def middle(rounds: list[Cost]) -> Cost:
    """Return the medians of the rounds."""
    return Cost(
        wall=median(one.wall for one in rounds),
        process=median(one.process for one in rounds),
        backend=median(one.backend for one in rounds),
    )


def interleaved(
    acts: Mapping[str, Callable[[], Cost]], *, rounds: int, warm: bool = True
) -> dict[str, Cost]:
    """Measure all in turn, several times over, so that a slow moment hits all; return medians."""
    if warm:
        for act in acts.values():
            act()
    taken: dict[str, list[Cost]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(act())
    return {name: middle(costs) for name, costs in taken.items()}
