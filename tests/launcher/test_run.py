"""`make run` itself: from nothing to ready, hurt in the middle, and ended without a trace."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import options as launcher_options
from launcher.cluster import ELSEWHERE
from launcher.database import attach
from launcher.errors import LauncherError
from launcher.locks import Lock
from launcher.run import run as start
from launcher.run import work
from tests.launcher.processes_of import ROOT, Marked, wait_for
from tests.launcher.product import Run

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One folder for every run here: the first one migrates, the others start as a second does."""
    folder = Path(tempfile.mkdtemp(prefix="cf-"))
    folder.chmod(0o755)
    yield folder / "var"
    home = (folder / "var" / "postgres").resolve()
    shutil.rmtree(folder)
    if home.parent == ELSEWHERE:
        shutil.rmtree(home)


@pytest.fixture
def run(data_dir: Path) -> Iterator[Run]:
    run = Run(data_dir)
    wait_for(run.is_up, seconds=240, what="a run that is ready")
    yield run
    run.close()


def url_of(run: Run) -> str:
    database = attach(run.data_dir)
    assert database is not None
    database.release()
    return database.url


def kill_and_await_another(run: Run, part: str) -> None:
    victim = run.pid_of(part)
    assert victim, f"no {part} runs"
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: run.pid_of(part) not in {0, victim}, seconds=60, what=f"a new {part}")


@linux_only
@pytest.mark.slow
def test_a_run_comes_up_survives_the_death_of_its_parts_and_ends_as_a_whole(run: Run) -> None:
    """One story, because a start takes its time: attach, a worker beside it, kills, Ctrl-C."""
    alive_status = run.status("/livez")
    assert run.is_streaming()
    server = int((run.data / "postmaster.pid").read_text().split()[0])
    attached = run.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.db import connection as c; "
        "x = c.cursor(); x.execute('SELECT pg_backend_pid()'); "
        "print(open(f'/proc/{x.fetchone()[0]}/stat').read().split()[3])",
    )

    assert alive_status == 200
    assert int(attached) == server

    worker = run.marked.start("-m", "launcher", "work", DATABASE_URL=url_of(run))
    assert worker.stdout is not None
    running = any("running." in line for line in worker.stdout)
    worker.terminate()
    worker.communicate(timeout=45)
    assert (running, worker.returncode) == (True, 0)

    for part in ("config.wsgi", "messaging.stream", "qcluster", "-m sandbox"):
        kill_and_await_another(run, part)
    os.kill(server, signal.SIGKILL)
    wait_for(run.is_ready, seconds=60, what="/readyz = 200 after every part was killed")
    wait_for(run.is_streaming, seconds=60, what="a stream that listens to the new server")

    run.process.send_signal(signal.SIGINT)
    run.process.wait(timeout=45)

    assert run.process.returncode == 0, run.text
    wait_for(lambda: not run.leftovers(), seconds=2, what="no process left behind")


@linux_only
@pytest.mark.slow
def test_a_killed_run_leaves_no_orphans_and_the_next_one_starts_at_once(run: Run) -> None:
    before = set(run.leftovers())

    run.process.kill()
    again = Run(run.data_dir, ports=run.ports)
    wait_for(again.is_up, seconds=120, what="a run that is ready after a kill")
    orphans = before & set(run.leftovers())
    again.process.terminate()
    again.process.wait(timeout=45)

    assert orphans == set()
    assert again.process.returncode == 0, again.text
    again.close()


@linux_only
@pytest.mark.slow
def test_a_worker_killed_while_idle_does_not_wedge_the_cluster(run: Run) -> None:
    """R6: django-q2 alone may wait for ever for the lock that the dead worker held."""

    def cluster() -> list[int]:
        """Its processes in the order of their start: master, sentinel, two workers, two more."""
        return sorted(pid for pid, text in run.marked.alive().items() if "qcluster" in text)

    wait_for(lambda: len(cluster()) == 6, seconds=60, what="a cluster with all its processes")
    master, _, *workers = cluster()[:4]

    for worker in workers:
        try:
            os.kill(worker, signal.SIGKILL)
        except ProcessLookupError:  # went down with the first one's cluster
            continue
    wait_for(lambda: run.pid_of("qcluster") not in {0, master}, seconds=60, what="a new cluster")

    enqueue = (
        "from kernel.models import Job; from kernel.tasks import drain; "
        "from django_q.tasks import async_task; print(async_task(drain))"
    )
    task = run.manage("shell", "--no-imports", "-c", enqueue).strip()
    ask = f"from django_q.models import Success as S; print(S.objects.filter(pk={task!r}).count())"
    wait_for(
        lambda: run.manage("shell", "--no-imports", "-c", ask).strip() == "1",
        seconds=60,
        what="a job done by the new cluster",
    )


def test_a_worker_machine_must_be_told_whose_jobs_to_do() -> None:
    with pytest.raises(LauncherError, match="needs DATABASE_URL"):
        work(launcher_options.read({}))


def test_a_taken_port_is_named_with_the_variable_to_set(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LauncherError) as refusal:
            launcher_options.refuse_taken_port("PORT", port)

    assert f"Port {port} on 127.0.0.1 cannot be used" in str(refusal.value)
    assert f"PORT={port + 10} make run" in str(refusal.value)


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    holder = Lock(tmp_path / "run.lock")
    assert holder.try_own()

    with pytest.raises(LauncherError, match="already runs"):
        start(launcher_options.read({"DATA_DIR": str(tmp_path)}))
    holder.close()


@pytest.mark.parametrize("value", ["", "http", "0", "65536", "-1", "8000.0"])
def test_a_port_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(LauncherError, match="PORT="):
        launcher_options.read({"PORT": value})


@pytest.mark.parametrize(
    ("one", "other"),
    [("PORT", "SANDBOX_PORT"), ("PORT", "STREAM_PORT"), ("SANDBOX_PORT", "STREAM_PORT")],
)
def test_one_port_for_two_servers_is_refused(one: str, other: str) -> None:
    with pytest.raises(LauncherError, match=f"{one} and {other} are both 9000"):
        launcher_options.read({one: "9000", other: "9000"})


def test_readyz_says_which_dependency_fails_and_livez_does_not_care() -> None:
    script = (
        "import django; django.setup(); from django.test import Client; import json; "
        "c = Client(SERVER_NAME='localhost'); r = c.get('/readyz'); "
        "print(json.dumps([r.status_code, r.json(), c.get('/livez').status_code]))"
    )
    environment = Marked().environment(
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        DJANGO_SETTINGS_MODULE="config.settings.dev",
    )

    answer = subprocess.check_output(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, text=True, stderr=subprocess.PIPE
    )

    status, body, live = json.loads(answer.splitlines()[-1])
    assert (status, live) == (503, 200)
    assert body["checks"] == {
        "database": "unreachable",
        "cache": "unreachable",
        "migrations": "unreachable",
    }
