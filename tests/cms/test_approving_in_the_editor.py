"""Approving where a profile is edited: the form as it came decides on the mentor's own words."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client as Browser
from django.urls import reverse
from wagtail.models import Page

from cms import applications
from cms.applications import Words
from cms.curation import Standing, status_of, submit
from cms.models import MentorProfilePage
from kernel import clock
from tests.cms.conftest import listed_mentor
from tests.cms.test_application_screens import browser_for
from tests.cms.test_profile_changes import curator
from tests.factories.people import UserFactory

SENT = (
    "<p>Thirty <b>years</b> &amp; more.<br/>Really.</p><ul><li>Law</li></ul><p>In <i>London</i></p>"
)


def sent_in(bio: str = SENT) -> MentorProfilePage:
    """A live profile of which a biography was sent in as the API keeps it: without keys."""
    _, _, page = listed_mentor("Ada Byron", headline="As visitors know it")
    page.bio, page.expertise = bio, ["Law", "Tax"]
    submit(page, by=page.mentor.user)
    found: MentorProfilePage = MentorProfilePage.objects.get(pk=page.pk)
    return found


def form_of(browser: Browser, url: str) -> dict[str, Any]:
    """What a browser sends of the editor's form when nothing was typed."""
    soup = BeautifulSoup(browser.get(url).content, "html.parser")
    form = soup.find("form", id="page-edit-form") or soup.find("form", attrs={"method": "POST"})
    assert form is not None
    sent: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        if not one.get("name") or one.get("type") in {"submit", "button", "file"}:
            continue
        if one.get("type") in {"checkbox", "radio"} and not one.has_attr("checked"):
            continue
        if one.name == "select":
            chosen = one.find("option", selected=True) or one.find("option")
            sent[str(one["name"])] = chosen.get("value", "") if chosen else ""
        else:
            sent[str(one["name"])] = (
                one.string or "" if one.name == "textarea" else one.get("value", "")
            )
    return sent


def approve(browser: Browser, page: Page, **instead: str) -> None:
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = form_of(browser, url) | instead
    assert "bio" in sent
    browser.post(url, {**sent, "action-workflow-action": "true", "workflow-action-name": "approve"})


@pytest.mark.parametrize("bio", [SENT, "<p>One<br/>two</p>\n\n<p>Three</p>", ""])
def test_what_came_over_the_api_is_approved_as_it_came(bio: str) -> None:
    page = sent_in(bio)

    approve(browser_for(curator()), page)

    page.refresh_from_db()
    assert page.bio == bio
    assert status_of(page).standing is Standing.NOTHING_PENDING
    assert page.live_revision.user == page.mentor.user


def test_words_that_the_curator_writes_make_them_the_author_who_does_not_approve() -> None:
    page, who = sent_in(), curator()
    typed = {"blocks": [{"key": "abcde", "type": "unstyled", "text": "Mine.", "depth": 0}]}
    typed["blocks"][0] |= {"inlineStyleRanges": [], "entityRanges": []}

    approve(browser_for(who), page, bio=json.dumps({**typed, "entityMap": {}}))

    page.refresh_from_db()
    assert "Mine." not in page.bio
    assert status_of(page).standing is Standing.WAITING
    assert page.latest_revision.user == who


def test_an_application_of_several_lines_opens_in_the_editor() -> None:
    who = UserFactory()
    words = Words(headline="Law", bio="One <b>\ntwo\n\nThree")
    made = applications.apply(user=who, words=words, now=clock.now())
    page = applications.page_of(made)
    assert page is not None

    answer = browser_for(curator()).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert answer.status_code == 200
    said = page.get_latest_revision_as_object().bio
    assert said == "<p>One &lt;b&gt;<br/>two</p>\n\n<p>Three</p>"
