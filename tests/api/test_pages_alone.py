"""What only pages need is not done for the API; what guards it stays."""

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django.fixtures import Settings

from config.urls import urlpatterns as _all
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


urlpatterns = [path("form", form), path("exempt", csrf_exempt(form)), *_all]


def test_the_apis_answers_keep_their_headers(client: Client) -> None:
    answer = client.get("/api/problems/slot_taken")

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Request-Id"].startswith("req_")
    assert answer["Content-Length"] == str(len(answer.content))


def test_a_page_that_is_kept_keeps_its_own_policy(client: Client) -> None:
    """A browser takes the headers of a 304 over: the policy of data would blank the page."""
    page = client.get("/api/docs")

    kept = client.get("/api/docs", headers={"If-None-Match": page["ETag"]})

    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert (kept.status_code, "Content-Security-Policy" in kept) == (304, False)


def test_over_https_alone_where_the_site_says_so(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/api/problems/slot_taken")

    assert (answer.status_code, answer["Location"][:8]) == (301, "https://")


def test_a_forged_host_is_refused_before_anything_is_done(client: Client) -> None:
    answer = client.get("/api/problems", headers={"Host": "evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_pages_session_signs_nobody_in_to_the_api(client: Client) -> None:
    client.force_login(UserFactory())
    before = Session.objects.count()

    assert client.get("/api/users/profile").status_code == 401
    assert Session.objects.count() == before


@pytest.mark.urls(__name__)
def test_pages_have_theirs_still_and_csrf_with_them() -> None:
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/form").status_code == 403
    assert browser.post("/exempt").status_code == 200
    assert "default-src 'none'" in browser.get("/form")["Content-Security-Policy"]
    assert "script-src 'self'" in browser.get("/form")["Content-Security-Policy"]
