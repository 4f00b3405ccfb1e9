"""What is hidden in a message until a session is paid, and what is left alone."""

import pytest

from messaging.masking import HIDDEN, masked


@pytest.mark.parametrize(
    "contact",
    [
        "ada@example.com",
        "ada.byron+work@mail.example.co.uk",
        "ada (at) example.com",
        "https://meet.example/ada?x=1",
        "www.ada-byron.dev/me",
        "ada-byron.com",
        "t.me/adabyron",
        "@ada_byron",
        "+44 20 7946 0958",
        "+1 (415) 555-2671",
        "020 7946 0958",
        "0151/23456789",
        "4155552671",
    ],
)
def test_a_way_to_reach_somebody_outside_is_hidden(contact: str) -> None:
    assert masked(f"Write to {contact} please") == f"Write to {HIDDEN} please"


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday 09:00–10:30 suits me, or 2027-03-01 at 17:00.",
        "Between 01.03.2027 and 15.03.2027, please.",
        "From 01/03/2027 10:00 on.",
        "It costs USD 1,250.00, and 100000 users wait for it.",
        "We have 3 teams, 12 people, version 3.14.15.",
        "Half past nine. Then we talk.",
        "C++ and e.g. Node.js, i.e. both.",
        "Meet me @ nine",
        "The request 01a229bd-8636-7205-91bd-1d037079082c was refused.",
        "01A229BD-8636-7205-9112-103707908253",
    ],
)
def test_days_hours_prices_and_sentences_are_left_alone(text: str) -> None:
    assert masked(text) == text


def test_a_part_of_a_uuid_is_no_uuid() -> None:
    assert masked("call 01522945-8636-720 now") == f"call {HIDDEN} now"


def test_several_in_one_message() -> None:
    assert masked("a@b.example, c@d.example") == f"{HIDDEN}, {HIDDEN}"
