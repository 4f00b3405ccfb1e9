"""What the API's words hold: each text, number and list of the document gets its bounds.

A schema says what is its own; what every `currency` or `created_at` has in common stands here
once, so that no document leaves a value without a bound. Nothing of what a schema says itself is
changed, and nothing is checked at run time by it.
"""

from typing import Any

Schema = dict[str, Any]

LARGEST_INT32 = 2_147_483_647
LARGEST_EXACT = 9_007_199_254_740_991  # what JSON readers with floating numbers still tell apart
LONGEST_TEXT = 100_000
LONGEST_LIST = 10_000
# A page of a list has at most what `limit` may ask for; the lists without a page are listed here.
WITHOUT_PAGES = frozenset({"SlotList", "ProblemKinds", "SeriesOut", "CalendarList"})
LONGEST_PAGE = 100

_NO_NUL = r"^[^\u0000]*$"
_ID: Schema = {"maxLength": 40, "pattern": "^[a-z]{2,5}_[0-9a-z]{26}$"}
_VISIBLE: Schema = {"maxLength": 8192, "pattern": "^[!-~]*$"}
_WORD: Schema = {"maxLength": 80, "pattern": "^[a-z0-9_]*$"}
_ADDRESS: Schema = {"maxLength": 2048, "format": "uri"}
_PATH: Schema = {"maxLength": 2048, "format": "uri-reference"}
_CURSOR: Schema = {"maxLength": 600, "pattern": "^[!-~]+$"}
_CLOCK: Schema = {"maxLength": 5, "pattern": "^([01][0-9]|2[0-4]):[0-5][0-9]$"}
_TEXT: Schema = {"maxLength": LONGEST_TEXT, "pattern": _NO_NUL}

_FORMATS: dict[str, Schema] = {"date-time": {"maxLength": 40}, "date": {"maxLength": 10}}
# Texts of answers by the name of the member. What comes in says its bounds in its own schema.
_ANSWERED: dict[str, Schema] = {
    "currency": {"maxLength": 3, "pattern": "^[A-Z]{3}$"},
    "email": {"maxLength": 254, "format": "email"},
    "time_zone": {"maxLength": 64, "pattern": "^[A-Za-z0-9_+/-]+$"},
    "slug": {"maxLength": 80, "pattern": "^[-a-zA-Z0-9_]+$"},
    "next": _CURSOR,
    "prev": _CURSOR,
    "type": _ADDRESS,
    "portrait_url": _PATH,
    "onboarding_url": _ADDRESS,
    "webcal_url": _ADDRESS,
    "url": _ADDRESS,
    "token": _VISIBLE,
    "refresh_token": _VISIBLE,
    "client_secret": _VISIBLE,
    "publishable_key": _VISIBLE,
    "client_id": _VISIBLE,
    "order_id": _VISIBLE,
    "request_id": {"maxLength": 64, "pattern": "^[A-Za-z0-9._-]*$"},
    "gateway": _WORD,
    "code": _WORD,
    "start": _CLOCK,
    "end": _CLOCK,
}
_INSIDE = frozenset({"anyOf", "oneOf", "allOf"})
# Whole numbers that may be below zero or beyond 32 bits: amounts in minor units.
_AMOUNTS = frozenset({"amount", "gateway_fee", "commission", "mentor_share"})


def bound(schema: Schema, *, name: str, owner: str = "", answer: bool = True) -> None:
    """Give the schema of `name`, and all within it, the bounds that it does not say itself."""
    for keyword in _INSIDE & schema.keys():
        for one in schema[keyword]:
            bound(one, name=name, owner=owner, answer=answer)
    for member, inner in schema.get("properties", {}).items():
        bound(inner, name=member, owner=owner, answer=answer)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            bound(schema[keyword], name=name, owner=owner, answer=answer)
    if "enum" in schema or "const" in schema:
        return
    match schema.get("type"):
        case "string":
            _bound_text(schema, name, answer=answer)
        case "integer":
            _bound_number(schema, name)
        case "array":
            paged = name == "items" and owner not in WITHOUT_PAGES
            schema.setdefault("maxItems", LONGEST_PAGE if paged else LONGEST_LIST)


def _bound_text(schema: Schema, name: str, *, answer: bool) -> None:
    known = _FORMATS.get(schema.get("format", ""))
    if known is None and answer:
        known = _ANSWERED.get(name)
        if known is None and (name == "id" or name.endswith("_id")):
            known = _ID
    for keyword, value in (known or _TEXT).items():
        says_its_own = keyword != "maxLength" and schema.keys() & {"format", "pattern"}
        if not says_its_own:
            schema.setdefault(keyword, value)


def _bound_number(schema: Schema, name: str) -> None:
    amount = name in _AMOUNTS or name.endswith("_minor")
    schema.setdefault("minimum", -LARGEST_EXACT if amount else 0)
    schema.setdefault("maximum", LARGEST_EXACT if amount else LARGEST_INT32)
    small = schema["minimum"] >= -LARGEST_INT32 and schema["maximum"] <= LARGEST_INT32
    schema.setdefault("format", "int32" if small else "int64")
