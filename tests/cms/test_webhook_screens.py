"""Webhooks in the back office: who sees and does what, and a secret that is shown once."""

import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts import roles, second_factor
from accounts.models import User
from notifications.models import Email
from tests.cms.conftest import SignIn, shows
from tests.cms.dialogs import press
from tests.cms.rows import add_webhook
from webhooks import sealed
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/crm"
MAKE: dict[str, Any] = {"address": URL, "description": "CRM", "kinds": ["session.confirmed"]}


def manager(sign_in: SignIn) -> Client:
    """Support with the permission that no group has."""
    browser = sign_in(roles.SUPPORT)
    person = User.objects.get(pk=browser.session["_auth_user_id"])
    person.user_permissions.add(Permission.objects.get(codename="manage_endpoint"))
    return browser


def made(browser: Client) -> tuple[Endpoint, str]:
    answer = press(browser, reverse("make_webhook_endpoint"), "make", **MAKE)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(r"whsec_[\w+/=]+", answer.content.decode())
    assert secret is not None
    return Endpoint.objects.get(url=URL), secret[0]


def test_an_endpoint_of_the_site_is_made_and_its_secret_shown_once(sign_in: SignIn) -> None:
    browser = manager(sign_in)

    endpoint, secret = made(browser)

    assert (endpoint.owner, endpoint.kinds) == (None, ["session.confirmed"])
    assert sealed.secrets_of(endpoint, now=endpoint.created_at) == [secret]
    shown = browser.get(reverse("webhook-endpoints:inspect", args=[endpoint.pk]))
    assert URL in shown.content.decode()
    assert "whsec_" not in shown.content.decode()


@pytest.mark.parametrize("mfa", [False, True])
def test_whoever_was_not_proved_lately_is_asked_first_and_nothing_is_done(
    mfa: bool, sign_in: SignIn, settings: Any
) -> None:
    browser = manager(sign_in)
    endpoint, _ = made(browser)
    settings.DEMO_MFA = mfa
    if mfa:
        person = User.objects.get(pk=browser.session["_auth_user_id"])
        second_factor.set_up(user=person, secret="JBSWY3DPEHPK3PXP")
    enough, asked = ("mfa", "/accounts/2fa/") if mfa else ("password", "/accounts/reauthenticate/")
    before = list(Endpoint.objects.values())
    urls = {
        reverse("make_webhook_endpoint"): "make",
        reverse("change_webhook_endpoint", args=[endpoint.pk]): "change",
        reverse("rotate_webhook_secret", args=[endpoint.pk]): "rotate",
    }

    shows(browser, enough, ago=10 * 60 + 1)
    for url, act in urls.items():
        for answer in (
            browser.get(url),
            browser.post(url, {**MAKE, "address": f"{URL}/2", "act": act}),
        ):
            assert answer.status_code == 302
            assert answer["Location"].startswith(asked)
            assert answer["Location"].endswith(url.replace("/", "%2F"))
    assert list(Endpoint.objects.values()) == before
    if not mfa:  # the page that is shown first leads on
        page = browser.get(reverse("account_reauthenticate"), {"next": "/cms/"})
        assert page.status_code == 200

    shows(browser, enough, ago=9 * 60)
    assert {browser.get(url).status_code for url in urls} == {200}


def test_a_password_alone_proves_nobody_who_has_a_second_factor(
    sign_in: SignIn, settings: Any
) -> None:
    browser = manager(sign_in)
    person = User.objects.get(pk=browser.session["_auth_user_id"])
    second_factor.set_up(user=person, secret="JBSWY3DPEHPK3PXP")
    settings.DEMO_MFA = True
    shows(browser, "mfa", ago=3600)
    session = browser.session
    session["account_authentication_methods"] += [{"method": "password", "at": time.time()}]
    session.save()

    answer = browser.get(reverse("make_webhook_endpoint"))

    assert (answer.status_code, "/2fa/" in answer["Location"]) == (302, True)


def test_who_did_it_and_who_made_it_are_told_by_mail(sign_in: SignIn) -> None:
    first, second = manager(sign_in), manager(sign_in)
    endpoint, _ = made(first)

    press(second, reverse("rotate_webhook_secret", args=[endpoint.pk]), "rotate")

    people = [User.objects.get(pk=one.session["_auth_user_id"]) for one in (first, second)]
    made_by, exchanged_by = people
    letters = Email.objects.filter(template="webhook_changed").order_by("created_at", "pk")
    assert [(one.to, one.subject) for one in letters][:1] == [
        (made_by.email, "A webhook endpoint was added: hooks.example.org")
    ]
    told = {one.to: one.text for one in letters[1:]}
    assert set(told) == {made_by.email, exchanged_by.email}
    assert f"{exchanged_by.name}\nexchanged the secret" in told[made_by.email]
    assert "signed in as you\nexchanged the secret" in told[exchanged_by.email]
    assert "what happens to everybody" in told[made_by.email]
    assert "whsec_" not in "".join(told.values())


def test_an_address_that_is_not_called_is_refused_in_its_place(sign_in: SignIn) -> None:
    wrong: dict[str, Any] = {**MAKE, "address": "https://169.254.169.254/"}

    answer = press(manager(sign_in), reverse("make_webhook_endpoint"), "make", **wrong)

    assert answer.status_code == 409
    assert "no host on the public network" in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_it_is_changed_switched_exchanged_and_removed(sign_in: SignIn) -> None:
    browser = manager(sign_in)
    endpoint, secret = made(browser)

    def act(name: str, act: str, **given: Any) -> Any:
        answer = press(browser, reverse(name, args=[endpoint.pk]), act, **given)
        endpoint.refresh_from_db()
        return answer

    act("change_webhook_endpoint", "change", **{**MAKE, "description": "Mail", "kinds": []})
    assert (endpoint.description, endpoint.kinds) == ("Mail", [])
    act("switch_webhook_endpoint", "disable")
    assert (endpoint.status, endpoint.disabled_reason) == ("disabled", "by_staff")
    act("switch_webhook_endpoint", "enable")
    assert endpoint.status == "enabled"
    exchanged = act("rotate_webhook_secret", "rotate").content.decode()
    assert secret not in exchanged
    assert re.search(r"whsec_[\w+/=]+", exchanged)
    act("change_webhook_endpoint", "remove", **MAKE)
    assert endpoint.removed_at is not None
    assert browser.get(reverse("change_webhook_endpoint", args=[endpoint.pk])).status_code == 404
    assert browser.get(reverse("webhook-endpoints:index") + "?state=removed").status_code == 200


def test_of_a_persons_endpoint_the_host_alone_is_shown_and_it_is_only_switched(
    sign_in: SignIn,
) -> None:
    add_webhook()
    theirs = Endpoint.objects.get(owner__isnull=False)
    browser = manager(sign_in)

    pages = [
        browser.get(reverse("webhook-endpoints:index")),
        browser.get(reverse("webhook-endpoints:inspect", args=[theirs.pk])),
        browser.get(reverse("switch_webhook_endpoint", args=[theirs.pk])),
    ]

    secret_path = theirs.url.rpartition("/")[2]
    for page in pages:
        assert "hooks.example.org" in page.content.decode()
        assert secret_path not in page.content.decode()
    for name in ("change_webhook_endpoint", "rotate_webhook_secret"):
        assert browser.get(reverse(name, args=[theirs.pk])).status_code == 404
    press(browser, reverse("switch_webhook_endpoint", args=[theirs.pk]), "disable")
    theirs.refresh_from_db()
    assert theirs.disabled_reason == "by_staff"


def test_support_has_a_delivery_sent_again_and_all_since_a_day(sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    delivery = add_webhook()
    Delivery.objects.update(state="failed", ended_at=delivery.created_at)
    url = reverse("replay_webhook_delivery", args=[delivery.pk])

    press(browser, url, "replay")
    again = browser.get(url).content.decode()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)
    assert "It is on its way already." in again

    Delivery.objects.update(state="failed", ended_at=delivery.created_at)
    every = reverse("replay_webhook_endpoint", args=[delivery.endpoint_id])
    press(browser, every, "replay", since="2027-02-02")
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    press(browser, every, "replay", since="2027-02-01")
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


DIALOGS = {
    "make_webhook_endpoint": "make",
    "change_webhook_endpoint": "change",
    "switch_webhook_endpoint": "disable",
    "rotate_webhook_secret": "rotate",
    "replay_webhook_endpoint": "replay",
    "replay_webhook_delivery": "replay",
}
REPLAYS = {"replay_webhook_endpoint", "replay_webhook_delivery"}
FORGERS = [
    "nobody signed in", "client", roles.MENTOR, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR,
    roles.FINANCE_PREPARER, roles.FINANCE_APPROVER, roles.AUDITOR, roles.SUPPORT,
]  # fmt: skip


@pytest.mark.parametrize("who", FORGERS)
def test_whoever_forges_a_form_changes_nothing(who: str, sign_in: SignIn) -> None:
    delivery = add_webhook()
    Delivery.objects.update(state="failed", ended_at=delivery.created_at)
    site = Endpoint.objects.get(owner=None)
    before = list(Endpoint.objects.order_by("pk").values())
    browser = Client() if who == "nobody signed in" else sign_in(who)

    for name, act in DIALOGS.items():
        if who == roles.SUPPORT and name in REPLAYS:
            continue  # the control is above: support does replay
        pk = delivery.pk if name == "replay_webhook_delivery" else site.pk
        url = reverse(name, args=[] if name == "make_webhook_endpoint" else [pk])
        answer = browser.post(url, {**MAKE, "since": "2020-01-01", "act": act})
        assert answer.status_code in {302, 403}, name
        assert browser.get(url).status_code in {302, 403}, name

    assert list(Endpoint.objects.order_by("pk").values()) == before
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}


def test_filters_and_the_queue_find_what_is_in_trouble(sign_in: SignIn) -> None:
    add_webhook()
    browser = sign_in(roles.SUPPORT)

    site = Endpoint.objects.get(owner=None).public_id
    theirs = Endpoint.objects.get(owner__isnull=False).public_id
    for query, found in {
        "?state=failing": {site, theirs},
        "?state=enabled": set(),
        "?whose=site": {site},
        "?kind=payout.paid": {site, theirs},
        f"?q={site}": {site},
        f"?q={Endpoint.objects.get(owner=None).url}": {site},
        f"?q={Endpoint.objects.get(owner__isnull=False).url}": set(),
    }.items():
        html = browser.get(reverse("webhook-endpoints:index") + query).content.decode()
        assert set(re.findall(r">\s*(whk_\w{26})\s*<", html)) == found, query
    deliveries = reverse("webhook-deliveries:index")
    for query, count in {
        "?state=waiting": 2,
        "?state=failed": 0,
        "?kind=session.confirmed": 2,
        "?tried=again": 0,
        "?q=ses_1": 2,
        "?whose=people": 1,
    }.items():
        html = browser.get(deliveries + query).content.decode()
        assert len(set(re.findall(r"whd_\w{26}", html))) == count, query
    home = browser.get("/cms/").content.decode()
    assert "webhook endpoints in trouble" in home


def test_an_auditor_looks_and_presses_nothing(sign_in: SignIn) -> None:
    delivery = add_webhook()
    browser = sign_in(roles.AUDITOR)

    detail = browser.get(reverse("webhook-deliveries:inspect", args=[delivery.pk]))
    endpoint = browser.get(reverse("webhook-endpoints:inspect", args=[delivery.endpoint_id]))

    assert "It answered 500. · oh" in detail.content.decode()
    for page in (detail, endpoint):
        assert "Send again" not in page.content.decode()
        assert "Disable" not in page.content.decode()
