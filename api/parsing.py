"""Read JSON bodies strictly, so that nothing odd reaches a rule or the database.

Python's own reader takes duplicate names, NaN, infinite numbers, lone surrogates and any depth;
each of them is either an attack or a mistake (RFC 8259 sections 4, 6 and 8). Knows no schema.
"""

import json
import math
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from api.refusals import MalformedJson, UnsupportedMediaType

MAX_DEPTH = 32


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text; raise MalformedJson saying what is wrong with it."""
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except MalformedJson:
        raise
    except UnicodeDecodeError:
        raise MalformedJson("The body is not UTF-8.") from None
    except RecursionError:
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError:  # Python refuses integers of more than 4,300 digits.
        raise MalformedJson("The body holds a number that is too long.") from None
    _check(value, depth=0)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedJson("The body names a member twice.")
    return result


def _no_constant(name: str) -> Any:
    raise MalformedJson(f"The body holds {name}, which is not JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedJson("The body holds a number that is too large.")
    return value


def _check(value: Any, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels.")
    match value:
        case str():
            _check_text(value)
        case dict():
            for name, member in value.items():
                _check_text(name)
                _check(member, depth=depth + 1)
        case list():
            for member in value:
                _check(member, depth=depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise MalformedJson("The body holds a NUL character.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise MalformedJson("The body holds half of a surrogate pair.")


class StrictParser(Parser):
    """django-ninja's parser port, with the strict reader and a check of the media type."""

    def parse_body(self, request: HttpRequest) -> Any:
        media_type, _, parameters = request.headers.get("Content-Type", "").partition(";")
        if media_type.strip().lower() != "application/json":
            raise UnsupportedMediaType("Send the body as Content-Type: application/json.")
        charset = parameters.strip().lower().removeprefix("charset=").strip('"')
        if charset not in {"", "utf-8", "utf8"}:
            raise UnsupportedMediaType("JSON is UTF-8; leave the charset out or name utf-8.")
        return parse_json(request.body)
