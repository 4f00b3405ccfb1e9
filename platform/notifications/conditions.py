"""What must still be true when a message leaves: checks that other floors register by name.

Knows no session and no conversation: a message carries a condition's name and its arguments,
and whoever registered it is asked again before each attempt (docs/adr/0021).
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_registry: dict[str, Callable[..., str]] = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """A registered check and what it is asked about. Both are kept in the message's row."""

    name: str
    arguments: dict[str, Any]


def condition[F: Callable[..., str]](function: F) -> F:
    """Register a check that `holds` may name. It is asked again and again, so it changes nothing.

    It returns "" while it is true, and else why it is not, in a sentence for people. Its name is
    kept in rows: whoever renames it strands the messages that wait under the old one.
    """
    _registry[_name(function)] = function
    return function


def holds(function: Callable[..., str], **arguments: Any) -> Condition:
    """Return the condition that `function(**arguments)` finds nothing untrue.

    `arguments` are JSON values. Raises LookupError where the function is not registered.
    """
    name = _name(function)
    if name not in _registry:
        raise LookupError(f"{name} is no condition: decorate it with @conditions.condition")
    return Condition(name=name, arguments=arguments)


def why_untrue(kept: Condition) -> str:
    """Ask the check now; return "" while it is true. Reads what is committed, locks nothing.

    Raises LookupError for a name that is not registered any more.
    """
    if kept.name not in _registry:
        import_module(kept.name.rpartition(".")[0])
    return _registry[kept.name](**kept.arguments)


def _name(function: Callable[..., str]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
