"""Members of the back office's groups, signed in; and what its screens show."""

import time
from collections.abc import Callable

import pytest
from django.test import Client as Browser

from accounts.models import Mentor, User
from accounts.roles import add_to_group
from cms.models import MentorProfilePage
from cms.operations import publish_profile
from scheduling.models import SessionType
from tests.factories.people import MentorFactory, UserFactory
from tests.factories.scheduling import open_mentor

type SignIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def _with_its_tables(db: None) -> None:
    """What is tested here reads the site and the groups that migrations made."""


@pytest.fixture
def sign_in() -> SignIn:
    """Return a browser signed in as a new member of a group, or as a superuser (`admin`)."""

    def as_member(group: str) -> Browser:
        user: User = UserFactory()
        if group == "admin":
            User.objects.filter(pk=user.pk).update(is_superuser=True)
        else:
            add_to_group(user=user, group=group)
        browser = Browser()
        browser.force_login(User.objects.get(pk=user.pk))
        shows(browser, "password")
        return browser

    return as_member


def shows(browser: Browser, method: str, *, ago: float = 0) -> None:
    """Have the browser's person shown who they are, by this alone, so many seconds ago."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time() - ago}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def listed_mentor(
    name: str,
    *,
    headline: str = "Career coaching",
    expertise: tuple[str, ...] = (),
    bio: str = "",
    location: str = "",
    languages: tuple[str, ...] = ("en",),
    price_minor: int = 10_000,
    currency: str = "USD",
    duration_minutes: int = 60,
    hours: tuple[int, int] = (0, 1440),
) -> tuple[Mentor, SessionType, MentorProfilePage]:
    """A live mentor with one session type and a published page; the slug is the first name."""
    mentor = MentorFactory(
        user__name=name,
        slug=name.split(maxsplit=1)[0].lower(),
        location=location,
        languages=list(languages),
    )
    kind = open_mentor(mentor=mentor, hours=hours)
    SessionType.objects.filter(pk=kind.pk).update(
        price_minor=price_minor, currency=currency, duration_minutes=duration_minutes
    )
    page = publish_profile(mentor=mentor, headline=headline, bio=bio, expertise=list(expertise))
    kind.refresh_from_db()
    return mentor, kind, page
