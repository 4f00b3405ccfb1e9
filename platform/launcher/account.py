"""The account under which PostgreSQL runs, which refuses to run as root.

An ordinary user runs it as himself. Root hands it to an unprivileged account that already
exists: no account is made, and no folder above the data is opened up for it.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def is_ours(self) -> bool:
        """True when this process already runs under it."""
        return self.uid == os.geteuid()

    def give(self, path: Path) -> None:
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)

    def become(self) -> None:
        """Change this process into the account for good."""
        if not self.is_ours:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def may_execute(self, path: Path) -> bool:
        """Tell whether it may run this program, or enter this folder.

        Asked as the account itself: mode bits alone do not tell (parents, ACLs, mounts).
        """
        if self.is_ours:
            return os.access(path, os.X_OK)
        answer = subprocess.run(
            ["test", "-x", path],
            check=False,
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return answer.returncode == 0


def account_for(home: Path) -> Account:
    """Return who runs the cluster in ``home``: its owner where it exists already.

    Raises: LauncherError when the folder is another user's and we are not root.
    """
    mine = os.geteuid()
    owner = home.stat().st_uid if home.exists() else None
    if mine != 0:
        if owner not in {None, mine}:
            raise LauncherError(
                f"The database in {home} belongs to {_named(owner or 0).name}, because it was "
                "first started by another user. Start it as that user, or set DATA_DIR to "
                "another folder."
            )
        return _named(mine)
    if owner:
        return _named(owner)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise LauncherError(
            "PostgreSQL refuses to run as root and this machine has no account "
            f"{UNPRIVILEGED!r}. Run as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _named(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise LauncherError(
            f"The user id {uid} has no entry among this machine's accounts, which PostgreSQL "
            "needs. Add one, or set DATABASE_URL."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)
