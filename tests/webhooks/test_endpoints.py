"""Making, changing and removing endpoints: what is refused, and that nothing changed then."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from kernel.errors import Invalid, NotFound
from kernel.models import AuditEntry
from tests.factories.people import UserFactory
from tests.webhooks.world import NOON, made, told
from webhooks import courier, endpoints, replays, sealed
from webhooks.endpoints import EndpointAddress, EndpointDisabled, EndpointExists, Wish
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "https://user:secret@hooks.example.org/",
        "https://hooks.example.org:8443/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00:ec2::254]/",
        "https://hooks .example.org/",
        "https://h\x00oks.example.org/",
        "https://b\u00fccher.example/",
        "https://hooks.example.org/" + "a" * 2000,
        "hooks.example.org",
        "",
    ],
)
def test_an_address_that_is_not_called_is_refused_at_once(url: str, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = False

    with pytest.raises(EndpointAddress):
        made(url)

    assert Endpoint.objects.count() == 0


def test_production_takes_no_address_of_this_machine(settings: Any) -> None:
    made("http://127.0.0.1:9000/")  # where it is on
    settings.OUTBOUND_LOOPBACK = False

    for url in ("http://127.0.0.1:9000/b", "https://127.0.0.1/", "https://[::1]/"):
        with pytest.raises(EndpointAddress):
            made(url)


def test_one_address_has_one_endpoint_of_an_owner() -> None:
    owner = UserFactory()
    first, _ = made("https://a.example/", owner=owner)

    with pytest.raises(EndpointExists) as refused:
        made("https://a.example", owner=owner)

    assert refused.value.facts == {"endpoint": first.public_id}
    made("https://a.example/", owner=UserFactory())
    made("https://a.example/")
    endpoints.remove(owner=owner, endpoint_id=first.pk, by=owner, now=NOON)
    made("https://a.example/", owner=owner)


def test_ten_endpoints_are_the_most() -> None:
    owner = UserFactory()
    for number in range(endpoints.MAX_ENDPOINTS):
        made(f"https://a.example/{number}", owner=owner)

    with pytest.raises(endpoints.TooManyEndpoints):
        made("https://a.example/more", owner=owner)

    assert Endpoint.objects.count() == 10


def test_an_unknown_kind_is_refused_and_equal_ones_count_once() -> None:
    with pytest.raises(Invalid, match=r"no event 'session\.danced'"):
        made("https://a.example/", kinds=["session.danced"])

    endpoint, _ = made("https://a.example/", kinds=["payout.paid", "payout.paid"])
    assert endpoint.kinds == ["payout.paid"]


def test_nobody_reaches_anothers_and_a_person_never_the_sites() -> None:
    owner, other = UserFactory(), UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    site, _ = made("https://b.example/")

    for pk in (endpoint.pk, site.pk):
        with pytest.raises(NotFound):
            endpoints.change(
                owner=other, endpoint_id=pk, by=other, wish=Wish(enabled=False), now=NOON
            )
        with pytest.raises(NotFound):
            endpoints.rotate(owner=other, endpoint_id=pk, by=other, now=NOON)
        with pytest.raises(NotFound):
            endpoints.remove(owner=other, endpoint_id=pk, by=other, now=NOON)
        with pytest.raises(NotFound):
            replays.send_test(owner=other, endpoint_id=pk, by=other, now=NOON)

    assert Endpoint.objects.filter(disabled_at=None).count() == 2


def test_enabling_forgets_the_failures_and_nothing_is_sent_to_a_disabled_one() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)

    def switched(*, on: bool) -> Endpoint:
        wish = Wish(enabled=on)
        return endpoints.change(owner=owner, endpoint_id=endpoint.pk, by=owner, wish=wish, now=NOON)

    Endpoint.objects.update(failures=4, failing_since=NOON, rest_until=NOON)
    assert switched(on=False).disabled_reason == "by_owner"
    told(owner)
    with pytest.raises(EndpointDisabled):
        replays.replay(owner=owner, delivery_id=Delivery.objects.get().pk, by=owner, now=NOON)
    with pytest.raises(EndpointDisabled):
        replays.send_test(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)
    again = switched(on=True)

    assert (again.status, again.failures, again.failing_since) == ("enabled", 0, None)
    replays.replay(owner=owner, delivery_id=Delivery.objects.get().pk, by=owner, now=NOON)
    with pytest.raises(replays.DeliveryWaits):
        replays.replay(owner=owner, delivery_id=Delivery.objects.get().pk, by=owner, now=NOON)


def test_what_the_staff_switched_off_its_owner_does_not_switch_on() -> None:
    owner, staff = UserFactory(), UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)

    def switched(by: User, *, on: bool) -> Endpoint:
        wish = Wish(enabled=on)
        return endpoints.change(owner=owner, endpoint_id=endpoint.pk, by=by, wish=wish, now=NOON)

    assert switched(staff, on=False).disabled_reason == "by_staff"
    with pytest.raises(EndpointDisabled, match="Ask the support"):
        switched(owner, on=True)
    switched(owner, on=False)
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "by_staff"
    assert switched(staff, on=True).status == "enabled"


def test_rotating_twice_within_a_day_keeps_the_secret_that_the_reader_has() -> None:
    owner = UserFactory()
    endpoint, first = made("https://a.example/", owner=owner)

    def rotated(at: datetime) -> str:
        _, secret = endpoints.rotate(owner=owner, endpoint_id=endpoint.pk, by=owner, now=at)
        endpoint.refresh_from_db()
        return secret

    rotated(NOON)
    third = rotated(NOON + timedelta(hours=1))
    assert sealed.secrets_of(endpoint, now=NOON + timedelta(hours=2)) == [third, first]

    later = NOON + timedelta(hours=24)
    assert sealed.secrets_of(endpoint, now=later) == [third]
    fourth = rotated(later)
    assert sealed.secrets_of(endpoint, now=later) == [fourth, third]


def test_sixty_replays_an_hour_are_the_most_and_none_ends_the_rest_that_was_asked_for() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    told(owner, at=NOON)
    rest = NOON + timedelta(hours=2)
    Endpoint.objects.update(failures=1, failing_since=NOON, rest_until=rest)

    def again(at: datetime) -> None:
        Delivery.objects.update(state="failed", ended_at=NOON)
        pk = Delivery.objects.get().pk
        replays.replay(owner=owner, delivery_id=pk, by=owner, now=at)

    for _ in range(59):
        again(NOON)
    every = {"owner": owner, "endpoint_id": endpoint.pk, "since": NOON, "by": owner}
    replays.replay_all(**every, now=NOON)  # type: ignore[arg-type]

    with pytest.raises(replays.TooManyReplays):
        again(NOON)
    with pytest.raises(replays.TooManyReplays):
        replays.replay_all(**every, now=NOON)  # type: ignore[arg-type]
    again(NOON + timedelta(hours=1))
    assert courier.claim(limit=1, now=rest - timedelta(seconds=1)) == []
    assert len(courier.claim(limit=1, now=rest)) == 1


def test_thirty_test_events_an_hour_are_the_most() -> None:
    owner = UserFactory()
    endpoint, _ = made("https://a.example/", owner=owner)
    for _ in range(30):
        replays.send_test(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)

    with pytest.raises(replays.TooManyTests):
        replays.send_test(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)


def test_who_did_what_is_written_down_without_the_address_or_the_secret() -> None:
    owner = UserFactory()
    endpoint, secret = made("https://a.example/path-that-is-secret", owner=owner)
    endpoints.rotate(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)
    endpoints.remove(owner=owner, endpoint_id=endpoint.pk, by=owner, now=NOON)

    entries = AuditEntry.objects.filter(object_id=endpoint.public_id).order_by("at", "pk")
    assert [(one.actor, one.action) for one in entries] == [
        (owner.public_id, "endpoint.made"),
        (owner.public_id, "endpoint.rotated"),
        (owner.public_id, "endpoint.removed"),
    ]
    written = str([one.data for one in entries])
    assert "path-that-is-secret" not in written
    assert secret not in written
