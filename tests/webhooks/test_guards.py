"""What the database refuses of endpoints, events, deliveries and attempts, typed by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories.people import UserFactory
from tests.webhooks.world import NOON, made, told
from webhooks import endpoints, outcomes, retention, sealed
from webhooks.models import Attempt, Delivery, Event

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def sent(*, days_ago: float = 0) -> Attempt:
    at = timezone.now() - timedelta(days=days_ago)
    made(f"https://a.example/{days_ago}")
    event = told(at=at)
    assert event is not None
    delivery = event.deliveries.order_by("-pk").first()
    assert delivery is not None
    outcomes.record(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.pk,
        url=delivery.endpoint.url,
        lease=None,
        at=at,
        outcome=outcomes.Outcome(duration_ms=5, status=200, error=""),
        now=at,
    )
    return Attempt.objects.get(delivery=delivery)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE webhooks_event SET data = '{}'",
        "UPDATE webhooks_event SET people = '{}'",
        "UPDATE webhooks_attempt SET succeeded = false, error = 'x'",
        "DELETE FROM webhooks_attempt",
        "DELETE FROM webhooks_delivery",
        "DELETE FROM webhooks_event",
        "DELETE FROM webhooks_endpoint",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE webhooks_attempt",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE webhooks_endpoint CASCADE",
        "UPDATE webhooks_delivery SET created_at = now() - interval '1 year'",
        "UPDATE webhooks_endpoint SET owner_id = made_by_id",
    ],
)
def test_history_is_neither_changed_nor_dropped(statement: str) -> None:
    sent()

    with pytest.raises(IntegrityError):
        sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE webhooks_delivery SET state = 'missed', ended_at = now()",
        "UPDATE webhooks_delivery SET ended_at = NULL",
        "UPDATE webhooks_endpoint SET disabled_at = now()",
        "UPDATE webhooks_endpoint SET disabled_reason = 'bored', disabled_at = now()",
        "UPDATE webhooks_endpoint SET removed_at = now(), disabled_at = now(), "
        "disabled_reason = 'removed'",
        "UPDATE webhooks_endpoint SET previous_secret = 'x'",
        "UPDATE webhooks_endpoint SET url = 'ftp://a.example/'",
        "UPDATE webhooks_endpoint SET failures = 3",
    ],
)
def test_a_row_that_contradicts_itself_is_refused(statement: str) -> None:
    sent()

    with pytest.raises(IntegrityError):
        sql(statement)


def test_an_event_is_called_by_its_object_and_a_success_is_a_2xx() -> None:
    attempt = sent()

    with pytest.raises(IntegrityError, match="names_its_object"), transaction.atomic():
        Event.objects.create(kind="a.b", object_id="x", occurred_at=NOON, data={"id": "y"})
    with pytest.raises(IntegrityError, match="succeeded_by_2xx"), transaction.atomic():
        Attempt.objects.create(
            delivery=attempt.delivery,
            number=2,
            at=NOON,
            succeeded=True,
            status_code=302,
            duration_ms=1,
        )


def test_one_event_comes_to_an_endpoint_once() -> None:
    delivery = sent().delivery

    with pytest.raises(IntegrityError, match="webhooks_delivery_once"), transaction.atomic():
        Delivery.objects.create(
            endpoint=delivery.endpoint, event=delivery.event, created_at=NOON, due_at=NOON
        )


def test_what_is_older_than_ninety_days_is_forgotten_and_nothing_younger() -> None:
    old, young = sent(days_ago=91), sent(days_ago=89)
    event_id = old.delivery.event_id

    assert retention.forget(now=timezone.now()) == 1

    assert list(Attempt.objects.filter(pk__in=[old.pk, young.pk])) == [young]
    assert not Event.objects.filter(pk=event_id).exists()
    assert retention.forget(now=timezone.now()) == 0


def test_a_dump_of_the_database_shows_no_secret() -> None:
    owner = UserFactory()
    endpoint, first = made("https://a.example/", owner=owner)
    _, second = endpoints.rotate(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM webhooks_endpoint AS e")
        [(dump,)] = cursor.fetchall()

    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in dump
    endpoint.refresh_from_db()
    assert sealed.secrets_of(endpoint, now=NOON) == [second, first]  # the control


def test_a_secret_outlives_the_servers_key_among_its_fallbacks(settings: Any) -> None:
    endpoint, secret = made("https://a.example/")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough for anything, really"

    assert sealed.secrets_of(endpoint, now=NOON) == [secret]
