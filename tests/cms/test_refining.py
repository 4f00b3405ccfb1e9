"""Filters are chips, and a chip is an address: take one, lose one, keep the rest."""

import re

import pytest
from django.http import QueryDict
from django.test import Client as Browser

from cms import refining
from cms.forms import DirectoryForm
from tests.cms.conftest import listed_mentor

FACETS = {
    "language": {"en": 3, "fr": 1},
    "duration": {"60": 3, "30": 2},
    "currency": {"USD": 3},
    "location": {},
}


def labels(group: refining.Group) -> list[tuple[str, str, int | None, bool]]:
    return [(one.label, one.url, one.count, one.chosen) for one in group.choices]


def test_a_choice_is_an_address_that_keeps_the_other_filters_and_begins_at_the_first_page() -> None:
    asked = QueryDict("q=design&after=cursor&price_max=")

    language, length, _ = refining.groups(asked, FACETS)

    assert labels(language) == [
        ("English", "?q=design&language=en", 3, False),
        ("French", "?q=design&language=fr", 1, False),
    ]
    assert [label for label, *_ in labels(length)] == ["30 min", "1 h"]


def test_a_taken_choice_is_given_back_by_its_own_chip() -> None:
    language, *_ = refining.groups(QueryDict("language=FR"), FACETS)

    assert labels(language)[1] == ("French", ".", 1, True)


def test_what_nobody_can_choose_between_is_not_offered() -> None:
    names = [group.label for group in refining.groups(QueryDict(""), FACETS)]

    assert names == ["Language", "Length", "Rating"]


def test_every_filter_in_force_is_said_in_words_and_can_be_lost() -> None:
    asked = QueryDict(
        "q=design&location=London&language=fr&duration=90&price_max=80&currency=EUR&rating=4.5"
        "&day=2027-02-01"
    )

    chosen = refining.chosen(DirectoryForm(asked), asked)

    assert [choice.label for choice in chosen] == [
        "“design”",
        "in London",
        "speaks French",
        "1 h 30 min",
        "up to 80 EUR",
        "priced in EUR",
        "rated 4.5 and up",
        "free on Mon 1 Feb",
    ]
    assert all("q=design" in choice.url for choice in chosen[1:])
    assert "q=" not in chosen[0].url


def test_a_filter_that_says_nothing_valid_is_not_in_force() -> None:
    asked = QueryDict("duration=x&price_max=NaN&day=never")

    assert refining.chosen(DirectoryForm(asked), asked) == ()


def test_the_usual_order_has_the_plain_address() -> None:
    orders = refining.orders(QueryDict("sort=price&q=design"))

    assert [(one.label, one.url, one.chosen) for one in orders.choices][:3] == [
        ("Best match", "?q=design", False),
        ("Soonest free", "?q=design&sort=soonest", False),
        ("Lowest price", "?q=design&sort=price", True),
    ]


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "French"), ("zh", "Chinese"), ("sw", "Swahili"), ("xx-x", "xx-x")]
)
def test_a_language_has_its_name_or_its_code(code: str, name: str) -> None:
    assert refining.language_name(code) == name


def test_the_page_shows_the_chips_and_a_search_keeps_what_they_chose() -> None:
    listed_mentor("Ada Byron", languages=("en", "fr"))
    listed_mentor("Bert Brecht", languages=("de",))

    html = Browser().get("/mentors/?language=fr&q=coaching").content.decode()

    assert "Ada Byron" in html
    assert "Bert Brecht" not in html
    assert '<input type="hidden" name="language" value="fr">' in html
    assert re.findall(r'<a class="chip chip--on" href="([^"]+)">', html) == [
        "?language=fr",
        "?q=coaching",
    ]
    assert 'href="?q=coaching" aria-current="true"' in html


@pytest.mark.parametrize(
    ("query", "open_"),
    [("", False), ("?q=ada&sort=price", False), ("?language=en&sort=price", True)],
)
def test_chips_are_unfolded_on_a_phone_where_one_is_chosen_and_not_for_an_order(
    query: str, open_: bool
) -> None:
    listed_mentor("Ada Byron")

    html = Browser().get(f"/mentors/{query}").content.decode()

    assert ('<details class="refine" open>' in html) is open_
    assert '<details class="refine"' in html


def test_an_empty_directory_says_what_will_be_here() -> None:
    html = Browser().get("/mentors/").content.decode()

    assert "No mentor takes bookings yet" in html
    assert "as soon as their profile is published" in html
