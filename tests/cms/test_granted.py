"""What the tables of permissions say was granted by a migration, so every installation has it."""

import hashlib
import re
from pathlib import Path

from cms import permissions

MIGRATIONS = Path(permissions.__file__).parent / "migrations"


def digest() -> str:
    tables = [permissions.LISTS, permissions.PAGES, permissions.IMAGES]
    return hashlib.sha256(repr(tables).encode()).hexdigest()[:16]


def granted() -> str:
    """Return what the newest migration that grants says it has granted."""
    texts = [path.read_text() for path in sorted(MIGRATIONS.glob("[0-9]*.py"))]
    newest = [text for text in texts if "grant_all(apps)" in text][-1]
    found = re.search(r'^GRANTED = "(\w+)"$', newest, re.MULTILINE)
    return found[1] if found else ""


def test_what_the_table_says_is_granted_by_the_newest_migration() -> None:
    assert granted() == digest(), f"write a migration that grants, with GRANTED = {digest()!r}"
