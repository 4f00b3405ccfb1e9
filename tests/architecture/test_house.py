"""The house holds: what linters do not see (docs/architecture.md)."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[2]
FLOORS = [
    "kernel",
    "accounts",
    "notifications",
    "webhooks",
    "scheduling",
    "messaging",
    "billing",
    "cms",
    "api",
    "demo",
]
ROOMS = ["api", "billing", "cms", "platform", "sandbox", "scheduling"]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 70


def product_files() -> list[Path]:
    """Every Python file of the product; generated migrations are left out."""
    return [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_platform_is_a_folder_and_not_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_standard_library_keeps_its_platform_module() -> None:
    code = "import platform; print(platform.__file__, platform.system())"

    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert str(ROOT) not in found.stdout
    assert found.stdout.split()[-1] in {"Linux", "Darwin", "Windows"}


def relations() -> list[ForeignKey]:
    return [
        field
        for label in FLOORS
        if apps.is_installed(label)
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields(include_parents=False)
        if isinstance(field, ForeignKey)
    ]


def test_a_foreign_key_targets_the_same_floor_or_one_beneath() -> None:
    """Whoever the people are is Django's own seam (AUTH_USER_MODEL): no floor is named by it."""
    upward = [
        str(field)
        for field in relations()
        if field.related_model is not get_user_model()
        and field.related_model._meta.app_label in FLOORS
        and FLOORS.index(field.related_model._meta.app_label)
        > FLOORS.index(field.model._meta.app_label)
    ]

    assert upward == []
    assert len(relations()) > 5


def test_a_relation_that_crosses_floors_leaves_no_name_on_the_other_side() -> None:
    named = [
        str(field)
        for field in relations()
        if field.related_model._meta.app_label in FLOORS
        and field.related_model._meta.app_label != field.model._meta.app_label
        and not field.remote_field.hidden
    ]

    assert named == []


def long_things(files: list[Path]) -> list[str]:
    found = []
    for path in files:
        text = path.read_text()
        lines = text.count("\n")
        if lines > MAX_FILE_LINES:
            found.append(f"{path}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    found.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    return found


def test_no_file_and_no_function_is_too_long() -> None:
    assert long_things(product_files()) == []


def test_the_length_check_can_fail(tmp_path: Path) -> None:
    planted = tmp_path / "long.py"
    planted.write_text("def f():\n" + "    x = 1\n" * 400)

    assert len(long_things([planted])) == 2


def test_tasks_are_enqueued_only_through_the_kernel() -> None:
    offenders = [
        str(path)
        for path in product_files()
        if path != ROOT / "platform" / "kernel" / "tasks.py"
        and re.search(r"\basync_task\b|\bSchedule\.objects\b.*create", path.read_text())
    ]

    assert offenders == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert re.findall(r"(?m)^--(?:extra-)?index-url|://|^\S+ @ ", text) == []
    pins = re.findall(r"(?m)^\S+==\S+", text)
    assert len(pins) > 60
    assert text.count("--hash=sha256:") >= len(pins)
    assert not (ROOT / "uv.lock").exists()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in product_files()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []
