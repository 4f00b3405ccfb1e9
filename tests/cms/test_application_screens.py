"""The screens of applications: what they show, who decides there, forged forms change nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from accounts import roles
from accounts.models import Application, ApplicationStep, ApplicationTick, Mentor, User
from accounts.states import Check
from cms import vetting
from cms.models import MentorProfilePage
from kernel import clock
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.cms.rows import add_application
from tests.cms.test_forged_posts import browser_of, patterns
from tests.cms.test_profile_changes import changed, curator
from tests.factories.people import UserFactory

GROUPS = [*roles.STAFF_GROUPS, roles.MENTOR]


@dataclass(frozen=True)
class Row:
    """What an address is about, the button, and what the form says."""

    about: Callable[[], list[object]]
    act: str
    given: dict[str, str] = field(default_factory=dict)


def of_application() -> list[object]:
    return [add_application().pk]


ROWS = {
    "check_application": Row(lambda: [*of_application(), "photo"], "tick", {"evidence": "Seen."}),
    "decide_application": Row(of_application, "refuse", {"comment": "No reference."}),
    "comment_application": Row(of_application, "comment", {"comment": "Ask Bea."}),
}


def ticked_by(user: User) -> Application:
    application = add_application()
    for check in Check:
        vetting.tick(
            application_id=application.pk,
            check=check,
            done=True,
            evidence="Seen.",
            by=user,
            now=clock.now(),
        )
    return application


def browser_for(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": clock.now().timestamp()}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser


def facts() -> tuple[Any, ...]:
    return (
        ApplicationTick.objects.count(),
        ApplicationStep.objects.count(),
        list(Application.objects.values_list("state", flat=True)),
        list(Mentor.objects.values_list("status", flat=True)),
    )


def test_every_dialog_of_applications_has_a_row() -> None:
    found = {
        pattern.name
        for pattern in patterns(get_resolver())
        if getattr(getattr(pattern.callback, "view_class", None), "__module__", "")
        == "cms.application_dialogs"
    }
    assert found == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_forged_form_changes_nothing_and_the_same_form_works(name: str, sign_in: SignIn) -> None:
    row = ROWS[name]
    url = reverse(name, args=row.about())
    allowed = sign_in(roles.MENTOR_CURATOR)
    page = shown(allowed, url, **row.given)
    before = facts()

    for who in ["nobody signed in", "client", *GROUPS]:
        if who == roles.MENTOR_CURATOR:
            continue
        browser = browser_of(who, sign_in)
        for answer in (browser.get(url), press(browser, url, row.act, page=page, **row.given)):
            assert answer.status_code == 302, who
            assert answer.headers["Location"].partition("?")[0] in {"/accounts/login/", "/cms/"}
    assert facts() == before

    done = press(allowed, url, row.act, page=page, **row.given)
    assert (done.status_code, done.headers["Location"] == "/cms/") == (302, False)
    assert facts() != before


def test_two_curators_let_a_mentor_in(client: Browser) -> None:
    first, second = curator(name="Curtis Vale"), curator(name="Cora Lind")
    application = ticked_by(first)
    url = reverse("decide_application", args=[application.pk])

    press(browser_for(first), url, "vet")
    mine = browser_for(first).get(url).content.decode()
    assert "You have vetted this application first" in mine
    refused = press(browser_for(first), url, "accept")
    assert refused.status_code == 409
    assert client.get(f"/mentors/{application.mentor.slug}/").status_code == 404

    done = press(browser_for(second), url, "accept")

    assert done.status_code == 302
    public = client.get(f"/mentors/{application.mentor.slug}/")
    assert "Ten years of them." in public.content.decode()
    html = browser_for(second).get(reverse("applications:inspect", args=[application.pk]))
    for words in ("Curtis Vale", "Cora Lind", "Accepted the second time: published", "5 of 5"):
        assert words in html.content.decode()


def test_a_decision_on_what_has_changed_since_is_refused() -> None:
    by = curator()
    application = ticked_by(by)
    browser = browser_for(by)
    url = reverse("decide_application", args=[application.pk])
    page = shown(browser, url)
    profile = MentorProfilePage.objects.get(mentor=application.mentor)
    profile.headline = "Other words"
    profile.save_revision(user=application.mentor.user)

    answer = press(browser, url, "vet", page=page)

    assert answer.status_code == 409
    assert "has changed since this page was made" in answer.content.decode()
    assert Application.objects.get().state == "in_vetting"


def test_an_open_point_stands_beside_the_disabled_button(sign_in: SignIn) -> None:
    url = reverse("decide_application", args=[add_application().pk])

    html = sign_in(roles.MENTOR_CURATOR).get(url).content.decode()

    assert "Still open: identity, payout account, photo, prices." in html


def test_the_detail_takes_the_same_queries_with_more_history(sign_in: SignIn) -> None:
    application, browser = add_application(), sign_in(roles.MENTOR_CURATOR)
    url = reverse("applications:inspect", args=[application.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    count()
    one = count()
    for check in Check:
        vetting.tick(
            application_id=application.pk,
            check=check,
            done=True,
            evidence="Seen.",
            by=UserFactory(is_superuser=True),
            now=clock.now(),
        )
    assert count() == one


@pytest.mark.parametrize(("waits_for", "found"), [("us", True), ("me", True), ("them", False)])
def test_the_list_is_filtered_by_whose_turn_it_is(
    waits_for: str, found: bool, sign_in: SignIn
) -> None:
    add_application()

    html = sign_in(roles.MENTOR_CURATOR).get(f"/cms/applications/?waiting={waits_for}")

    assert ("Ada Applicant" in html.content.decode()) == found


def test_who_sent_a_change_is_told_on_the_page_why_they_do_not_approve() -> None:
    sender = curator()
    page = changed("New words", by=sender)

    html = browser_for(sender).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert "You sent this change in: somebody else decides on it." in html.content.decode()
    other = browser_for(curator()).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "You sent this change in" not in other.content.decode()


def test_a_forged_approval_of_ones_own_change_is_refused_in_the_editor() -> None:
    sender = curator()
    page = changed("New words", by=sender)
    state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])

    answer = browser_for(sender).post(url, {"comment": ""})

    assert answer.status_code in {302, 403}
    page.refresh_from_db()
    assert page.headline == "As visitors know it"
    done = browser_for(curator()).post(url, {"comment": ""})
    assert done.status_code in {200, 302}
    page.refresh_from_db()
    assert page.headline == "New words"
