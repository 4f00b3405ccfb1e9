"""Have Debian install a program that some tests want, where this machine lets us."""

import os
import shutil
import subprocess
import sys


def install(package: str, *, otherwise: str) -> None:
    """Install the package; where that cannot be done say what is left out instead, and end well."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"{otherwise} (install Debian's `{package}`).", file=sys.stderr)
        return
    print(f"Installing {package} for the tests …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", package],
    ):
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            print(f"`{' '.join(command)}` failed. {otherwise}.", file=sys.stderr)
            return
