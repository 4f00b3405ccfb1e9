"""The circles' processes: each lives its days when told to, and says what happened.

Two processes use two cores; without any (tests, one core) the circles live one after the other
here. What comes of it is the same: circles share no person.
"""

import multiprocessing
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Protocol

from django.db import connections

from demo.people import People
from demo.year.cast import CIRCLES
from demo.year.circle import Circle
from demo.year.gateway import StandIn, travelling
from demo.year.market import Market
from demo.year.plan import Plan


class CircleFailed(RuntimeError):
    """A circle's process met an error; the message is its traceback."""


class Circles(Protocol):
    """All circles of the market."""

    def live_until(self, end: datetime) -> Counter[str]:
        """Let every circle live until `end`; return how many stories of each kind began."""


@contextmanager
def circles(plan: Plan, people: People, *, apart: bool) -> Iterator[Circles]:
    """Open the circles: each in a process of its own, or all in this one."""
    if not apart:
        with StandIn() as stand_in:
            yield _Here(plan, people, stand_in)
        return
    connections.close_all()  # a forked process must not share our session with the database
    processes = _Apart(plan, people)
    try:
        yield processes
    finally:
        processes.close()


class _Here:
    def __init__(self, plan: Plan, people: People, stand_in: StandIn) -> None:
        self._circles = [_circle(plan, people, stand_in, number) for number in range(CIRCLES)]

    def live_until(self, end: datetime) -> Counter[str]:
        begun: Counter[str] = Counter()
        for one in self._circles:
            begun += one.live_until(end)
        return begun


class _Apart:
    def __init__(self, plan: Plan, people: People) -> None:
        fork = multiprocessing.get_context("fork")
        self._lines: list[Connection] = []
        self._processes = []
        for number in range(CIRCLES):
            ours, theirs = fork.Pipe()
            process = fork.Process(target=_serve, args=(theirs, plan, people, number), daemon=True)
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def live_until(self, end: datetime) -> Counter[str]:
        for line in self._lines:
            line.send(end)
        begun: Counter[str] = Counter()
        for line in self._lines:
            try:
                answer = line.recv()
            except EOFError:
                raise CircleFailed("A circle's process ended without a word.") from None
            if isinstance(answer, str):
                raise CircleFailed(answer)
            begun += answer
        return begun

    def close(self) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.join(timeout=20)
            if process.is_alive():
                process.kill()
                process.join()


def _circle(plan: Plan, people: People, stand_in: StandIn, number: int) -> Circle:
    return Circle(Market(stand_in, people), plan.of_circle(number))


def _serve(line: Connection, plan: Plan, people: People, number: int) -> None:
    """Live as told until the other end hangs up."""
    with travelling(), StandIn() as stand_in:
        circle = _circle(plan, people, stand_in, number)
        while True:
            try:
                end = line.recv()
            except EOFError:
                break
            try:
                line.send(circle.live_until(end))
            except Exception:
                line.send(traceback.format_exc())
                break
    connections.close_all()
