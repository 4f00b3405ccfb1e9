"""All that was written down, ours and Wagtail's, in one list: found, led to, kept shut."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from accounts.models import User
from cms.models import HomePage
from kernel import audit, clock
from kernel.models import AuditEntry
from tests.cms.conftest import SignIn
from tests.factories.people import MentorFactory, UserFactory

LOG = "/cms/audit/"
pytestmark = pytest.mark.django_db


def noted(action: str = "thing.done", *, by: User | None = None, about: str = "x") -> AuditEntry:
    return audit.record(
        actor=by.public_id if by else "system", action=action, object_type="thing", object_id=about
    )


def page_of(browser: Client, **asked: str) -> str:
    answer = browser.get(LOG, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_entries_of_ours_and_of_wagtail_stand_in_one_list(sign_in: SignIn) -> None:
    ada = UserFactory(name="Ada Editor")
    noted("payment.looked_at", by=ada)
    home = HomePage.objects.get()
    home.save_revision(user=ada, log_action=True)

    page = page_of(sign_in(roles.AUDITOR))

    assert "payment.looked_at" in page
    assert "wagtail.edit" in page
    assert page.count("Ada Editor") >= 2
    assert reverse("wagtailadmin_pages:edit", args=[home.pk]) in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "ada ed"}, {"a.one"}),
        ({"actor": "ADA@EXAMPLE.ORG"}, {"a.one"}),
        ({"actor": "system"}, {"b.two"}),
        ({"action": "two"}, {"b.two"}),
        ({"about": "ses_1"}, {"a.one"}),
        ({"about": "thing"}, {"a.one", "b.two"}),
        ({"since": "2099-01-01"}, set()),
        ({"until": "2000-01-01"}, set()),
        ({"actor": "nobody at all"}, set()),
    ],
)
def test_the_address_narrows_it(asked: dict[str, str], found: set[str], sign_in: SignIn) -> None:
    ada = UserFactory(name="Ada Editor", email="ada@example.org")
    noted("a.one", by=ada, about="ses_1")
    noted("b.two")

    page = page_of(sign_in(roles.AUDITOR), **asked)

    assert {name for name in ("a.one", "b.two") if name in page} == found


def test_an_object_is_led_to_where_it_may_be_seen(sign_in: SignIn) -> None:
    mentor = MentorFactory()
    noted(about=mentor.public_id)

    page = page_of(sign_in(roles.AUDITOR))

    assert f"/cms/jump/?q={mentor.public_id}" in page


def test_what_staff_do_says_from_where(sign_in: SignIn) -> None:
    mentor = MentorFactory()
    browser = sign_in(roles.MENTOR_CURATOR)
    browser.post(
        reverse("suspend_mentor", args=[mentor.pk]),
        {"reason": "x", "act": "suspend", "seen-suspend": "another"},
        REMOTE_ADDR="192.0.2.9",
    )
    page = browser.get(reverse("suspend_mentor", args=[mentor.pk])).content.decode()
    seen = page.partition('name="seen-suspend" value="')[2].partition('"')[0]
    browser.post(
        reverse("suspend_mentor", args=[mentor.pk]),
        {"reason": "x", "act": "suspend", "seen-suspend": seen},
        REMOTE_ADDR="192.0.2.9",
    )

    assert AuditEntry.objects.get(action="mentor.suspended").source == "192.0.2.9"
    assert noted().source == ""  # no request, no place
    assert "192.0.2.9" in page_of(sign_in(roles.AUDITOR))


def test_the_export_has_what_the_list_shows_and_runs_nothing(sign_in: SignIn) -> None:
    noted("=cmd()")
    noted("b.two")

    answer = sign_in(roles.AUDITOR).get(LOG, {"about": "thing", "export": "csv"})

    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.reader(StringIO(body)))
    assert [row[3] for row in rows[1:]] == ["b.two", "'=cmd()"]


@pytest.mark.parametrize("group", [one for one in roles.STAFF_GROUPS if one != roles.AUDITOR])
def test_others_do_not_see_it(group: str, sign_in: SignIn) -> None:
    browser = sign_in(group)

    assert browser.get(LOG).status_code in {302, 403}
    assert LOG not in browser.get("/cms/").content.decode()


def test_pages_do_not_overlap_and_cost_the_same(sign_in: SignIn) -> None:
    browser = sign_in(roles.AUDITOR)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(browser, about="thing")
        return len(queries)

    noted("x.0")
    count()
    one = count()
    for number in range(1, 60):
        with clock.travel(clock.now() + timedelta(seconds=number)):
            noted(f"x.{number}.")

    assert count() == one
    first, second = (page_of(browser, about="thing", p=number) for number in ("1", "2"))
    assert ("x.59." in first, "x.59." in second) == (True, False)
    assert ("x.1." in first, "x.1." in second) == (False, True)
