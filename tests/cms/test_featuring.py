"""Featured mentors: first where nobody is chosen, in an order, for a time, by curators alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts import roles
from accounts.models import Mentor
from cms import featuring
from cms.models import Featuring
from kernel import clock
from kernel.errors import Forbidden, Invalid
from kernel.models import AuditEntry
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.dialogs import press
from tests.cms.test_forged_posts import browser_of
from tests.cms.test_profile_changes import curator
from tests.factories.people import MentorFactory, UserFactory

DAY = timedelta(days=1)


def market() -> dict[str, Mentor]:
    return {name: listed_mentor(f"{name} Byron")[0] for name in ("Ada", "Bea", "Cyd")}


def names(limit: int = 3, *, later: timedelta = timedelta(0)) -> list[str]:
    found = featuring.shown(now=clock.now() + later, limit=limit)
    return [entry.name.partition(" ")[0] for entry in found]


def feature(mentor: Mentor, place: int, *, days: int = 1) -> None:
    now = clock.now()
    featuring.feature(
        mentor_id=mentor.pk, place=place, until=now + days * DAY, by=curator(), now=now
    )


def test_featured_mentors_stand_first_in_their_order_until_their_day() -> None:
    mentors = market()
    before = names()
    feature(mentors[before[2]], 1, days=1)
    feature(mentors[before[1]], 2, days=3)

    assert names() == [before[2], before[1], before[0]]
    assert names(1) == [before[2]]
    assert names(later=2 * DAY) == [before[1], before[0], before[2]]
    assert names(later=4 * DAY) == before


def test_the_front_page_shows_them_and_not_who_is_suspended() -> None:
    mentors = market()
    last = names()[-1]
    feature(mentors[last], 1)
    html = Browser().get("/").content.decode()
    assert html.index(f"{last} Byron") < min(
        html.index(f"{name} Byron") for name in mentors if name != last
    )

    Mentor.objects.filter(pk=mentors[last].pk).update(status=Mentor.Status.SUSPENDED)
    assert f"{last} Byron" not in Browser().get("/").content.decode()


def test_it_is_audited_and_ends() -> None:
    ada = market()["Ada"]
    feature(ada, 1)
    feature(ada, 5)
    featuring.unfeature(mentor_id=ada.pk, by=curator())
    featuring.unfeature(mentor_id=ada.pk, by=curator())

    actions = AuditEntry.objects.filter(object_id=ada.public_id).order_by("id")
    told = [entry.action for entry in actions if "featured" in entry.action]
    assert told == ["mentor.featured", "mentor.featured", "mentor.unfeatured"]
    assert not Featuring.objects.exists()


def test_what_makes_no_sense_is_refused() -> None:
    ada, now, by = market()["Ada"], clock.now(), curator()
    for place, until in [(0, now + DAY), (100, now + DAY), (1, now), (1, now + 400 * DAY)]:
        with pytest.raises(Invalid):
            featuring.feature(mentor_id=ada.pk, place=place, until=until, by=by, now=now)
    with pytest.raises(featuring.NotFeaturable, match="seen by nobody"):
        feature(MentorFactory(status="applied"), 1)
    with pytest.raises(Forbidden):
        featuring.unfeature(mentor_id=ada.pk, by=UserFactory())
    for place, until in [(0, now + DAY), (1, now - DAY)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Featuring.objects.create(mentor=ada, place=place, until=until, since=now, by=by)


def test_curators_feature_on_the_mentors_screen_and_nobody_else(sign_in: SignIn) -> None:
    ada = market()["Ada"]
    url = reverse("feature_mentor", args=[ada.pk])
    allowed = sign_in(roles.MENTOR_CURATOR)
    inspect = allowed.get(reverse("mentor-list:inspect", args=[ada.pk])).content.decode()
    assert url in inspect
    given = {"place": "2", "until": (clock.now() + 3 * DAY).date().isoformat()}
    for who in ["nobody signed in", "client", roles.CONTENT_EDITOR, roles.AUDITOR]:
        browser = browser_of(who, sign_in)
        assert browser.get(url).status_code == 302
        assert browser.post(url, {**given, "act": "feature"}).status_code == 302
    assert not Featuring.objects.exists()

    assert press(allowed, url, "feature", **given).status_code == 302
    assert Featuring.objects.get().place == 2
    assert press(allowed, url, "unfeature", **given).status_code == 302
    assert not Featuring.objects.exists()
