"""Webhooks over HTTP: endpoints and their secrets, what was sent, and sending it again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RefreshFamily
from kernel import clock
from kernel.models import IdempotencyRecord
from notifications.models import Email
from tests.api.callers import Caller
from tests.factories.people import ClientFactory, UserFactory
from tests.webhooks.world import made, told
from webhooks import outcomes
from webhooks.models import Delivery, Endpoint
from webhooks.outcomes import Outcome

pytestmark = pytest.mark.django_db
ENDPOINTS = "/api/webhooks/endpoints"
URL = "https://hooks.example.org/counterfoil"


@pytest.fixture
def ann() -> Caller:
    return Caller(ClientFactory(user__name="Ann").user)


@pytest.fixture
def ben() -> Caller:
    return Caller(UserFactory(name="Ben"))


def create(caller: Caller, url: str = URL, **more: Any) -> Any:
    return caller.post(ENDPOINTS, {"url": url, **more}, key=None)


def patch(caller: Caller, endpoint: str, body: dict[str, Any], **headers: str) -> Any:
    return caller._client.patch(
        f"{ENDPOINTS}/{endpoint}",
        json.dumps(body),
        content_type="application/json",
        headers={**caller.headers, **headers},
    )


def delete(caller: Caller, endpoint: str) -> Any:
    return caller._client.delete(f"{ENDPOINTS}/{endpoint}", headers=caller.headers)


def tried(delivery: Delivery, *, status: int = 500) -> None:
    outcomes.record(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.pk,
        url=delivery.endpoint.url,
        lease=None,
        at=clock.now(),
        outcome=Outcome(
            duration_ms=12,
            status=status,
            error=outcomes.trouble_with(status),
            body=b"sorry",
        ),
        now=clock.now(),
    )


def test_an_endpoint_is_made_and_its_secret_shown_once(ann: Caller) -> None:
    answer = create(ann, description="Our CRM", kinds=["session.confirmed"])

    made_now = answer.json()
    assert answer.status_code == 201
    assert made_now["secret"].startswith("whsec_")
    assert answer["Cache-Control"] == "no-store"
    shown = ann.get(f"{ENDPOINTS}/{made_now['id']}")
    assert shown.json() == {
        "id": made_now["id"],
        "url": URL,
        "description": "Our CRM",
        "kinds": ["session.confirmed"],
        "status": "enabled",
        "disabled_at": None,
        "disabled_reason": None,
        "failing_since": None,
        "previous_secret_until": None,
        "created_at": made_now["created_at"],
    }
    assert ann.get(ENDPOINTS).json()["items"] == [shown.json()]
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"url": "http://hooks.example.org/"}, "endpoint_address", "#/url"),
        ({"url": "https://10.0.0.1/"}, "endpoint_address", "#/url"),
        ({"url": "https://a b.example/"}, "endpoint_address", "#/url"),
        ({"url": "https://\u2603.example/"}, "endpoint_address", "#/url"),
        ({"url": URL, "kinds": ["session.danced"]}, "endpoint_kind", "#/kinds"),
        ({"url": URL, "kinds": None}, "invalid_request", "#/kinds"),
        ({"url": URL, "secret": "whsec_mine"}, "invalid_request", "#/secret"),
        ({}, "invalid_request", "#/url"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_with_a_pointer(
    ann: Caller, body: dict[str, Any], code: str, pointer: str
) -> None:
    answer = ann.post(ENDPOINTS, body, key=None)

    assert answer.status_code == 422, answer.content
    problem = answer.json()
    assert problem["code"] in {code, "invalid"} or code == "invalid_request"
    assert [entry["pointer"] for entry in problem["errors"]] == [pointer]
    assert not Endpoint.objects.exists()


def test_the_same_address_again_is_a_conflict_that_names_the_first(ann: Caller) -> None:
    first = create(ann).json()

    again = create(ann)

    assert (again.status_code, again.json()["code"]) == (409, "endpoint_exists")
    assert again.json()["endpoint"] == first["id"]
    assert "secret" not in again.json()


def test_a_change_names_the_version_that_it_was_made_on(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    etag = ann.get(f"{ENDPOINTS}/{endpoint}")["ETag"]
    body = {"kinds": ["payout.paid"], "status": "disabled"}

    missing = patch(ann, endpoint, body)
    changed = patch(ann, endpoint, body, **{"If-Match": etag})
    stale = patch(ann, endpoint, {"status": "enabled"}, **{"If-Match": etag})

    assert (missing.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert changed.json()["kinds"] == ["payout.paid"]
    assert (changed.json()["status"], changed.json()["disabled_reason"]) == (
        "disabled",
        "by_owner",
    )
    enabled = patch(ann, endpoint, {"status": "enabled"}, **{"If-Match": changed["ETag"]})
    assert enabled.json()["status"] == "enabled"
    assert enabled.json()["url"] == URL


def test_a_rotation_shows_the_new_secret_once_and_when_the_old_one_ends(ann: Caller) -> None:
    first = create(ann).json()

    second = ann.post(f"{ENDPOINTS}/{first['id']}/rotate", key=None)

    assert second.status_code == 200
    assert second.json()["secret"] != first["secret"]
    assert second.json()["previous_secret_until"] is not None
    assert "secret" not in ann.get(f"{ENDPOINTS}/{first['id']}").json()


def test_whoever_was_not_proved_lately_reads_nobodys_events(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    before = list(Endpoint.objects.values())
    RefreshFamily.objects.update(proved_at=clock.now() - timedelta(minutes=10))

    refused = [
        create(ann, url=f"{URL}/2"),
        patch(ann, endpoint, {"url": f"{URL}/2"}, **{"If-Match": "*"}),
        ann.post(f"{ENDPOINTS}/{endpoint}/rotate", key=None),
    ]

    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
        assert answer.json()["methods"] == ["password"]
        assert "who is told of what happens to you" in answer.json()["detail"]
    assert list(Endpoint.objects.values()) == before
    # The control: what lets nobody read along is not asked for, and a proof opens the rest.
    body = {"url": URL, "description": "CRM", "status": "disabled"}
    assert patch(ann, endpoint, body, **{"If-Match": "*"}).status_code == 200
    RefreshFamily.objects.update(proved_at=clock.now() - timedelta(minutes=9))
    assert create(ann, url=f"{URL}/2").status_code == 201


def test_the_owner_is_told_of_a_new_endpoint_a_new_address_and_a_new_secret(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    patch(ann, endpoint, {"description": "CRM"}, **{"If-Match": "*"})
    patch(ann, endpoint, {"url": "https://crm.example.net/x"}, **{"If-Match": "*"})
    ann.post(f"{ENDPOINTS}/{endpoint}/rotate", key=None)

    letters = list(Email.objects.order_by("created_at", "pk"))

    assert ann.user is not None
    assert {one.to for one in letters} == {ann.user.email}
    assert [one.subject for one in letters] == [
        "A webhook endpoint was added: hooks.example.org",
        "A webhook endpoint was moved: crm.example.net",
        "A webhook secret was exchanged: crm.example.net",
    ]
    assert "from hooks.example.org to crm.example.net" in letters[1].text
    for one in letters:
        assert "whsec_" not in one.text + one.html
        assert "/app/forgot" in one.text


def test_a_removed_endpoint_is_gone(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]

    assert delete(ann, endpoint).status_code == 204

    assert delete(ann, endpoint).status_code == 404
    assert ann.get(f"{ENDPOINTS}/{endpoint}").status_code == 404
    assert ann.get(ENDPOINTS).json()["items"] == []


def test_anothers_endpoint_and_the_sites_answer_like_missing_ones(ann: Caller, ben: Caller) -> None:
    bens = create(ben).json()["id"]
    site, _ = made("https://site.example/")
    assert ben.user is not None
    told(ben.user)
    deliveries = [one.public_id for one in Delivery.objects.all()]
    missing = "whk_" + "0" * 26

    def answers(endpoint: str) -> list[tuple[int, str]]:
        found = [
            ann.get(f"{ENDPOINTS}/{endpoint}"),
            patch(ann, endpoint, {"status": "disabled"}, **{"If-Match": "*"}),
            delete(ann, endpoint),
            ann.post(f"{ENDPOINTS}/{endpoint}/rotate", key=None),
            ann.post(f"{ENDPOINTS}/{endpoint}/test", key=None),
            ann.post(f"{ENDPOINTS}/{endpoint}/replay", {"since": "2027-01-01T00:00:00Z"}),
            ann.get(f"{ENDPOINTS}/{endpoint}/deliveries"),
        ]
        return [(one.status_code, one.json()["detail"]) for one in found]

    assert answers(bens) == answers(site.public_id) == answers(missing)
    assert {status for status, _ in answers(bens)} == {404}
    for delivery in (*deliveries, "whd_" + "0" * 26):
        assert ann.get(f"/api/webhooks/deliveries/{delivery}").status_code == 404
        assert ann.post(f"/api/webhooks/deliveries/{delivery}/replay").status_code == 404
    assert Endpoint.objects.filter(disabled_at=None).count() == 2


def test_the_log_says_what_was_sent_and_what_came_back(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    assert ann.user is not None
    for number in range(3):
        told(ann.user, number=number)
    first = Delivery.objects.order_by("pk")[0]
    tried(first)
    tried(first, status=200)

    listed = ann.get(f"{ENDPOINTS}/{endpoint}/deliveries", {"limit": 2}).json()
    rest = ann.get(f"{ENDPOINTS}/{endpoint}/deliveries", {"limit": 2, "cursor": listed["next"]})
    waiting = ann.get(f"{ENDPOINTS}/{endpoint}/deliveries", {"status": "waiting"}).json()
    read = ann.get(f"/api/webhooks/deliveries/{first.public_id}").json()

    assert [len(listed["items"]), len(rest.json()["items"]), len(waiting["items"])] == [2, 1, 2]
    assert rest.json()["items"][0]["id"] == first.public_id
    assert {**rest.json()["items"][0], "payload": 0, "log": 0} == {**read, "payload": 0, "log": 0}
    assert read["payload"]["type"] == "session.confirmed"
    assert (read["status"], read["attempts"], read["next_attempt_at"]) == ("delivered", 2, None)
    log = [(one["number"], one["status_code"], one["error"], one["body"]) for one in read["log"]]
    assert log == [(2, 200, None, "sorry"), (1, 500, "It answered 500.", "sorry")]
    bad = ann.get(
        f"{ENDPOINTS}/{endpoint}/deliveries", {"cursor": listed["next"], "status": "failed"}
    )
    assert bad.status_code == 400


def test_one_is_sent_again_and_all_that_failed_since_an_instant(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    assert ann.user is not None
    told(ann.user)
    delivery = Delivery.objects.get()
    waits = ann.post(f"/api/webhooks/deliveries/{delivery.public_id}/replay", key=None)
    tried(delivery, status=200)

    again = ann.post(f"/api/webhooks/deliveries/{delivery.public_id}/replay", key=None)
    Delivery.objects.update(state="failed", ended_at=clock.now())
    since = clock.now() - timedelta(hours=1)
    path = f"{ENDPOINTS}/{endpoint}/replay"
    every = ann.post(path, {"since": since.isoformat()}, key=None)
    none = ann.post(path, {"since": (since + timedelta(hours=2)).isoformat()}, key=None)

    assert (waits.status_code, waits.json()["code"]) == (409, "delivery_waits")
    assert (again.status_code, again.json()["status"]) == (202, "waiting")
    assert (every.status_code, every.json()) == (202, {"replayed": 1})
    assert none.json() == {"replayed": 0}


def test_a_test_event_is_sent_to_an_enabled_endpoint(ann: Caller) -> None:
    endpoint = create(ann, kinds=["payout.paid"]).json()["id"]

    sent = ann.post(f"{ENDPOINTS}/{endpoint}/test", key=None)
    patch(ann, endpoint, {"status": "disabled"}, **{"If-Match": "*"})
    refused = ann.post(f"{ENDPOINTS}/{endpoint}/test", key=None)

    assert (sent.status_code, sent.json()["kind"]) == (202, "endpoint.test")
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_disabled")


def test_a_list_of_one_and_of_three_costs_the_same_queries(ann: Caller) -> None:
    endpoint = create(ann).json()["id"]
    assert ann.user is not None

    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert ann.get(path).status_code == 200
        return len(captured)

    log = f"{ENDPOINTS}/{endpoint}/deliveries"
    told(ann.user)
    before = queries(ENDPOINTS), queries(log)
    for number in (1, 2):
        create(ann, url=f"{URL}/{number}")
        told(ann.user, number=number)

    assert (queries(ENDPOINTS), queries(log)) == before


def test_an_address_with_an_unusual_port_or_this_machine_is_not_taken(ann: Caller) -> None:
    for url in ("https://hooks.example.org:8443/", "http://127.0.0.1:9000/", "https://[::1]/"):
        assert create(ann, url=url).status_code == 422
