"""The committed document as schemathesis reads it, and the addresses at which it is read again."""

import itertools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis

from api.management.commands import openapi
from tests.api.population import Population

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
SHOWN = 2  # of the objects of each kind, so many are read again


def operations_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return schemathesis's operations by their operationId."""
    loaded: Any = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in loaded.get_all_operations()]
    return {one.definition.raw["operationId"]: one for one in found}


OPERATIONS = operations_of(DOCUMENT)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the document names it."""

    name: str
    place: str  # "path", "query" or "header"
    required: bool
    most: int | None = None  # of a number


def parameters_of(operation: Any) -> list[Parameter]:
    """Return the parameters of an operation."""
    return [
        Parameter(one["name"], one["in"], one.get("required", False), one["schema"].get("maximum"))
        for one in operation.definition.raw.get("parameters", ())
    ]


def filled(path: str, values: dict[str, str]) -> str:
    """Return the address with its placeholders filled."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(value, safe="", errors="surrogatepass"))
    return path


def readings(population: Population, *, things: bool) -> list[tuple[str, str]]:
    """Return (operationId, address) of every list, to its full length; with `things`, of each too.

    A list is what can be read without naming a thing: the dashboard and the own profile as well.
    """
    found = []
    for name, operation in OPERATIONS.items():
        if operation.method.upper() != "GET" or ("{" in operation.path and not things):
            continue
        needed = [one for one in parameters_of(operation) if one.required and one.place != "header"]
        choices = [population.values[one.name][:SHOWN] for one in needed]
        for chosen in itertools.product(*choices):
            values = dict(zip([one.name for one in needed], chosen, strict=True))
            query = {one.name: values[one.name] for one in needed if one.place == "query"}
            for one in parameters_of(operation):
                if one.name == "limit":
                    query["limit"] = str(one.most)
            address = filled(operation.path, values) + (f"?{urlencode(query)}" if query else "")
            found.append((name, address))
    return found
