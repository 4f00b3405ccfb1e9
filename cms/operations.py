"""Writing pages: a mentor's public profile, made once and then revised."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from wagtail.models import Page

from accounts.models import Mentor, User
from cms import languages
from cms.models import MentorIndexPage, MentorProfilePage
from kernel.errors import Refusal

NO_HEADLINE = "–"  # of a page on which nobody has written yet


class NoMentorIndex(Refusal):
    """The site has no mentor index page to put profiles under."""

    code = "no_mentor_index"


@transaction.atomic
def publish_profile(
    *,
    mentor: Mentor,
    headline: str,
    bio: str = "",
    expertise: Sequence[str] = (),
    by: User | None = None,
) -> MentorProfilePage:
    """Publish the mentor's page, or a new revision of it, and return it; idempotent.

    The title is the person's name and the slug is the mentor's, so that the page, the API and
    the bookings say the same. Raises NoMentorIndex where the site was never set up.
    """
    words = {"headline": headline, "bio": bio, "expertise": list(expertise)}
    page = draft_profile(mentor=mentor)
    if page.live and all(getattr(page, name) == value for name, value in words.items()):
        return page
    for name, value in words.items():
        setattr(page, name, value)
    page.save_revision(user=by).publish(user=by)
    page.refresh_from_db()
    return page


def draft_profile(*, mentor: Mentor) -> MentorProfilePage:
    """Return the mentor's page, made without words and not public where there is none.

    In the caller's transaction. Raises NoMentorIndex.
    """
    page: MentorProfilePage | None = MentorProfilePage.objects.filter(mentor=mentor).first()
    return page or under_the_index(mentor, headline=NO_HEADLINE)


def under_the_index(mentor: Mentor, **words: Any) -> MentorProfilePage:
    """Put a page that nobody sees yet where the mentors' pages are. Raises NoMentorIndex."""
    page: MentorProfilePage = _index().add_child(
        instance=MentorProfilePage(
            title=mentor.user.name,
            slug=mentor.slug,
            mentor=mentor,
            owner=mentor.user,
            live=False,
            **words,
        )
    )
    return page


def _index() -> Page:
    # Locked: two profiles made at once would take the same place in the tree.
    first = MentorIndexPage.objects.filter(locale__language_code=languages.SOURCE)
    index = first.select_for_update(of=("self",)).first()
    if index is None:
        raise NoMentorIndex("The site has no mentor index page; run `manage.py migrate` again.")
    return index
