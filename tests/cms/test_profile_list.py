"""The curators' list of profiles: who sees what, its facts, filters, queries and export."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask

from accounts import roles
from accounts.models import Mentor, User
from billing.models import Payment
from kernel import clock
from scheduling.models import Session
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.rows import add_session
from tests.factories import sessions

MAY_SEE = {
    roles.CONTENT_EDITOR: False,
    roles.MENTOR_CURATOR: True,
    roles.SUPPORT: False,
    roles.FINANCE_PREPARER: False,
    roles.AUDITOR: True,
    roles.MENTOR: False,
    "admin": True,
}
LIST = "/cms/profiles/"


def names(sign_in: SignIn, query: str = "", group: str = roles.MENTOR_CURATOR) -> set[str]:
    html = sign_in(group).get(f"{LIST}{query}").content.decode()
    return {name for name in ("Ada Byron", "Bea Cole", "Cid Dunn") if name in html}


def rows(browser: Any, query: str = "?export=csv") -> list[dict[str, str]]:
    body = b"".join(browser.get(f"{LIST}{query}")).decode()
    return list(csv.DictReader(io.StringIO(body, newline="")))


def submit(page: Page) -> None:
    """Send a draft of the page to a workflow of one task."""
    workflow = Workflow.objects.create(name="Approval")
    task = GroupApprovalTask.objects.create(name="Look")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    page.headline = "New words"
    page.save_revision()
    workflow.start(page, User.objects.first())


@pytest.mark.parametrize("group", MAY_SEE)
def test_curators_and_auditors_open_the_list_and_nobody_else(group: str, sign_in: SignIn) -> None:
    listed_mentor("Ada Byron")
    browser = sign_in(group)

    for path in (LIST, f"{LIST}results/", f"{LIST}?export=csv"):
        response = browser.get(path)
        assert (response.status_code == 200) is MAY_SEE[group], path
    assert (LIST in browser.get("/cms/").content.decode()) is MAY_SEE[group]


def test_the_list_takes_the_same_queries_for_one_mentor_and_for_three(sign_in: SignIn) -> None:
    browser = sign_in("admin")

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(path)
            assert b"".join(response) if response.streaming else response.content
        return len(queries)

    paths = [LIST, f"{LIST}?export=csv", f"{LIST}?q=a&state=live"]
    listed_mentor("Ada Byron")
    [count(path) for path in paths]
    one = [count(path) for path in paths]
    listed_mentor("Bea Cole")
    listed_mentor("Cid Dunn")

    assert [count(path) for path in paths] == one


def test_a_row_says_where_the_mentor_stands(sign_in: SignIn) -> None:
    mentor, kind, _ = listed_mentor("Ada Byron", location="London", price_minor=4_500)
    held = sessions.pending_session(mentor=mentor, starts_at=clock.now() - timedelta(days=3))
    sessions.confirm(held)
    sessions.complete(held)
    old = sessions.pending_session(mentor=mentor, starts_at=clock.now() - timedelta(days=40))
    sessions.confirm(old)
    sessions.complete(old)

    (row,) = rows(sign_in(roles.MENTOR_CURATOR))

    # `pending_session` makes session types of its own at 100.00; the lowest price counts.
    assert row["Price from"] == "45.00"
    assert row["Currency"] == kind.currency
    assert row["Sessions, 30 days"] == "1"
    assert row["State"] == "Live"
    assert row["Location"] == "London"
    assert row["Next free"]
    assert Session.objects.count() == 2


def test_only_those_who_see_payments_see_what_was_paid(sign_in: SignIn) -> None:
    session, _ = add_session()
    mentor = session.mentor
    Mentor.objects.filter(pk=mentor.pk).update(slug="ada")
    mentor.refresh_from_db()
    listed = listed_page(mentor)
    Payment.objects.update(succeeded_at=clock.now() - timedelta(days=1))

    curator, auditor = sign_in(roles.MENTOR_CURATOR), sign_in(roles.AUDITOR)

    assert listed.live
    assert "Paid, 30" not in curator.get(LIST).content.decode()
    assert "Paid, 30 days" not in rows(curator)[0]
    assert "$100.00 USD" in auditor.get(LIST).content.decode()
    assert rows(auditor)[0]["Paid, 30 days"] == "USD 100.00"


def listed_page(mentor: Mentor) -> Page:
    from cms.operations import publish_profile  # noqa: PLC0415 - only this test lists by hand

    return publish_profile(mentor=mentor, headline="Engines")


def test_states_are_told_apart_and_filtered_by(sign_in: SignIn) -> None:
    listed_mentor("Ada Byron")
    _, _, changed = listed_mentor("Bea Cole")
    changed.headline = "Other words"
    changed.save_revision()
    _, _, waiting = listed_mentor("Cid Dunn")
    submit(waiting)

    assert names(sign_in, "?state=live") == {"Ada Byron"}
    assert names(sign_in, "?state=changed") == {"Bea Cole"}
    assert names(sign_in, "?state=pending") == {"Cid Dunn"}
    Mentor.objects.filter(slug="ada").update(status=Mentor.Status.SUSPENDED)
    assert names(sign_in, "?state=suspended") == {"Ada Byron"}
    assert names(sign_in, "?state=live") == set()
    states = {row["Name"]: row["State"] for row in rows(sign_in(roles.MENTOR_CURATOR))}
    assert states == {
        "Ada Byron": "Suspended",
        "Bea Cole": "Live, with a draft",
        "Cid Dunn": "Awaiting approval",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?location=lond", {"Ada Byron"}),
        ("?language=FR", {"Bea Cole"}),
        ("?subject=rust", {"Ada Byron"}),
        ("?q=bridges", {"Bea Cole"}),
        ("?q=ada", {"Ada Byron"}),
        ("?location=lond&language=fr", set()),
        ("?q=%00", {"Ada Byron", "Bea Cole"}),
        ("?state=nonsense", {"Ada Byron", "Bea Cole"}),
    ],
)
def test_filters_and_search_stand_in_the_address(
    query: str, found: set[str], sign_in: SignIn
) -> None:
    listed_mentor("Ada Byron", location="London", expertise=("Rust",), headline="Engines")
    listed_mentor("Bea Cole", location="Paris", languages=("fr",), headline="Bridges")

    assert names(sign_in, query) == found


def test_who_is_not_public_yet_has_a_picture_that_staff_can_see(sign_in: SignIn) -> None:
    """The public address of a picture answers 404 for them."""
    mentor, _, _ = listed_mentor("Ada Byron")
    browser, address = sign_in(roles.MENTOR_CURATOR), f"/portraits/{mentor.slug}.svg"
    public = browser.get(LIST).content.decode()
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.APPLIED)

    hidden = browser.get(LIST).content.decode()

    assert f'src="{address}"' in public
    assert browser.get(address).status_code == 404
    assert address not in hidden
    assert 'src="data:image/svg+xml,' in hidden


def test_the_name_leads_to_the_editor_for_those_who_may_edit(sign_in: SignIn) -> None:
    mentor, _, page = listed_mentor("Ada Byron")

    curator = sign_in(roles.MENTOR_CURATOR).get(LIST).content.decode()
    auditor = sign_in(roles.AUDITOR).get(LIST).content.decode()

    assert f'href="/cms/pages/{page.pk}/edit/"' in curator
    assert f'href="/cms/pages/{page.pk}/edit/"' not in auditor
    assert f'href="/cms/mentor-list/{mentor.pk}/"' in auditor


@pytest.mark.parametrize("headline", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_an_exported_profile_never_begins_a_formula(headline: str, sign_in: SignIn) -> None:
    listed_mentor("Ada Byron", headline=headline)

    (row,) = rows(sign_in(roles.MENTOR_CURATOR))

    assert row["Headline"] == f"'{headline}"
    assert row["Price from"] == "100.00"


def test_an_export_honours_search_and_filters(sign_in: SignIn) -> None:
    listed_mentor("Ada Byron", location="London")
    listed_mentor("Bea Cole", location="Paris")

    found = rows(sign_in(roles.MENTOR_CURATOR), "?export=csv&location=paris")

    assert [row["Name"] for row in found] == ["Bea Cole"]
