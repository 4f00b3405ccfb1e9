"""Identifiers in the gateways' style; with a seed they repeat from run to run."""

from __future__ import annotations

import random
import string
import threading

_ALPHABET = string.ascii_letters + string.digits


class Ids:
    """A source of identifiers; seed and number of starts are mixed, so that none comes twice."""

    def __init__(self, *, seed: int | None, starts: int) -> None:
        self._random = random.Random(None if seed is None else f"{seed}:{starts}")
        self._lock = threading.Lock()

    def text(self, length: int) -> str:
        """Return random letters and digits."""
        with self._lock:
            return "".join(self._random.choices(_ALPHABET, k=length))

    def code(self, length: int, alphabet: str) -> str:
        """Return random characters of an alphabet."""
        with self._lock:
            return "".join(self._random.choices(alphabet, k=length))

    def new(self, prefix: str) -> str:
        """Return an identifier such as `pi_3Qx…`."""
        return f"{prefix}_3{self.text(23)}"
