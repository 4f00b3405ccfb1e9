"""The erasure desk: the list with its ages, and the dialogs that ask for and carry out."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts import erasures, roles
from accounts.models import Erasure, PersonalExport, User
from kernel import clock
from notifications import outbox
from tests.accounts.signed_in import SignedIn
from tests.cms.conftest import shows
from tests.factories.people import ClientFactory, UserFactory
from tests.factories.sessions import confirm, pending_session

pytestmark = pytest.mark.django_db


def staff(group: str) -> Browser:
    user: User = UserFactory()
    roles.add_to_group(user=user, group=group)
    browser = Browser()
    browser.force_login(User.objects.get(pk=user.pk))
    shows(browser, "password")
    return browser


@pytest.fixture
def pia() -> User:
    user: User = ClientFactory(user__name="Pia Marigold", user__email="pia@example.org").user
    return user


def test_the_list_says_how_old_each_is(pia: User) -> None:
    asked = clock.now() - timedelta(days=31)
    erasures.ask(user=pia, by=pia, reason="", now=asked)

    text = staff(roles.SUPPORT).get(reverse("erasures:index")).content.decode()

    assert "Pia Marigold" in text
    assert "31 days" in text
    assert "late by" in text


@pytest.mark.parametrize("name", ["find_person", "look_after_person", "carry_out_erasure"])
def test_others_do_not_come_in(name: str, pia: User) -> None:
    asked = erasures.ask(user=pia, by=pia, reason="", now=clock.now())
    known = {"find_person": [], "look_after_person": [pia.pk], "carry_out_erasure": [asked.pk]}
    url = reverse(name, args=known[name])

    for group in (roles.FINANCE_APPROVER, roles.CONTENT_EDITOR, roles.AUDITOR):
        assert staff(group).post(url, {"act": "erase", "reason": "x"}).status_code == 302
    assert Erasure.objects.get().state == "open"
    assert staff(roles.SUPPORT).get(url).status_code == 200


def test_staff_find_a_person_and_have_their_data_written_out(pia: User) -> None:
    browser = staff(roles.SUPPORT)

    found = browser.post(reverse("find_person"), {"act": "find", "person": "PIA@example.org"})
    nobody = browser.post(reverse("find_person"), {"act": "find", "person": "no@example.org"})
    browser.post(found["Location"], {"act": "export", "reason": ""})

    assert found["Location"] == reverse("look_after_person", args=[pia.pk])
    assert nobody.status_code == 409
    assert "There is nobody with" in nobody.content.decode()
    assert PersonalExport.objects.get().user == pia


def test_one_asks_and_a_colleague_carries_it_out(pia: User) -> None:
    one, other = staff(roles.SUPPORT), staff(roles.SUPPORT)
    look = reverse("look_after_person", args=[pia.pk])
    assert one.post(look, {"act": "erase", "reason": ""}).status_code == 409
    one.post(look, {"act": "erase", "reason": "By letter."})
    outbox.send_waiting()
    erasure = Erasure.objects.get()
    url = reverse("carry_out_erasure", args=[erasure.pk])

    own = one.get(url).content.decode()
    shown = other.get(url)
    page = shown.content.decode()
    press = {"act": "erase", "seen-erase": shown.context["offers"][0].seen}
    stale = other.post(url, {**press, "seen-erase": "another"})
    done = other.post(url, press)

    assert "a colleague carries it out" in own
    assert "Erase Pia Marigold for good" in page
    assert "pseudonymised" in page
    assert stale.status_code == 409
    assert done.status_code == 302
    pia.refresh_from_db()
    assert (pia.is_active, "Pia" in pia.name) == (False, False)
    assert other.get(reverse("erasures:inspect", args=[erasure.pk])).status_code == 200


def test_what_is_open_is_shown_with_what_to_do(pia: User) -> None:
    confirm(pending_session(client=pia.client, starts_at=clock.now() + timedelta(days=4)))
    browser = staff(roles.SUPPORT)
    url = reverse("look_after_person", args=[pia.pk])

    page = browser.get(url).content.decode()
    pressed = browser.post(url, {"act": "erase", "reason": "By letter."})

    assert "1 session still to come" in page
    assert pressed.status_code == 409
    assert not Erasure.objects.exists()


def test_a_person_asks_with_a_fresh_proof_and_takes_it_back(pia: User) -> None:
    one = SignedIn(pia)
    stale = SignedIn(pia).unproved().post("erasure")
    asked = one.post("erasure")
    seen = one.get("erasure")
    kept = one.delete("erasure")
    again = one.delete("erasure")

    assert (stale[0], stale[1]["code"]) == (403, "reauthentication_required")
    assert (asked[0], asked[1]["status"], seen[1]["status"]) == (202, "open", "open")
    assert (kept[0], again[0]) == (204, 404)
    assert one.get("erasure")[1]["status"] == "none"


def test_the_api_names_what_is_open(pia: User) -> None:
    confirm(pending_session(client=pia.client, starts_at=clock.now() + timedelta(days=4)))

    status, refused = SignedIn(pia).post("erasure")

    assert (status, refused["code"]) == (409, "erasure_hindered")
    assert refused["hindrances"][0]["what"].startswith("1 session")
