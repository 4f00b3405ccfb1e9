"""Form bodies with nested brackets (`a[b][0]=c`) as trees; refuses to know what a field means.

The encoding is the one of https://docs.stripe.com/api and of the official SDKs' encoders.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from sandbox.core.messages import Json

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


class MalformedKey(ValueError):
    """A form key whose brackets do not nest."""


def tree(pairs: list[tuple[str, str]]) -> Json:
    """Build the tree of a form: `a[]=1` appends to a list, `a[0]` and `a[b]` are keys of a dict.

    Raises:
        MalformedKey: a key such as `a[b` or `[a]`.
    """
    root: Json = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise MalformedKey(key)
        _plant(root, [match[1], *_PART.findall(match[2])], value, key)
    return root


def _plant(node: Json, path: list[str], value: str, key: str) -> None:
    for here, after in pairwise(path):
        if after == "":
            items = node.setdefault(here, [])
            if not isinstance(items, list) or path[-1] != "":
                raise MalformedKey(key)
            items.append(value)
            return
        child = node.setdefault(here, {})
        if not isinstance(child, dict):
            raise MalformedKey(key)
        node = child
    node[path[-1]] = value


def as_list(value: Any) -> list[Any] | None:
    """Read `[…]` or `{"0": …, "1": …}` as a list; None when it is neither."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(name.isdigit() for name in value):
        return [value[name] for name in sorted(value, key=int)]
    return None
