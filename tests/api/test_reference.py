"""The readable document: all that the document says, served by ourselves, with samples that run."""

import ast
import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api.management.commands import openapi
from api.reference import prose, view_of
from api.samples import Call, samples
from launcher import node
from launcher.errors import LauncherError

DOCUMENT: dict[str, Any] = json.loads(openapi.SNAPSHOT.read_text())
VIEW = view_of(DOCUMENT)
OPERATIONS = [one for area in VIEW["areas"] for one in area["operations"]]


def sample(operation: dict[str, Any], language: str) -> str:
    texts: dict[str, str] = dict(operation["samples"])
    return texts[language]


def test_every_operation_and_every_object_is_on_the_page_under_its_address() -> None:
    page = Client().get("/api/docs").content.decode()
    places = set(re.findall(r' id="([^"]+)"', page))

    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["operationId"] in places
    for name in DOCUMENT["components"]["schemas"]:
        assert f"object-{name}" in places
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in places, target


def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_code() -> None:
    answer = Client().get("/api/docs")
    page = answer.content.decode()

    sources = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 5
    assert [one for one in sources if not one.startswith(("/static/", "/look/"))] == []
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_the_page_is_packed_where_it_may_be_and_asked_about_each_time() -> None:
    whole = Client().get("/api/docs")
    packed = Client().get("/api/docs", headers={"Accept-Encoding": "br, gzip"})
    again = Client().get(
        "/api/docs", headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    )

    assert gzip.decompress(packed.content) == whole.content
    assert len(packed.content) < 100_000
    assert "Accept-Encoding" in packed["Vary"]
    assert (again.status_code, again.content) == (304, b"")
    assert whole["ETag"] != packed["ETag"]


def test_python_samples_are_python_and_send_the_example() -> None:
    for one in OPERATIONS:
        tree = ast.parse(sample(one, "python"))
        calls = [part for part in ast.walk(tree) if isinstance(part, ast.Call) and part.keywords]
        bodies = [word.value for part in calls for word in part.keywords if word.arg == "json"]
        content = DOCUMENT["paths"][one["path"]][one["method"].lower()].get("requestBody")
        if content is None:
            assert bodies == [], one["id"]
        else:
            expected = content["content"]["application/json"]["example"]
            assert ast.literal_eval(bodies[0]) == expected, one["id"]


def test_javascript_samples_are_javascript(tmp_path: Path) -> None:
    try:
        environment = node.environment()
    except LauncherError as refusal:
        pytest.skip(str(refusal))
    written = tmp_path / "samples.mjs"
    blocks = [f"{{\n{sample(one, 'javascript')}\n}}" for one in OPERATIONS]
    written.write_text("\n".join(blocks))

    def status() -> int:
        command = ["node", "--check", str(written)]
        return subprocess.run(command, env=environment, check=False, capture_output=True).returncode

    assert status() == 0
    written.write_text("\n".join([*blocks, "{ const answer = await fetch( }"]))
    assert status() == 1  # the negative control


def test_a_call_reads_like_one_in_each_language() -> None:
    call = Call(
        "POST",
        "/api/goals",
        {"Authorization": "Bearer $TOKEN", "Idempotency-Key": "7f3c"},
        {"title": "A new job"},
    )

    found = samples(call)

    assert found["curl"] == (
        'curl "https://counterfoil.example/api/goals" \\\n'
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Idempotency-Key: 7f3c" \\\n'
        "  --json '{\n"
        '  "title": "A new job"\n'
        "}'"
    )
    assert found["python"] == (
        "import httpx\n"
        "\n"
        "answer = httpx.post(\n"
        '    "https://counterfoil.example/api/goals",\n'
        "    headers={\n"
        '        "Authorization": f"Bearer {TOKEN}",\n'
        '        "Idempotency-Key": "7f3c",\n'
        "    },\n"
        '    json={"title": "A new job"},\n'
        ")\n"
        "answer.raise_for_status()"
    )
    assert found["javascript"].startswith(
        'const answer = await fetch("https://counterfoil.example/api/goals", {\n  method: "POST",\n'
    )
    assert samples(Call("DELETE", "/api/x", {}))["curl"].startswith("curl -X DELETE ")


def test_words_are_escaped_and_code_is_code() -> None:
    assert prose("Send `a<b` & <script>.\n\nThen wait.") == (
        "<p>Send <code>a&lt;b</code> &amp; &lt;script&gt;.</p><p>Then wait.</p>"
    )
