"""Eight bytes that all processes of this machine share: others after each change of public facts.

No counter, which two processes could raise to the same number: each change puts bytes there that
nobody has put there before.
"""

import mmap
import os
from pathlib import Path

SIZE = 8
PAGE = mmap.PAGESIZE


class Mark:
    """The bytes in a file, mapped; reading them is reading memory."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file can neither be opened nor made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < PAGE:
                os.ftruncate(handle, PAGE)
            self._shared = mmap.mmap(handle, PAGE)
        finally:
            os.close(handle)

    def read(self) -> bytes:
        return self._shared[:SIZE]

    def change(self) -> None:
        """Have whatever was made before be made anew, in every process."""
        self._shared[:SIZE] = os.urandom(SIZE)
