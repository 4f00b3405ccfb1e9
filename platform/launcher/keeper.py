"""The database's keeper: PostgreSQL's parent, alive exactly as long as somebody needs the server.

Everybody who needs the server holds ``users.lock`` shared. When the keeper can own that lock,
nobody is left – whether they ended or were killed – and it stops the server. It starts the server
again when that dies, and takes it along when it is killed itself. It knows nothing of the product.
"""

# Note [Who ends when]
# The kernel drops a flock with its holder, so no list of pids has to be trusted. The keeper owns
# users.lock while it stops the server: whoever comes at that moment waits, and then starts anew.
# It gives up keeper.lock before users.lock, so that the newcomer finds the house empty.

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from launcher import cluster as clusters
from launcher.account import Account
from launcher.binaries import Binaries
from launcher.cluster import DATABASE, ROLE, SOCKET_NAME, Cluster
from launcher.errors import LauncherError
from launcher.locks import Lock
from launcher.processes import die_with_parent, send, wait_until_gone, working_in

GLANCE_SECONDS = 0.1
START_SECONDS = 60
STOP_SECONDS = 15
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
FIRST_ATTEMPTS = 3
LOG_LIMIT = 10_000_000

READY = b"ready"
PROTOCOL_3 = 196608
STARTING_UP = b"C57P03\0"


def command_for(cluster: Cluster, binaries: Binaries, account: Account, invoker: str) -> list[str]:
    """Return the command that starts a keeper and comes back when the server answers."""
    plan = {
        "home": str(cluster.home),
        "durable": cluster.durable,
        "binaries": str(binaries.folder),
        "major": binaries.major,
        "account": [account.uid, account.gid, account.name],
        "invoker": invoker,
    }
    return [sys.executable, "-m", "launcher.keeper", json.dumps(plan)]


def answers(path: Path) -> bool:
    """Tell whether a server behind this socket takes sessions (it may still refuse ours)."""
    words = b"".join(word.encode() + b"\0" for word in ("user", ROLE, "database", DATABASE, ""))
    hello = struct.pack("!ii", 8 + len(words), PROTOCOL_3) + words
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(path))
            line.sendall(hello)
            reply = line.recv(1024)
    except OSError:
        return False
    return bool(reply) and not (reply[:1] == b"E" and STARTING_UP in reply)


class Keeper:
    """Runs one cluster's server until nobody needs it."""

    def __init__(self, cluster: Cluster, binaries: Binaries) -> None:
        self.cluster = cluster
        self.binaries = binaries
        self.users = Lock(cluster.users_lock)
        self.asked_to_stop = False

    def serve(self, *, report: int) -> None:
        """Keep the server running; write to ``report`` when it first answers."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        failures, pause, ready = 0, FIRST_PAUSE_SECONDS, False
        while not self._is_deserted():
            clear_leftovers(self.cluster)
            started_at = time.monotonic()
            server = self._start()
            if not ready and self._wait_until_ready(server):
                os.write(report, READY)
                os.close(report)
                ready = True
            self._watch(server)
            self._note(f"the server ended with status {server.returncode}")
            failures += 1
            if self._is_deserted() or (not ready and failures == FIRST_ATTEMPTS):
                return
            lasted = time.monotonic() - started_at
            pause = FIRST_PAUSE_SECONDS if lasted > 60 else min(pause * 2, LONGEST_PAUSE_SECONDS)
            time.sleep(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.cluster.start_command(self.binaries),
            cwd=self.cluster.home,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 -- one thread
        )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            if answers(self.cluster.socket):
                return True
            time.sleep(0.02)
        return False

    def _watch(self, server: subprocess.Popen[bytes]) -> None:
        """Return when the server is down: by itself, or because nobody needs it."""
        while server.poll() is None:
            if self._is_deserted():
                stop(server)
                return
            time.sleep(GLANCE_SECONDS)

    def _is_deserted(self) -> bool:
        return self.asked_to_stop or self.users.try_own() or not self.cluster.data.exists()

    def _stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _note(self, text: str) -> None:
        print(f"{time.strftime('%F %T')} keeper: {text}", flush=True)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server in good order, and in any order if that takes too long."""
    for manner in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(manner)
        try:
            server.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def clear_leftovers(cluster: Cluster) -> None:
    """End what an earlier keeper left behind when it was killed, and forget its pid.

    Only processes that work in this very folder count. The pids in PostgreSQL's own files prove
    nothing: the number may be another program's by now, or a dead server's that nobody has
    buried, and PostgreSQL would then refuse to start for as long as that goes on.
    """
    data = cluster.data
    pid_file = data / "postmaster.pid"
    leftovers = working_in(data, name="postgres")
    if leftovers:
        remembered = _read_pid(pid_file)
        if remembered in leftovers:
            send([remembered], signal.SIGINT)
        else:  # its children only: they are about to notice
            send(leftovers, signal.SIGQUIT)
        wait_until_gone(leftovers, seconds=STOP_SECONDS)
        leftovers = working_in(data, name="postgres")
        send(leftovers, signal.SIGKILL)
        wait_until_gone(leftovers, seconds=STOP_SECONDS)
    for remnant in (pid_file, cluster.socket, cluster.socket.with_name(f"{SOCKET_NAME}.lock")):
        remnant.unlink(missing_ok=True)


def _read_pid(pid_file: Path) -> int:
    try:
        return int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def main() -> int:
    """Start the server; return when it answers, leaving the keeper behind in the background."""
    plan = json.loads(sys.argv[1])
    cluster = Cluster(home=Path(plan["home"]), durable=plan["durable"])
    binaries = Binaries(folder=Path(plan["binaries"]), major=plan["major"])
    account = Account(*plan["account"])
    own = Lock(cluster.keeper_lock)
    if not own.try_own(seconds=2):
        print(f"{cluster.home} already has a keeper", file=sys.stderr)
        return 1
    keeper = Keeper(cluster, binaries)
    log = _open_log(cluster)
    account.become()
    os.environ["HOME"] = str(cluster.home)
    os.chdir(cluster.home)
    try:
        clusters.initialise(cluster, binaries=binaries)
        clusters.admit(cluster, names={account.name, plan["invoker"]})
    except (LauncherError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    hear, report = os.pipe()
    if os.fork():
        os.close(report)
        return 0 if os.read(hear, len(READY)) == READY else 1
    os.close(hear)
    _leave_the_terminal(log)
    keeper.serve(report=report)
    own.close()
    return 0


def _open_log(cluster: Cluster) -> int:
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT:
        cluster.log.rename(cluster.log.with_suffix(".log.old"))
    return os.open(cluster.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _leave_the_terminal(log: int) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


if __name__ == "__main__":
    sys.exit(main())
