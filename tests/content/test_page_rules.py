"""Which page may stand where, and which addresses belong to the program."""

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver

from cms.models import (
    ArticleIndexPage,
    ArticlePage,
    FaqPage,
    FormPage,
    HomePage,
    LandingPage,
    LegalPage,
    MentorIndexPage,
    MentorProfilePage,
)
from cms.models.addresses import RESERVED
from tests.content.conftest import add_document, add_landing, write_article

UNDER: dict[Any, set[Any]] = {
    HomePage: {MentorIndexPage, ArticleIndexPage, LandingPage, FaqPage, FormPage, LegalPage},
    MentorIndexPage: {MentorProfilePage},
    ArticleIndexPage: {ArticlePage},
    ArticlePage: set(),
    LandingPage: set(),
    FaqPage: set(),
    FormPage: set(),
    LegalPage: set(),
    MentorProfilePage: set(),
}


@pytest.mark.parametrize(("parent", "child"), list(product(UNDER, UNDER)))
def test_a_page_stands_only_where_it_belongs(parent: Any, child: Any) -> None:
    allowed = child in parent.allowed_subpage_models()

    assert allowed is (child in UNDER[parent])


@pytest.mark.parametrize("model", [HomePage, MentorIndexPage, ArticleIndexPage, FaqPage])
def test_there_is_one_of_each_fixed_page(model: Any) -> None:
    page = model.objects.get()

    assert not model.can_create_at(page.get_parent())


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_a_slug_of_the_program_is_refused_with_what_to_do(slug: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_landing(slug)

    (message,) = refused.value.message_dict["slug"]
    assert message == (
        f"/{slug}/ belongs to the program itself, so visitors would never see this page. "
        f"Choose another slug, such as {slug}-info."
    )
    assert not LandingPage.objects.exists()


def test_other_slugs_and_deeper_pages_are_free() -> None:
    assert add_landing("app-info").url == "/app-info/"
    assert write_article("App", slug="app").url == "/articles/app/"
    assert add_document("terms").url == "/terms/"


def test_a_reserved_slug_is_refused_when_a_page_is_renamed() -> None:
    page = add_landing("promise")
    page.slug = "api"

    with pytest.raises(ValidationError):
        page.save()

    page.refresh_from_db()
    assert page.slug == "promise"


def test_every_first_part_of_an_address_of_ours_is_reserved() -> None:
    """A new route without its reservation fails here."""
    parts = set()
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        first = str(pattern.pattern).lstrip("^/").partition("/")[0].partition("(")[0]
        parts.add(first.strip("$"))
    ours = {part for part in parts if part and "." not in part and "<" not in part}

    assert {"api", "cms", "accounts"} <= ours
    assert ours <= RESERVED
