"""Write the state machines of all apps as one page (docs/states.md). Knows no machine by name.

An app's machines are the `Machine` values of its `states` module.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from kernel.transitions import Machine

HEAD = """# States

Written by `python manage.py write_states` from the tables in each app's `states.py`; do not edit.
The database refuses every other change of a state by a trigger made from the same tables.
"""


def page() -> Path:
    """Return where the page lives."""
    return Path(settings.ROOT) / "docs" / "states.md"


def render() -> str:
    """Return the page: one diagram and one table per machine, in order of apps and names."""
    return "\n".join([HEAD, *(_section(label, machine) for label, machine in machines())])


def machines() -> Iterator[tuple[str, Machine[Any, Any]]]:
    """Yield (app label, machine) of every installed app that has a `states` module."""
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        name = f"{config.name}.states"
        if find_spec(name) is None:
            continue
        found = [value for value in vars(import_module(name)).values() if type(value) is Machine]
        for machine in sorted(found, key=lambda machine: machine.name):
            yield config.label, machine


def _section(label: str, machine: Machine[Any, Any]) -> str:
    ends = {edge.target for edge in machine.edges} - {edge.source for edge in machine.edges}
    lines = [
        f"## {label}: {machine.name}",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    [*] --> {state}" for state in machine.initial),
        *(f"    {edge.source} --> {edge.target} : {edge.event}" for edge in machine.edges),
        *(f"    {state} --> [*]" for state in sorted(ends)),
        "```",
        "",
        "| from | event | to | who and when |",
        "|---|---|---|---|",
        *(
            f"| {edge.source} | {edge.event} | {edge.target} | {edge.note} |"
            for edge in machine.edges
        ),
        "",
    ]
    return "\n".join(lines)
