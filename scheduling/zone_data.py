"""Which edition of the time zones zoneinfo reads here; every instant of a wall clock rests on it.

Knows no zone. An edition that comes while the process runs is seen by the next one, as zoneinfo
keeps what it has read.
"""

import hashlib
import zoneinfo
from functools import cache
from importlib import metadata
from pathlib import Path

ANY_ZONE = "Europe/London"


@cache
def edition() -> str:
    """Return such as `2026f`; a digest of the zones where the system does not say."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / ANY_ZONE).exists():
            return edition_of(folder)
    return f"tzdata {metadata.version('tzdata')}"


def edition_of(folder: Path) -> str:
    """Return the edition of a folder of compiled zones."""
    source = folder / "tzdata.zi"  # begins with "# version 2026f"
    if source.exists():
        with source.open() as lines:
            return next(lines).split()[-1]
    digest = hashlib.sha256()
    for zone in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(zone.read_bytes())
    return digest.hexdigest()[:16]
