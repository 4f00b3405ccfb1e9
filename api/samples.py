"""The same call in three languages, as the readable document shows it.

What differs between callers stands in capitals or comes from the environment; nothing is secret.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BASE = "https://counterfoil.example"
TOKEN = "$TOKEN"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class Call:
    """A call: where to, with which headers, and a body or None."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None


LANGUAGES = {"curl": "curl", "python": "Python", "javascript": "JavaScript"}


def samples(call: Call) -> dict[str, str]:
    """Return the call by the key of the language."""
    return {"curl": _curl(call), "python": _python(call), "javascript": _javascript(call)}


def _curl(call: Call) -> str:
    lines = [f'curl "{BASE}{call.path}"']
    if call.method not in {"GET", "POST"} or (call.method == "POST" and call.body is None):
        lines[0] = lines[0].replace("curl ", f"curl -X {call.method} ")
    lines += [f'-H "{name}: {value}"' for name, value in call.headers.items()]
    if call.body is not None:
        lines.append(f"--json '{json.dumps(call.body, indent=2, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)


def _python(call: Call) -> str:
    headers = {name: value.replace(TOKEN, "{TOKEN}") for name, value in call.headers.items()}
    told = [
        f'        "{name}": {"f" if "{TOKEN}" in value else ""}{json.dumps(value)},'
        for name, value in headers.items()
    ]
    lines = ["import httpx", "", f"answer = httpx.{call.method.lower()}("]
    if call.body is not None and call.method == "DELETE":  # httpx.delete takes no body
        lines[-1] = "answer = httpx.request("
    lines.append(f'    "{BASE}{call.path}",')
    if told:
        lines += ["    headers={", *told, "    },"]
    if call.body is not None:
        lines.append(f"    json={_literal(call.body)},")
    return "\n".join([*lines, ")", "answer.raise_for_status()"])


def _literal(value: Any) -> str:
    """Return a JSON value as Python writes it, indented beneath an argument."""
    words = {True: "True", False: "False", None: "None"}
    match value:
        case dict() if value:
            members = [f'"{name}": {_literal(one)}' for name, one in value.items()]
            return "{" + ", ".join(members) + "}" if len(members) < 3 else _tall("{", members, "}")
        case list() if value:
            return "[" + ", ".join(_literal(one) for one in value) + "]"
        case bool() | None:
            return words[value]
        case _:
            return json.dumps(value, ensure_ascii=False)


def _tall(begin: str, members: list[str], end: str) -> str:
    inner = "".join(f"        {member},\n".replace("\n    ", "\n        ") for member in members)
    return f"{begin}\n{inner}    {end}"


def _javascript(call: Call) -> str:
    headers = dict(call.headers)
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    lines = [f'const answer = await fetch("{BASE}{call.path}", {{']
    if call.method != "GET":
        lines.append(f'  method: "{call.method}",')
    if headers:
        lines.append("  headers: {")
        for name, value in headers.items():
            text = json.dumps(value)
            if TOKEN in value:
                text = f"`{value.replace(TOKEN, '${TOKEN}')}`"
            lines.append(f'    "{name}": {text},')
        lines.append("  },")
    if call.body is not None:
        body = json.dumps(call.body, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        lines.append(f"  body: JSON.stringify({body}),")
    lines.append("});")
    if lines[0].endswith("{") and len(lines) == 2:
        lines = [lines[0].removesuffix(", {") + ");"]
    return "\n".join([*lines, "const found = await answer.json();"])
