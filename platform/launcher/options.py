"""What a run is told by its environment: ports, folders, the demo's switches."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from launcher.errors import LauncherError

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Options:
    data_dir: Path
    port: int
    sandbox_port: int
    stream_port: int
    database_url: str | None
    demo_mfa: bool
    demo_year: bool
    web_workers: int
    web_threads: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Return the ports by the variable that chooses each."""
        return {
            "PORT": self.port,
            "SANDBOX_PORT": self.sandbox_port,
            "STREAM_PORT": self.stream_port,
        }


def read(environment: Mapping[str, str] = os.environ) -> Options:
    """Read the run's options.

    Raises: LauncherError for a value that cannot be used; it names the variable.
    """
    options = Options(
        data_dir=Path(environment.get("DATA_DIR") or ROOT / "var").absolute(),
        port=_number(environment, "PORT", 8000, high=65535),
        sandbox_port=_number(environment, "SANDBOX_PORT", 8001, high=65535),
        stream_port=_number(environment, "STREAM_PORT", 8002, high=65535),
        database_url=environment.get("DATABASE_URL") or None,
        demo_mfa=_switch(environment, "DEMO_MFA"),
        demo_year=_switch(environment, "DEMO_YEAR"),
        web_workers=_number(environment, "WEB_WORKERS", 2, high=64),
        web_threads=_number(environment, "WEB_THREADS", 4, high=256),
    )
    for (one, port), (other, same) in combinations(options.ports.items(), 2):
        if port == same:
            raise LauncherError(
                f"{one} and {other} are both {port}. Web server, gateway stand-in and stream of "
                f"messages need a port each: choose another {other}."
            )
    return options


def refuse_taken_port(variable: str, port: int) -> None:
    """Raise LauncherError where something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LauncherError(
                f"Port {port} on {HOST} cannot be used ({error.strerror}). Stop what uses it, "
                f"or choose another: {variable}={port + 10} make run"
            ) from None


def _switch(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "on").lower() not in {"off", "0", "no", "false"}


def _number(environment: Mapping[str, str], name: str, default: int, *, high: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= high:
        raise LauncherError(f"{name}={text!r} is not a whole number from 1 to {high}.")
    return int(text)
