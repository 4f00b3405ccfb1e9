"""A letter, its dates and its amounts are written as its reader's language writes them."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from accounts.models import Language, User
from kernel import written
from notifications.models import Email
from scheduling import messages
from tests.factories.people import ClientFactory, UserFactory
from tests.factories.sessions import pending_session

AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def test_a_fact_is_written_when_it_is_read() -> None:
    facts = {
        "day": written.day(AT, "America/New_York"),
        "moment": written.moment(AT, "Europe/Berlin"),
        "amount": written.amount(-124075, "USD"),
        "yen": written.amount(1240, "JPY"),
        "words": written.by_language(en="your group", de="Ihrer Gruppe"),
    }

    with translation.override("en"):
        english = {name: str(fact) for name, fact in facts.items()}
    with translation.override("de"):
        german = {name: str(fact) for name, fact in facts.items()}

    assert english == {
        "day": "Tuesday, 24 November 2026",
        "moment": "Tuesday, 24 November 2026, 19:00 Berlin",
        "amount": "−$1,240.75 USD",
        "yen": "¥1,240 JPY",
        "words": "your group",
    }
    assert german == {
        "day": "Dienstag, 24. November 2026",
        "moment": "Dienstag, 24. November 2026, 19:00 Berlin",
        "amount": "−1.240,75 USD",
        "yen": "1.240 JPY",
        "words": "Ihrer Gruppe",
    }


def test_a_language_without_rules_is_written_as_english() -> None:
    with translation.override("fr"):
        assert str(written.amount(100, "EUR")) == "€1.00 EUR"


@pytest.mark.django_db
def test_each_of_two_readers_gets_their_own() -> None:
    session = pending_session()
    client: User = session.client.user
    client.language = Language.GERMAN
    client.save(update_fields=["language"])

    messages.tell_mentor_absent(session)

    letters = {one.to: one for one in Email.objects.all()}
    assert letters[client.email].subject.startswith("Ihr Geld kommt zurück: ")
    assert '<html lang="de">' in letters[client.email].html
    assert letters[session.mentor.user.email].subject.startswith("You were not there: ")
    assert '<html lang="en">' in letters[session.mentor.user.email].html


@pytest.mark.django_db
def test_the_words_around_a_letter_stay_what_they_were() -> None:
    with translation.override("en"):
        client = UserFactory(language=Language.GERMAN)
        session = pending_session(client=ClientFactory(user=client))
        messages.tell_mentor_absent(session)

        assert translation.get_language() == "en"
