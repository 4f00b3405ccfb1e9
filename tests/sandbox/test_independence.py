"""The stand-in imports nothing of the product, and the product nothing of the stand-in."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.standin import ROOT

ALLOWED = {"sandbox", "stripe", "orjson", "typing_extensions", "cryptography"}
PRODUCT = [ROOT / name for name in ("api", "billing", "cms", "scheduling", "platform")]


def _imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every imported root package, those inside function bodies included."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module.split(".")[0]


def test_the_stand_in_needs_the_sdk_and_few_libraries() -> None:
    strange = {
        (str(path.relative_to(ROOT)), name)
        for path, name in _imported(ROOT / "sandbox")
        if name not in ALLOWED and name not in sys.stdlib_module_names
    }

    assert strange == set()


def test_the_product_does_not_import_the_stand_in() -> None:
    strange = {
        str(path.relative_to(ROOT))
        for folder in PRODUCT
        for path, name in _imported(folder)
        if name == "sandbox"
    }

    assert strange == set()
    assert sum(1 for folder in PRODUCT for _ in _imported(folder)) > 100
