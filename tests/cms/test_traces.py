"""Mentor A, let into the back office, finds no trace of mentor B's drafts, wherever they look."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client as Browser
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import GroupPagePermission, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts import roles
from accounts.models import Mentor
from cms import guarding, wagtail_hooks
from cms.models import MentorIndexPage, MentorProfilePage
from cms.own_pages import OwnPagePolicy
from tests.cms.conftest import listed_mentor
from tests.cms.matrix.routes import admin_routes
from tests.cms.matrix.world import GUEST, Shelf, World, _site, browser_of
from tests.factories.people import MentorFactory

pytestmark = pytest.mark.django_db

# Each stands in one place of B's drafts and nowhere else; what is typed is all but its last letter.
TITLE, HEADLINE, BIO = "Quorbittle", "Vandelumen", "Pellucidar"
UNSEEN, IMAGE, DOCUMENT = "Brindlecomb", "Snorkwellia", "Marrowbyte"
WORDS = (TITLE, HEADLINE, BIO, UNSEEN, IMAGE, DOCUMENT)
SEARCHED = ("?q={}", "?q={}&export=csv", "?label={}&export=xlsx", "?search={}", "?term={}")
PUBLIC = ("/", "/mentors/", "/mentors/bob/", "/sitemap.xml", "/api/mentors", "/articles/")


class Strangers:
    """Ada, who was let in, and the drafts of Bob, whose page is live, and of Una, who has none."""

    def __init__(self) -> None:
        _, _, self.own = listed_mentor("Ada Byron")
        _, _, bobs = listed_mentor("Bob Noyce")
        self.ada = self.own.mentor.user
        for group in (roles.MENTOR, GUEST):
            roles.add_to_group(user=self.ada, group=group)
        self.browser = browser_of(self.ada)
        own_shelf, other = Shelf(self.own), Shelf(bobs)
        Image.objects.filter(pk=other.things["image_id"]).update(title=IMAGE)
        Document.objects.filter(pk=other.things["document_id"]).update(title=DOCUMENT)
        self.hidden = [drafted(bobs), unpublished(MentorFactory(user__name=f"Una {UNSEEN}"))]
        site = _site()
        self.world = World({**site, **own_shelf.things}, {**site, **other.things}, {})
        self.of_una = {**self.world.other, "page_id": self.hidden[1].pk}


def drafted(page: MentorProfilePage) -> MentorProfilePage:
    """A draft upon a live page, whose title is another as well."""
    page.title = f"Bob {TITLE}"
    page.headline = HEADLINE
    page.bio = f"<p>{BIO}</p>"
    page.save_revision(user=page.mentor.user, log_action=True)
    return page


def unpublished(mentor: Mentor) -> MentorProfilePage:
    page: MentorProfilePage = MentorIndexPage.objects.get().add_child(
        instance=MentorProfilePage(
            title=mentor.user.name, slug=mentor.slug, mentor=mentor, owner=mentor.user,
            live=False, headline=UNSEEN,
        )
    )  # fmt: skip
    page.save_revision(user=mentor.user, log_action=True)
    return page


@pytest.fixture
def strangers() -> Strangers:
    return Strangers()


def addresses(strangers: Strangers) -> Iterator[str]:
    """Every address below /cms/ about the own things, about Bob's and about Una's."""
    for route in admin_routes():
        for values in (strangers.world.own, strangers.world.other, strangers.of_una):
            world = World(values, values, {})
            try:
                yield world.address(route)
            except (KeyError, AssertionError):  # a row of the business, which no page has
                break


def places(strangers: Strangers) -> list[str]:
    """The addresses, those that list something also searched for each word and as an export."""
    found = list(dict.fromkeys(addresses(strangers)))
    listing = ("/search/", "/results/", "/chooser/", "choose-page/", "/reports/", "/api/main/")
    asked = [one for one in found if any(part in one for part in listing)]
    asked += ["/cms/pages/", "/cms/", f"/cms/pages/{strangers.own.get_parent().pk}/"]
    named = "&".join(f"id={page.pk}" for page in strangers.hidden)
    return [
        *found,
        *(f"{one}{query.format(word[:-1])}" for one in asked for query in SEARCHED[:2]
          for word in (TITLE, UNSEEN)),
        *(f"{one}{query.format(TITLE[:-1])}" for one in asked for query in SEARCHED[2:]),
        f"/cms/choose-page/chosen-multiple/?{named}",
        *(f"/cms/choose-page/search/?q={word[:-1]}" for word in WORDS),
        *(f"/cms/choose-page/{page.pk}/" for page in strangers.hidden),
        *(f"/cms/bulk/wagtailcore/page/{act}/?{named}" for act in ("publish", "delete", "move")),
    ]  # fmt: skip


def traces(browser: Browser, where: list[str]) -> set[tuple[str, str]]:
    """Return (address, word) wherever an answer says one of the words."""
    browser.raise_request_exception = False
    found = set()
    for address in where:
        if address.startswith(("/cms/logout/", "/cms/login/")):
            continue
        text = body(browser.get(address))
        found |= {(address, word) for word in WORDS if word.lower() in text}
    return found


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return bytes(content).decode(errors="replace").lower()


def test_no_address_shows_a_word_of_another_mentor_s_draft(
    strangers: Strangers, settings: Any
) -> None:
    settings.DIRECTORY_OPEN = True
    where = [*places(strangers), *PUBLIC]

    assert traces(strangers.browser, where) == set()
    assert len(where) > 500


def test_the_own_page_is_found_edited_and_not_published(strangers: Strangers) -> None:
    own = strangers.own
    edit = strangers.browser.get(f"/cms/pages/{own.pk}/edit/").content.decode()
    explored = strangers.browser.get("/cms/pages/", follow=True).content.decode()
    may = own.permissions_for_user(strangers.ada)

    assert own.title in explored
    assert "action-publish" not in edit
    assert may.can_edit()
    refused = (may.can_publish, may.can_unpublish, may.can_delete, may.can_move)
    assert [one() for one in refused] == [False] * 4


def test_nothing_is_mailed_of_a_draft_that_is_handed_in(strangers: Strangers) -> None:
    for page in strangers.hidden:
        page.save_revision(user=page.mentor.user)

    assert [one for one in mail.outbox if strangers.ada.email in one.to] == []


def test_wagtails_own_way_leaves_traces(strangers: Strangers) -> None:
    """The negative control: "add" on the parent, Wagtail's policy, and no door."""
    GroupPagePermission.objects.create(
        group=Group.objects.get(name=GUEST),
        page=MentorIndexPage.objects.get(),
        permission=Permission.objects.get(codename="add_page"),
    )
    index = strangers.own.get_parent()
    stock = PagePermissionPolicy.get_all_permissions_for_user
    where = {
        "explorer": f"/cms/pages/{index.pk}/",
        "search": f"/cms/pages/search/?q={UNSEEN[:-1]}",
        "site history": "/cms/reports/site-history/",
        "chooser": f"/cms/choose-page/{index.pk}/",
        "breadcrumbs": f"/cms/choose-page/{strangers.hidden[1].pk}/",
        "API": "/cms/api/main/pages/?child_of=" + str(index.pk),
    }

    with (
        patch.object(OwnPagePolicy, "get_all_permissions_for_user", stock),
        patch.object(guarding, "_allowed", lambda *_: True),
        patch.object(guarding, "_may_see", lambda *_: True),
        patch.object(wagtail_hooks, "choosable_pages", lambda _: Page.objects.all()),
    ):
        found = {name: traces(strangers.browser, [one]) for name, one in where.items()}
    closed = {name: traces(strangers.browser, [one]) for name, one in where.items()}

    assert [name for name, words in found.items() if not words] == []
    assert [name for name, words in closed.items() if words] == []


def test_a_right_that_somebody_gives_the_group_opens_no_other_page(strangers: Strangers) -> None:
    """What an administrator ticks for the group in Wagtail's screen changes nothing."""
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=Group.objects.get(name=GUEST),
            page=Page.objects.get(depth=1),
            permission=Permission.objects.get(codename=codename),
        )
    policy = OwnPagePolicy()

    pages = policy.instances_user_has_any_permission_for(strangers.ada, {"change", "publish"})

    assert list(pages) == [strangers.own.page_ptr]
    assert not strangers.hidden[0].permissions_for_user(strangers.ada).can_edit()
