"""The languages of the public pages. The first part of an address says which: `/de/…` is German,
every other one English, whatever the reader's browser asks for (ADR 46).

So a page is the same for everybody and may be kept; there is no cookie to agree to.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from wagtail.models import Locale

SOURCE = settings.LANGUAGE_CODE  # what everything is written in first, and what binds
NAMES: dict[str, str] = dict(settings.LANGUAGES)
TERRITORIES = {"en": "en_GB", "de": "de_DE"}  # as Open Graph names them
# What the directory is called in an address. Mentors' pages stand once, under the first.
MENTORS = {"en": "mentors", "de": "mentoren"}
ARTICLES = {"en": "articles", "de": "artikel"}

_codes: dict[int, str] = {}  # by the id of a locale; rows that migrations alone write


class LanguageOfTheAddress:
    """A middleware: answer in the language of the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = of_path(request.path_info)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            return self.get_response(request)


def of_path(path: str) -> str:
    """Return the language of an address."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in NAMES and first != SOURCE else SOURCE


def of_page(page: Any) -> str:
    """Return the language that a page is written in; no query but the first time."""
    if page.locale_id not in _codes:
        _codes.update(Locale.objects.values_list("pk", "language_code"))
    return _codes[page.locale_id]


def active() -> str:
    """Return the language that is spoken now, one of NAMES."""
    spoken = translation.get_language() or SOURCE
    return spoken if spoken in NAMES else SOURCE


def home_path(language: str = "") -> str:
    """Return where a language begins: `/`, `/de/`."""
    spoken = language or active()
    return "/" if spoken == SOURCE else f"/{spoken}/"


def mentors_path(slug: str = "", *, language: str = "") -> str:
    """Return the address of the directory, or of a mentor's page, in a language (the active)."""
    spoken = language or active()
    directory = f"{home_path(spoken)}{MENTORS[spoken]}/"
    return f"{directory}{slug}/" if slug else directory
