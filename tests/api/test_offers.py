"""A mentor's own session types over HTTP: seen at once by visitors, never by what was sold."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from billing.models import Package
from kernel import clock
from kernel.models import AuditEntry
from scheduling import groups, offers
from scheduling.models import CancellationPolicy, Session, SessionType
from tests.api.market import Market, open_market
from tests.factories.scheduling import SessionTypeFactory

pytestmark = pytest.mark.django_db

OFFERS = "/api/mentors/me/offers"
SHORT = {
    "name": "  A first look ",
    "description": "Half an hour <b>to begin</b>.",
    "duration_minutes": 30,
    "price_minor": 5_000,
    "currency": "USD",
}


@pytest.fixture
def market() -> Market:
    market = open_market(listed=True)
    CancellationPolicy.objects.update(is_default=True)
    return market


def change(market: Market, offer: str, body: dict[str, Any], tag: str | None = None) -> Any:
    path = f"{OFFERS}/{offer}"
    tag = tag or market.ada.get(path)["ETag"]
    return market.ada.patch(path, body, match=tag)


def page() -> str:
    return Browser().get("/mentors/ada/").content.decode()


def directory_price(market: Market) -> int:
    (item,) = market.ann.get("/api/mentors").json()["items"]
    price: int = item["price"]["amount"]
    return price


def test_what_is_made_is_seen_by_the_next_visitor(market: Market) -> None:
    assert directory_price(market) == 10_000

    made = market.ada.post(OFFERS, SHORT)

    assert made.status_code == 201, made.content
    assert made.json()["name"] == "A first look"
    assert made.json()["price"] == {"amount": 5_000, "currency": "USD"}
    assert made.json()["active"] is True
    types = market.ann.get("/api/mentors/ada").json()["session_types"]
    assert [kind["name"] for kind in types] == ["A first look", "Career coaching"]
    assert types[0]["description"] == SHORT["description"]
    assert "Half an hour &lt;b&gt;to begin&lt;/b&gt;." in page()
    assert directory_price(market) == 5_000


def test_a_changed_price_is_seen_at_once_and_what_was_sold_keeps_its_own(market: Market) -> None:
    sold = market.held()
    seen = page()
    assert "$100.00" in seen

    answer = change(market, market.kind.public_id, {"price_minor": 12_300})

    assert answer.status_code == 200, answer.content
    assert directory_price(market) == 12_300
    assert (
        market.ann.get("/api/mentors/ada").json()["session_types"][0]["price"]["amount"] == 12_300
    )
    assert "$123.00" in page()
    assert "$100.00" not in page()
    session = market.ann.get(f"/api/sessions/{sold}").json()
    assert session["price"] == {"amount": 10_000, "currency": "USD"}


def test_a_slot_that_was_shown_at_another_price_is_not_booked(market: Market) -> None:
    _, token = market.slot()
    change(market, market.kind.public_id, {"price_minor": 12_300})

    refused = market.ann.post("/api/sessions", {"slot_token": token})

    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["price_minor"] == 12_300


def test_a_session_keeps_the_length_that_was_booked(market: Market) -> None:
    sold = market.held()

    assert change(market, market.kind.public_id, {"duration_minutes": 30}).status_code == 200

    session = market.ann.get(f"/api/sessions/{sold}").json()
    assert session["session_type"]["duration_minutes"] == 60
    (listed,) = market.ann.get("/api/sessions").json()["items"]
    assert listed["session_type"]["duration_minutes"] == 60
    kept = Session.objects.get()
    assert kept.ends_at - kept.starts_at == timedelta(minutes=60)
    slot = market.ann.get("/api/mentors/ada/slots", {"session_type": market.kind.public_id}).json()[
        "items"
    ][0]
    assert slot["ends_at"] != slot["starts_at"]
    assert market.ann.get("/api/mentors/ada").json()["session_types"][0]["duration_minutes"] == 30


def test_what_is_retired_is_offered_to_nobody_and_can_be_restored(market: Market) -> None:
    sold = market.held()
    _, token = market.slot(hours=72)

    retired = change(market, market.kind.public_id, {"active": False})

    assert retired.json()["active"] is False
    assert market.ann.get("/api/mentors/ada").json()["session_types"] == []
    assert market.ann.get("/api/mentors").json()["items"] == []
    assert market.ann.post("/api/sessions", {"slot_token": token}).status_code == 409
    assert market.ann.get(f"/api/sessions/{sold}").status_code == 200
    assert [kind["active"] for kind in market.ada.get(OFFERS).json()["items"]] == [False]

    assert change(market, market.kind.public_id, {"active": True}).status_code == 200
    assert market.ann.post("/api/sessions", {"slot_token": token}, key="again").status_code == 201


def test_a_change_is_made_on_what_was_read(market: Market) -> None:
    path = f"{OFFERS}/{market.kind.public_id}"
    old = market.ada.get(path)["ETag"]
    assert change(market, market.kind.public_id, {"name": "Coaching"}).status_code == 200

    lost = change(market, market.kind.public_id, {"price_minor": 1}, tag=old)
    none = market.ada.patch(path, {"price_minor": 1})

    assert (lost.status_code, none.status_code) == (412, 428)
    market.kind.refresh_from_db()
    assert (market.kind.name, market.kind.price_minor) == ("Coaching", 10_000)
    assert market.ada.get(path, **{"If-None-Match": old}).status_code == 200
    new = market.ada.get(path)["ETag"]
    assert market.ada.get(path, **{"If-None-Match": new}).status_code == 304


def test_what_cannot_be_meant_is_refused_and_changes_nothing(market: Market) -> None:
    kind = market.kind.public_id
    for body, pointer in (
        ({"price_minor": -1}, "#/price_minor"),
        ({"price_minor": 0}, "#/price_minor"),
        ({"price_minor": 10.5}, "#/price_minor"),
        ({"duration_minutes": 4}, "#/duration_minutes"),
        ({"name": "   "}, "#/name"),
        ({"currency": "EUR"}, "#/currency"),
        ({"description": "x" * 501}, "#/description"),
    ):
        refused = change(market, kind, body)
        assert refused.status_code == 422, body
        assert refused.json()["errors"][0]["pointer"] == pointer, body
    assert SessionType.objects.get().price_minor == 10_000
    assert not AuditEntry.objects.filter(action__startswith="offer.").exists()


def test_another_mentor_reaches_nothing_of_it(market: Market) -> None:
    path = f"{OFFERS}/{market.kind.public_id}"

    assert market.bob.get(OFFERS).json() == {"items": []}
    read = market.bob.get(path)
    written = market.bob.patch(path, {"price_minor": 1}, match="*")

    assert (read.status_code, written.status_code) == (404, 404)
    assert market.ann.get(OFFERS).status_code == 403
    assert SessionType.objects.get().price_minor == 10_000


def test_who_changed_what_is_written_down_once(market: Market) -> None:
    change(market, market.kind.public_id, {"price_minor": 12_300, "name": "Career coaching"})
    change(market, market.kind.public_id, {"price_minor": 12_300})

    (entry,) = AuditEntry.objects.filter(action="offer.changed")
    assert entry.actor == market.mentor.user.public_id
    assert entry.data == {"price_minor": [10_000, 12_300]}


def test_another_length_waits_for_the_group_meetings_to_come(market: Market) -> None:
    circle = SessionTypeFactory(mentor=market.mentor, name="Circle", capacity=3)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    groups.offer(session_type=circle, starts_at=hour + timedelta(hours=72), now=clock.now())

    refused = change(market, circle.public_id, {"duration_minutes": 90})

    assert (refused.status_code, refused.json()["code"]) == (409, "meetings_to_come")
    assert change(market, circle.public_id, {"price_minor": 900}).status_code == 200


def test_another_length_waits_for_packages_that_were_sold_by_it(market: Market) -> None:
    terms = {"sessions": 3, "price_minor": 25_000, "valid_days": 90}
    offered = market.ada.post(
        "/api/packages/offers", {**terms, "session_type": market.kind.public_id}
    ).json()
    assert change(market, market.kind.public_id, {"duration_minutes": 90}).status_code == 200
    # No gateway answers here: one package waits to be paid for.
    market.ann.post("/api/packages", {"offer_id": offered["id"], "gateway": "stripe"})
    assert Package.objects.count() == 1

    refused = change(market, market.kind.public_id, {"duration_minutes": 30})

    assert (refused.status_code, refused.json()["code"]) == (409, "packages_unused")
    assert change(market, market.kind.public_id, {"price_minor": 900}).status_code == 200


def test_there_is_an_end_to_it(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MOST_OFFERS", 2)
    assert market.ada.post(OFFERS, SHORT).status_code == 201

    refused = market.ada.post(OFFERS, {**SHORT, "name": "One more"})

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_offers")
    assert SessionType.objects.count() == 2


def test_the_list_is_one_query_whatever_its_length(
    market: Market, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(30) as counted:
            assert market.ada.get(OFFERS).status_code == 200
        return len(counted)

    queries()
    with_one = queries()
    for name in ("Two", "Three"):
        SessionTypeFactory(mentor=market.mentor, name=name)

    assert queries() == with_one
