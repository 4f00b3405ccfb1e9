"""Live pages for many mentors at once, past the operations but through the tables' triggers.

The first is published as mentors do it; the others are its rows with other words.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from wagtail.models import Page

from accounts.models import Mentor, User
from benchmarks.kit.matching_set import Person
from cms.models import MentorIndexPage, MentorProfilePage
from cms.operations import publish_profile

_PAGES = """
INSERT INTO cms_mentorprofilepage (page_ptr_id, mentor_id, headline, bio, expertise)
VALUES (%s, %s, %s, %s, %s)
"""


def publish_all(people: Sequence[Person]) -> dict[UUID, Person]:
    """Give every person a live page and return them by the mentor's id."""
    users = User.objects.bulk_create(
        User(email=f"{one.slug}@example.com", name=one.name, time_zone="UTC", password="!")
        for one in people
    )
    mentors = Mentor.objects.bulk_create(
        Mentor(user=user, slug=one.slug, status=Mentor.Status.LIVE, languages=["en"])
        for user, one in zip(users, people, strict=True)
    )
    first = publish_profile(
        mentor=mentors[0],
        headline=people[0].headline,
        bio=f"<p>{people[0].bio}</p>",
        expertise=people[0].expertise,
    )
    pages = Page.objects.bulk_create(_copies(first, mentors[1:], people[1:]))
    with connection.cursor() as cursor:
        cursor.executemany(
            _PAGES,
            [
                (page.pk, mentor.pk, one.headline, f"<p>{one.bio}</p>", list(one.expertise))
                for page, mentor, one in zip(pages, mentors[1:], people[1:], strict=True)
            ],
        )
    MentorIndexPage.objects.update(numchild=len(people))
    return {mentor.pk: one for mentor, one in zip(mentors, people, strict=True)}


def _copies(
    first: MentorProfilePage, mentors: Sequence[Mentor], people: Sequence[Person]
) -> list[Page]:
    kept: dict[str, Any] = {
        field.attname: getattr(first, field.attname)
        for field in Page._meta.concrete_fields  # noqa: SLF001 - Django's own way to the columns
        if field.attname not in {"id", "translation_key", "latest_revision_id", "live_revision_id"}
    }
    found = []
    path = first.path
    for mentor, one in zip(mentors, people, strict=True):
        path = Page(path=path)._inc_path()  # noqa: SLF001 - the tree's own next address
        own = {"path": path, "title": one.name, "draft_title": one.name, "slug": mentor.slug}
        own["url_path"] = first.url_path.replace(first.slug, mentor.slug)
        found.append(Page(**kept | own))
    return found
