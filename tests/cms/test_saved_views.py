"""Filters of a list under a name: one's own, or shared with a group; removed by their owner."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import roles
from kernel.models import SavedView
from tests.cms.conftest import SignIn
from tests.factories.people import UserFactory

LIST = "/cms/sessions/"
pytestmark = pytest.mark.django_db


def save(browser: Client, name: str = "Cancelled", **more: Any) -> Any:
    given = {"address": LIST, "query": "state=cancelled&p=3&q=", "name": name}
    return browser.post("/cms/saved-views/save/", given | more)


def test_a_saved_view_stands_above_its_list_with_its_filters(sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    page = browser.get(LIST, {"state": "cancelled"}).content.decode()
    assert "Save this view" in page
    assert "Save this view" not in browser.get(LIST).content.decode()

    answer = save(browser)

    view = SavedView.objects.get()
    assert (view.listed, view.query) == ("sessions:index", "state=cancelled")
    assert answer.headers["Location"] == f"{LIST}?state=cancelled"
    page = browser.get(LIST).content.decode()
    assert f'<a href="{LIST}?state=cancelled">Cancelled' in page
    chosen = browser.get(LIST, {"state": "cancelled"}).content.decode()
    assert f'<a href="{LIST}?state=cancelled" aria-current="true">Cancelled' in chosen
    assert ">Cancelled" not in browser.get("/cms/incidents/").content.decode()


def test_others_see_what_is_shared_with_their_group_and_do_not_remove_it(sign_in: SignIn) -> None:
    owner, finance = sign_in(roles.SUPPORT), sign_in(roles.FINANCE_PREPARER)
    group = Group.objects.get(name=roles.SUPPORT)
    save(owner, "Mine")
    save(owner, "Ours", group=group.pk)
    colleague = UserFactory()
    colleague.groups.add(group)
    other = Client()
    other.force_login(colleague)

    theirs = other.get(LIST).content.decode()

    assert (">Ours" in theirs, ">Mine" in theirs) == (True, False)
    assert ">Ours" not in finance.get(LIST).content.decode()
    ours = SavedView.objects.get(name="Ours")
    assert reverse("forget_view", args=[ours.pk]) not in theirs
    for browser in (other, finance):
        assert browser.post(reverse("forget_view", args=[ours.pk])).status_code in {302, 403}
    assert SavedView.objects.count() == 2
    owner.post(reverse("forget_view", args=[ours.pk]))
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Mine"]


def test_nothing_is_shared_with_a_group_that_is_not_ones_own(sign_in: SignIn) -> None:
    group = Group.objects.get(name=roles.FINANCE_APPROVER)

    save(sign_in(roles.SUPPORT), group=group.pk)

    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"name": ""},
        {"query": ""},
        {"query": "x=" + "y" * 3000},
        {"address": "https://elsewhere.example/cms/sessions/"},
        {"address": "//elsewhere.example/"},
        {"address": "/cms/"},
        {"address": "/api/mentors"},
    ],
)
def test_what_is_no_view_of_a_list_is_not_saved(more: dict[str, str], sign_in: SignIn) -> None:
    answer = save(sign_in(roles.SUPPORT), **more)

    assert answer.status_code in {302, 404}
    assert "elsewhere" not in answer.headers.get("Location", "")
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_whatever_its_case(sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    save(browser)

    assert save(browser, "CANCELLED").status_code == 302

    assert SavedView.objects.count() == 1
    view = SavedView.objects.get()
    for change in ({"name": ""}, {"query": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(**change)


def test_looking_saves_nothing(sign_in: SignIn) -> None:
    assert sign_in(roles.SUPPORT).get("/cms/saved-views/save/").status_code == 405
