"""Series over HTTP: booked at once, refused by name, paid one by one, quoted and cancelled."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import cancellations
from billing.models import Refund
from kernel import clock
from scheduling.models import Series, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold
from tests.standin import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market()


def booked(market: Market, **more: Any) -> dict[str, Any]:
    answer = market.ann.post(
        "/api/series", {"slot_token": market.slot()[1], "count": 3, "goals": "Grow", **more}
    )
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_a_client_books_a_series_once_per_key(market: Market) -> None:
    body = {"slot_token": market.slot()[1], "count": 3}

    first = market.ann.post("/api/series", body, key="k")
    again = market.ann.post("/api/series", body, key="k")
    without = market.ann.post("/api/series", body, key=None)

    assert (first.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert first.content == again.content
    assert without.status_code == 400
    made = first.json()
    assert (made["id"][:4], made["rule"], made["time_zone"]) == (
        "srs_", "FREQ=WEEKLY;COUNT=3", "Europe/London",
    )  # fmt: skip
    assert [one["series"] for one in made["sessions"]] == [
        {"id": made["id"], "position": position, "count": 3} for position in (1, 2, 3)
    ]
    assert len({one["expires_at"] for one in made["sessions"]}) == 1
    assert (Series.objects.count(), Session.objects.count()) == (1, 3)


def test_a_session_names_its_series_and_a_single_one_none(market: Market) -> None:
    made = booked(market)
    single = market.held(hours=53)

    session = market.ada.get(f"/api/sessions/{made['sessions'][1]['id']}").json()

    assert session["series"] == {"id": made["id"], "position": 2, "count": 3}
    assert market.ann.get(f"/api/sessions/{single}").json()["series"] is None


def test_what_cannot_be_had_is_named_and_may_be_left_out(market: Market) -> None:
    token = market.slot()[1]
    second = booked(market)["sessions"][1]["starts_at"]
    market.ann.post(f"/api/series/{Series.objects.get().public_id}/cancel", {})
    hold(
        session_type=market.kind,
        starts_at=Session.objects.get(position=2).starts_at,
        now=clock.now(),
    )

    refused = market.ben.post("/api/series", {"slot_token": token, "count": 3})
    rest = market.ben.post(
        "/api/series", {"slot_token": token, "count": 3, "skip_unavailable": True}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "series_not_free")
    (missing,) = refused.json()["sessions"]
    assert missing["reason"] == "taken"
    assert missing["starts_at"] == second.replace("Z", "+00:00")
    assert rest.status_code == 201, rest.content
    assert (rest.json()["count"], rest.json()["asked"]) == (2, 3)
    assert rest.json()["left_out"][0]["reason"] == "taken"


def test_both_people_see_a_series_and_nobody_else(market: Market) -> None:
    path = f"/api/series/{booked(market)['id']}"
    stranger = Caller(ClientFactory().user)

    assert market.ann.get(path).json()["id"] == market.ada.get(path).json()["id"]
    for call in (
        stranger.get(path),
        market.bob.get(path),
        stranger.get(f"{path}/cancellation-quote"),
        stranger.post(f"{path}/cancel", {}),
    ):
        assert call.status_code == 404
    assert market.ada.post("/api/series", {"slot_token": "x", "count": 2}).status_code == 403


def test_a_series_is_read_with_a_fixed_number_of_queries(market: Market) -> None:
    two = booked(market, count=2)["id"]
    market.ann.post(f"/api/series/{two}/cancel", {})
    ten = booked(market, count=10)["id"]

    counts = []
    for made in (two, ten):
        with CaptureQueriesContext(connection) as queries:
            assert market.ann.get(f"/api/series/{made}").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def paid(market: Market, standin: StandIn, session: str) -> None:
    begun = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    ).json()
    standin.pay(begun["client_secret"].partition("_secret_")[0])
    done = market.ann.post("/api/payments/confirm", {"payment_id": begun["payment_id"]})
    assert done.json()["session"]["status"] == "confirmed"


def test_this_and_following_gives_back_what_the_quote_says(
    market: Market, standin: StandIn
) -> None:
    made = booked(market)
    for one in made["sessions"]:
        paid(market, standin, one["id"])
    path = f"/api/series/{made['id']}"

    quote = market.ann.get(f"{path}/cancellation-quote?since=2").json()
    answer = market.ann.post(f"{path}/cancel", {"since": 2, "reason": "Moving"}, key="k")
    again = market.ann.post(f"{path}/cancel", {"since": 2, "reason": "Moving"}, key="k")
    nothing = market.ann.post(f"{path}/cancel", {"since": 2})

    assert (quote["refund"]["amount"], quote["keeps"]["amount"]) == (20_000, 0)
    assert [one["position"] for one in quote["sessions"]] == [2, 3]
    assert quote["changes_at"] == quote["sessions"][0]["changes_at"]
    assert [one["status"] for one in answer.json()["sessions"]] == [
        "confirmed", "cancelled", "cancelled",
    ]  # fmt: skip
    assert again["Idempotent-Replayed"] == "true"
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 20_000
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_cancel")
    assert market.ann.get(f"{path}/cancellation-quote?since=2").status_code == 409


def test_this_alone_and_all_by_the_mentor(market: Market) -> None:
    made = booked(market)
    alone = made["sessions"][1]["id"]

    market.ann.post(f"/api/sessions/{alone}/cancel", {})
    answer = market.ada.post(f"/api/series/{made['id']}/cancel", {"reason": "Ill"})

    assert [(one["status"], one["cancelled_by"]) for one in answer.json()["sessions"]] == [
        ("cancelled", "mentor"), ("cancelled", "client"), ("cancelled", "mentor"),
    ]  # fmt: skip


def test_a_crash_between_two_cancellations_is_resumed_behind_the_first(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, really, calls = booked(market), cancellations.cancel, []

    def dying(**asked: Any) -> Any:
        calls.append(asked["session_id"])
        if len(calls) == 2:
            raise RuntimeError("the process died")
        return really(**asked)

    monkeypatch.setattr(cancellations, "cancel", dying)
    path = f"/api/series/{made['id']}/cancel"

    assert market.ann.post(path, {}, key="k").status_code == 500
    first = list(Session.objects.order_by("position").values_list("state", flat=True))
    answer = market.ann.post(path, {}, key="k")

    assert first == ["cancelled", "pending", "pending"]
    assert answer.status_code == 200, answer.content
    assert {one["status"] for one in answer.json()["sessions"]} == {"cancelled"}
    assert len(calls) == 4
