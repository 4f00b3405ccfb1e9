"""The environment's bootstrap: which interpreter, when it builds, and what it leaves alone."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import bootstrap


def executable(path: Path, script: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of its own for the bootstrap, with a lock and nothing else."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "counterfoil.json")
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "requirements-dev.lock")
    (tmp_path / "requirements-dev.lock").write_text("django==6.1.3\n")
    return tmp_path


def watch_builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what would be built, and build nothing."""
    builds: list[str] = []

    def build(uv: str | None, *, anew: bool) -> None:
        builds.append(f"{uv} {'anew' if anew else 'mended'}")

    monkeypatch.setattr(bootstrap, "find_uv", lambda: "uv")
    monkeypatch.setattr(bootstrap, "build", build)
    return builds


def test_a_shim_that_exits_127_is_passed_over(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = executable(workshop / "shims" / "python3.13", "exit 127")
    working = executable(workshop / "bin" / "python3.12", "echo 3 12")
    monkeypatch.setattr(bootstrap, "interpreters", lambda: [shim, working])

    assert bootstrap.find_python(None) == working


def test_3_13_is_preferred_to_what_comes_first(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = executable(workshop / "a" / "python3.12", "echo 3 12")
    newer = executable(workshop / "b" / "python3.14", "echo 3 14")
    preferred = executable(workshop / "c" / "python3", "echo 3 13")
    monkeypatch.setattr(bootstrap, "interpreters", lambda: [older, newer, preferred])

    assert bootstrap.find_python(None) == preferred


def test_without_a_new_enough_python_uv_fetches_one_and_pip_gives_up(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = executable(workshop / "python3", "echo 3 11")
    monkeypatch.setattr(bootstrap, "interpreters", lambda: [old])

    assert bootstrap.find_python("uv") == "3.13"
    with pytest.raises(SystemExit, match=r"Python 3\.12 or newer is needed"):
        bootstrap.find_python(None)


def test_a_finished_environment_is_not_touched_until_the_lock_changes(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = watch_builds(monkeypatch)
    executable(workshop / ".venv" / "bin" / "python", "exit 0")

    bootstrap.main()
    bootstrap.main()
    after_two = list(builds)
    (workshop / "requirements-dev.lock").write_text("django==6.1.4\n")
    bootstrap.main()

    assert after_two == ["uv anew"]
    assert builds == ["uv anew", "uv mended"]


def test_an_environment_whose_python_is_gone_is_made_anew(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = watch_builds(monkeypatch)
    (workshop / ".venv").mkdir()
    (workshop / ".venv" / "counterfoil.json").write_text(json.dumps(bootstrap.wanted_stamp()))

    bootstrap.main()

    assert builds == ["uv anew"]


def test_an_environment_whose_clone_was_moved_is_made_anew(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = watch_builds(monkeypatch)
    executable(workshop / ".venv" / "bin" / "python", "exit 0")
    stamp = {**bootstrap.wanted_stamp(), "root": "/srv/elsewhere"}
    (workshop / ".venv" / "counterfoil.json").write_text(json.dumps(stamp))

    bootstrap.main()

    assert builds == ["uv anew"]


def test_somebody_s_own_environment_behind_a_link_is_left_alone(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "build", lambda *_, **__: pytest.fail("built"))
    (workshop / "own").mkdir()
    (workshop / ".venv").symlink_to(workshop / "own")

    assert bootstrap.main() == 0


def test_pip_does_the_work_where_uv_fails(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def run(command: list[str], *, quiet: bool = False) -> bool:
        if not quiet:
            steps.append(" ".join(command[:4]))
        return not command[0].endswith("uv") or command[1] == "venv"

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "find_python", lambda _uv: "python3.13")
    monkeypatch.setattr(bootstrap, "add_import_paths", lambda: steps.append("paths"))

    bootstrap.build("uv", anew=False)

    python = workshop / ".venv" / "bin" / "python"
    assert steps == [
        "uv pip sync --quiet",
        f"python3.13 -m venv {workshop / '.venv'}",
        f"{python} -m pip install",
        "paths",
    ]


def test_a_closed_folder_of_a_version_manager_is_passed_over(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_folder: Path, _pattern: str) -> Iterator[Path]:
        for name in ("not", "yours"):
            raise PermissionError(name)
        yield _folder

    monkeypatch.setattr(Path, "glob", closed)

    assert bootstrap.interpreters()[-1] == sys.executable
