"""The document as a page to read: `/api/docs`. One page of ours, which reads without a script too.

It shows what the committed document says and nothing else: the areas with their operations, what
each takes and answers, an example in three languages, and every object once, under an address that
can be linked. See docs/adr/0030-the-document-and-its-page.md.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from ninja.openapi.docs import DocsBase

from api.rendering import JSON_MEDIA_TYPE
from api.samples import LANGUAGES, Call, samples
from cms.stylesheet import stylesheet

if TYPE_CHECKING:
    from ninja import NinjaAPI

SNAPSHOT = Path(__file__).with_name("openapi.json")
Document = Mapping[str, Any]
_TONES = {"get": "info", "post": "success", "put": "warning", "patch": "warning"}


class Reference(DocsBase):
    """django-ninja's port for the readable document."""

    def render_page(
        self,
        request: HttpRequest,
        api: "NinjaAPI",  # noqa: ARG002 - the port's
        **_: Any,
    ) -> HttpResponse:
        """Answer with the page: the same for everybody, made and packed once in a process."""
        return _told(request, _page(SNAPSHOT.stat().st_mtime_ns, stylesheet().version))


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """Answer with the committed document, which a test holds to be what the code says.

    Made anew for each call, as django-ninja would, it costs half a second of a processor.
    """
    return _told(request, _document(SNAPSHOT.stat().st_mtime_ns), JSON_MEDIA_TYPE)


def _told(request: HttpRequest, page: "Page", media_type: str | None = None) -> HttpResponse:
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(page.packed if packs else page.whole, content_type=media_type)
    if packs:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = f'"{page.version}{"-gzip" if packs else ""}"'
    response["Cache-Control"] = "no-cache"  # kept, and asked about each time
    conditional = get_conditional_response(request, etag=response["ETag"], response=response)
    assert conditional is not None  # noqa: S101 - Django answers None only for None
    return conditional


@dataclass(frozen=True, slots=True)
class Page:
    """The page, the page in gzip, and the word that names this version of it."""

    whole: bytes
    packed: bytes
    version: str


@lru_cache(maxsize=1)
def _page(_changed: int, _look: str) -> Page:
    """Make the page of the committed document; its time and the look's address name the version."""
    document = json.loads(SNAPSHOT.read_text())
    return _packed(render_to_string("api/reference.html", view_of(document)).encode())


@lru_cache(maxsize=1)
def _document(_changed: int) -> Page:
    return _packed(SNAPSHOT.read_bytes())


def _packed(whole: bytes) -> Page:
    version = hashlib.sha256(whole).hexdigest()[:32]
    return Page(whole, gzip.compress(whole, compresslevel=9, mtime=0), version)


def view_of(document: Document) -> dict[str, Any]:
    """Return what the page's template shows."""
    areas: dict[str, dict[str, Any]] = {
        tag["name"]: {"name": tag["name"], "says": prose(tag["description"]), "operations": []}
        for tag in document["tags"]
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(document, method, path, operation)
            areas[operation["tags"][0]]["operations"].append(shown)
    schemas = document["components"]["schemas"]
    return {
        "info": document["info"],
        "areas": list(areas.values()),
        "objects": [_object(name, schemas[name]) for name in sorted(schemas)],
        "languages": LANGUAGES,
        "count": sum(len(area["operations"]) for area in areas.values()),
    }


def prose(text: str) -> SafeString:
    """Return a description as HTML: paragraphs at empty lines, `code` between backticks."""
    paragraphs = []
    for block in escape(text.strip()).split("\n\n"):
        parts = block.split("`")
        coded = (f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
        paragraphs.append(f"<p>{''.join(coded)}</p>")
    return mark_safe("".join(paragraphs))  # noqa: S308 - escaped above


def _operation(
    document: Document, method: str, path: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    components = document["components"]
    content = operation.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()), None)
    credentials = [name for one in operation["security"] for name in one]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "tone": _TONES.get(method, "danger"),
        "path": path,
        "parts": [(part, part.startswith("{")) for part in path.split("/")[1:]],
        "summary": operation["summary"],
        "says": prose(operation["description"]),
        "parameters": [_parameter(one) for one in operation["parameters"]],
        "body": list(_members(_of(body["schema"], components))) if body else [],
        "credentials": credentials,
        "samples": [(name, text) for name, text in samples(_call(method, path, operation)).items()],
        "answers": [
            _answer(status, answer, components) for status, answer in operation["responses"].items()
        ],
    }


def _call(method: str, path: str, operation: Mapping[str, Any]) -> Call:
    headers = {}
    if operation["security"] == [{"BearerAuth": []}]:
        headers["Authorization"] = "Bearer $TOKEN"
    for parameter in operation["parameters"]:
        if parameter["in"] == "header" and parameter["name"] != "If-None-Match":
            headers[parameter["name"]] = parameter.get("example", '"the ETag that you read"')
        if parameter["in"] == "query" and parameter.get("required"):
            mark = "&" if "?" in path else "?"
            path = f"{path}{mark}{parameter['name']}={parameter['name'].upper()}"
    content = operation.get("requestBody", {}).get("content", {})
    body = next((one["example"] for one in content.values()), None)
    return Call(method.upper(), path, headers, body)


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "required": parameter.get("required", False),
        "says": prose(parameter["description"]),
        **_facts(parameter["schema"]),
    }


def _answer(status: str, answer: Mapping[str, Any], components: Document) -> dict[str, Any]:
    if "$ref" in answer:
        answer = components["responses"][answer["$ref"].rpartition("/")[2]]
    content = answer.get("content", {}).values()
    schema: Mapping[str, Any] = next((one["schema"] for one in content), {})
    name = schema.get("$ref", "").rpartition("/")[2]
    shown = components["schemas"].get(name, {}).get("examples", [None])[0]
    good = int(status) < 400
    return {
        "status": status,
        "good": good,
        "says": prose(answer["description"]),
        "object": name,
        "example": json.dumps(shown, indent=2, ensure_ascii=False) if good and shown else "",
    }


def _object(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "says": prose(schema.get("description", "")),
        "members": list(_members(schema)),
        **_facts(schema),
    }


def _of(schema: Mapping[str, Any], components: Document) -> Mapping[str, Any]:
    """Return the object that a body is: behind its reference, and without the null beside it."""
    for one in (schema, *schema.get("anyOf", ())):
        if "$ref" in one:
            found: Mapping[str, Any] = components["schemas"][one["$ref"].rpartition("/")[2]]
            return found
    return schema


def _members(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield {
            "name": name,
            "required": name in required,
            "says": prose(inner.get("description", "")) if inner.get("description") else "",
            **_facts(inner),
        }


def _facts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type in words, the object that it leads to, its choices and its bounds."""
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or [schema]
    facts = [_facts_of_one(one) for one in choices]
    values: list[Any] = next((one["enum"] for one in (schema, *choices) if "enum" in one), [])
    return {
        "kinds": facts,
        "values": values if "const" not in schema else [schema["const"]],
        "bounds": _bounds({**choices[0], **schema}),
    }


def _facts_of_one(schema: Mapping[str, Any]) -> tuple[str, str]:
    """Return the words for a type and the name of the object in it, if there is one."""
    if "$ref" in schema:
        return "", schema["$ref"].rpartition("/")[2]
    if schema.get("type") == "array":
        _, inner = _facts_of_one(schema["items"])
        return ("list of", inner) if inner else (f"list of {_facts_of_one(schema['items'])[0]}", "")
    return schema.get("format") or schema.get("type", "any"), ""


def _bounds(schema: Mapping[str, Any]) -> str:
    """Return the bounds that a caller may meet; those that every value has are left out."""
    told = []
    if "default" in schema and schema["default"] not in (None, ""):
        told.append(f"default {json.dumps(schema['default'])}")
    low, high = schema.get("minimum"), schema.get("maximum")
    if high is not None and high < 2_147_483_647:
        told.append(f"{low} to {high}")
    longest = schema.get("maxLength")
    if longest is not None and longest < 100_000 and "format" not in schema:
        told.append(f"up to {longest} characters")
    if schema.get("maxItems", 10_000) < 10_000:
        told.append(f"up to {schema['maxItems']} items")
    return ", ".join(told)
