"""What Vite has built: the files that the host page names, read from Vite's own manifest.

It knows nothing of Django's templates or of what the app does. django-vite would bring a tag
library, a development mode and a settings tree for the thirty lines that are needed here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

MANIFEST = Path(".vite", "manifest.json")
# The modules of the app's pages and of what stands around them (frontend/src/app/router.tsx).
ROUTES = "src/app/routes/"
# What the first words on every screen are set in; the style sheet names it too late.
FIRST_FONTS = {"inter-latin.woff2", "source-serif-4-latin.woff2"}


class NotBuilt(Exception):
    """There is no build of the app to serve."""


@dataclass(frozen=True, slots=True)
class Build:
    """File names relative to the build's folder, in the order in which the page needs them."""

    entry: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    fonts: tuple[str, ...]
    # What a route's page needs on top of the entry, by the name of the route's module.
    routes: Mapping[str, tuple[str, ...]]


def latest_build(folder: Path) -> Build:
    """Return the build that lies in `folder` now.

    A second build is seen without a restart: the manifest's time is part of the memory's key.
    Raises: NotBuilt where there is none, or none that can be read.
    """
    manifest = folder / MANIFEST
    try:
        return _read(manifest, manifest.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError) as error:
        raise NotBuilt(f"There is no usable build of the app in {folder}.") from error


@lru_cache(maxsize=2)
def _read(manifest: Path, _changed: int) -> Build:
    chunks: dict[str, dict[str, Any]] = json.loads(manifest.read_text())
    entries = [name for name, chunk in chunks.items() if chunk.get("isEntry")]
    if len(entries) != 1:
        raise ValueError(f"{manifest} names {len(entries)} entries; one was expected")
    needed = _needed(chunks, entries[0])
    at_once = {chunks[name]["file"] for name in needed}
    styles = [style for name in needed for style in chunks[name].get("css", [])]
    return Build(
        entry=chunks[entries[0]]["file"],
        styles=tuple(dict.fromkeys(styles)),
        preloads=tuple(chunks[name]["file"] for name in needed[:-1]),
        fonts=tuple(
            chunk["file"] for name, chunk in chunks.items() if Path(name).name in FIRST_FONTS
        ),
        routes={
            name.removeprefix(ROUTES).removesuffix(".tsx"): tuple(
                chunks[other]["file"]
                for other in _needed(chunks, name)
                if chunks[other]["file"] not in at_once
            )
            for name in chunks
            if name.startswith(ROUTES)
        },
    )


def _needed(chunks: dict[str, dict[str, Any]], entry: str) -> list[str]:
    """Return the chunks that `entry` imports at once, dependencies first, itself last."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in visited:
            return
        visited.add(name)
        for other in chunks[name].get("imports", []):
            visit(other)
        found[name] = None

    visited: set[str] = set()
    visit(entry)
    return list(found)
