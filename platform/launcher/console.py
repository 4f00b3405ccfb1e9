"""What the person at the terminal sees: progress, and each program's lines under its name."""

import os
import sys
import time

COLOURS = {"database": 36, "stand-in": 35, "web": 32, "jobs": 34, "prepare": 33, "app": 96}
NAME_WIDTH = 9


class Console:
    """Writes lines; colours them only where a terminal reads them."""

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def progress(self, text: str) -> None:
        """Say what begins now, with the seconds since the start."""
        self._write(f"[{time.monotonic() - self._started_at:5.1f} s] {text}")

    def line(self, name: str, text: str) -> None:
        """Show one line that a program has written."""
        label = f"{name:<{NAME_WIDTH}}│"
        if self._coloured:
            label = f"\x1b[{COLOURS.get(name, 37)}m{label}\x1b[0m"
        self._write(f"{label} {text}")

    def plain(self, text: str) -> None:
        self._write(text)

    def _write(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
