"""The peers' own throw-away environment: never the product's, pinned, made where it is missing."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "benchmarks" / "peers" / "requirements.txt"
HTTP = REQUIREMENTS.with_name("requirements-http.txt")  # of the peers that answer over HTTP


def python(requirements: Path = REQUIREMENTS) -> Path:
    """Return the Python of the peers; the first call of a machine installs them (a minute)."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    home = ROOT / "var" / "bench" / f"peers-{digest}"
    found = home / "bin" / "python"
    if not (home / "complete").exists():
        print("Installing the peers …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        install = [str(found), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
        subprocess.run(install, check=True)
        (home / "complete").touch()
    return found


def peer(name: str) -> Path:
    """Return the script of a peer."""
    return REQUIREMENTS.parent / f"{name}.py"


def environment(**more: str) -> dict[str, str]:
    """The environment of a peer's process: nothing of the product on its path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return kept | more
