"""The import contracts are kept, and they can be broken: a planted violation is reported."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["api", "billing", "cms", "platform", "sandbox", "scheduling"]


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", script, "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree}:{tree / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_a_violation_inside_a_function_body_is_reported(copy: Path) -> None:
    planted = copy / "platform" / "kernel" / "ids.py"
    planted.write_text(
        planted.read_text() + "\n\ndef sneak() -> None:\n    from billing import models  # noqa\n"
    )

    result = lint(copy)

    assert result.returncode == 1
    assert "A floor imports only from the floors beneath it BROKEN" in result.stdout
    assert "kernel.ids -> billing.models" in result.stdout


def test_a_sdk_outside_the_port_is_reported(copy: Path) -> None:
    planted = copy / "scheduling" / "states.py"
    planted.write_text(
        planted.read_text() + "\n\ndef sneak() -> None:\n    import stripe  # noqa\n"
    )

    result = lint(copy)

    assert result.returncode == 1
    assert "Payment SDKs stay behind the gateway port BROKEN" in result.stdout
    assert "Rules are pure" in result.stdout
