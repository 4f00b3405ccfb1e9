"""The list of legal versions: how many agreed to each and where, never who."""

import csv
import io

from django.urls import reverse

from accounts import roles
from cms.models import Consent, LegalVersion
from kernel import clock
from tests.cms.conftest import SignIn
from tests.cms.rows import add_consent
from tests.factories.people import UserFactory


def test_a_version_says_how_many_agreed_and_where_but_not_who(sign_in: SignIn) -> None:
    first = add_consent()
    newcomer = UserFactory()
    Consent.objects.create(
        user=newcomer,
        version=first.version,
        at=clock.now(),
        source=Consent.Source.REGISTRATION,
    )
    other = add_consent().version
    browser = sign_in(roles.CONTENT_EDITOR)

    exported = b"".join(browser.get(reverse("legal-versions:index"), {"export": "csv"}))
    agreed = {
        row["Reference"]: row["Agreed"]
        for row in csv.DictReader(io.StringIO(exported.decode(), newline=""))
    }
    html = browser.get(reverse("legal-versions:inspect", args=[first.version_id]))

    assert agreed == {first.version.public_id: "2", other.public_id: "1"}
    text = html.content.decode()
    for words in ("When registering", "In the app", first.version.digest):
        assert words in text
    for person in (newcomer, first.user):
        assert person.name not in text
        assert person.email not in text


def test_a_version_that_nobody_agreed_to_says_so(sign_in: SignIn) -> None:
    kept = add_consent().version
    page = kept.page
    page.version = "2.0"
    page.save_revision().publish()
    newer = LegalVersion.objects.get(page=page, version="2.0")

    html = sign_in(roles.AUDITOR).get(reverse("legal-versions:inspect", args=[newer.pk]))

    assert "Nobody has agreed to this version yet." in html.content.decode()
