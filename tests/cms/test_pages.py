"""The public pages: server-rendered, nothing from elsewhere, live facts, hidden when not live."""

import re

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.models import Mentor
from cms.models import HomePage, MentorIndexPage, MentorProfilePage
from cms.operations import publish_profile
from cms.portraits import portrait_svg
from tests.cms.conftest import listed_mentor


@pytest.mark.parametrize("path", ["/", "/mentors/", "/mentors/ada/"])
def test_pages_ask_nothing_of_other_hosts_and_run_no_script(path: str) -> None:
    listed_mentor("Ada Byron")

    html = Browser().get(path).content.decode().replace(settings.PUBLIC_URL, "")

    assert "Ada Byron" in html
    assert html.count("<script") == html.count('<script type="application/ld+json">') == 1
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', html) == []


def test_a_profile_shows_facts_as_they_are_now() -> None:
    _, kind, _ = listed_mentor("Ada Byron", bio="<p>Twenty years of it.</p>", location="London")

    before = Browser().get("/mentors/ada/").content.decode()
    kind.price_minor = 12_345
    kind.save()
    after = Browser().get("/mentors/ada/").content.decode()

    assert "$100.00 USD" in before
    assert "$123.45 USD" in after
    assert "Twenty years of it." in after
    assert "Full refund until 24 h before, then 50 % back until the start." in after


@pytest.mark.parametrize("status", [Mentor.Status.APPLIED, Mentor.Status.SUSPENDED])
def test_the_page_of_a_mentor_who_is_not_live_does_not_exist(status: str) -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    Mentor.objects.filter(pk=mentor.pk).update(status=status)

    assert Browser().get("/mentors/ada/").status_code == 404
    assert "Ada Byron" not in Browser().get("/mentors/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "price_max=NaN",
        "price_max=-1",
        "day=9999-12-31",
        "duration=x",
        "sort=x",
        "after=forged",
        "before=",
        "q=%26%7C%21%3A%2A%27%22",
    ],
)
def test_no_query_breaks_the_index(query: str) -> None:
    listed_mentor("Ada Byron")

    assert Browser().get(f"/mentors/?{query}").status_code == 200


def test_a_search_that_finds_nobody_says_what_it_left_out() -> None:
    listed_mentor("Ada Byron", location="London")

    html = Browser().get("/mentors/?location=Paris").content.decode()

    assert "when we leave out the location" in html
    assert "Ada Byron" in html


def test_the_site_has_one_home_and_one_index() -> None:
    assert HomePage.objects.count() == 1
    assert MentorIndexPage.objects.count() == 1
    assert MentorIndexPage.objects.get().url == "/mentors/"
    assert not HomePage.can_create_at(HomePage.objects.get().get_parent())
    assert not MentorProfilePage.can_create_at(MentorIndexPage.objects.get())


def test_publishing_a_profile_twice_makes_one_page_and_no_new_revision() -> None:
    mentor, _, page = listed_mentor("Ada Byron", expertise=("Go",))

    again = publish_profile(mentor=mentor, headline=page.headline, bio=page.bio, expertise=["Go"])

    assert again.pk == page.pk
    assert again.revisions.count() == 1


def test_a_portrait_is_the_same_for_a_name_and_escapes_it() -> None:
    assert portrait_svg("Ada") == portrait_svg("Ada")
    assert portrait_svg("Ada") != portrait_svg("Bea")
    assert "<title>&lt;b&gt;</title>" in portrait_svg("<b>")
