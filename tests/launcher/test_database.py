"""The embedded database: cold starts, crashes, neighbours, and who stops it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import cluster as clusters
from launcher.database import Database, attach, ensure_running
from launcher.errors import LauncherError
from launcher.processes import is_alive, working_in
from tests.launcher.processes_of import Marked, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

HOLD = """
import sys, time
from pathlib import Path
from launcher.database import ensure_running
database = ensure_running(Path(sys.argv[1]), durable=False)
print(database.url, flush=True)
time.sleep(60 if sys.argv[2:] else 0)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A short path that every account may enter, as a clone in /srv would be."""
    folder = Path(tempfile.mkdtemp(prefix="cf-"))
    folder.chmod(0o755)
    yield folder
    home = (folder / "postgres").resolve()
    wait_for(lambda: not working_in(home / "data", name="postgres"), seconds=20, what="the end")
    shutil.rmtree(folder)
    if home.parent == clusters.ELSEWHERE:
        shutil.rmtree(home)


@pytest.fixture
def server(data_dir: Path) -> Iterator[Database]:
    database = ensure_running(data_dir, durable=False)
    yield database
    database.stop()


def ask(database: Database, question: str) -> object:
    url = database.url.replace("postgres://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as session:
        row = session.execute(question).fetchone()
    return row[0] if row else None


def postmaster(database: Database) -> int:
    return int((database.cluster.data / "postmaster.pid").read_text().split()[0])


def keeper_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def account_of(pid: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name


def test_a_cold_start_answers_and_the_last_user_stops_the_server(data_dir: Path) -> None:
    first = ensure_running(data_dir, durable=False)
    second = ensure_running(data_dir, durable=False)
    pid = postmaster(first)

    first.stop()
    still_there = is_alive(pid)
    second.stop()

    assert still_there
    assert not is_alive(pid)


def test_the_database_has_what_the_product_needs(server: Database) -> None:
    extensions = ask(
        server,
        "SELECT string_agg(name, ' ' ORDER BY name) FROM pg_available_extensions "
        "WHERE name IN ('btree_gist', 'pg_trgm', 'unaccent', 'citext')",
    )

    assert extensions == "btree_gist citext pg_trgm unaccent"
    assert ask(server, "SHOW jit") == "off"
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SELECT lower('ÄÖÜ')") == "äöü"


def test_the_product_s_server_keeps_what_it_has_committed(data_dir: Path) -> None:
    database = ensure_running(data_dir)

    durable = [ask(database, f"SHOW {name}") for name in ("fsync", "synchronous_commit")]
    database.stop()

    assert durable == ["on", "on"]


def test_three_cold_starts_at_once_give_one_server(data_dir: Path) -> None:
    marked = Marked()
    starters = [marked.start("-c", HOLD, str(data_dir)) for _ in range(3)]

    outputs = [starter.communicate(timeout=60)[0] for starter in starters]

    assert [starter.returncode for starter in starters] == [0, 0, 0], outputs
    assert len(set(outputs)) == 1
    log = (data_dir / "postgres" / "server.log").read_text()
    assert log.count("ready to accept connections") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_hands_the_server_to_an_account_that_cannot_enter_its_home(data_dir: Path) -> None:
    data_dir.chmod(0o700)

    database = ensure_running(data_dir / "var", durable=False)
    pid = postmaster(database)
    account, home = account_of(pid), database.cluster.home
    answer = ask(database, "SELECT current_user::text")
    database.stop()
    home_owner, link = home.stat().st_uid, (data_dir / "var" / "postgres").readlink()
    shutil.rmtree(home)

    assert account == "nobody"
    assert answer == "counterfoil"
    assert link == home
    assert home_owner == pwd.getpwnam("nobody").pw_uid
    assert data_dir.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_account_of_the_machine_is_not_let_in(server: Database) -> None:
    others = next(entry for entry in pwd.getpwall() if entry.pw_name == "daemon")
    probe = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"

    refused = subprocess.run(
        ["/usr/bin/env", "python3", "-c", probe, str(server.cluster.socket)],
        user=others.pw_uid,
        group=others.pw_gid,
        extra_groups=[],
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert "PermissionError" in refused.stderr


def test_a_killed_server_is_started_again_by_its_keeper(server: Database) -> None:
    before = postmaster(server)

    os.kill(before, signal.SIGKILL)

    wait_for(lambda: not is_alive(before), seconds=5, what="the old server's end")
    joined = ensure_running(server.cluster.home.parent, durable=False)
    assert ask(joined, "SELECT 1") == 1
    assert postmaster(joined) != before
    joined.release()


def test_server_and_keeper_killed_together_leave_a_database_that_starts(data_dir: Path) -> None:
    first = ensure_running(data_dir)
    url = first.url.replace("postgres://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE TABLE kept (number int)")
        session.execute("INSERT INTO kept VALUES (7)")
    server = postmaster(first)
    keeper = keeper_of(server)

    os.kill(keeper, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not is_alive(keeper), seconds=5, what="the keeper's end")
    first.release()
    second = ensure_running(data_dir)

    assert ask(second, "SELECT number FROM kept") == 7
    second.stop()


def test_a_server_whose_keeper_alone_was_killed_ends_with_it(data_dir: Path) -> None:
    database = ensure_running(data_dir, durable=False)
    server = postmaster(database)

    os.kill(keeper_of(server), signal.SIGKILL)

    wait_for(lambda: not is_alive(server), seconds=10, what="the server's end")
    database.release()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(data_dir: Path) -> None:
    first = ensure_running(data_dir, durable=False)
    pid_file = first.cluster.data / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    first.stop()
    pid_file.write_text("\n".join([str(os.getppid()), *stale[1:]]) + "\n")

    second = ensure_running(data_dir, durable=False)

    assert ask(second, "SELECT 1") == 1
    assert is_alive(os.getppid())
    second.stop()


def test_a_user_killed_without_warning_does_not_keep_the_server_up(data_dir: Path) -> None:
    marked = Marked()
    user = marked.start("-c", HOLD, str(data_dir), "stay")
    assert user.stdout is not None

    url = user.stdout.readline()
    user.kill()
    user.communicate()

    assert url.startswith("postgres://")
    data = data_dir / "postgres" / "data"
    wait_for(lambda: not working_in(data, name="postgres"), seconds=10, what="the server's end")


def test_two_clones_run_side_by_side(data_dir: Path) -> None:
    one = ensure_running(data_dir / "one", durable=False)
    two = ensure_running(data_dir / "two", durable=False)

    one_pid, two_pid = postmaster(one), postmaster(two)
    one.stop()
    answer = ask(two, "SELECT 2")
    two.stop()

    assert one_pid != two_pid
    assert answer == 2


def test_a_folder_with_spaces_commas_and_umlauts_is_as_good_as_any(data_dir: Path) -> None:
    database = ensure_running(data_dir / "Für Ada, 2 & 3", durable=False)

    answer, folder = ask(database, "SELECT 3"), database.cluster.socket_folder
    database.stop()
    folder.rmdir()

    assert answer == 3


def test_attaching_never_starts_a_server(data_dir: Path) -> None:
    before = attach(data_dir)
    database = ensure_running(data_dir, durable=False)
    during = attach(data_dir)
    assert during is not None
    during.release()
    database.stop()
    after = attach(data_dir)

    assert before is None
    assert during.url == database.url
    assert after is None


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(data_dir: Path) -> None:
    deep = data_dir / ("a-folder-with-a-very-long-name-" * 4)

    database = ensure_running(deep, durable=False)
    folder = database.cluster.socket_folder
    answer, mode = ask(database, "SELECT 1"), folder.stat().st_mode & 0o777
    database.stop()
    folder.rmdir()

    assert answer == 1
    assert folder.parent == Path("/tmp")
    assert mode == 0o700


def test_a_start_that_fails_says_why(data_dir: Path) -> None:
    database = ensure_running(data_dir, durable=False)
    database.stop()
    (database.cluster.data / "postgresql.conf").write_text("shared_buffers = nonsense\n")

    started = time.monotonic()
    with pytest.raises(LauncherError, match="shared_buffers"):
        ensure_running(data_dir, durable=False)

    assert time.monotonic() - started < 15


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two accounts")
def test_a_folder_of_another_user_is_refused_with_advice(data_dir: Path) -> None:
    database = ensure_running(data_dir, durable=False)
    database.stop()
    code = f"""
import os, sys
sys.path.insert(0, {str(Path(clusters.__file__).parent.parent)!r})
from pathlib import Path
from launcher.account import account_for
from launcher.errors import LauncherError
os.setuid({pwd.getpwnam("daemon").pw_uid})
try:
    account_for(Path({str(data_dir / "postgres")!r}))
except LauncherError as refusal:
    print(refusal)
"""

    said = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert "belongs to nobody" in said
    assert "set DATA_DIR" in said
