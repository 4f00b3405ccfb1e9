"""What a reader's words are taken for: slips in the profiles, many words, many places."""

from datetime import UTC, datetime

from cms import directory, wording
from cms.filtering import Filters
from cms.models import Term
from kernel import prepared
from tests.cms.conftest import listed_mentor

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def slugs(filters: Filters) -> list[str]:
    found = directory.search(filters=filters, now=NOW)
    assert found.relaxed == ()
    return [entry.slug for entry in found.items]


def test_a_slip_in_one_biography_hides_nobody_who_spells_right() -> None:
    listed_mentor("Ada Byron", bio="<p>negotation</p>")
    listed_mentor("Bea B", headline="Negotiation")

    assert slugs(Filters(q="negotation")) == ["bea", "ada"]
    assert slugs(Filters(q="negotiation")) == ["bea"]


def test_a_word_that_many_say_or_that_is_telling_is_taken_for_itself() -> None:
    listed_mentor("Ada Byron", bio="<p>chess</p>")
    listed_mentor("Bea B", headline="Chest")
    assert slugs(Filters(q="chess")) == ["bea", "ada"]

    Term.objects.filter(key="chess").update(mentors=wording.SAID_BY_FEW)
    assert slugs(Filters(q="chess")) == ["ada"]
    Term.objects.filter(key="chess").update(mentors=1, telling=True)
    assert slugs(Filters(q="chess")) == ["ada"]


def test_another_rare_word_is_no_better_reading() -> None:
    listed_mentor("Ada Byron", bio="<p>chess</p>")
    listed_mentor("Bea B", bio="<p>chest</p>")

    assert slugs(Filters(q="chess")) == ["ada"]


def test_no_more_words_are_looked_up_than_are_asked() -> None:
    typed = " ".join(f"word{number}" for number in range(40))

    rows = prepared.fetch(wording._UNDERSTAND, {"q": typed, "location": ""})

    assert len(rows) == wording.MOST_WORDS
    assert wording.understand(q=typed, location="")[0].words is not None


def test_of_more_places_than_are_named_none_is_left_out() -> None:
    listed_mentor("Ada Byron", location="London")
    listed_mentor("Bea B", location="Berlin")
    Term.objects.bulk_create(
        Term(kind="place", key=f"london {at}", shown="", mentors=5, telling=True, slips=[])
        for at in range(wording.MOST_PLACES)
    )
    asked = Filters(location="london")

    assert wording.understand(q="", location="london")[0].part == "london"
    assert slugs(asked) == ["ada"]
    assert directory.search(filters=asked, now=NOW).facets["location"] == {"Berlin": 1, "London": 1}
