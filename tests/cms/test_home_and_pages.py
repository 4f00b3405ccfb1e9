"""The search's areas, and who may edit which page."""

import pytest

from accounts import roles
from cms.models import HomePage
from tests.cms.conftest import SignIn, listed_mentor


@pytest.mark.parametrize(
    ("group", "where", "areas"),
    [
        (roles.SUPPORT, "/cms/sessions/", {"/cms/sessions/"}),
        (roles.FINANCE_PREPARER, "/cms/payments/", {"/cms/sessions/", "/cms/payments/"}),
        (roles.AUDITOR, "/cms/refunds/", {"/cms/sessions/", "/cms/payments/"}),
        (roles.CONTENT_EDITOR, "/cms/pages/search/", set()),
    ],
)
def test_a_search_leads_on_to_the_lists_that_one_may_see(
    group: str, where: str, areas: set[str], sign_in: SignIn
) -> None:
    html = sign_in(group).get(where, {"q": "pi_1"}).content.decode()

    offered = {path for path in ("/cms/sessions/", "/cms/payments/") if f'"{path}?q=pi_1' in html}
    assert "Other searches" in html
    assert offered == areas


@pytest.mark.parametrize(
    ("group", "home", "profile"),
    [
        (roles.CONTENT_EDITOR, 200, 200),
        (roles.MENTOR_CURATOR, 302, 200),
        (roles.SUPPORT, 302, 302),
        (roles.FINANCE_APPROVER, 302, 302),
        (roles.AUDITOR, 302, 302),
        (roles.MENTOR, 302, 302),
    ],
)
def test_editors_edit_pages_curators_edit_profiles_and_the_others_none(
    group: str, home: int, profile: int, sign_in: SignIn
) -> None:
    _, _, page = listed_mentor("Ada Byron")
    browser = sign_in(group)

    answers = [
        browser.get(f"/cms/pages/{pk}/edit/").status_code
        for pk in (HomePage.objects.get().pk, page.pk)
    ]

    assert answers == [home, profile]


def test_nobody_makes_a_second_profile_by_hand(sign_in: SignIn) -> None:
    _, _, page = listed_mentor("Ada Byron")
    index = page.get_parent()

    answer = sign_in("admin").get(f"/cms/pages/add/cms/mentorprofilepage/{index.pk}/")

    assert answer.status_code == 302


def test_an_address_that_leads_nowhere_leads_back(sign_in: SignIn) -> None:
    answer = sign_in(roles.SUPPORT).get("/cms/nothing-here/")

    assert answer.status_code == 404
    assert "There is no such page in the back office" in answer.content.decode()
