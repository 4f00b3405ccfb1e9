"""One embedded PostgreSQL cluster on disk: where its parts lie and how its files are made.

Knows nothing of who uses it or for how long.

Layout, below ``DATA_DIR``::

    postgres.lock      held while somebody starts the server
    postgres/          the home: a folder, or for root a link to one that the account may enter
        users.lock     shared by everybody who needs the server
        keeper.lock    owned by the keeper, the server's parent, while it lives
        server.log     what PostgreSQL and the keeper say
        run/           the socket (in /tmp when this path is too long for one)
        data/          the cluster
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from launcher.account import Account
from launcher.binaries import Binaries
from launcher.errors import LauncherError

ROLE = "counterfoil"
DATABASE = "counterfoil"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 103, Linux 107
ELSEWHERE = Path("/var/lib/counterfoil")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    home: Path  # resolved: no link in it
    durable: bool

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.home / "keeper.lock"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies.

        A short private folder stands in for a path that is too long for a socket, or that has a
        comma in it, which to PostgreSQL separates two places.
        """
        near = self.home / "run"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(near):
            return near
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"counterfoil-{digest}"  # noqa: S108 -- 0700, its owner is checked

    @property
    def socket(self) -> Path:
        return self.socket_folder / SOCKET_NAME

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder), safe='/')}"

    def start_command(self, binaries: Binaries) -> list[str]:
        settings = SETTINGS | ({} if self.durable else THROWAWAY)
        settings["unix_socket_directories"] = str(self.socket_folder)
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [binaries["postgres"], "-D", str(self.data), *options]


def home_in(data_dir: Path) -> Path:
    return data_dir / "postgres"


def prepare(data_dir: Path, *, account: Account, durable: bool) -> Cluster:
    """Make the folders that the account needs, and return the cluster that lives in them.

    Where the account cannot enter ``data_dir`` (root's own home, say), the cluster lives in a
    folder of its own under /var/lib, and ``DATA_DIR/postgres`` is a link that says where.
    """
    home = home_in(data_dir)
    if not home.exists():
        if account.may_execute(data_dir):
            home.mkdir(mode=0o700)
        else:
            _make_elsewhere(home, account=account)
    _make_private(home.resolve(), account=account)  # a start cut short may have left it to us
    cluster = Cluster(home=home.resolve(), durable=durable)
    _make_private(cluster.socket_folder, account=account)
    return cluster


def initialise(cluster: Cluster, *, binaries: Binaries) -> None:
    """Make the data files unless they exist; run as the account that will own them.

    They appear under their name only when they are complete, so a crash in the middle leaves
    nothing that the next start could mistake for a cluster.
    """
    if cluster.data.exists():
        return
    unfinished = cluster.home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(
        [
            binaries["initdb"],
            f"--pgdata={unfinished}",
            f"--username={ROLE}",
            "--encoding=UTF8",
            "--auth=peer",
            *_locale(binaries.major),
            *([] if cluster.durable else ["--no-sync"]),
        ]
    )
    single_user = [binaries["postgres"], "--single", "-D", str(unfinished), "postgres"]
    _run(single_user, answer=f"CREATE DATABASE {DATABASE};\n")
    unfinished.rename(cluster.data)


def admit(cluster: Cluster, *, names: set[str]) -> None:
    """Let these accounts of the operating system in, through the private socket, and no other."""
    lines = [f'owner "{name}" {ROLE}' for name in sorted(names)]
    (cluster.data / "pg_ident.conf").write_text("\n".join(lines) + "\n")
    (cluster.data / "pg_hba.conf").write_text(
        "local all all peer map=owner\nlocal replication all peer map=owner\n"
    )


def _make_private(folder: Path, *, account: Account) -> None:
    """Make a folder that only the account may enter; refuse one that is somebody else's."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid not in {account.uid, os.geteuid()}:
            raise LauncherError(
                f"{folder} exists and is not {account.name}'s own folder. Remove it, or set "
                "DATA_DIR to another folder."
            ) from None
    account.give(folder)


def _make_elsewhere(home: Path, *, account: Account) -> None:
    home.unlink(missing_ok=True)  # a link whose target is gone
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    place = Path(tempfile.mkdtemp(prefix="postgres-", dir=ELSEWHERE))
    account.give(place)
    home.symlink_to(place)
    print(
        f"The database lives in {place}: it runs as {account.name}, who may not enter "
        f"{home.parent}.",
        file=sys.stderr,
    )


def _locale(major: int) -> list[str]:
    """Sort by code point and fold case by Unicode, alike on every machine."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
    return ["--locale=C.UTF-8"]


def _run(command: list[str], *, answer: str = "") -> None:
    done = subprocess.run(command, input=answer, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LauncherError(
            f"{Path(command[0]).name} failed with status {done.returncode}: "
            f"{(done.stderr or done.stdout).strip()}"
        )
