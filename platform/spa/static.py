"""The app's files beside Django's: already named by their content, so nothing renames them.

Django's manifest storage would give `spa/assets/main-x.js` a second name. The modules import
each other by the first one, and React would be loaded twice (its error 185).
"""

import re
from collections.abc import Iterator
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

PREFIX = "spa/"
# The app's service worker (frontend/worker.js), and the addresses that it may answer for.
WORKER = f"{PREFIX}sw.js"
WORKER_SCOPE = "/app"
_HASHED = re.compile(r"/spa/assets/[^/]+-[A-Za-z0-9_-]{8}\.[a-z0-9.]+$")

type Processed = Iterator[tuple[str, str | None, Any]]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hash and compress everything; of the app's files only make compressed copies."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Processed:
        ours = {name: found for name, found in paths.items() if not name.startswith(PREFIX)}
        yield from super().post_process(ours, dry_run=dry_run, **options)
        if not dry_run:
            for name, compressed in self.compress_files(paths.keys() - ours.keys()):
                yield name, compressed, True

    def hashed_name(self, name: str, *arguments: Any, **options: Any) -> str:
        if name.startswith(PREFIX):
            return name
        hashed: str = super().hashed_name(name, *arguments, **options)
        return hashed

    def stored_name(self, name: str) -> str:
        if name.startswith(PREFIX):
            return name
        stored: str = super().stored_name(name)
        return stored


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise that knows Vite's hashed names, and lets browsers keep those for ever."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        return bool(_HASHED.search(url)) or super().immutable_file_test(path, url)

    def add_cache_headers(self, headers: Any, path: str, url: str) -> None:
        """Let the worker answer for pages that do not lie under its own address."""
        super().add_cache_headers(headers, path, url)
        if url == f"{self.static_prefix}{WORKER}":
            headers["Service-Worker-Allowed"] = WORKER_SCOPE
            headers["Cache-Control"] = "no-cache"
