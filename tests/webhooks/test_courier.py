"""From a promise to an answer, over real sockets: retries, rotation, turns, and what is refused."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook

from kernel import clock
from kernel.sending import Sender
from notifications.models import Email
from tests.factories.people import UserFactory
from tests.talking import dripping, serving
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.world import NOON, made, told
from webhooks import courier, endpoints, outcomes, replays
from webhooks.courier import Courier
from webhooks.endpoints import Wish
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db


def one() -> Delivery:
    return Delivery.objects.get()


def log() -> list[tuple[int, int | None, bool]]:
    rows = Attempt.objects.order_by("delivery", "number")
    return [(row.number, row.status_code, row.succeeded) for row in rows]


def test_what_is_told_arrives_signed_and_is_written_down(deliver: Any) -> None:
    with receiving() as there:
        _, secret = made(there.url)
        event = told()

        assert deliver() == 1

    [(headers, body)] = there.got
    assert event is not None
    assert Webhook(secret).verify(body, headers)["type"] == "session.confirmed"
    assert headers["webhook-id"] == event.public_id
    assert headers["content-type"] == "application/json"
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.status_code, attempt.succeeded) == (1, 200, True)
    assert (attempt.body, attempt.error) == ("thanks", "")
    assert one().state == "delivered"


def test_no_call_is_made_inside_a_transaction(
    deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call is made in a thread that has no connection, and the claim commits before it."""
    seen: list[bool] = []

    def spy(sender: Any, letter: Any) -> outcomes.Outcome:
        seen.append(connection.connection is None)
        return outcomes.Outcome(duration_ms=1, status=200, error="")

    monkeypatch.setattr(courier, "call", spy)
    made("https://a.example/")
    told()

    deliver()

    assert seen == [True]


def test_a_failure_is_tried_again_after_the_pauses_until_it_arrives_under_one_id(
    deliver: Any,
) -> None:
    failures = [Reply(500, b"sorry"), Reply(404), Reply(200)]
    with receiving(failures) as there, clock.travel(NOON):
        made(there.url)
        told()
        deliver()
        first = one()
        assert (first.state, first.tries) == ("waiting", 1)
        assert NOON + timedelta(seconds=5) <= first.due_at <= NOON + timedelta(seconds=5.5)
        assert deliver() == 0

        with clock.travel(first.due_at):
            deliver()
            second = one()
            pause = second.due_at - first.due_at
            assert timedelta(minutes=5) <= pause <= timedelta(minutes=5.5)
        with clock.travel(second.due_at):
            deliver()

    assert one().state == "delivered"
    assert log() == [(1, 500, False), (2, 404, False), (3, 200, True)]
    assert len(set(there.ids)) == 1
    assert len(there.ids) == 3
    bodies = {body for _, body in there.got}
    assert len(bodies) == 1


def test_after_ten_tries_it_is_given_up(deliver: Any) -> None:
    with receiving([Reply(503)]) as there:
        made(there.url)
        told()
        at = NOON
        for _ in range(10):
            with clock.travel(at):
                deliver()
            at = one().due_at

    assert one().state == "failed"
    assert len(there.got) == 10
    assert at - NOON > timedelta(hours=75)


def test_an_endpoint_that_is_gone_is_disabled_at_once_and_its_owner_told(deliver: Any) -> None:
    owner = UserFactory()
    with receiving([Reply(410)]) as there, clock.travel(NOON):
        endpoint, _ = made(there.url, owner=owner)
        told(owner)
        told(owner, number=1)
        deliver()
        outcomes.miss_unreachable(now=NOON)

    endpoint.refresh_from_db()
    assert (endpoint.status, endpoint.disabled_reason) == ("disabled", "gone")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed", "missed"]
    letter = Email.objects.exclude(template="webhook_changed").get()
    assert (letter.template, letter.to) == ("webhook_disabled", owner.email)
    assert len(there.got) == 1


def test_five_days_without_a_success_disable_it_and_a_success_between_begins_anew(
    deliver: Any,
) -> None:
    replies = [Reply(500), Reply(500), Reply(200), Reply(500)]
    with receiving(replies) as there:
        endpoint, _ = made(there.url)

        def after(days: float, number: int) -> str:
            at = NOON + timedelta(days=days)
            with clock.travel(at):
                told(number=number)
                Endpoint.objects.update(rest_until=None)
                deliver()
            endpoint.refresh_from_db()
            return endpoint.status

        assert after(0, 0) == "enabled"
        failing = endpoint.failing_since
        assert failing == NOON
        Delivery.objects.update(due_at=NOON + timedelta(days=99))
        assert after(4.9, 1) == "enabled"
        Delivery.objects.update(due_at=NOON + timedelta(days=99))
        assert after(4.95, 2) == "enabled"
        assert endpoint.failing_since is None
        assert after(5.1, 3) == "enabled"
        Delivery.objects.update(due_at=NOON + timedelta(days=99))
        assert after(10.2, 4) == "disabled"

    assert endpoint.disabled_reason == "failing"
    assert Email.objects.filter(template="webhook_disabled").count() == 1


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_asks_for_patience_is_left_alone_so_long(
    deliver: Any, status: int
) -> None:
    with receiving([Reply(status, headers={"Retry-After": "3600"}), Reply()]) as there:
        with clock.travel(NOON):
            made(there.url)
            told()
            deliver()
            told(number=1)
            assert deliver() == 0
        with clock.travel(NOON + timedelta(minutes=59)):
            assert deliver() == 0
        with clock.travel(NOON + timedelta(minutes=60)):
            assert deliver() == 2


def test_an_answer_that_cannot_be_written_down_fails_alone(
    deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an answer makes us stumble over: it is one failed attempt, and the rest goes on."""

    def stumble(said: str, *, now: Any) -> timedelta:
        if said:
            raise OverflowError
        return timedelta(0)

    monkeypatch.setattr("webhooks.retries.wish_of", stumble)
    hostile = Reply(503, headers={"Retry-After": "any"})
    with receiving([hostile]) as bad, receiving() as good:
        made(bad.url)
        made(good.url)
        told()
        deliver()

    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "waiting"]
    errors = set(Attempt.objects.values_list("error", flat=True))
    assert errors == {"", "Its answer could not be written down: OverflowError."}


def test_a_secret_that_cannot_be_read_stops_its_endpoint_alone_and_rotating_mends_it(
    deliver: Any, settings: Any
) -> None:
    owner = UserFactory()
    with receiving() as bad, receiving() as good:
        endpoint, _ = made(bad.url, owner=owner)
        settings.SECRET_KEY = "another key, and no fallback to the one before it"
        made(good.url)
        told(owner)
        deliver()

        endpoint.refresh_from_db()
        assert (len(bad.got), len(good.got)) == (0, 1)
        assert endpoint.disabled_reason == "unreadable"
        assert Attempt.objects.get(succeeded=False).error == outcomes.UNREADABLE
        assert Email.objects.filter(template="webhook_disabled").count() == 1

        now = clock.now()
        _, secret = endpoints.rotate(owner=owner, endpoint_id=endpoint.pk, by=owner, now=now)
        endpoints.change(
            owner=owner, endpoint_id=endpoint.pk, by=owner, wish=Wish(enabled=True), now=now
        )
        told(owner, number=1)
        with clock.travel(now + timedelta(seconds=10)):
            deliver()

    [(headers, body), *_] = bad.got
    assert Webhook(secret).verify(body, headers)["type"] == "session.confirmed"


@pytest.mark.parametrize("moves", [True, False])
def test_a_late_answer_of_the_old_address_says_nothing_of_the_new_one(moves: bool) -> None:
    endpoint, _ = made("https://a.example/")
    told()
    [letter] = courier.claim(limit=1, now=clock.now())
    if moves:
        Endpoint.objects.update(url="https://b.example/")

    outcomes.record(
        endpoint_id=letter.endpoint_id,
        delivery_id=letter.delivery_id,
        url=letter.url,
        lease=letter.lease,
        at=letter.at,
        outcome=outcomes.Outcome(duration_ms=1, status=410, error="It is gone."),
        now=clock.now(),
    )

    endpoint.refresh_from_db()
    assert endpoint.busy_until is None
    expected = ("enabled", 0, "waiting") if moves else ("disabled", 1, "failed")
    assert (endpoint.status, endpoint.failures, one().state) == expected


def test_an_answer_after_its_lease_leaves_the_endpoint_to_who_has_it_now() -> None:
    endpoint, _ = made("https://a.example/")
    told()
    [late] = courier.claim(limit=1, now=clock.now())
    [mine] = courier.claim(limit=1, now=clock.now() + courier.LEASE)

    courier._write_down(late, outcomes.Outcome(duration_ms=1, status=500, error="It failed."))

    endpoint.refresh_from_db()
    assert (endpoint.busy_until, endpoint.failures) == (mine.lease, 0)
    assert Attempt.objects.count() == 1


def test_whoever_is_deactivated_while_a_courier_works_hears_nothing_more() -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)
    told(owner)
    owner.is_active = False
    owner.save()

    assert courier.claim(limit=1, now=clock.now()) == []
    assert not courier._is_any_due(clock.now())

    owner.is_active = True
    owner.save()
    assert courier._is_any_due(clock.now())
    assert len(courier.claim(limit=1, now=clock.now())) == 1  # the control


def test_a_redirect_is_no_success_and_is_not_followed(deliver: Any) -> None:
    with receiving() as elsewhere:
        moved = Reply(302, headers={"Location": elsewhere.url})
        with receiving([moved]) as there:
            made(there.url)
            told()
            deliver()

    assert elsewhere.got == []
    attempt = Attempt.objects.get()
    assert (attempt.status_code, attempt.succeeded) == (302, False)
    assert "redirects are not followed" in attempt.error


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["0.0.0.0"], ["::1"], ["fe80::1%eth0"],
        ["::ffff:127.0.0.1"], ["::ffff:a9fe:a9fe"], ["64:ff9b::7f00:1"], ["fd00:ec2::254"],
        ["8.8.8.8", "127.0.0.1"],
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_called(answers: list[str]) -> None:
    made("https://hooks.example.org/")
    told()
    sender = Sender(resolver=lambda host, port: answers)

    work(sender)

    assert Attempt.objects.get().error == "hooks.example.org is not on the public network."


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0"])
def test_nor_is_an_address_inside_however_it_is_written(host: str, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = False
    made(f"https://{host}/")
    told()

    work(Sender())

    assert Attempt.objects.get().error == f"{host} is not on the public network."


def test_dns_that_rebinds_has_no_second_answer_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    called: list[Any] = []

    def no_way(address: Any, timeout: float) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", no_way)
    made("https://hooks.example.org/")
    told()

    work(Sender(resolver=lambda host, port: next(answers)))

    assert called == [("8.8.8.8", 443)]
    assert next(answers) == ["127.0.0.1"]  # the control: it was there to be asked for


def work(sender: Any) -> int:
    return Courier(sender, linger=timedelta(0)).work(until=time.monotonic() + 20)


def test_an_answer_that_drips_ends_with_the_time_for_all_of_it(deliver: Any) -> None:
    with serving(dripping(b"HTTP/1.1 200 OK\r\n", b"x")) as (port, _):
        made(f"http://127.0.0.1:{port}/")
        told()
        began = time.monotonic()
        deliver(seconds=1)
        took = time.monotonic() - began

    assert took < 3
    assert Attempt.objects.get().error == "127.0.0.1 took too long."


def test_a_body_that_drips_or_never_ends_does_not_matter(deliver: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with serving(dripping(head, b"x")) as (port, _):
        made(f"http://127.0.0.1:{port}/")
        told()
        began = time.monotonic()
        deliver(seconds=10)
        assert time.monotonic() - began < 5

    assert one().state == "delivered"
    assert set(Attempt.objects.get().body) == {"x"}


def test_of_a_large_answer_two_kilobytes_are_kept_and_nul_is_none_of_them(deliver: Any) -> None:
    with receiving([Reply(400, b"\x00\xff" + b"a" * 100_000)]) as there:
        made(there.url)
        told()
        deliver()

    body = Attempt.objects.get().body
    assert body == "\ufffd\ufffd" + "a" * 2046


@pytest.mark.slow
def test_a_hundred_events_to_a_dead_endpoint_do_not_hinder_those_to_a_good_one() -> None:
    with receiving([Reply(after=30)]) as dead, receiving() as good:
        made(dead.url)
        made(good.url)
        for number in range(100):
            told(number=number)
        worker = Courier(Sender(loopback=True, seconds=5), calls=2, linger=timedelta(0))
        worker.work(until=time.monotonic() + 20)

    sent = Delivery.objects.filter(state="delivered")
    assert sent.filter(endpoint__url=good.url).count() == len(good.got) == 100
    # The control: the dead one was called too, and a hundred calls of five seconds would not have
    # ended. It had one call at a time, and rested between them.
    assert 1 <= len(dead.got) <= 3
    assert sent.filter(endpoint__url=dead.url).count() == 0
    assert (dead.most_at_once, good.most_at_once) == (1, 1)


def test_with_more_slow_endpoints_than_calls_each_gets_its_turn() -> None:
    """Whoever was served last comes last, though the others have waited for longer."""
    with receiving([Reply(500)]) as dead, receiving() as good:
        for path in "abc":
            made(f"{dead.url}/{path}")
        for number in range(5):
            told(number=number, at=NOON)
        made(good.url)
        told(number=9, at=NOON + timedelta(hours=1))

        for second in range(2):
            at = NOON + timedelta(hours=2, seconds=second)
            Endpoint.objects.update(rest_until=None)
            with clock.travel(at):
                for letter in courier.claim(limit=2, now=at):
                    outcome = courier.call(Sender(loopback=True), letter)
                    outcomes.record(
                        endpoint_id=letter.endpoint_id,
                        delivery_id=letter.delivery_id,
                        url=letter.url,
                        lease=letter.lease,
                        at=at,
                        outcome=outcome,
                        now=at,
                    )

    assert len(good.got) == 1


def test_while_one_attempt_is_under_way_no_other_begins_for_its_endpoint() -> None:
    made("https://a.example/")
    told()
    told(number=1)

    first = courier.claim(limit=5, now=NOON)

    assert len(first) == 1
    assert courier.claim(limit=5, now=NOON) == []
    # A courier that was killed: its lease ends, and the very same goes out again.
    [again] = courier.claim(limit=5, now=NOON + courier.LEASE)
    assert (again.delivery_id, again.body) == (first[0].delivery_id, first[0].body)
    assert again.headers["webhook-id"] == first[0].headers["webhook-id"]


def test_both_secrets_sign_for_a_day_after_a_rotation_and_then_the_new_one_alone(
    deliver: Any,
) -> None:
    owner = UserFactory()
    with receiving() as there:
        endpoint, old = made(there.url, owner=owner)
        now = clock.now()
        _, new = endpoints.rotate(owner=owner, endpoint_id=endpoint.pk, by=owner, now=now)
        told(owner, at=now)
        deliver()
        with clock.travel(now + endpoints.OVERLAP):
            told(owner, number=1)
            deliver()

    (both, body), (alone, _) = there.got
    assert Webhook(old).verify(body, both) == Webhook(new).verify(body, both)
    assert len(both["webhook-signature"].split(" ")) == 2
    assert len(alone["webhook-signature"].split(" ")) == 1


def test_a_replay_brings_the_same_event_under_the_same_id(deliver: Any) -> None:
    owner = UserFactory()
    with receiving() as there:
        made(there.url, owner=owner)
        told(owner)
        deliver()
        replays.replay(owner=owner, delivery_id=one().pk, by=owner, now=clock.now())
        assert one().state == "waiting"
        deliver()

    assert one().state == "delivered"
    assert there.got[0][1] == there.got[1][1]
    assert there.ids[0] == there.ids[1]
    assert log() == [(1, 200, True), (2, 200, True)]


def test_all_that_failed_or_was_missed_since_an_instant_is_replayed(deliver: Any) -> None:
    owner = UserFactory()
    with receiving() as there, clock.travel(NOON):
        endpoint, _ = made(there.url, owner=owner)
        for number, at in enumerate((NOON - timedelta(days=2), NOON, NOON, NOON)):
            told(owner, number=number, at=at)
        rows = list(Delivery.objects.order_by("event__occurred_at", "pk"))
        for row, state in zip(rows, ("failed", "failed", "missed", "delivered"), strict=True):
            Delivery.objects.filter(pk=row.pk).update(state=state, ended_at=NOON)
        since = NOON - timedelta(days=1)

        count = replays.replay_all(
            owner=owner, endpoint_id=endpoint.pk, since=since, by=owner, now=NOON
        )
        deliver()

    assert count == 2
    assert len(there.got) == 2
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == ["delivered", "delivered", "delivered", "failed"]


def test_a_test_event_comes_whatever_is_asked_for(deliver: Any) -> None:
    owner = UserFactory()
    with receiving() as there:
        endpoint, secret = made(there.url, owner=owner, kinds=["payout.paid"])
        replays.send_test(owner=owner, endpoint_id=endpoint.pk, by=owner, now=clock.now())
        deliver()

    [(headers, body)] = there.got
    assert Webhook(secret).verify(body, headers)["type"] == "endpoint.test"
    assert json.loads(body)["data"] == {"id": endpoint.public_id, "status": "enabled"}


def test_what_waits_for_somebody_deactivated_is_missed(deliver: Any) -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)
    told(owner)
    owner.is_active = False
    owner.save()

    assert outcomes.miss_unreachable(now=NOON) == 1
    assert one().state == "missed"


def test_an_attempt_that_ends_after_its_endpoint_was_removed_is_still_written_down() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    told(owner)
    [letter] = courier.claim(limit=1, now=NOON)
    endpoints.remove(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)

    outcomes.record(
        endpoint_id=letter.endpoint_id,
        delivery_id=letter.delivery_id,
        url=letter.url,
        lease=letter.lease,
        at=NOON,
        outcome=outcomes.Outcome(duration_ms=5, status=200, error=""),
        now=NOON,
    )

    assert log() == [(1, 200, True)]
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.removed_at) == ("", NOON)
