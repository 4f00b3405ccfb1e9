"""The first screen: what waits, for whom, in how many queries; and the order of the menu."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import roles
from billing.models import Break, Payment, Refund
from billing.reconciliation.drift import FEWEST
from billing.states import RefundState
from cms import applications
from cms.applications import Words
from cms.models import HomePage
from kernel import clock
from kernel.backoffice.today import age_words
from scheduling.models import Session
from tests.billing.payouts.world import earned
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.rows import add_application, add_rows, add_session
from tests.cms.test_profile_changes import changed
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.people import UserFactory

SESSIONS = {"sessions in the next 24 hours", "incidents to decide"}
CURATION = {"applications awaiting approval", "profile changes awaiting approval"}
FINANCE = {
    "to settle",
    "disputes to answer",
    "payouts due",
    "open breaks",
    "fees off our rates",
    "failed jobs",
    "failed gateway events",
    "periods to close",
}
DRAFTS = {"drafts to publish"}
TRUST = {"reports of reviews"}
MESSAGES = {
    "reports of messages",
    "failed e-mails",
    "webhook endpoints in trouble",
    "erasures to carry out",
}
QUEUES = {
    roles.CONTENT_EDITOR: DRAFTS,
    roles.SUPPORT: SESSIONS | MESSAGES,
    roles.MENTOR_CURATOR: CURATION | DRAFTS | TRUST,
    roles.FINANCE_PREPARER: FINANCE | SESSIONS,
    roles.FINANCE_APPROVER: FINANCE | SESSIONS,
    roles.AUDITOR: SESSIONS | CURATION | FINANCE | TRUST | MESSAGES,
    "admin": SESSIONS | CURATION | FINANCE | DRAFTS | TRUST | MESSAGES,
}
ALL = QUEUES["admin"]


def home(sign_in: SignIn, group: str = "admin") -> str:
    response = sign_in(group).get("/cms/")
    assert response.status_code == 200
    return response.content.decode()


def queues(html: str) -> dict[str, tuple[int, list[str], str]]:
    """Return by label: the count, the rows' titles, the address of all."""
    found = {}
    for article in re.findall(r'<article class="cf-queue.*?</article>', html, re.S):
        count = re.findall(r'count">(\d+)</span>', article)[0]
        label = re.findall(r'View all<span class="w-sr-only"> ([^<]*)</span>', article)[0]
        rows = re.findall(r'<span class="cf-queue__what"><a href="[^"]*">(.*?)</a>', article)
        (url,) = re.findall(r'cf-queue__all"><a href="([^"]*)"', article)
        found[label] = (int(count), rows, unescape(url))
    return found


@pytest.mark.parametrize("group", QUEUES)
def test_a_person_sees_the_queues_of_the_own_lists_and_no_others(
    group: str, sign_in: SignIn
) -> None:
    add_rows(name="Chloe Client")

    html = home(sign_in, group)

    assert set(queues(html)) == QUEUES[group]
    if not QUEUES[group] & FINANCE:
        assert "Amount differs" not in html


def test_nothing_waits_is_said_to_those_who_have_no_queue_at_all(sign_in: SignIn) -> None:
    said = "Nothing waits for you."
    browser = sign_in("desk")
    Group.objects.get(name="desk").permissions.add(Permission.objects.get(codename="access_admin"))

    assert said in browser.get("/cms/").content.decode()
    for group in (roles.CONTENT_EDITOR, roles.SUPPORT, roles.MENTOR_CURATOR):
        assert said not in home(sign_in, group)


@pytest.mark.parametrize("group", QUEUES)
def test_a_search_of_pages_is_offered_to_those_who_have_pages(group: str, sign_in: SignIn) -> None:
    html = home(sign_in, group)

    assert ('name="q"' in html) is (QUEUES[group] >= DRAFTS)
    assert re.findall(r"<h1[^>]*>\s*Today\s*</h1>", html)


def test_the_first_screen_takes_the_same_queries_for_one_row_and_for_three(
    sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    def add(number: int) -> None:
        add_rows()
        draft(f"Mentor{number} Person")
        add_application()
        session = sessions.pending_session(starts_at=clock.now() + timedelta(hours=2 + number))
        sessions.confirm(session)

    def count(group: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browsers[group].get("/cms/").status_code == 200
        return len(queries)

    browsers = {group: sign_in(group) for group in QUEUES}
    add(0)
    for group in QUEUES:
        count(group)  # warms what is read once per process
    one = {group: count(group) for group in QUEUES}
    add(1)
    add(2)

    for group in QUEUES:
        with subtests.test(group):
            assert count(group) == one[group]


def test_a_queue_shows_five_rows_and_counts_them_all(sign_in: SignIn) -> None:
    for number in range(6):
        applications.apply(
            user=UserFactory(name=f"Applicant {number}"),
            words=Words(headline="Interviews"),
            now=clock.now() - timedelta(days=10 - number),
        )

    count, rows, url = queues(home(sign_in))["applications awaiting approval"]

    assert count == 6
    assert rows == [f"Applicant {number}" for number in range(5)]
    assert url == "/cms/applications/?waiting=us&ordering=state_since"


def test_what_waits_for_curators_is_no_draft_to_publish(sign_in: SignIn) -> None:
    add_application()
    draft("Bea Cole")
    changed("New words")

    found = queues(home(sign_in, roles.MENTOR_CURATOR))

    assert found["drafts to publish"][:2] == (1, ["Bea Cole"])
    assert found["profile changes awaiting approval"][0] == 1
    assert found["applications awaiting approval"][0] == 1


def test_a_gateway_that_takes_more_than_our_rates_is_said(sign_in: SignIn) -> None:
    for _ in range(FEWEST):
        paid_session()
    Payment.objects.update(succeeded_at=clock.now(), actual_fee_minor=330)

    html = home(sign_in, roles.FINANCE_PREPARER)

    assert queues(html)["fees off our rates"] == (1, ["Stripe, USD"], "/cms/finance-reports/fees/")
    assert "+3.1 % over 20 sales" in html
    assert "$2.00 USD" in html


def test_every_queue_leads_to_a_list_that_opens(sign_in: SignIn, subtests: pytest.Subtests) -> None:
    add_rows()
    browser = sign_in("admin")
    found = queues(browser.get("/cms/").content.decode())

    for label in ALL:
        with subtests.test(label):
            *_, url = found[label]
            assert browser.get(url).status_code == 200


def test_all_of_a_queue_is_the_list_filtered_as_it_was_counted(sign_in: SignIn) -> None:
    soon = sessions.pending_session(starts_at=clock.now() + timedelta(hours=3))
    sessions.confirm(soon)
    later = sessions.pending_session(starts_at=clock.now() + timedelta(days=4))
    sessions.confirm(later)
    browser = sign_in("admin")

    count, rows, url = queues(browser.get("/cms/").content.decode())[
        "sessions in the next 24 hours"
    ]
    listed = browser.get(url).content.decode()

    assert (count, len(rows)) == (1, 1)
    assert soon.public_id in listed
    assert later.public_id not in listed
    assert Session.objects.count() == 2


def test_open_breaks_say_how_many_how_old_and_how_much(sign_in: SignIn) -> None:
    add_rows()
    add_rows()
    Break.objects.update(opened_at=clock.now() - timedelta(days=3, hours=1))

    html = home(sign_in, roles.FINANCE_PREPARER)

    # Twice 100.00 here and 90.00 there.
    assert "2</span> open breaks" in html
    assert '<span class="cf-money">$20.00 USD</span>, the oldest for 3 days' in html
    assert "cf-queue--alarming" in html


def test_a_refund_waits_only_while_it_is_stuck(sign_in: SignIn) -> None:
    add_rows()
    on_its_way = home(sign_in, roles.FINANCE_PREPARER)
    Refund.objects.update(state=RefundState.FAILED)

    stuck = home(sign_in, roles.FINANCE_PREPARER)

    assert queues(on_its_way)["to settle"][0] == 0
    assert "1 on the way to clients" in on_its_way
    assert queues(stuck)["to settle"][:2] == (
        1,
        ['<span class="cf-money">$50.00 USD</span>'],
    )


def test_payouts_due_are_the_balances_that_can_be_sent_the_largest_first(
    sign_in: SignIn,
) -> None:
    small = earned(price_minor=5_000, days=1).purchase.mentor
    large = earned(price_minor=10_000).purchase.mentor
    browser = sign_in(roles.FINANCE_PREPARER)

    html = browser.get("/cms/").content.decode()
    count, rows, url = queues(html)["payouts due"]
    listed = browser.get(url).content.decode()

    # 10000 - 320 - 1500 = 8180, and 5000 - 175 - 750 = 4075.
    assert (count, rows) == (2, [large.user.name, small.user.name])
    assert '<span class="cf-money">$122.55 USD</span>' in html
    assert large.user.name in listed
    assert small.user.name in listed


def test_a_balance_that_is_empty_is_no_payout_due(sign_in: SignIn) -> None:
    session, _ = add_session()  # paid, and the mentor's share is still pending
    browser = sign_in(roles.FINANCE_PREPARER)

    count, rows, url = queues(browser.get("/cms/").content.decode())["payouts due"]

    assert (count, rows) == (0, [])
    assert session.mentor.user.name not in browser.get(url).content.decode()


def test_a_profile_waits_for_its_curator_while_its_workflow_runs(sign_in: SignIn) -> None:
    _, _, page = listed_mentor("Ada Byron")

    before = queues(home(sign_in, roles.MENTOR_CURATOR))["profile changes awaiting approval"]

    assert before == (0, [], "/cms/profiles/?state=pending")
    assert page.live


def draft(name: str) -> None:
    """A live profile with words that nobody has published."""
    _, _, page = listed_mentor(name)
    page.headline = "Other words"
    page.save_revision()


def test_drafts_wait_for_those_who_may_publish_them(sign_in: SignIn) -> None:
    draft("Ada Byron")
    listed_mentor("Bea Cole")
    edited = HomePage.objects.get()
    edited.save_revision()

    editor = queues(home(sign_in, roles.CONTENT_EDITOR))["drafts to publish"]
    curator = queues(home(sign_in, roles.MENTOR_CURATOR))["drafts to publish"]

    assert editor[:2] == (2, [edited.title, "Ada Byron"])
    assert curator[:2] == (1, ["Ada Byron"])


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(minutes=5), "5 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age: timedelta, words: str) -> None:
    assert age_words(age) == words


def test_a_page_is_drawn_once_its_end_is_there(sign_in: SignIn) -> None:
    page = home(sign_in)

    head, _, body = page.partition("</head>")
    assert '<link rel="expect" blocking="render" href="#cf-end">' in head
    assert body.index('id="cf-end"') > body.index("</main>")


def test_the_menu_stands_in_the_order_of_the_work(sign_in: SignIn) -> None:
    html = home(sign_in)

    names = re.findall(r'"name": "([a-z-]+)", "label"', html) or re.findall(
        r'"label":\s*"([^"]+)"', html
    )
    wanted = ["today", "explorer", "images", "documents", "mentors", "sessions", "finance"]

    assert [name for name in names if name in wanted] == wanted


def test_what_waits_comes_first_and_one_is_said_as_one(sign_in: SignIn) -> None:
    add_application()
    html = home(sign_in)

    heads = re.findall(r'count">(\d+)</span> ([^<]*)</h2>', html)
    counts = [int(count) for count, _ in heads]
    assert ("1", "application awaiting approval") in heads
    assert ("0", "open breaks") in heads
    assert [bool(count) for count in counts] == sorted(map(bool, counts), reverse=True)
