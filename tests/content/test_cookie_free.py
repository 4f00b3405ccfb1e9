"""No public page sets a cookie, nor is it another for who brings one: nothing to consent to."""

import pytest
from django.test import Client as Browser

from cms.models import FormField, FormPage, HomePage
from tests.cms.conftest import listed_mentor
from tests.content.conftest import add_document, add_landing, write_article

PATHS = [
    "/",
    "/mentors/",
    "/mentors/?q=career&sort=price",
    "/mentors/ada/",
    "/articles/",
    "/articles/asking/",
    "/faq/",
    "/terms/",
    "/promise/",
    "/contact/",
    "/contact/?sent=",
    "/search/",
    "/search/?q=asking",
    "/nowhere/",
    "/sitemap.xml",
    "/feed.xml",
    "/robots.txt",
    "/portraits/ada.svg",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_sets_no_cookie_and_reads_none(path: str) -> None:
    listed_mentor("Ada Byron")
    write_article("Asking")
    add_document("terms")
    add_landing("promise")
    form = FormPage(title="Write to us", slug="contact")
    HomePage.objects.get().add_child(instance=form)
    FormField.objects.create(page=form, label="Your message", field_type="multiline")

    answer = Browser().get(path)

    assert answer.status_code == (404 if path == "/nowhere/" else 200)
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_a_page_that_does_set_one_is_found() -> None:
    """The negative control: the staff's sign-in has a form with a token."""
    answer = Browser().get("/accounts/login/")

    assert answer.cookies
    assert "Cookie" in answer["Vary"]
