"""Has exactly the locked npm packages of a folder in its `node_modules`; nothing to do twice."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from launcher.errors import LauncherError
from launcher.locks import Lock

STAMP = ".counterfoil"


def install(folder: Path, variables: dict[str, str], *, announce: str) -> None:
    """Install what `package-lock.json` says, unless it is there; say `announce` before.

    Raises: LauncherError where npm fails.
    """
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(announce, flush=True)
    program = shutil.which("npm", path=variables.get("PATH"))
    status = 127
    if program is not None:
        command = [program, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        status = subprocess.run(command, cwd=folder, env=variables, check=False).returncode
    if status != 0:
        raise LauncherError(
            f"The packages of {folder.name}/ could not be installed: `npm ci` ended with status "
            f"{status}; the lines above say why. Mend that and begin again."
        )
    stamp.write_text(wanted)


def locked(folder: Path, variables: dict[str, str], *, announce: str) -> None:
    """Install as `install` does; two that do it at once wait for each other."""
    lock = Lock(folder / ".build.lock")
    lock.own()
    try:
        install(folder, variables, announce=announce)
    finally:
        lock.close()
