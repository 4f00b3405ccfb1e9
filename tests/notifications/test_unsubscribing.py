"""One click stops one kind of e-mail (RFC 8058): no sign-in, no change by GET, no forging."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.signing import Signer
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from kernel import clock
from notifications import links, switches, unsubscribing
from notifications.models import Kind
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
AGAIN = {"switch": "on"}
DIGEST = Kind.MESSAGE_DIGEST


@pytest.fixture
def ann() -> User:
    person: User = UserFactory(email="ann@example.org")
    return person


@pytest.fixture
def browser() -> Client:
    """Somebody who is not signed in, and whose CSRF token would be asked for."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


def link_of(person: User, kind: Kind = DIGEST) -> str:
    parts = urlsplit(links.link_to(kind=kind, person_id=person.pk, address=person.email))
    return f"{parts.path}?{parts.query}"


def off(person: User) -> set[str]:
    return {kind.value for kind, on in switches.switches_of(person=person).items() if not on}


def test_a_providers_post_switches_one_kind_off_and_is_answered_without_a_redirect(
    ann: User, browser: Client
) -> None:
    link = link_of(ann)

    answers = [browser.post(link, ONE_CLICK) for _ in range(2)]  # multipart, as providers send it
    urlencoded = "application/x-www-form-urlencoded"
    answers.append(browser.post(link, "List-Unsubscribe=One-Click", content_type=urlencoded))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert off(ann) == {"message_digest"}
    assert [answer.cookies for answer in answers] == [{}, {}, {}]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(ann: User, browser: Client, method: str) -> None:
    answer = getattr(browser, method)(link_of(ann))

    assert answer.status_code == 200
    assert off(ann) == set()


def test_the_page_offers_the_step_and_after_it_the_way_back(ann: User, browser: Client) -> None:
    link = link_of(ann)
    button = b'name="List-Unsubscribe" value="One-Click">Switch them off</button>'
    back = b'name="switch" value="on">Switch them on again</button>'

    first, done = browser.get(link), browser.post(link, ONE_CLICK)
    later, again = browser.get(link), browser.post(link, AGAIN)

    assert [button in page.content for page in (first, done, later, again)] == [
        True,
        False,
        False,
        True,
    ]
    assert [back in page.content for page in (first, done, later, again)] == [
        False,
        True,
        True,
        False,
    ]
    assert off(ann) == set()


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "no"}, {**ONE_CLICK, **AGAIN}])
def test_a_post_that_says_neither_changes_nothing(
    ann: User, browser: Client, body: dict[str, str]
) -> None:
    answer = browser.post(link_of(ann), body)

    assert answer.status_code == 400
    assert off(ann) == set()


def test_the_page_names_nobody_and_is_kept_by_nobody(ann: User, browser: Client) -> None:
    answer = browser.get(link_of(ann))

    assert b"ann@example.org" not in answer.content
    assert ann.name.encode() not in answer.content
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (Kind.REMINDER_DAY, "Erinnerungen einen Tag vor einer Sitzung"),
        (Kind.REMINDER_HOUR, "Erinnerungen eine Stunde vor einer Sitzung"),
        (Kind.MESSAGE_DIGEST, "E-Mails über ungelesene Nachrichten"),
    ],
)
def test_it_speaks_its_readers_language_whatever_the_browser_asks_for(
    ann: User, kind: Kind, label: str
) -> None:
    link = link_of(ann, kind)
    english = Client(headers={"accept-language": "de"}).get(link).content.decode()
    User.objects.filter(pk=ann.pk).update(language="de")
    browser = Client(headers={"accept-language": "en"})

    looked, done = (
        answer.content.decode() for answer in (browser.get(link), browser.post(link, ONE_CLICK))
    )

    assert '<html lang="en">' in english
    assert "Switch these e-mails off?" in english
    assert '<html lang="de">' in looked
    assert f"Sie bekommen {label}." in looked
    assert f"Sie bekommen keine {label} mehr." in done


def test_where_the_link_tells_of_nobody_it_speaks_the_browsers_language(browser: Client) -> None:
    link = f"{links.PATH}?token=nothing"

    german = browser.get(link, headers={"accept-language": "de-AT, en;q=0.5"}).content.decode()
    neither = browser.get(link, headers={"accept-language": "fr"}).content.decode()

    assert "Dieser Link führt nicht weiter" in german
    assert "This link does not work" in neither


def test_whoever_waits_is_told_in_minutes(ann: User, browser: Client) -> None:
    for _ in range(unsubscribing.PER_SWITCH.quota):
        browser.post(link_of(ann), ONE_CLICK)

    assert "Try again in 60 minutes." in browser.post(link_of(ann), AGAIN).content.decode()


def dead(person: User, text: str) -> str:
    """Return a link that is not good, made from what a good one is made of."""
    good = link_of(person)
    digest = links._digest(person.email)
    made: dict[str, Any] = {
        "changed": good.replace(good[-3:], "AAA"),
        "cut": good[:-1],
        "of another purpose": Signer(salt="scheduling.slot").sign_object(
            [person.pk.hex, "message_digest", digest]
        ),
        "of no kind": Signer(salt=links._SALT).sign_object([person.pk.hex, "receipts", digest]),
        "of nobody": Signer(salt=links._SALT).sign_object(["0" * 32, "message_digest", digest]),
        "of other things": Signer(salt=links._SALT).sign_object({"a": 1}),
        "empty": "",
        "odd": "%00é:%ff",
        "long": "x" * 100_000,
    }
    token: str = made[text]
    return token if token.startswith("/") else f"{links.PATH}?token={token}"


@pytest.mark.parametrize(
    "text",
    [
        "changed",
        "cut",
        "of another purpose",
        "of no kind",
        "of nobody",
        "of other things",
        "empty",
        "odd",
        "long",
    ],
)
def test_every_other_link_is_answered_alike_and_changes_nothing(
    ann: User, browser: Client, text: str
) -> None:
    link = dead(ann, text)

    looked, posted = browser.get(link), browser.post(link, ONE_CLICK)

    assert (looked.status_code, posted.status_code) == (404, 404)
    assert b"This link does not work" in looked.content
    assert off(ann) == set()


def test_a_link_is_dead_once_the_address_has_changed_and_good_in_another_case(
    ann: User, browser: Client
) -> None:
    link = link_of(ann)
    User.objects.filter(pk=ann.pk).update(email="ANN@example.org")
    assert browser.get(link).status_code == 200
    User.objects.filter(pk=ann.pk).update(email="ann@new.example")

    answer = browser.post(link, ONE_CLICK)

    assert answer.status_code == 404
    assert off(ann) == set()


def test_a_link_outlives_years_and_a_change_of_the_key_that_keeps_the_old_one(
    ann: User, browser: Client, settings: Settings
) -> None:
    link = link_of(ann)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "k" * 50
    assert browser.post(link, ONE_CLICK).status_code == 404  # the old key is forgotten
    settings.SECRET_KEY_FALLBACKS = [old]

    with clock.travel(NOON.replace(year=2035)):
        answer = browser.post(link, ONE_CLICK)

    assert answer.status_code == 200
    assert off(ann) == {"message_digest"}


def test_one_reader_is_limited_and_no_other_reader_of_that_provider(
    ann: User, browser: Client
) -> None:
    bob: User = UserFactory(email="bob@example.org")
    link = link_of(ann)
    for _ in range(unsubscribing.PER_SWITCH.quota):
        assert browser.post(link, ONE_CLICK).status_code == 200

    refused = browser.post(link, AGAIN)

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert off(ann) == {"message_digest"}
    assert browser.get(link).status_code == 200
    assert browser.post(link_of(bob), ONE_CLICK).status_code == 200


def test_who_tries_links_is_limited(ann: User, browser: Client) -> None:
    for _ in range(unsubscribing.BAD_PER_SOURCE.quota):
        browser.post(dead(ann, "changed"), ONE_CLICK)

    assert browser.post(dead(ann, "cut"), ONE_CLICK).status_code == 429
    assert browser.post(link_of(ann), ONE_CLICK).status_code == 200


def test_other_methods_are_refused(ann: User, browser: Client) -> None:
    assert browser.put(link_of(ann)).status_code == 405
    assert browser.delete(link_of(ann)).status_code == 405
