"""What is told to whom: with the fact or not at all, and nobody hears of what is not theirs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from kernel import tasks
from kernel.models import Job
from tests.factories.people import UserFactory
from tests.webhooks.world import NOON, made, told
from webhooks import courier, endpoints
from webhooks.emitting import emit
from webhooks.endpoints import Wish
from webhooks.kinds import Kind
from webhooks.messages import body_of
from webhooks.models import Delivery, Endpoint, Event

pytestmark = pytest.mark.django_db


def wakes() -> int:
    """Return how often a courier was promised."""
    return Job.objects.filter(name="webhooks.courier.deliver_due").count()


def test_where_nobody_listens_nothing_is_kept_and_nothing_is_asked() -> None:
    def never() -> Any:
        raise AssertionError("nobody listens")

    made("https://hooks.example.org/", kinds=[Kind.PAYOUT_PAID])
    kind = Kind.SESSION_CONFIRMED

    told_of = emit(kind=kind, object_id="ses_1", people=never, data=never, at=NOON)

    assert told_of is None
    assert Event.objects.count() == 0


def test_an_event_is_promised_to_its_people_and_to_the_site_and_to_nobody_else(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    client, mentor, stranger = UserFactory(), UserFactory(), UserFactory()
    mine, _ = made("https://a.example/", owner=client)
    theirs, _ = made("https://b.example/", owner=mentor)
    made("https://c.example/", owner=stranger)
    site, _ = made("https://d.example/")

    with django_capture_on_commit_callbacks(execute=True):
        event = told(client, mentor)
        assert wakes() == 0  # none before the commit: others would wait for it

    assert event is not None
    assert set(event.deliveries.values_list("endpoint", flat=True)) == {
        mine.pk, theirs.pk, site.pk,
    }  # fmt: skip
    assert wakes() == 1


def test_an_endpoint_gets_the_kinds_that_it_asks_for_and_all_of_them_without_a_list() -> None:
    owner = UserFactory()
    some, _ = made("https://a.example/", owner=owner, kinds=["session.cancelled"])
    every, _ = made("https://b.example/", owner=owner)

    told(owner, kind=Kind.SESSION_CONFIRMED)
    told(owner, kind=Kind.SESSION_CANCELLED)

    assert (some.deliveries.count(), every.deliveries.count()) == (1, 2)


def test_whoever_is_deactivated_hears_nothing_more() -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)
    owner.is_active = False
    owner.save()

    assert told(owner) is None


def test_a_fact_that_is_rolled_back_was_never_told() -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        told(owner)
        _ = 1 / 0

    assert (Event.objects.count(), Delivery.objects.count(), wakes()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_open_transactions_tell_and_neither_waits_for_the_other() -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)

    def beside(work: Callable[[], object]) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '1s'")
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            told(owner, number=1)
            pool.submit(beside, lambda: told(owner, number=2)).result(timeout=20)
        assert wakes() == 1
        Job.objects.all().delete()

        def promise() -> None:  # the control: promised within, the second waits
            tasks.enqueue(courier.deliver_due, dedupe_key="due")

        with transaction.atomic():
            promise()
            with pytest.raises(OperationalError, match="lock timeout"):
                pool.submit(beside, promise).result(timeout=20)

    assert Event.objects.count() == 2


def test_a_disabled_endpoint_has_it_as_missed_and_wakes_nobody() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    endpoints.change(
        owner=owner, endpoint_id=endpoint.pk, by=owner, wish=Wish(enabled=False), now=NOON
    )

    told(owner)

    assert Delivery.objects.get().state == "missed"
    assert wakes() == 0


def test_a_removed_one_hears_nothing() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    endpoints.remove(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)

    assert told(owner) is None


def test_the_body_is_thin_typed_and_the_same_each_time() -> None:
    owner = UserFactory()
    made("https://a.example/", owner=owner)

    event = told(owner, starts_at=NOON + timedelta(hours=1), number=7, at=NOON)

    assert event is not None
    expected = (
        b'{"type":"session.confirmed","timestamp":"2027-03-01T12:00:00Z","data":'
        b'{"id":"ses_00000000000000000000000007","status":"confirmed",'
        b'"starts_at":"2027-03-01T13:00:00Z"}}'
    )
    assert body_of(Event.objects.get(pk=event.pk)) == expected
    assert body_of(Event.objects.get(pk=event.pk)) == expected


def test_the_database_refuses_a_delivery_of_what_its_owner_may_not_see() -> None:
    owner, stranger = UserFactory(), UserFactory()
    made("https://a.example/", owner=owner)
    other, _ = made("https://b.example/", owner=stranger)
    event = told(owner)
    assert event is not None

    def plant(endpoint: Endpoint) -> None:
        with transaction.atomic():
            Delivery.objects.create(endpoint=endpoint, event=event, created_at=NOON, due_at=NOON)

    with pytest.raises(IntegrityError, match="may not see"):
        plant(other)
    plant(made("https://c.example/")[0])  # the control: the site's may
