"""The API's addresses are grouped, and stay what django-ninja made of them."""

from django.test import Client
from django.urls import URLPattern, resolve, reverse
from ninja import NinjaAPI

from api.addresses import grouped
from api.api import api


def flat(patterns: object, before: str = "") -> list[tuple[str, object, str | None]]:
    found: list[tuple[str, object, str | None]] = []
    for pattern in patterns:  # type: ignore[attr-defined]
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append((route, pattern.callback, pattern.name))
        else:
            found += flat(pattern.url_patterns, route)
    return found


def test_grouping_neither_adds_nor_drops_nor_renames_an_address() -> None:
    plain = NinjaAPI._get_urls(api)

    assert sorted(flat(grouped(plain)), key=str) == sorted(flat(plain), key=str)
    assert len(grouped(plain)) < len(plain) / 2


def test_an_address_is_found_by_its_name_and_its_words() -> None:
    assert reverse("api:sessions_get", args=["ses_1"]) == "/api/sessions/ses_1"
    assert resolve("/api/mentors/me/earnings").route == "api/mentors/me/earnings"
    assert resolve("/api/mentors/ada").route == "api/mentors/<slug>"
    assert resolve("/api/mentors").route == "api/mentors"


def test_what_follows_a_word_without_its_slash_is_no_address(client: Client, db: None) -> None:
    assert client.get("/api/mentorsx").status_code == 404
