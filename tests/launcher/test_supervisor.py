"""The supervisor: what dies is restarted, what ends ends as a whole, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.locks import Lock
from tests.launcher.processes_of import Marked, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

# A program with a child of its own, as web servers and job clusters have. The child ignores
# SIGTERM: only the end of the whole group ends it. The family is ready when the child has said that
# it runs: before, /proc may show neither its command nor its environment.
FAMILY = """
import signal, subprocess, sys, time
stubborn = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('deaf', flush=True); time.sleep(300)"
)
child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
child.stdout.readline()
print("family ready", flush=True)
time.sleep(300)
"""
SICK_ONCE = """
import pathlib, sys, time
first = pathlib.Path(sys.argv[1])
if first.exists():
    print("well", flush=True)
else:
    first.touch()
    print("reincarnated worker after death", flush=True)
time.sleep(300)
"""
SUPERVISE = """
import os, re, sys
from pathlib import Path
from launcher.children import Program
from launcher.console import Console
from launcher.supervisor import Stopped, Supervisor
remains = Path(os.environ["REMAINS"])
supervisor = Supervisor(console=Console(), environment=dict(os.environ), remains=remains)
supervisor.catch_signals()
sick = re.compile("reincarnated")
supervisor.start(Program(name="one", command=[sys.executable, *sys.argv[1:]], sick=sick))
try:
    supervisor.watch(until=lambda: False)
except Stopped:
    supervisor.close()
    print("closed", flush=True)
"""


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marked]:
    monkeypatch.setenv("REMAINS", str(tmp_path / "remains"))
    marked = Marked()
    yield marked
    marked.kill_all()


def supervise(marked: Marked, *arguments: str) -> subprocess.Popen[str]:
    return marked.start("-c", SUPERVISE, *arguments)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"ended before it said {words!r}: {said}"
        said += line
    return said


def leader(marked: Marked) -> int:
    """The program itself: the one that the mark and the word `family ready` give away."""
    return next(
        pid
        for pid, command in marked.alive().items()
        if "family ready" in command and "launcher.supervisor" not in command
    )


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_wish_to_end_ends_everything(marked: Marked, wish: signal.Signals) -> None:
    supervisor = supervise(marked, "-c", FAMILY)
    read_until(supervisor, "family ready")
    before = len(marked.alive())

    supervisor.send_signal(wish)
    said, _ = supervisor.communicate(timeout=30)

    assert before == 4  # supervisor, guard, program, the program's child
    assert said.endswith("closed\n")
    assert supervisor.returncode == 0
    assert marked.alive() == {}


def test_a_killed_supervisor_leaves_no_orphans(marked: Marked, tmp_path: Path) -> None:
    supervisor = supervise(marked, "-c", FAMILY)
    read_until(supervisor, "family ready")

    supervisor.kill()
    supervisor.wait()
    remains = Lock(tmp_path / "remains")
    remains.own()

    wait_for(lambda: not marked.alive(), seconds=1, what="no program once the lock is free")
    remains.close()
    supervisor.communicate()


def test_a_program_that_was_killed_is_started_again_without_its_old_children(
    marked: Marked,
) -> None:
    supervisor = supervise(marked, "-c", FAMILY)
    read_until(supervisor, "family ready")
    first = set(marked.alive()) - {supervisor.pid}

    os.kill(leader(marked), signal.SIGKILL)
    said = read_until(supervisor, "family ready")

    assert "one ended with status -9; it starts again." in said
    assert len(marked.alive()) == 4
    assert len(set(marked.alive()) & first) == 1  # the guard
    supervisor.terminate()
    supervisor.communicate(timeout=30)


def test_a_killed_guard_is_replaced_and_does_its_duty(marked: Marked) -> None:
    supervisor = supervise(marked, "-c", FAMILY)
    read_until(supervisor, "family ready")
    guard = next(pid for pid, command in marked.alive().items() if "guard.py" in command)

    os.kill(guard, signal.SIGKILL)
    wait_for(
        lambda: any("guard.py" in c for p, c in marked.alive().items() if p != guard),
        seconds=5,
        what="another guard",
    )
    supervisor.kill()
    supervisor.wait()

    wait_for(lambda: not marked.alive(), seconds=20, what="the end of all its programs")
    supervisor.communicate()


def test_a_program_that_says_it_is_damaged_is_started_anew(marked: Marked, tmp_path: Path) -> None:
    supervisor = supervise(marked, "-c", SICK_ONCE, str(tmp_path / "first"))

    said = read_until(supervisor, "well")

    assert "Restarting one: it says that it is damaged." in said
    supervisor.terminate()
    supervisor.communicate(timeout=30)


def test_a_second_wish_to_end_does_not_wait(marked: Marked) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('family ready', flush=True); time.sleep(300)"
    )
    supervisor = supervise(marked, "-c", stubborn)
    read_until(supervisor, "family ready")

    supervisor.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(timeout=2)
    supervisor.send_signal(signal.SIGINT)
    supervisor.communicate(timeout=5)

    assert marked.alive() == {}
