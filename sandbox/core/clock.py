"""The sandbox's own clock: the wall's, moved or stopped by the control plane; durable."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.core.store import Store


class Clock:
    """Whole seconds since the epoch, as the gateways write them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here = threading.local()
        self.reload()

    def reload(self) -> None:
        """Read the durable state again (at the start, and after a reset)."""
        self._offset: int = self._store.setting("clock_offset", 0)
        self._frozen_at: int | None = self._store.setting("clock_frozen_at")

    def now(self) -> int:
        """Return the present instant of the sandbox, or of the request that is being answered."""
        here: int | None = getattr(self._here, "now", None)
        if here is not None:
            return here
        return self._frozen_at if self._frozen_at is not None else int(time.time()) + self._offset

    @contextmanager
    def at(self, instant: int | None) -> Iterator[None]:
        """Let this thread live at an instant of its own (None: at everybody's)."""
        self._here.now = instant
        try:
            yield
        finally:
            self._here.now = None

    @property
    def frozen(self) -> bool:
        """Say whether time stands still until it is advanced."""
        return self._frozen_at is not None

    def advance(self, seconds: int) -> None:
        """Move forward by whole seconds. Expects the store's transaction."""
        if seconds < 0:
            raise ValueError("time only goes forward; use set for the past")
        self._write(self.now() + seconds, frozen=self.frozen)

    def set(self, instant: int, *, frozen: bool) -> None:
        """Jump to an instant; `frozen` keeps it there. Expects the store's transaction."""
        self._write(instant, frozen=frozen)

    def _write(self, instant: int, *, frozen: bool) -> None:
        self._frozen_at = instant if frozen else None
        self._offset = instant - int(time.time())
        self._store.set_setting("clock_frozen_at", self._frozen_at)
        self._store.set_setting("clock_offset", self._offset)
