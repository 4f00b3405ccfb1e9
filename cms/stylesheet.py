"""The public pages' one style sheet: the parts in order, at an address that names the content.

One request before the first paint, and a copy that may be kept for ever, because another content
has another address. It knows nothing of what the parts say.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

PARTS = ("css/tokens.css", "css/fonts.css", "css/ticket.css", "css/site.css")
FOREVER = "public, max-age=31536000, immutable"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FILE = re.compile(r'url\("\.\./([^"]+)"\)')


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """The text and the word that names it."""

    text: str
    version: str


def stylesheet() -> Stylesheet:
    """Return the parts as they lie on the disk now; read again when one of them changes."""
    paths = tuple(Path(str(finders.find(part))) for part in PARTS)
    return _read(paths, tuple(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=2)
def _read(paths: tuple[Path, ...], _changed: tuple[int, ...]) -> Stylesheet:
    text = joined([path.read_text() for path in paths], address=static)
    return Stylesheet(text=text, version=hashlib.sha256(text.encode()).hexdigest()[:12])


def joined(parts: list[str], *, address: Callable[[str], str]) -> str:
    """Return the parts without comments and indentation, files named by their `address`."""
    bare = COMMENT.sub("", "\n".join(parts))
    named = FILE.sub(lambda found: f'url("{address(found[1])}")', bare)
    lines = (line.strip() for line in named.splitlines())
    return "\n".join(line for line in lines if line)


@require_safe
def serve(_request: HttpRequest, version: str) -> HttpResponse:
    """Answer the style sheet; an address of another content gets this one, not to be kept."""
    sheet = stylesheet()
    response = HttpResponse(sheet.text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOREVER if version == sheet.version else "no-cache"
    return response
