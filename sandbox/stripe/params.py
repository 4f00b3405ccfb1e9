"""Validation of requests against the official SDK's typed parameters (`stripe.params`).

They are the truth for API 2026-10-28. Each TypedDict becomes a tree of readers, built on first use.
Enums are typed there as `Literal[…] | str`, so that old SDKs accept new values; here the literals
are the whole list, so that a typo is a 400 as at Stripe.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from sandbox.core.form import as_list
from sandbox.core.messages import Json
from sandbox.stripe.errors import StripeError, invalid

type Reader = Callable[[Any, str], Any]

_OPTIONS = frozenset(RequestOptions.__annotations__)
_NAMES: Json = {"StripeContext": object, "Mapping": Mapping}


def read(name: str, given: Json, *, extra: Mapping[str, Reader] | None = None) -> Json:
    """Return the typed parameters of a request, e.g. `read("refund_create", {"amount": "100"})`.

    Raises:
        StripeError: 400 for an unknown, missing or malformed parameter.
    """
    found: Json = _object(_params_class(name))(given, "")
    return found | {
        key: reader(given[key], key) for key, reader in (extra or {}).items() if key in given
    }


def known(name: str) -> frozenset[str]:
    """Return the names of an operation's parameters."""
    return frozenset(_params_class(name).__annotations__) - _OPTIONS


@cache
def _params_class(name: str) -> type:
    module = importlib.import_module(f"stripe.params._{name}_params")
    found: type = getattr(module, "".join(part.title() for part in name.split("_")) + "Params")
    return found


@cache
def _object(cls: type) -> Reader:
    """Make the reader of a TypedDict."""
    hints = typing_extensions.get_type_hints(cls, localns=_NAMES)
    names = (
        set(hints) - _OPTIONS
        if RequestOptions.__annotations__.keys() <= hints.keys()
        else set(hints)
    )
    required = sorted(
        names & typing.cast("frozenset[str]", getattr(cls, "__required_keys__", frozenset()))
    )
    readers: dict[str, Reader] = _additions(cls)
    names |= readers.keys()

    def read_object(value: Any, path: str) -> Json:
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=path)
        result: Json = {}
        for name, item in value.items():
            where = f"{path}[{name}]" if path else name
            if name not in names:
                raise invalid(
                    f"Received unknown parameter: {where}", param=where, code="parameter_unknown"
                )
            if name not in readers:
                readers[name] = _reader(hints[name])
            result[name] = readers[name](item, where)
        for name in required:
            if name not in value:
                where = f"{path}[{name}]" if path else name
                raise invalid(
                    f"Missing required param: {where}.", param=where, code="parameter_missing"
                )
        return result

    return read_object


def _additions(cls: type) -> dict[str, Reader]:
    """Return what is taken beyond the published types: cards in `payment_method_data`, files."""
    if cls.__name__ == "FileCreateParams":
        return {"file": _file}
    if not cls.__name__.endswith("ParamsPaymentMethodData"):
        return {}
    module = importlib.import_module("stripe.params._payment_method_create_params")
    published = _reader(typing_extensions.get_type_hints(cls, localns=_NAMES)["type"])
    return {
        "card": _object(module.PaymentMethodCreateParamsCard),
        "type": lambda value, path: value if value == "card" else published(value, path),
    }


def _reader(hint: Any) -> Reader:
    if get_origin(hint) is Literal:
        return _enum(get_args(hint))
    if hint in _SCALARS:
        return _SCALARS[hint]
    if get_origin(hint) in (list, typing.Sequence):
        return _list(_reader(get_args(hint)[0]))
    if get_origin(hint) is dict:
        return _metadata
    if get_origin(hint) is UntypedStripeObject or hint is UntypedStripeObject:
        return _metadata
    if typing_extensions.is_typeddict(hint):
        return _object(hint)
    if get_args(hint):
        return _union(get_args(hint))
    raise TypeError(f"no reader for {hint!r}")


def _union(members: tuple[Any, ...]) -> Reader:
    """Read a value by the member of the union that its shape calls for."""
    literals = [
        one for member in members if get_origin(member) is Literal for one in get_args(member)
    ]
    kinds = [
        member
        for member in members
        if get_origin(member) is not Literal and member is not type(None)
    ]
    lists = [member for member in kinds if get_origin(member) is list]
    scalars = [member for member in kinds if member in _SCALARS]
    objects = [member for member in kinds if member not in lists and member not in scalars]
    list_reader = _reader(lists[0]) if lists else None
    object_reader = _reader(objects[0]) if objects else None
    text_reader = _text_union(scalars, tuple(one for one in literals if one != ""))
    clearable = "" in literals

    def read_union(value: Any, path: str) -> Any:
        if value == "" and clearable:
            return ""
        if list_reader and as_list(value) is not None:
            return list_reader(value, path)
        if object_reader and (isinstance(value, dict) or text_reader is None):
            return object_reader(value, path)
        if text_reader is None:
            raise invalid("Invalid array", param=path)
        return text_reader(value, path)

    return read_union


def _text_union(scalars: list[Any], enum: tuple[Any, ...]) -> Reader | None:
    """Read text as the narrowest scalar that takes it; literals beside `str` are the whole list."""
    readers = [_SCALARS[scalar] for scalar in scalars if scalar is not str]
    if enum:
        readers.append(_enum(enum))
    elif str in scalars:
        readers.append(_string)
    if not readers:
        return None

    def read_text(value: Any, path: str) -> Any:
        for reader in readers[:-1]:
            try:
                return reader(value, path)
            except StripeError:
                continue
        return readers[-1](value, path)

    return read_text


def _enum(values: tuple[Any, ...]) -> Reader:
    shown = ", ".join(str(value) for value in values if value != "")

    def read_enum(value: Any, path: str) -> Any:
        if value not in values:
            raise invalid(f"Invalid {path}: must be one of {shown}", param=path)
        return value

    return read_enum


def _list(item: Reader) -> Reader:
    def read_list(value: Any, path: str) -> list[Any]:
        items = as_list(value)
        if items is None:
            raise invalid("Invalid array", param=path)
        return [item(one, f"{path}[{place}]") for place, one in enumerate(items)]

    return read_list


def _file(value: Any, path: str) -> Json:
    if not isinstance(value, dict) or "sha256" not in value:
        raise invalid("Invalid file: it has to be a part with a file name.", param=path)
    return value | {"size": int(value["size"])}


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise invalid("Invalid string", param=path)
    if value == "":
        raise invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to"
            f" unset a parameter; however '{path}' cannot be unset. You should remove '{path}'"
            " from your request or supply a non-empty value.",
            param=path,
            code="parameter_invalid_empty",
        )
    return value


def _integer(value: Any, path: str) -> int:
    text = value if isinstance(value, str) else ""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise invalid(f"Invalid integer: {text}", param=path, code="parameter_invalid_integer")
    return int(text)


def _float(value: Any, path: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid decimal: {value}", param=path) from None


def _boolean(value: Any, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=path)
    return bool(value == "true")


def _metadata(value: Any, path: str) -> dict[str, str]:
    """Keys up to 40 characters, values up to 500, 50 keys: https://docs.stripe.com/api/metadata."""
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=path)
    if len(value) > 50:
        raise invalid("Metadata can have up to 50 keys", param=path)
    for key, text in value.items():
        where = f"{path}[{key}]"
        if not isinstance(text, str):
            raise invalid("Metadata values must be strings", param=where)
        if len(key) > 40:
            raise invalid(f"Metadata keys can have up to 40 characters: {key}", param=where)
        if len(text) > 500:
            raise invalid(
                f"Metadata values can have up to 500 characters, but you passed {len(text)}",
                param=where,
            )
    return dict(value)


_SCALARS: dict[Any, Reader] = {str: _string, int: _integer, bool: _boolean, float: _float}
