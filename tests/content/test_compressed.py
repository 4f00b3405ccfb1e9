"""What is the same for everybody leaves compressed; an answer with a secret in it never does."""

import gzip
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from cms.stylesheet import stylesheet
from config.pages import Compress
from tests.cms.conftest import SignIn, listed_mentor, sign_in

__all__ = ["sign_in"]
TAKES_GZIP = {"accept-encoding": "gzip, deflate, br"}


def get(path: str, browser: Browser | None = None) -> Any:
    response: Any = (browser or Browser()).get(path, headers=TAKES_GZIP)
    assert response.status_code == 200, path
    return response


@pytest.mark.parametrize(
    "path", ["/", "/mentors/", "/mentors/ada/", "/articles/", "/faq/", "/portraits/ada.svg"]
)
def test_a_public_page_is_compressed_for_whoever_takes_it(path: str) -> None:
    listed_mentor("Ada Byron")

    small, plain = get(path), Browser().get(path)

    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < 0.5 * len(plain.content)
    assert "Content-Encoding" not in plain
    if path == "/faq/":  # the others say what is free now
        assert gzip.decompress(small.content) == plain.content


def test_the_style_sheets_are_compressed_in_a_demo_too() -> None:
    sheet = stylesheet()

    ours = get(f"/look/{sheet.version}.css")

    assert gzip.decompress(ours.content).decode() == sheet.text
    assert len(ours.content) < 9_000


def test_the_staffs_pages_and_forms_with_a_token_are_not(sign_in: SignIn) -> None:
    for path, browser in (
        ("/accounts/login/", Browser()),
        ("/cms/", sign_in("admin")),
        ("/cms/pages/", sign_in("admin")),
    ):
        assert "Content-Encoding" not in get(path, browser), path


def answered(response: HttpResponse) -> HttpResponse:
    request = RequestFactory().get("/page/", headers=TAKES_GZIP)
    return Compress(lambda _request: response)(request)


def text(**headers: str) -> HttpResponse:
    return HttpResponse("word " * 200, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Vary": "Accept-Language, Cookie"},
        {"Cache-Control": "no-cache, private"},
        {"Cache-Control": "no-store"},
        {"Content-Type": "font/woff2"},
        {"Content-Type": "image/png"},
        {"Content-Type": "text/calendar"},
    ],
)
def test_what_is_somebodys_or_compressed_already_leaves_as_it_is(headers: dict[str, str]) -> None:
    assert answered(text())["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in answered(text(**headers))


def test_an_answer_that_sets_a_cookie_or_refuses_leaves_as_it_is() -> None:
    with_cookie = text()
    with_cookie.set_cookie("sessionid", "secret")
    refused = HttpResponse("word " * 200, status=404)

    assert "Content-Encoding" not in answered(with_cookie)
    assert "Content-Encoding" not in answered(refused)
