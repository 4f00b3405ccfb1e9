"""A finished year on the shelf: the database's dump, the stand-in's state, the media, a paper.

Kept in the clone (`.cache/`, not committed) under a key of everything that shapes a year. What
does not match to the byte is not restored: the year is then told anew.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import connection

from demo.year.gateway import StandIn
from launcher import binaries
from launcher.errors import LauncherError

SHELF = settings.ROOT / ".cache" / "demo-year"
SHAPED_BY = (
    "platform/accounts",
    "platform/config",
    "platform/demo",
    "platform/kernel",
    "platform/messaging",
    "platform/notifications",
    "platform/webhooks",
    "scheduling",
    "billing",
    "cms",
    "sandbox",
    "templates/emails",
)
CODE = {".py", ".html", ".text", ".subject", ".svg", ".json"}
DUMP, STATE, MEDIA, PAPER = "database.dump", "sandbox.sqlite3", "media.tar", "year.json"
SNAPSHOT = "year"
RESTORE_SECONDS = 300


class NotRestored(RuntimeError):
    """There is no such year on the shelf, or it cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the year of one key lies."""

    key: str
    root: Path = SHELF

    @property
    def folder(self) -> Path:
        return self.root / self.key

    def store(self) -> None:
        """Put the present database, stand-in and media on the shelf; older years go."""
        draft = self.root / f".{self.key}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            _program("pg_dump", "--format=custom", "--compress=1", "--no-owner", "--no-comments",
                     f"--file={draft / DUMP}")  # fmt: skip
            with StandIn() as stand_in:
                stand_in.lever("snapshot", name=SNAPSHOT)
                shutil.move(_snapshot(stand_in), draft / STATE)
            _pack(settings.MEDIA_ROOT, draft / MEDIA)
            (draft / PAPER).write_text(json.dumps({"key": self.key, "files": _sums(draft)}))
            for old in self.root.glob("[!.]*"):
                shutil.rmtree(old, ignore_errors=True)
            draft.rename(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def restore(self) -> None:
        """Bring the year back into an empty database and the running stand-in.

        The database comes last and in one transaction: what is cut short leaves it empty.
        Raises NotRestored; the database is as empty as before.
        """
        self._look_through()
        try:
            with StandIn() as stand_in:
                snapshot = _snapshot(stand_in)
                shutil.copyfile(self.folder / STATE, snapshot)
                stand_in.lever("restore", name=SNAPSHOT)
                snapshot.unlink()
            _unpack(self.folder / MEDIA, settings.MEDIA_ROOT)
            _program("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                     f"--dbname={connection.settings_dict['NAME']}",
                     str(self.folder / DUMP))  # fmt: skip
        except (OSError, subprocess.SubprocessError, httpx.HTTPError, LauncherError) as error:
            raise NotRestored(f"The year on the shelf cannot be restored: {error}") from error

    def _look_through(self) -> None:
        paper = self.folder / PAPER
        if not paper.is_file():
            others = any(self.root.glob("[!.]*"))
            raise NotRestored(
                "The year on the shelf is of another day or of other code."
                if others
                else "There is no year on the shelf yet."
            )
        try:
            known: dict[str, Any] = json.loads(paper.read_text())
            whole = known["key"] == self.key and known["files"] == _sums(self.folder)
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise NotRestored("The year on the shelf is damaged.")


def key(*, seed: int, until: date) -> str:
    """Return the name of everything that shapes a year: code, migrations, rates, seed and day."""
    sum_of_all = hashlib.sha256()
    for path in _sources():
        sum_of_all.update(f"{path.relative_to(settings.ROOT)}\n".encode())
        sum_of_all.update(path.read_bytes())
    for fact in (seed, until, settings.SECRET_KEY, settings.STRIPE_SECRET_KEY, _major()):
        sum_of_all.update(f"{fact}\n".encode())
    return f"{until:%Y%m%d}-{sum_of_all.hexdigest()[:24]}"


def _sources() -> list[Path]:
    found = [settings.ROOT / "requirements.lock"]
    for room in SHAPED_BY:
        found += [path for path in (settings.ROOT / room).rglob("*") if path.suffix in CODE]
    return sorted(found)


def _major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        row = cursor.fetchone()
    return int(row[0]) // 10_000 if row else 0


def _snapshot(stand_in: StandIn) -> Path:
    """Where the stand-in puts a snapshot, and looks for one."""
    return stand_in.state() / f"{SNAPSHOT}.snapshot"


def _program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against our database; raise CalledProcessError."""
    given = connection.get_connection_params()
    words = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password",
             "PGDATABASE": "dbname"}  # fmt: skip
    environment = {word: str(given[field]) for word, field in words.items() if given.get(field)}
    connection.close()
    try:
        subprocess.run(  # noqa: S603 - the program is the one that runs the database
            [binaries.find()[name], *arguments],
            env=os.environ | environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=RESTORE_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise OSError(f"{name}: {error.stderr.strip()[-300:]}") from error


def _sums(folder: Path) -> dict[str, str]:
    sums = {}
    for name in (DUMP, STATE, MEDIA):
        with (folder / name).open("rb") as file:
            sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def _pack(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w") as tar:
        if folder.is_dir():
            tar.add(folder, arcname=".")


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
