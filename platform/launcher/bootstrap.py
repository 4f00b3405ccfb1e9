"""Makes `.venv` hold exactly the locked packages, and does nothing when it does already.

Run by whatever Python 3.8 or newer is there, as a script, before anything is installed: so it
imports nothing of ours and uses no newer syntax. It knows nothing of what the packages are for.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "counterfoil.json"
LOCK = ROOT / "requirements-dev.lock"
PRIVATE_UV = ROOT / ".uv"
UV_LOCK = ROOT / "requirements-uv.lock"
RECIPE = 1  # raise it when this file builds the environment differently

OLDEST = (3, 12)
PREFERRED = (3, 13)
PLACES = [
    "$PYENV_ROOT//versions/*",
    "~/.pyenv//versions/*",
    "~/.local/share/uv/python//*",
    "~/.asdf/installs/python//*",
    "/opt//*",
    "/usr/local//*",
    "/usr/lib//*/*/*",
]
PROBE = "import sys, ssl, ctypes; print(*sys.version_info[:2])"


def main() -> int:
    """Bring `.venv` up to date; say in one line each what is done."""
    if ENVIRONMENT.is_symlink():
        return 0  # somebody's own environment: it is theirs to keep
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may start together
        found, wanted = read_stamp(), wanted_stamp()
        if found == wanted:
            return 0
        started = time.monotonic()
        # Scripts in an environment hold its path: one whose clone was moved cannot be mended.
        usable = found is not None and {**found, "lock": wanted["lock"]} == wanted
        build(find_uv(), anew=not usable)
        STAMP.write_text(json.dumps(wanted))
        say(f"The environment is ready ({time.monotonic() - started:.0f} s).")
    return 0


def wanted_stamp() -> dict[str, Any]:
    """Describe what a finished environment was made from."""
    return {
        "recipe": RECIPE,
        "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        "root": str(ROOT),
    }


def read_stamp() -> dict[str, Any] | None:
    """Return what the environment was made from, or None if it cannot be used."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return None
    return stamp if works([str(PYTHON)]) else None


def build(uv: str | None, *, anew: bool) -> None:
    """Put exactly the locked packages into `.venv`: with uv, or with pip where uv cannot."""
    STAMP.unlink(missing_ok=True)
    if uv:
        if anew:
            make_anew([uv, "venv", "--quiet", "--python", find_python(uv)])
        say("Installing the locked packages with uv …")
        options = ["--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON)]
        if run([uv, "pip", "sync", *options, str(LOCK)]):
            add_import_paths()
            return
        say("uv did not manage (it reads no pip configuration); trying pip …")
    make_anew([find_python(None), "-m", "venv"])  # anew, because pip removes nothing
    say("Installing the locked packages with pip …")
    options = ["--quiet", "--require-hashes", "--disable-pip-version-check"]
    if not run([str(PYTHON), "-m", "pip", "install", *options, "-r", str(LOCK)]):
        sys.exit("The packages could not be installed; the lines above say why.")
    add_import_paths()


def make_anew(command: list[str]) -> None:
    """Make an empty environment with this command, which is given the folder."""
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    say("Making .venv …")
    if not run([*command, str(ENVIRONMENT)]):
        sys.exit("The virtual environment could not be made; the lines above say why.")


def add_import_paths() -> None:
    """Put the repository and `platform/` on the environment's path, for every tool alike."""
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.check_output([str(PYTHON), "-c", script], text=True).strip()
    (Path(site) / "counterfoil.pth").write_text(f"{ROOT}\n{ROOT / 'platform'}\n")


def find_uv() -> str | None:
    """Return a uv that works: on the path, or in a private environment; None if none can be had."""
    private = PRIVATE_UV / "bin" / "uv"
    for candidate in ("uv", str(private)):
        if works([candidate], ["--version"]):
            return candidate
    say("Installing uv into .uv/ …")
    for python in interpreters():
        shutil.rmtree(PRIVATE_UV, ignore_errors=True)
        if not run([python, "-m", "venv", str(PRIVATE_UV)], quiet=True):
            continue  # Debian's python3 has no ensurepip, a pyenv shim may have no version
        pip = [str(PRIVATE_UV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        if run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(UV_LOCK)]):
            return str(private)
        break
    say("uv could not be installed; pip does its work, more slowly.")
    return None


def find_python(uv: str | None) -> str:
    """Return an interpreter of 3.12 or newer, 3.13 if there is one; uv may fetch it."""
    found: dict[tuple[int, int], str] = {}
    for candidate in interpreters():
        version = version_of(candidate)
        if version and version >= OLDEST:
            found.setdefault(version, candidate)
    for version in sorted(found, key=lambda version: (version != PREFERRED, version)):
        return found[version]
    if uv:
        say("No Python 3.12 or newer is installed; uv fetches 3.13 …")
        return "3.13"
    sys.exit("Python 3.12 or newer is needed. Install it, or uv, and try again.")


def interpreters() -> list[str]:
    """List every interpreter that might serve, the likeliest first.

    After those on the path come version managers' and, for want of better, those that another
    program has brought along.
    """
    names = [f"python3.{minor}" for minor in (13, 12, 14)] + ["python3", "python"]
    found = [path for name in names if (path := shutil.which(name))]
    for place in PLACES:
        folder, _, pattern = os.path.expandvars(place).partition("//")
        pythons = Path(folder).expanduser().glob(f"{pattern}/bin/python3.1[234]")
        with suppress(OSError):  # a variable left over from another user names a closed folder
            found += sorted(map(str, pythons))
    return [*found, sys.executable]


def version_of(python: str) -> tuple[int, int] | None:
    """Return (major, minor) of an interpreter that runs and has what we need, else None."""
    try:
        answer = subprocess.run(
            [python, "-c", PROBE], capture_output=True, text=True, cwd=ROOT, check=False
        )
    except OSError:
        return None
    if answer.returncode != 0:
        return None
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def works(command: list[str], arguments: list[str] | None = None) -> bool:
    """Tell whether a program can be run at all."""
    return run([*command, *(arguments or ["-c", ""])], quiet=True)


def run(command: list[str], *, quiet: bool = False) -> bool:
    """Run a step in the repository; tell whether it succeeded."""
    try:
        return subprocess.run(command, capture_output=quiet, cwd=ROOT, check=False).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
