"""Messages over HTTP: begin, answer, read, page; another's conversation does not exist."""

from unittest.mock import Mock

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from kernel import clock, idempotency
from kernel.ids import parse_public_id
from kernel.models import IdempotencyRecord
from messaging.masking import HIDDEN
from messaging.models import Conversation, Message
from scheduling import lifecycle
from scheduling.models import Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market()


def begin(caller: Caller, text: str = "Are you free?") -> str:
    answer = caller.post("/api/conversations", {"mentor": "ada", "text": text})
    assert answer.status_code == 201, answer.content
    conversation: str = answer.json()["conversation_id"]
    return conversation


def unread(caller: Caller) -> list[int]:
    return [item["unread"] for item in caller.get("/api/conversations").json()["items"]]


def test_a_client_begins_and_the_mentor_answers(market: Market) -> None:
    conversation = begin(market.ann)

    answered = market.ada.post(f"/api/conversations/{conversation}/messages", {"text": "I am."})

    assert answered.status_code == 201
    seen = market.ann.get(f"/api/conversations/{conversation}/messages").json()
    assert [(one["number"], one["text"], one["mine"]) for one in seen["items"]] == [
        (1, "Are you free?", True),
        (2, "I am.", False),
    ]
    assert seen["before"] is None
    [listed] = market.ann.get("/api/conversations").json()["items"]
    assert {
        name: listed[name] for name in ("id", "with_name", "mentor", "length", "last_mine")
    } == {
        "id": conversation,
        "with_name": "Ada Adams",
        "mentor": "ada",
        "length": 2,
        "last_mine": False,
    }


def test_what_is_unread_is_counted_until_it_is_marked(market: Market) -> None:
    conversation = begin(market.ann)
    begin(market.ann, "Tuesday?")
    assert (unread(market.ann), unread(market.ada)) == ([0], [2])

    first = market.ada.post(f"/api/conversations/{conversation}/read", {"up_to": 1})
    assert (first.status_code, first.json()["unread"]) == (200, 1)
    assert market.ada.post(f"/api/conversations/{conversation}/read").json()["unread"] == 0
    again = market.ada.post(f"/api/conversations/{conversation}/read", {"up_to": 1})

    assert again.json()["unread"] == 0


def test_a_repeated_call_sends_one_message(market: Market) -> None:
    conversation = begin(market.ann)
    path = f"/api/conversations/{conversation}/messages"

    one, two = (market.ann.post(path, {"text": "Hello?"}, key="same") for _ in range(2))

    assert (one.status_code, one.content) == (201, two.content)
    assert Message.objects.count() == 2
    assert market.ann.post(path, {"text": "Hello?"}, key=None).status_code == 400


def test_a_call_that_was_cut_before_its_answer_was_kept_is_not_sent_twice(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between the message's commit and its answer; the lease runs out."""
    body = {"mentor": "ada", "text": "Are you free?"}
    with monkeypatch.context() as crash:
        crash.setattr(idempotency, "finish", Mock(side_effect=ConnectionResetError))
        cut = market.ann.post("/api/conversations", body, key="same")
    in_flight = market.ann.post("/api/conversations", body, key="same")
    IdempotencyRecord.objects.update(lease_until=clock.now())

    again = market.ann.post("/api/conversations", body, key="same")

    sent = Message.objects.get()
    assert (cut.status_code, in_flight.status_code) == (500, 409)
    assert (again.status_code, again.json()["id"]) == (201, sent.public_id)


def test_the_badge_counts_messages_and_conversations_in_one_query(market: Market) -> None:
    nothing = market.ada.get("/api/conversations/unread").json()
    conversation = begin(market.ann)
    begin(market.ann, "Tuesday?")
    begin(market.ben)
    with CaptureQueriesContext(connection) as queries:
        some = market.ada.get("/api/conversations/unread").json()
    asked = [one["sql"] for one in queries if "messaging_" in one["sql"]]
    market.ada.post(f"/api/conversations/{conversation}/read", {"up_to": 1})
    fewer = market.ada.get("/api/conversations/unread").json()

    assert len(asked) == 1
    assert nothing == {"messages": 0, "conversations": 0}
    assert some == {"messages": 3, "conversations": 2}
    assert fewer == {"messages": 2, "conversations": 2}
    assert market.ann.get("/api/conversations/unread").json()["messages"] == 0  # all of it is hers


def test_one_conversation_is_shown_and_found_by_its_mentor(market: Market) -> None:
    conversation = begin(market.ann)
    begin(market.ben)

    [found] = market.ann.get("/api/conversations", {"mentor": "ada"}).json()["items"]

    assert market.ann.get(f"/api/conversations/{conversation}").json() == found
    assert market.ann.get("/api/conversations", {"mentor": "nobody"}).json()["items"] == []
    assert market.ben.get(f"/api/conversations/{conversation}").status_code == 404


def test_either_of_a_sessions_two_writes_about_it(market: Market) -> None:
    session = market.held()
    body = {"session": session, "text": "Looking forward to it."}

    sent = market.ada.post("/api/conversations", body)

    assert sent.status_code == 201
    [found] = market.ann.get("/api/conversations", {"session": session}).json()["items"]
    assert (found["id"], found["unread"]) == (sent.json()["conversation_id"], 1)
    for stranger in (market.ben, market.bob):
        assert stranger.post("/api/conversations", body).status_code == 404
        sought = stranger.get("/api/conversations", {"session": session})
        assert sought.status_code == 404
    for both_or_none in ({"text": "To whom?"}, {**body, "mentor": "ada"}):
        assert market.ann.post("/api/conversations", both_or_none).status_code == 422
    assert Message.objects.count() == 1


def test_who_had_a_paid_session_writes_to_a_mentor_who_is_no_longer_listed(market: Market) -> None:
    held = Session.objects.get(pk=parse_public_id("ses", market.held()))
    Mentor.objects.filter(pk=market.mentor.pk).update(status=Mentor.Status.SUSPENDED)
    body = {"session": held.public_id, "text": "Where do we meet?"}

    unpaid = market.ann.post("/api/conversations", body)
    with transaction.atomic():
        lifecycle.confirm(session_id=held.pk, now=clock.now())
    paid = market.ann.post("/api/conversations", body)

    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "mentor_not_reachable")
    assert paid.status_code == 201


def test_older_messages_are_read_page_by_page(market: Market) -> None:
    for number in range(1, 6):
        conversation = begin(market.ann, f"No. {number}")
    path = f"/api/conversations/{conversation}/messages"

    pages: list[list[int]] = []
    before = None
    while before is not None or not pages:
        query = {"limit": 2} | ({"before": before} if before else {})
        page = market.ada.get(path, query).json()
        pages.append([one["number"] for one in page["items"]])
        before = page["before"]

    assert pages == [[4, 5], [2, 3], [1]]


def test_contact_details_are_masked_wherever_they_are_shown(market: Market) -> None:
    sent = market.ann.post(
        "/api/conversations", {"mentor": "ada", "text": "Write to ann@example.org"}
    ).json()

    [listed] = market.ada.get("/api/conversations").json()["items"]
    [read] = market.ada.get(f"/api/conversations/{sent['conversation_id']}/messages").json()[
        "items"
    ]
    assert {sent["text"], listed["last_text"], read["text"]} == {f"Write to {HIDDEN}"}
    assert Message.objects.get().text == "Write to ann@example.org"


def test_anothers_conversation_answers_like_a_missing_one(market: Market) -> None:
    conversation = begin(market.ann)

    for stranger in (market.ben, market.bob):
        found = []
        for named in (conversation, "cnv_" + "0" * 26, "nonsense"):
            path = f"/api/conversations/{named}"
            answers = [
                stranger.get(f"{path}/messages"),
                stranger.post(f"{path}/messages", {"text": "Hello"}),
                stranger.post(f"{path}/read"),
            ]
            found.append([(one.status_code, one.json()["detail"]) for one in answers])
        refusal = (404, "There is no such conversation, or it is not yours to see.")
        assert found == [[refusal] * 3] * 3
        assert stranger.get("/api/conversations").json()["items"] == []
    assert Message.objects.count() == 1


def test_nobody_begins_with_a_mentor_who_is_not_listed_but_goes_on(market: Market) -> None:
    conversation = begin(market.ann)
    Mentor.objects.filter(pk=market.mentor.pk).update(status=Mentor.Status.SUSPENDED)

    refused = [
        caller.post("/api/conversations", {"mentor": slug, "text": "Hello"}).status_code
        for caller, slug in ((market.ben, "ada"), (market.ben, "nobody"))
    ]

    assert refused == [404, 404]
    going_on = market.ann.post(f"/api/conversations/{conversation}/messages", {"text": "Still?"})
    assert (going_on.status_code, Conversation.objects.count()) == (201, 1)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_message_says_something_in_4000_letters(market: Market, text: str) -> None:
    answer = market.ann.post("/api/conversations", {"mentor": "ada", "text": text})

    assert (answer.status_code, Message.objects.count()) == (422, 0)


def test_the_list_takes_the_same_queries_for_one_and_for_three(market: Market) -> None:
    counts, pages = [], []
    for people in (1, 2):
        for _ in range(people):
            begin(Caller(ClientFactory().user))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pages.append(len(market.ada.get("/api/conversations").json()["items"]))
        counts.append(len(queries))

    assert pages == [1, 3]
    assert counts[0] == counts[1]


def test_the_list_pages_by_the_newest_message(market: Market) -> None:
    began = [begin(Caller(ClientFactory().user)) for _ in range(3)]

    first = market.ada.get("/api/conversations", {"limit": 2}).json()
    rest = market.ada.get("/api/conversations", {"limit": 2, "cursor": first["next"]}).json()

    assert [one["id"] for one in first["items"] + rest["items"]] == began[::-1]
    assert rest["next"] is None


def test_who_blocks_ends_the_writing_and_begins_it_again(market: Market) -> None:
    conversation = begin(market.ann)
    path = f"/api/conversations/{conversation}"

    blocked = market.ann._client.put(f"{path}/block", headers=market.ann.headers)
    theirs = market.ada.get(path).json()
    refused = market.ada.post(f"{path}/messages", {"text": "Hello?"})
    begun = market.ann.post("/api/conversations", {"mentor": "ada", "text": "Hm"})
    unblocked = market.ann._client.delete(f"{path}/block", headers=market.ann.headers)

    assert blocked.status_code == unblocked.status_code == 200
    seen = (blocked.json(), theirs, unblocked.json())
    assert [(one["blocked"], one["open"]) for one in seen] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert [one.status_code for one in (refused, begun)] == [409, 409]
    assert refused.json()["code"] == "conversation_blocked"
    assert "Ann" not in refused.content.decode()
    assert market.ada.post(f"{path}/messages", {"text": "Hello?"}).status_code == 201


def test_a_report_is_taken_once_and_told_to_nobody(market: Market) -> None:
    conversation = begin(market.ann)
    path = f"/api/conversations/{conversation}"
    message = market.ada.get(f"{path}/messages").json()["items"][0]["id"]
    body = {"reason": "spam", "words": "Sells courses.", "message": message}
    before = market.ann.get(path).json()

    made = market.ada.post(f"{path}/report", body, key=None)
    again = market.ada.post(f"{path}/report", body, key=None)
    odd = market.ada.post(f"{path}/report", {"reason": "boring"}, key=None)

    answer = made.json()
    assert made.status_code == 201
    assert answer["id"].startswith("rpt_")
    assert (answer["conversation_id"], answer["message"]) == (conversation, message)
    assert (again.status_code, again.json()["code"]) == (409, "already_reported")
    assert odd.status_code == 422
    assert market.ann.get(path).json() == before
    assert market.ben.post(f"{path}/report", body, key=None).status_code == 404


WORDS = {"goals": "Answer me!"}


@pytest.mark.parametrize("by", ["ada", "ann"])
def test_a_block_ends_new_bookings_and_keeps_those_there_are(market: Market, by: str) -> None:
    conversation = begin(market.ann)
    held = market.held()
    path = f"/api/conversations/{conversation}/block"
    blocker: Caller = getattr(market, by)
    assert blocker._client.put(path, headers=blocker.headers).status_code == 200
    wishes = {
        "/api/sessions": {"slot_token": market.slot(hours=72)[1], **WORDS},
        "/api/series": {"slot_token": market.slot(hours=96)[1], "every_weeks": 1, "count": 2},
    }

    for address, wish in wishes.items():
        refused = market.ann.post(address, wish)
        assert (refused.status_code, refused.json()["code"]) == (409, "slot_not_offered")
        assert "block" not in refused.content.decode()
    assert market.ann.get(f"/api/sessions/{held}").json()["status"] == "pending"
    assert market.ben.post("/api/sessions", wishes["/api/sessions"]).status_code == 201

    blocker._client.delete(path, headers=blocker.headers)
    wish = {"slot_token": market.slot(hours=120)[1]}
    assert market.ann.post("/api/sessions", wish).status_code == 201


def test_what_a_client_writes_at_a_hold_its_mentor_reads_once_it_is_paid(market: Market) -> None:
    body = {"slot_token": market.slot()[1], **WORDS}
    held = market.ann.post("/api/sessions", body).json()["id"]

    def read(caller: Caller) -> list[str]:
        listed = caller.get("/api/sessions").json()["items"]
        return [caller.get(f"/api/sessions/{held}").json()["goals"], listed[0]["goals"]]

    assert (read(market.ann), read(market.ada)) == ([WORDS["goals"]] * 2, [""] * 2)
    with transaction.atomic():
        lifecycle.confirm(session_id=parse_public_id("ses", held), now=clock.now())
    assert read(market.ada) == [WORDS["goals"]] * 2


def test_why_a_hold_was_given_up_is_no_letter_to_its_mentor(market: Market) -> None:
    held = market.held()
    answer = market.ann.post(f"/api/sessions/{held}/cancel", {"reason": "You are rude."})
    assert answer.status_code == 200, answer.content

    reasons = [
        caller.get(f"/api/sessions/{held}").json()["cancel_reason"]
        for caller in (market.ann, market.ada)
    ]

    assert reasons == ["You are rude.", None]
