"""What the app is built from: exact versions, and a lock that names no package registry."""

import json
import re
from typing import Any

import pytest
from django.conf import settings

FRONTEND = settings.ROOT / "frontend"
EXACT = re.compile(r"\d+\.\d+\.\d+")


def places_named(lock: dict[str, Any]) -> list[str]:
    """Return the packages for which the lock says where they were fetched."""
    return [name for name, package in lock["packages"].items() if "resolved" in package]


def loose(manifest: dict[str, Any]) -> list[str]:
    """Return the packages that are not pinned to one version."""
    wanted = manifest["dependencies"] | manifest["devDependencies"]
    return [name for name, version in wanted.items() if not EXACT.fullmatch(version)]


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())

    assert places_named(lock) == []
    assert "omit-lockfile-registry-resolved=true" in (FRONTEND / ".npmrc").read_text().split()


def test_every_package_is_pinned() -> None:
    assert loose(json.loads((FRONTEND / "package.json").read_text())) == []


@pytest.mark.parametrize("version", ["^1.2.3", "~1.2.3", "1.2", "*", "latest", ">=1.2.3"])
def test_a_loose_version_is_found(version: str) -> None:
    manifest = {"dependencies": {"one": version}, "devDependencies": {"two": "1.2.3"}}

    assert loose(manifest) == ["one"]


def test_a_named_place_is_found() -> None:
    lock = {"packages": {"": {}, "node_modules/one": {"resolved": "https://registry.invalid/one"}}}

    assert places_named(lock) == ["node_modules/one"]
