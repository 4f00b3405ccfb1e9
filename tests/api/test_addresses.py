"""The API's addresses are grouped, and stay what django-ninja made of them."""

import re
from unittest import mock

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, resolve, reverse
from django.urls.resolvers import RoutePattern
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


def test_every_address_is_found_as_django_finds_it_among_all() -> None:
    plain = NinjaAPI._get_urls(api)
    by_turns = URLResolver(RoutePattern(""), plain)
    by_word = URLResolver(RoutePattern(""), grouped(plain))

    for route, _, _ in flat(plain):
        address = re.sub(r"<[^>]+>", "x", route)
        theirs, ours = by_turns.resolve(address), by_word.resolve(address)
        assert (ours.route, ours.func, ours.kwargs) == (theirs.route, theirs.func, theirs.kwargs)


def test_only_the_patterns_of_its_first_word_are_tried() -> None:
    groups = grouped(NinjaAPI._get_urls(api))

    with mock.patch.object(URLPattern, "resolve", autospec=True, return_value=None) as tried:
        for group in groups[:1]:
            with pytest.raises(Resolver404):
                group.resolve("series/x")

    assert {str(call.args[0].pattern) for call in tried.call_args_list} == {
        "<series_id>", "<series_id>/cancellation-quote", "<series_id>/cancel"
    }  # fmt: skip


def test_an_address_is_found_by_its_name_and_its_words() -> None:
    assert reverse("api:sessions_get", args=["ses_1"]) == "/api/sessions/ses_1"
    assert resolve("/api/mentors/me/earnings").route == "api/mentors/me/earnings"
    assert resolve("/api/mentors/ada").route == "api/mentors/<slug>"
    assert resolve("/api/mentors").route == "api/mentors"


def test_what_follows_a_word_without_its_slash_is_no_address(client: Client, db: None) -> None:
    assert client.get("/api/mentorsx").status_code == 404
