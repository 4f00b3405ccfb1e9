"""The screens of trust: what they show, who decides there, and that forged forms change nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts import roles
from accounts.models import User
from kernel.models import AuditEntry
from messaging import deciding
from messaging.models import Report
from scheduling.models import Review, ReviewReport
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.cms.rows import AT, add_failed_email, add_message_report, add_report
from tests.cms.test_forged_posts import browser_of, patterns
from tests.factories.people import UserFactory

GROUPS = [*roles.STAFF_GROUPS, roles.MENTOR]
FLOORS = ("scheduling.", "messaging.", "notifications.")
TABLES = ("scheduling_review", "messaging_", "notifications_", "kernel_job", "kernel_audit")


@dataclass(frozen=True)
class Row:
    """What an address is about (its arguments), the button, what the form says, and who may."""

    about: Callable[[], Sequence[object]]
    act: str
    who: str
    given: dict[str, str] = field(default_factory=lambda: {"reason": "Because."})


def blocked_by_staff() -> Report:
    report = add_message_report()
    return deciding.decide(
        report_id=report.pk,
        decision=Report.Decision.BLOCKED,
        by=UserFactory(is_superuser=True),
        reason="x",
        now=AT,
    )


ROWS = {
    "moderate_review": Row(lambda: [add_report().review_id, "reply"], "hide", roles.MENTOR_CURATOR),
    "decide_review_report": Row(lambda: [add_report().pk], "hide", roles.MENTOR_CURATOR),
    "decide_message_report": Row(lambda: [add_message_report().pk], "deactivate", roles.SUPPORT),
    "lift_staff_block": Row(lambda: [blocked_by_staff().pk], "lift", roles.SUPPORT),
    "retry_email": Row(lambda: [add_failed_email().pk], "retry", roles.SUPPORT),
}


def takes_post(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", None)
    return view is not None and view.__module__.startswith(FLOORS) and hasattr(view, "post")


def everything() -> dict[str, str]:
    """What stands in each table that a dialog of trust could write to."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(TABLES) or table == "accounts_user":
                cursor.execute(
                    "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "
                    f'FROM "{table}" t'
                )
                found[table] = cursor.fetchone()[0]
    return found


def test_every_address_of_trust_that_takes_post_has_a_row() -> None:
    found = {pattern.name for pattern in patterns(get_resolver()) if takes_post(pattern)}

    assert found == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_forged_form_changes_nothing_and_the_same_form_works(name: str, sign_in: SignIn) -> None:
    row = ROWS[name]
    url = reverse(name, args=row.about())
    allowed = sign_in(row.who)
    page = shown(allowed, url, **row.given)
    forgers = ["nobody signed in", "client", *(group for group in GROUPS if group != row.who)]
    browsers: dict[str, Client] = {who: browser_of(who, sign_in) for who in forgers}
    before = everything()

    for who, browser in browsers.items():
        for answer in (browser.get(url), press(browser, url, row.act, page=page, **row.given)):
            assert answer.status_code == 302, (who, answer.status_code)
            assert answer.headers["Location"].partition("?")[0] in {"/accounts/login/", "/cms/"}

    assert everything() == before
    done = press(allowed, url, row.act, page=page, **row.given)
    assert (done.status_code, done.headers["Location"] == "/cms/") == (302, False)
    assert everything() != before


def test_a_report_leads_to_its_decision_and_the_review_shows_all_of_it(sign_in: SignIn) -> None:
    report = add_report()
    curator = sign_in(roles.MENTOR_CURATOR)
    inspect = reverse("review-reports:inspect", args=[report.pk])
    decide = reverse("decide_review_report", args=[report.pk])
    before = curator.get(inspect).content.decode()
    for words in ("Says what did not happen", "I was on time.", "Late, twice.", decide):
        assert words in before

    press(curator, decide, "hide", reason="Names a third person.", tell_author="on")

    assert decide not in curator.get(inspect).content.decode()
    text = curator.get(reverse("reviews:inspect", args=[report.review_id])).content.decode()
    for words in ("Review hidden", "Report hidden", "Names a third person.", "Show the review"):
        assert words in text
    again = curator.post(decide, {"reason": "Again.", "act": "dismiss"})
    assert again.status_code == 409
    assert ReviewReport.objects.get().state == "hidden"


def test_a_dismissed_report_leaves_the_review_shown(sign_in: SignIn) -> None:
    report = add_report()
    url = reverse("decide_review_report", args=[report.pk])

    press(sign_in(roles.MENTOR_CURATOR), url, "dismiss", reason="It is true.")

    report.refresh_from_db()
    assert (report.state, Review.objects.get().visible) == ("dismissed", True)


def test_filters_find_what_is_hidden_and_what_waits(sign_in: SignIn) -> None:
    report = add_report()
    curator = sign_in(roles.MENTOR_CURATOR)
    reference = report.review.public_id

    def found(path: str) -> bool:
        return reference in curator.get(f"/cms/{path}").content.decode()

    seen = {
        "reviews/?state=shown": True,
        "reviews/?state=hidden": False,
        "reviews/?state=reply_hidden": False,
        "reviews/?reported=open": True,
        "reviews/?rating=5": False,
    }
    assert {path: found(path) for path in seen} == seen
    press(curator, reverse("moderate_review", args=[report.review_id, "reply"]), "hide", reason="x")
    assert found("reviews/?state=reply_hidden")


def test_a_part_or_a_reply_that_there_is_not_is_not_found(sign_in: SignIn) -> None:
    report = add_report()

    for part, status in (("title", 404), ("reply", 200), ("review", 200)):
        url = reverse("moderate_review", args=[report.review_id, part])
        assert sign_in(roles.MENTOR_CURATOR).get(url).status_code == status


def test_the_auditor_looks_and_is_offered_nothing(sign_in: SignIn) -> None:
    report = add_report()
    auditor = sign_in(roles.AUDITOR)

    for url in (
        reverse("review-reports:inspect", args=[report.pk]),
        reverse("reviews:inspect", args=[report.review_id]),
    ):
        text = auditor.get(url).content.decode()
        assert "Late, twice." in text
        assert "/moderate/" not in text
        assert "/decide/" not in text


def test_a_conversation_is_seen_through_a_report_alone_and_each_look_is_kept(
    sign_in: SignIn,
) -> None:
    report = add_message_report()
    inspect = reverse("message-reports:inspect", args=[report.pk])
    decide = reverse("decide_message_report", args=[report.pk])
    support = sign_in(roles.SUPPORT)

    def looks() -> int:
        return AuditEntry.objects.filter(action="report.looked").count()

    for group in (roles.SUPPORT, roles.AUDITOR, "admin"):
        text = sign_in(group).get(inspect).content.decode()
        assert "Wants a transfer." in text
        assert "Words no." not in text
        assert (decide in text) == (group != roles.AUDITOR)
    listed = support.get(reverse("message-reports:index")).content.decode()
    assert "Words no." not in listed
    assert looks() == 0

    page = shown(support, decide)

    # The fifth of nine with three on either side.
    assert [number for number in range(1, 10) if f"Words no. {number}" in page] == [*range(2, 9)]
    assert "<strong>Words no. 5</strong>" in page
    assert looks() == 1
    assert "Looked" in support.get(inspect).content.decode()


def test_the_timeline_says_who_blocked_what(sign_in: SignIn) -> None:
    report = blocked_by_staff()

    text = sign_in(roles.SUPPORT).get(reverse("message-reports:inspect", args=[report.pk]))

    assert text.content.decode().count("Blocked the other") == 1
    assert text.content.decode().count("Blocked the conversation") == 1


def test_a_decision_is_made_once_and_a_warning_needs_words(sign_in: SignIn) -> None:
    report = add_message_report()
    support = sign_in(roles.SUPPORT)
    url = reverse("decide_message_report", args=[report.pk])

    silent = press(support, url, "warn", reason="Asks for transfers.")
    warned = press(support, url, "warn", reason="Asks for transfers.", warning="Pay here.")
    again = support.post(url, {"reason": "Once more.", "act": "block"})

    assert [answer.status_code for answer in (silent, warned, again)] == [409, 302, 409]
    assert "decided already: Warned" in again.content.decode()
    report.refresh_from_db()
    assert (report.state, report.decision_reason) == ("warned", "Asks for transfers.")
    assert support.get(reverse("message-reports:inspect", args=[report.pk])).status_code == 200


def test_who_is_reported_finds_nothing_of_it_in_the_back_office(sign_in: SignIn) -> None:
    """A person of the staff may be a client or a mentor too: nobody learns who reported them."""
    message, review = add_message_report(), add_report()
    screens = {
        "messages": [
            reverse("message-reports:inspect", args=[message.pk]),
            reverse("decide_message_report", args=[message.pk]),
        ],
        "reviews": [
            reverse("review-reports:inspect", args=[review.pk]),
            reverse("decide_review_report", args=[review.pk]),
        ],
    }
    lists = {
        "messages": ["message-reports/", "message-reports/?export=csv", ""],
        "reviews": ["review-reports/", "review-reports/?export=csv", ""],
    }
    names = {
        "messages": (str(message.pk), message.public_id),
        "reviews": (str(review.pk), review.public_id),
    }

    def sees(browser: Client, what: str) -> set[bool]:
        found = {browser.get(url).status_code == 200 for url in screens[what]}
        for path in lists[what]:
            answer = browser.get(f"/cms/{path}")
            text = answer.getvalue().decode()
            found.add(any(name in text for name in names[what]))
        return found

    def of(user: User) -> Client:
        User.objects.filter(pk=user.pk).update(is_superuser=True)
        browser = Client()
        browser.force_login(User.objects.get(pk=user.pk))
        return browser

    author = of(review.review.client.user)
    own_review = author.get(reverse("reviews:inspect", args=[review.review_id]))

    assert sees(sign_in("admin"), "messages") == sees(sign_in("admin"), "reviews") == {True}
    assert sees(of(message.about), "messages") == sees(of(message.reporter), "messages") == {False}
    assert sees(author, "reviews") == {False}
    assert sees(author, "messages") == {True}
    assert review.words not in own_review.content.decode()
    assert "/moderate/" not in own_review.content.decode()
