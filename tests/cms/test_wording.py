"""What a reader's words are taken for: slips in the profiles, many words, many places."""

from datetime import UTC, datetime

import pytest

from cms import directory, listing, wording
from cms.filtering import Filters
from cms.models import Term
from cms.slips import likeliest
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


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("gibuik", "gibutik", "gibik"),  # a letter lost, or one too many
        ("lered", "lerend", "lerex"),  # lost, or a wrong one
        ("vioiln", "violin", "viomln"),  # two that changed places, or a wrong one
    ],
)
def test_a_lost_letter_and_a_swap_are_likelier_than_a_certain_wrong_one(
    typed: str, meant: str, other: str
) -> None:
    for name in ("Ada A", "Bea B"):
        listed_mentor(name, headline=other)
    listed_mentor("Cara C", headline=meant)

    assert slugs(Filters(q=typed)) == ["cara"]
    listing.rebuild()
    assert slugs(Filters(q=typed)) == ["cara"]


def test_of_words_as_near_whom_most_fit_is_meant_and_nobody_who_does_not_fit() -> None:
    for name in ("Ada A", "Bea B"):
        listed_mentor(name, headline="rugap", location="London")
    for name in ("Cara C", "Dora D", "Eve E"):
        listed_mentor(name, headline="rulap", location="Berlin")
    listed_mentor("Fay F", headline="rulap", location="London")
    listing.rebuild()

    assert slugs(Filters(q="ruzap")) == ["cara", "dora", "eve", "fay"]
    assert slugs(Filters(q="ruzap", location="London")) == ["ada", "bea"]
    assert slugs(Filters(q="ruzap fay")) == ["fay"]


def test_a_telling_word_is_meant_however_many_say_another_in_their_biographies() -> None:
    listed_mentor("Ada A", headline="netom")
    for name in ("Bea B", "Cara C", "Dora D"):
        listed_mentor(name, bio="<p>netox</p>")
    listing.rebuild()

    assert slugs(Filters(q="netov")) == ["ada"]
    assert slugs(Filters(q="netov dora")) == ["dora"]


def test_what_lies_between_two_words_is_told_in_slips() -> None:
    known = [("gibik", 50, True), ("gibutik", 6, True), ("zibuik", 90, True),
             ("gibuikk", 90, False), ("gibuxxk", 90, True)]  # fmt: skip

    found = likeliest("gibuik", known, most=1)

    assert [(one.word, one.doubts, one.ease) for one in found] == [
        ("gibutik", 0, 1.0), ("gibik", 0, 0.1), ("zibuik", 1, 0.1), ("gibuikk", 2, 1.0),
    ]  # fmt: skip
    assert likeliest("gibuik", [("kxxxxx", 1, True)], most=2) == []


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
