"""A small build of the app, as Vite leaves it."""

import json
from pathlib import Path
from typing import Any

import pytest

MANIFEST: dict[str, dict[str, Any]] = {
    "../static/fonts/inter-latin.woff2": {"file": "assets/inter-latin-F0nt0000.woff2"},
    "../static/fonts/inter-latin-ext.woff2": {"file": "assets/inter-latin-ext-F0nt1111.woff2"},
    "_react-Bq7ZpX0c.js": {"file": "assets/react-Bq7ZpX0c.js"},
    "_ui-C0ffee42.js": {"file": "assets/ui-C0ffee42.js", "imports": ["_react-Bq7ZpX0c.js"]},
    "src/main.tsx": {
        "file": "assets/main-D3adB33f.js",
        "isEntry": True,
        "imports": ["_ui-C0ffee42.js", "_react-Bq7ZpX0c.js"],
        "dynamicImports": ["src/features/checkout/page.tsx"],
        "css": ["assets/main-Xy_z-123.css"],
    },
    "src/features/checkout/page.tsx": {
        "file": "assets/page-00000000.js",
        "isDynamicEntry": True,
        "css": ["assets/page-11111111.css"],
    },
}


def write_build(folder: Path, manifest: dict[str, dict[str, Any]] | None = None) -> None:
    """Write a manifest and the files that it names."""
    (folder / ".vite").mkdir(parents=True, exist_ok=True)
    (folder / "assets").mkdir(exist_ok=True)
    chunks = MANIFEST if manifest is None else manifest
    for chunk in chunks.values():
        for name in [chunk["file"], *chunk.get("css", [])]:
            (folder / name).write_text(f"/* {name} */\n" * 40)
    (folder / ".vite" / "manifest.json").write_text(json.dumps(chunks))


@pytest.fixture
def build(tmp_path: Path, settings: Any) -> Path:
    """The folder of a finished build, served by the settings of this test."""
    folder = tmp_path / "dist"
    write_build(folder)
    settings.SPA_DIST = folder
    return folder
