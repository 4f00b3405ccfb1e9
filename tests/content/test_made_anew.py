"""A mentor's page with nothing kept: what it takes, and that the short way is no other way."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction, Site

from accounts.models import Mentor
from cms import places
from cms.models import HomePage, MentorIndexPage, MentorProfilePage
from scheduling import tasks
from tests.cms.conftest import listed_mentor
from tests.cms.test_directory import NOW
from tests.content.conftest import add_landing
from tests.content.german import add_german
from tests.factories.people import UserFactory
from tests.factories.reviews import reviewed
from tests.factories.scheduling import SessionTypeFactory

ADA, GERMAN = "/mentors/ada/", "/de/mentoren/ada/"
# Sites, their roots; the page with its mentor, those above it; the look, the menu, translations;
# offers, reviews. Beside them the listing's row and whether it may be old, in one statement.
QUESTIONS = 9


@pytest.fixture
def page() -> MentorProfilePage:
    return listed_mentor("Ada Byron")[2]


def asked(path: str) -> list[str]:
    tasks.rebuild_blocks()  # free times as the cluster keeps them, or the rules are asked
    tasks.refresh_blocks()
    browser = Browser()
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def test_it_takes_as_many_questions_whatever_is_on_it() -> None:
    mentor, kind, _ = listed_mentor("Ada Byron")
    few = asked(ADA)
    for rating in (3, 4, 5):
        reviewed(session_type=kind, rating=rating, starts_at=NOW.replace(day=rating))
    SessionTypeFactory(mentor=mentor)
    listed_mentor("Bea Cole")
    add_landing("promise", show_in_menus=True)
    add_german()

    many = asked(ADA)
    html = Browser().get(ADA).content.decode()

    assert len(few) == QUESTIONS, few
    assert len(many) == QUESTIONS, many
    assert html.count('class="review"') == 3
    assert html.count('class="ticket"') == 2


def test_it_reads_no_cache_and_no_session(page: MentorProfilePage) -> None:
    assert not [sql for sql in asked(ADA) if "kernel_cache" in sql or "django_session" in sql]


# --- Who may see it -------------------------------------------------------------------------------


def restrict(page: Any, kind: str, **more: str) -> PageViewRestriction:
    found: PageViewRestriction = PageViewRestriction.objects.create(
        page=page, restriction_type=kind, **more
    )
    return found


@pytest.fixture(params=["page", "directory", "front page"])
def above(request: pytest.FixtureRequest, page: MentorProfilePage) -> Page:
    kinds: dict[str, type[Page]] = {"directory": MentorIndexPage, "front page": HomePage}
    return kinds.get(request.param, MentorProfilePage).objects.get()


def test_a_restriction_of_it_or_above_it_counts(above: Page) -> None:
    assert Browser().get(ADA).status_code == 200
    restricted = restrict(above, PageViewRestriction.LOGIN)

    refused = Browser().get(ADA)

    assert refused.status_code == 302
    assert "Ada Byron" not in refused.content.decode()
    assert "no-store" in refused["Cache-Control"]
    browser = Browser()
    browser.force_login(UserFactory())
    assert "Ada Byron" in browser.get(ADA).content.decode()
    restricted.delete()
    assert Browser().get(ADA).status_code == 200


def test_a_restriction_beside_it_does_not_count(page: MentorProfilePage) -> None:
    listed_mentor("Bea Cole")
    restrict(MentorProfilePage.objects.get(slug="bea"), PageViewRestriction.LOGIN)
    restrict(add_landing("promise"), PageViewRestriction.LOGIN)

    assert Browser().get("/mentors/bea/").status_code == 302
    assert Browser().get(ADA).status_code == 200


def test_a_password_opens_it(page: MentorProfilePage) -> None:
    restricted = restrict(page, PageViewRestriction.PASSWORD, password="pepper")
    browser = Browser()
    form = browser.get(ADA)
    door = f"/_util/authenticate_with_password/{restricted.pk}/{page.pk}/"
    assert door in form.content.decode()
    assert "Ada Byron</h1>" not in form.content.decode()

    wrong = browser.post(door, {"password": "salt", "return_url": ADA})
    right = browser.post(door, {"password": "pepper", "return_url": ADA})

    assert wrong.status_code == 200
    assert (right.status_code, right["Location"]) == (302, ADA)
    assert "Ada Byron</h1>" in browser.get(ADA).content.decode()
    assert "Ada Byron</h1>" not in Browser().get(ADA).content.decode()


def test_a_group_alone_may_see_it(page: MentorProfilePage) -> None:
    friends = Group.objects.create(name="Friends")
    restrict(page, PageViewRestriction.GROUPS).groups.add(friends)
    stranger, friend = Browser(), Browser()
    stranger.force_login(UserFactory())
    person = UserFactory()
    person.groups.add(friends)
    friend.force_login(person)

    assert stranger.get(ADA).status_code == 302
    assert friend.get(ADA).status_code == 200


def test_an_alias_above_it_has_the_restrictions_of_its_source(page: MentorProfilePage) -> None:
    source = add_landing("promise")
    Page.objects.filter(pk=page.get_parent().pk).update(alias_of=source)
    assert Browser().get(ADA).status_code == 200

    restrict(source, PageViewRestriction.LOGIN)

    assert Browser().get(ADA).status_code == 302


def test_staff_are_told_of_its_restrictions(page: MentorProfilePage) -> None:
    assert page.get_view_restrictions().order_by("-page__depth").count() == 0
    own = restrict(page, PageViewRestriction.LOGIN)
    outer = restrict(page.get_parent(), PageViewRestriction.LOGIN)

    assert list(page.get_view_restrictions().order_by("-page__depth")) == [own, outer]


# --- What is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ADA, GERMAN])
def test_a_draft_is_not_there(path: str, page: MentorProfilePage) -> None:
    add_german()
    assert Browser().get(path).status_code == 200

    page.unpublish()

    assert Browser().get(path).status_code == 404


@pytest.mark.parametrize("path", [ADA, GERMAN])
def test_the_page_of_who_is_suspended_is_not_there(path: str, page: MentorProfilePage) -> None:
    add_german()
    Mentor.objects.update(status=Mentor.Status.SUSPENDED)

    assert Browser().get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/mentors/nobody/", "/ada/", "/mentors/ada/more/", "/mentoren/ada/", "/de/mentors/ada/"),
        *("/de/ada/", "/home/mentors/ada/", "/articles/ada/", "/mentors/ADA/"),
    ],
)
def test_it_stands_at_its_own_address_alone(path: str, page: MentorProfilePage) -> None:
    add_german()

    assert Browser().get(path).status_code == 404


def test_without_a_german_front_page_nothing_german_is_there(page: MentorProfilePage) -> None:
    assert Browser().get(GERMAN).status_code == 404
    home = add_german()
    assert Browser().get(GERMAN).status_code == 200

    home.unpublish()

    assert Browser().get(GERMAN).status_code == 404


def test_old_addresses_lead_to_it(
    page: MentorProfilePage, django_capture_on_commit_callbacks: Any
) -> None:
    assert Browser().get("/mentors/ada")["Location"] == ADA
    page.slug = "byron"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()

    moved = Browser().get(ADA)

    assert moved.status_code == 301
    assert moved["Location"].removeprefix(settings.PUBLIC_URL) == "/mentors/byron/"


# --- Which site -----------------------------------------------------------------------------------


@pytest.fixture
def _sites() -> Iterator[None]:
    """Two more sites beside the default one, one of them at two ports."""
    for host, port in (("one.example", 80), ("two.example", 80), ("two.example", 8000)):
        page = add_landing(f"of-{host.partition('.')[0]}-{port}")
        Site.objects.create(hostname=host, port=port, root_page=page)
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_sites")
@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("port", ["80", "8000", "443"])
@pytest.mark.parametrize("host", ["one.example", "two.example", "testserver", "nobody.example"])
def test_the_site_is_the_one_that_wagtail_would_choose(
    host: str, port: str, *, default: bool
) -> None:
    add_german()
    Site.objects.filter(is_default_site=True).update(is_default_site=default)
    ours, theirs = (RequestFactory().get("/", HTTP_HOST=host, SERVER_PORT=port) for _ in range(2))

    place = places.of(ours)

    assert place.site == Site.find_for_request(theirs)
    told = ours._wagtail_cached_site_root_paths  # type: ignore[attr-defined]
    assert sorted(told) == sorted(Site.get_site_root_paths())
    assert [one.site_id for one in told] == [one.site_id for one in Site.get_site_root_paths()]
    home = HomePage.objects.get(slug="home")
    if place.site is not None and place.site.root_page_id == home.pk:
        assert set(place.homes) == {"en", "de"}


def test_another_site_has_pages_of_its_own_and_no_mentors(
    page: MentorProfilePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    other = add_landing("other")
    Site.objects.create(hostname="other.example", root_page=other)
    there = Browser(headers={"host": "other.example"})

    assert there.get(ADA).status_code == 404
    assert "<h1>Other</h1>" in there.get("/").content.decode()
