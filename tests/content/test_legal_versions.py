"""Versions of documents: frozen when published, shown for good, agreed to by name."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cms import versions
from cms.models import Consent, LegalPage, LegalVersion
from kernel import clock
from kernel.errors import Invalid
from tests.accounts.conftest import code_in, letters
from tests.accounts.signed_in import SignedIn
from tests.content.conftest import add_document
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms() -> LegalPage:
    return add_document("terms", effective_from=date(2026, 1, 1), requires_acceptance=True)


def publish(page: LegalPage, **words: Any) -> LegalPage:
    for name, value in words.items():
        setattr(page, name, value)
    page.save_revision().publish()
    found: LegalPage = LegalPage.objects.get(pk=page.pk)
    return found


def test_a_published_version_is_kept_and_never_changes(terms: LegalPage) -> None:
    kept = LegalVersion.objects.get(page=terms)

    assert (kept.version, kept.body) == ("1.0", terms.body)
    for change in (
        lambda: LegalVersion.objects.update(body="Nothing."),
        lambda: LegalVersion.objects.all().delete(),
        lambda: LegalVersion.objects.create(
            page=terms, version="1.0", effective_from=date(2026, 1, 1), title="Terms",
            body="Other.", digest="0" * 64, frozen_at=clock.now(),
        ),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_other_words_need_another_version(terms: LegalPage) -> None:
    terms.body = "<p>Something else.</p>"
    with pytest.raises(ValidationError, match="Give this one a new version"):
        terms.full_clean()
    with pytest.raises(ValidationError), transaction.atomic():
        terms.save_revision(clean=False).publish()
    with pytest.raises(Invalid), transaction.atomic():
        terms.save(clean=False)

    untouched = LegalPage.objects.get(pk=terms.pk)
    publish(untouched, body="<p>Something else.</p>", version="2.0")

    assert set(LegalVersion.objects.values_list("version", flat=True)) == {"1.0", "2.0"}


def test_a_draft_freezes_nothing(terms: LegalPage) -> None:
    terms.body, terms.version = "<p>Only a draft.</p>", "2.0"
    terms.save_revision()

    assert LegalVersion.objects.count() == 1


def test_a_document_that_nobody_agrees_to_is_not_kept() -> None:
    add_document("imprint")

    assert not LegalVersion.objects.exists()


def test_earlier_versions_stand_at_their_own_address(terms: LegalPage) -> None:
    publish(terms, body="<p>New words.</p>", version="2.0")

    newest = Client().get(terms.url).content.decode()
    earlier = Client().get(f"{terms.url}versions/1-0/")
    text = earlier.content.decode()

    assert f'{terms.url}versions/1-0/">1.0</a>' in newest
    assert "noindex" not in newest
    assert earlier.status_code == 200
    assert '<meta name="robots" content="noindex">' in text
    assert f'<link rel="canonical" href="{terms.full_url}">' in text
    assert "Everything." in text
    assert "New words." not in text
    assert Client().get(f"{terms.url}versions/9-9/").status_code == 404


def test_what_is_in_force_is_the_newest_of_those_that_have_begun(terms: LegalPage) -> None:
    later = clock.now().date() + timedelta(days=10)
    publish(terms, body="<p>Soon.</p>", version="2.0", effective_from=later)

    now = versions.in_force(now=clock.now())
    then = versions.in_force(now=clock.now() + timedelta(days=11))

    assert [one.version for one in now] == ["1.0"]
    assert [one.version for one in then] == ["2.0"]


def test_a_person_agrees_once_and_is_asked_again_for_a_new_version(terms: LegalPage) -> None:
    one = SignedIn(UserFactory())
    _, before = one.get("consents")
    wanted = [document["id"] for document in before["documents"]]
    status, after = one.post("consents", {"versions": wanted})
    one.post("consents", {"versions": wanted})

    assert (before["complete"], status, after["complete"]) == (False, 200, True)
    consent = Consent.objects.get()
    assert (consent.source, consent.version.version) == ("app", "1.0")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(at=clock.now())

    publish(terms, body="<p>New words.</p>", version="2.0", effective_from=clock.now().date())
    status, refused = one.post("consents", {"versions": wanted})

    assert one.get("consents")[1]["complete"] is False
    assert (status, refused["code"]) == (422, "invalid")


def newcomer(agrees_to: list[str]) -> dict[str, Any]:
    return {
        "email": "new@example.org",
        "password": "a long good password",
        "name": "Nia New",
        "role": "client",
        "time_zone": "UTC",
        "agrees_to": agrees_to,
    }


def send(client: Client, what: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/users/{what}", body, content_type="application/json")


def test_a_newcomer_agrees_to_what_was_shown_when_the_code_comes_back(
    client: Client, terms: LegalPage
) -> None:
    shown = client.get("/api/content/navigation").json()["to_agree"]
    kept = LegalVersion.objects.get(page=terms)
    assert shown == [
        {"id": kept.public_id, "title": "Terms", "version": "1.0", "url": str(terms.url)}
    ]

    asked = clock.now()
    assert send(client, "register", newcomer([shown[0]["id"]])).status_code == 202
    assert not Consent.objects.exists()
    code = code_in(letters("account_verify")[-1])
    assert send(client, "verify", {"email": "new@example.org", "code": code}).status_code == 200

    consent = Consent.objects.get()
    assert (consent.user.email, consent.version) == ("new@example.org", kept)
    assert consent.source == Consent.Source.REGISTRATION
    assert asked <= consent.at <= clock.now()
    assert versions.to_agree(user=consent.user, now=clock.now()) == []


@pytest.mark.parametrize("says", ["nothing", "what holds not yet"])
def test_a_newcomer_who_was_shown_nothing_in_force_agrees_to_nothing(
    client: Client, terms: LegalPage, says: str
) -> None:
    later = publish(terms, version="2.0", effective_from=clock.now().date() + timedelta(days=30))
    not_yet = LegalVersion.objects.get(page=later, version="2.0").public_id
    send(client, "register", newcomer([] if says == "nothing" else [not_yet]))
    code = code_in(letters("account_verify")[-1])

    assert send(client, "verify", {"email": "new@example.org", "code": code}).status_code == 200

    assert not Consent.objects.exists()


def test_a_registration_names_versions_or_is_refused(client: Client) -> None:
    refused = send(client, "register", newcomer(["terms"]))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/agrees_to"
