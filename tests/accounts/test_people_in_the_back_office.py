"""An administrator adds, changes and deactivates people; nobody else may."""

import pytest
from django.test import Client as Caller

from accounts import roles, tokens
from accounts.models import User
from accounts.tokens import Device, SessionEnded
from tests.accounts.conftest import NOON, PASSWORD, Post, person

pytestmark = pytest.mark.django_db
NEW_PERSON = {
    "email": "Grace@Example.org",
    "name": "Grace Hopper",
    "time_zone": "America/New_York",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def admin(client: Caller) -> Caller:
    client.force_login(User.objects.create_superuser("root@example.org", PASSWORD, name="Root"))
    return client


def test_an_administrator_adds_a_person_with_one_name(admin: Caller) -> None:
    page = admin.get("/cms/users/new/")
    answer = admin.post("/cms/users/new/", NEW_PERSON)

    assert page.status_code == 200
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    user = User.objects.get(email="grace@example.org")
    assert (user.name, user.time_zone) == ("Grace Hopper", "America/New_York")
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "ROOT@example.org"},
        {"email": "\u212aelvin@example.org"},
        {"time_zone": "Mars/Olympus"},
        {"name": ""},
        {"password1": "short", "password2": "short"},
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(admin: Caller, wrong: dict[str, str]) -> None:
    answer = admin.post("/cms/users/new/", NEW_PERSON | wrong)

    assert answer.status_code == 200
    assert User.objects.count() == 1


def test_deactivating_in_the_form_refuses_the_persons_next_request(admin: Caller) -> None:
    user = person(role="mentor")
    held = tokens.issue(user=user, device=Device(), now=NOON)
    tokens.verify_access(token=held.access, now=NOON)

    page = admin.get(f"/cms/users/edit/{user.pk}/")
    answer = admin.post(
        f"/cms/users/edit/{user.pk}/",
        {"email": user.email, "name": "Ada King", "time_zone": "Europe/London"},
    )

    assert page.status_code == 200
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("Ada King", False)
    with pytest.raises(SessionEnded):
        tokens.verify_access(token=held.access, now=NOON)


@pytest.mark.parametrize(
    "path", ["/cms/users/delete/{pk}/", "/cms/bulk/accounts/user/delete/?id={pk}&next=/cms/users/"]
)
def test_nobody_is_deleted(admin: Caller, path: str) -> None:
    user = person(role="mentor")

    answer = admin.post(path.format(pk=user.pk), follow=True)

    assert answer.status_code == 200
    assert "because records refer to people" in answer.content.decode()
    assert User.objects.filter(pk=user.pk).exists()


def test_the_list_and_the_own_account_open(admin: Caller, post: Post) -> None:
    person()

    listed = admin.get("/cms/users/?q=ada")
    account = admin.get("/cms/account/")

    assert listed.status_code == 200
    assert "ada@example.org" in listed.content.decode()
    assert account.status_code == 200
    assert "First Name" not in account.content.decode()
    assert "Name and time zone" in account.content.decode()


@pytest.mark.parametrize("group", roles.STAFF_GROUPS)
def test_no_group_of_the_staff_may_manage_people(client: Caller, group: str) -> None:
    user = person("staff@example.org", role="staff")
    roles.add_to_group(user=user, group=group)
    client.force_login(user)

    answer = client.post("/cms/users/new/", NEW_PERSON)

    assert answer.status_code == 302
    assert not User.objects.filter(email="grace@example.org").exists()
