"""Of allauth's pages those answer by which staff sign in; every other is not there."""

from collections.abc import Iterable, Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.urls import urlpatterns as every
from django.test import Client as Caller
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts import operations, roles, staff_urls
from accounts.models import User
from tests.accounts.conftest import PASSWORD, Post, code_in, letters, person
from tests.accounts.test_second_factor_api import SECRET, code_now

pytestmark = pytest.mark.django_db
ANSWERING = {
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/x-y/",
    "/accounts/reauthenticate/",
}


def names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns)
        elif one.name:
            yield one.name


def addresses() -> set[str]:
    """Return every address of allauth's under /accounts/, with made-up parts in it."""
    found = set()
    for name in names(every):
        for parts in ({}, {"pk": 1}, {"key": "x"}, {"uidb36": "x", "key": "y"}):
            try:
                found.add(reverse(name, kwargs=parts))
            except NoReverseMatch:
                continue
    return found


@pytest.fixture
def staff(settings: Settings) -> Caller:
    """Somebody of the staff, signed in with both steps just now."""
    settings.DEMO_MFA = True
    user = person("support@example.org", role="staff")
    roles.add_to_group(user=user, group=roles.SUPPORT)
    operations.set_totp(user=user, secret=SECRET)
    caller = Caller()
    login = {"login": "support@example.org", "password": PASSWORD}
    caller.post(caller.post("/accounts/login/", login).headers["Location"], {"code": code_now()})
    assert caller.get("/cms/").status_code == 200
    return caller


def test_these_pages_answer_and_no_others(staff: Caller, client: Caller) -> None:
    found = addresses()
    assert len(found) > 20

    for caller in (staff, client):
        shut = {path for path in found if caller.get(path).status_code == 404}
        assert found - shut == ANSWERING
        assert {caller.post(path).status_code for path in shut} == {404}


def test_every_open_page_is_one_of_allauths() -> None:
    assert set(names(every)) >= staff_urls.OPEN
    assert set(names(get_resolver().url_patterns)) >= set(names(every))


def test_no_second_address_opens_the_account(staff: Caller, client: Caller) -> None:
    staff.post("/accounts/email/", {"action_add": "", "email": "thief@example.net"})

    assert not EmailAddress.objects.filter(email="thief@example.net").exists()
    assert letters() == []


@pytest.mark.parametrize("way", ["api", "page"])
def test_a_new_password_forgets_every_other_address(post: Post, client: Caller, way: str) -> None:
    ada = person()
    EmailAddress.objects.create(user=ada, email="thief@example.net", verified=True)

    if way == "api":
        post("password/forgot", {"email": ada.email})
        code = code_in(letters("account_reset")[0])
        new = {"email": ada.email, "code": code, "password": "a new good one"}
        assert post("password/reset", new).status_code == 204
    else:
        client.post("/accounts/password/reset/", {"email": ada.email})
        path = next(one for one in letters()[0].text.split() if "/password/reset/key/" in one)
        form = client.get("/accounts/" + path.partition("/accounts/")[2])
        new = {"password1": "a new good one", "password2": "a new good one"}
        assert client.post(form.headers["Location"], new).status_code == 302

    assert User.objects.get(pk=ada.pk).check_password("a new good one")
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [ada.email]
