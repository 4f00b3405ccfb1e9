"""Builds the single-page app into `frontend/dist`, and only when its sources have changed.

`python -m launcher.frontend` builds; `python -m launcher.frontend npm run test` runs npm with the
same Node. A build is made beside the one that is served and takes its place by a rename: one that
is killed leaves nothing. It knows nothing of what the app does.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from launcher import node, packages
from launcher.errors import LauncherError
from launcher.locks import Lock
from launcher.options import ROOT

APP = ROOT / "frontend"
DIST = APP / "dist"
UNFINISHED = APP / ".dist-next"
OUTDATED = APP / ".dist-last"
STAMP = ".counterfoil.json"
# The style sheets and fonts that the app shares with the public pages are part of it.
SHARED = (ROOT / "static" / "css", ROOT / "static" / "fonts")
NOT_SOURCES = {"node_modules", "dist", ".dist-next", ".dist-last", ".build.lock", "coverage"}
RECIPE = 1  # raise it when this file builds in another way
COMPRESSED = {".js", ".css", ".svg", ".json", ".html"}
SMALLEST_COMPRESSED = 1024


def main(arguments: list[str]) -> int:
    """Build, or run npm; return the exit status."""
    try:
        if arguments[:1] == ["npm"]:
            return npm(arguments[1:])
        build()
    except LauncherError as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    return 0


def build() -> bool:
    """Bring `frontend/dist` up to date; return whether there was anything to do.

    Two builds of one clone wait for each other, and the second finds the first one's work.
    Raises: LauncherError when the app cannot be built here.
    """
    lock = _locked()
    try:
        wanted = fingerprint()
        if built_from() == wanted:
            return False
        started = time.monotonic()
        variables = node.environment()
        _install_packages(variables)
        _say("Building the app …")
        shutil.rmtree(UNFINISHED, ignore_errors=True)
        vite = ["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]
        _run([*vite, "--outDir", UNFINISHED.name, "--emptyOutDir"], variables)
        _compress(UNFINISHED)
        (UNFINISHED / STAMP).write_text(json.dumps({"sources": wanted}))
        _put_in_place()
        _say(f"The app is built ({time.monotonic() - started:.0f} s).")
    finally:
        lock.close()
    return True


def npm(arguments: list[str]) -> int:
    """Run npm in `frontend/`, with the locked packages installed; return its exit status."""
    lock = _locked()
    try:
        variables = node.environment()
        _install_packages(variables)
    finally:
        lock.close()
    return subprocess.run(["npm", *arguments], cwd=APP, env=variables, check=False).returncode


def fingerprint() -> str:
    """Return a digest of all that a build is made from."""
    digest = hashlib.sha256(f"recipe {RECIPE}".encode())
    for path in _sources():
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def built_from() -> str | None:
    """Return the digest of the sources of the build that is served; None without one."""
    try:
        return str(json.loads((DIST / STAMP).read_text())["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _locked() -> Lock:
    if not (APP / "package-lock.json").exists():
        raise LauncherError(f"There is no app to build: {APP} has no package-lock.json.")
    lock = Lock(APP / ".build.lock")
    lock.own()
    return lock


def _sources() -> Iterator[Path]:
    own = [path for path in APP.iterdir() if path.name not in NOT_SOURCES]
    for top in sorted([*own, *SHARED]):
        files = [top] if top.is_file() else sorted(top.rglob("*"))
        yield from (path for path in files if path.is_file() and ".test." not in path.name)


def _install_packages(variables: dict[str, str]) -> None:
    announce = "Installing the app's packages (about a minute, the first time only) …"
    packages.install(APP, variables, announce=announce)


def _compress(folder: Path) -> None:
    """Put a compressed copy beside each file that gains by it; the web server hands it out."""
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED and path.stat().st_size >= SMALLEST_COMPRESSED:
            packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)


def _put_in_place() -> None:
    """Swap the builds. Killed between the two renames there is none, and the next run makes it."""
    shutil.rmtree(OUTDATED, ignore_errors=True)
    if DIST.exists():
        DIST.rename(OUTDATED)
    UNFINISHED.rename(DIST)
    shutil.rmtree(OUTDATED, ignore_errors=True)


def _run(command: list[str], variables: dict[str, str]) -> None:
    program = shutil.which(command[0], path=variables.get("PATH"))
    status = 127
    if program is not None:
        done = subprocess.run([program, *command[1:]], cwd=APP, env=variables, check=False)
        status = done.returncode
    if status != 0:
        raise LauncherError(
            f"The app could not be built: `{' '.join(command[:3])}` ended with status {status}; "
            "the lines above say why. Mend that and run `make spa`."
        )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
