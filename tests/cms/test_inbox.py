"""One queue of all that waits: late ones first, each with one act, nothing of others' lists."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import roles
from accounts.models import Application
from cms import applications
from cms.applications import Words
from kernel import clock
from kernel.models import Job
from tests.cms.conftest import SignIn
from tests.cms.rows import add_rows
from tests.factories.people import UserFactory

INBOX = "/cms/inbox/"
pytestmark = pytest.mark.django_db


def applied(name: str, *, days: int) -> Application:
    return applications.apply(
        user=UserFactory(name=name),
        words=Words(headline="Clear code", bio="Ten years.", expertise=("Django",), message=""),
        now=clock.now() - timedelta(days=days, minutes=5),
    )


def failed_job(*, hours: int) -> Job:
    return Job.objects.create(name="x.y", failed_at=clock.now() - timedelta(hours=hours, minutes=5))


def rows(browser: Client, address: str = INBOX) -> list[list[str]]:
    """Return the cells of each row, as people read them."""
    page = browser.get(address).content.decode()
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page, re.S)
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", body[1], re.S) if body else []
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        ]
        for row in found
    ]


def test_late_ones_come_first_with_their_age_their_target_and_one_act(sign_in: SignIn) -> None:
    applied("Ada Old", days=9)
    applied("Bea New", days=1)
    failed_job(hours=5)
    browser = sign_in("admin")

    found = rows(browser)

    assert [(row[1], row[0], row[4], row[5]) for row in found] == [
        ("Late by 6 days", "Ada Old", "9 days", "Answer it"),
        ("Late by 1 h", "x.y", "5 h", "See why"),
        ("47 h left", "Bea New", "24 h", "Answer it"),
    ]
    page = browser.get(INBOX).content.decode()
    assert "What waits: 2 late" in page
    assert 'class="cf-state cf-state--danger"' in page


def test_a_target_is_a_setting(sign_in: SignIn, settings: Settings) -> None:
    settings.INBOX_TARGETS = {"applications": timedelta(days=30)}
    applied("Ada Old", days=9)

    assert [row[1] for row in rows(sign_in("admin"))] == ["20 days left"]


def test_a_kind_stands_in_the_address(sign_in: SignIn) -> None:
    applied("Ada Old", days=9)
    failed_job(hours=5)
    browser = sign_in("admin")

    assert [row[0] for row in rows(browser, f"{INBOX}?kind=jobs")] == ["x.y"]
    assert len(rows(browser, f"{INBOX}?kind=nonsense")) == 2
    page = browser.get(f"{INBOX}?kind=jobs").content.decode()
    assert re.search(r'\?kind=jobs" aria-current="true">Failed jobs', page)
    assert "?kind=breaks" not in page  # none waits
    assert '?kind=breaks" aria-current' in browser.get(f"{INBOX}?kind=breaks").content.decode()


@pytest.mark.parametrize("group", roles.STAFF_GROUPS)
def test_nobody_sees_what_waits_in_the_lists_of_others(group: str, sign_in: SignIn) -> None:
    applied("Ada Old", days=9)
    failed_job(hours=5)
    browser = sign_in(group)
    seen = {row[0] for row in rows(browser)}

    may = {
        "Ada Old": group in {roles.MENTOR_CURATOR, roles.AUDITOR},
        "x.y": group in {roles.FINANCE_PREPARER, roles.FINANCE_APPROVER, roles.AUDITOR},
    }
    assert seen == {name for name, is_theirs in may.items() if is_theirs}
    for kind in ("applications", "jobs"):
        assert {row[0] for row in rows(browser, f"{INBOX}?kind={kind}")} <= seen


def test_the_same_queries_for_one_row_and_for_three(sign_in: SignIn) -> None:
    browser = sign_in("admin")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(INBOX).status_code == 200
        return len(queries)

    def add(number: int) -> None:
        add_rows()
        applied(f"Applicant {number}", days=number)
        failed_job(hours=number)

    add(1)
    count()
    one = count()
    add(2)
    add(3)

    assert count() == one
    assert len(rows(browser)) > 6


def test_more_than_are_shown_are_counted(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.backoffice.inbox.MOST", 2)
    for number in range(3):
        applied(f"Applicant {number}", days=number)
    browser = sign_in("admin")

    assert len(rows(browser)) == 2
    assert "1 more behind them" in browser.get(INBOX).content.decode()


def test_clients_do_not_enter(client: Client) -> None:
    assert client.get(INBOX).status_code == 302
