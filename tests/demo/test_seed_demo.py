"""`seed_demo` makes the demo's people and mentors once, and refuses to do so elsewhere."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import LazySettings
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts import demo, second_factor
from accounts.models import Application, Mentor, User
from cms import directory
from cms.filtering import Filters
from kernel import clock
from scheduling import queries
from scheduling.models import CancellationPolicy, Schedule, SessionType

pytestmark = pytest.mark.django_db

COUNTED = ["accounts", "cms", "scheduling", "auth", "account", "mfa", "wagtailcore"]


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for label in COUNTED
        for model in apps.get_app_config(label).get_models()
        if model._meta.label != "auth.Permission"
    }


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Seed once for the module, in a transaction that every test's own one stands in."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)


def test_a_second_run_adds_nothing() -> None:
    once = counts()

    call_command("seed_demo")

    assert counts() == once


def test_everybody_of_the_list_signs_in_and_nobody_else_does() -> None:
    people = {user.email: user for user in User.objects.all()}

    assert set(demo.ADDRESSES) <= set(people)
    for email, user in people.items():
        printed = email in demo.ADDRESSES
        assert check_password(demo.PASSWORD, user.password) is printed, email
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    staff = {email for email, user in people.items() if user.is_staff}
    assert staff == set(demo.ADDRESSES) - {
        f"{name}@example.com" for name in ("client", "client2", "mentor", "mentor2", "applicant")
    }
    assert all(second_factor.is_set_up(user=people[email]) for email in staff)


def test_sixty_mentors_in_ten_zones_are_listed_with_their_prices() -> None:
    now = clock.now()
    listed = directory.search(filters=Filters(), now=now, limit=100)

    assert len(listed.items) == 60
    assert len({entry.time_zone for entry in listed.items}) >= 10
    assert all(entry.free_at is not None for entry in listed.items)
    ada = Mentor.objects.get(user__email="mentor@example.com")
    offers = directory.mentor(ada.slug, now=now).entry.offers
    assert [(offer.duration_minutes, str(offer.price)) for offer in offers] == [
        (30, "USD 25.00"),
        (45, "USD 49.99"),
        (60, "USD 100.00"),
    ]
    schedule = Schedule.objects.get(mentor=ada)
    assert (schedule.time_zone, schedule.notice_minutes, schedule.window_days) == (
        "Europe/London",
        60,
        60,
    )


def test_an_application_waits_for_the_two_curators() -> None:
    application = Application.objects.get(mentor__user__email=demo.APPLICANT)

    assert application.state == "in_vetting"
    assert [tick.check_of for tick in application.ticks.all()] == ["identity"]
    found = directory.search(filters=Filters(q="Katrin Vogel"), now=clock.now())
    assert application.mentor_id not in {entry.mentor_id for entry in found.items}


@pytest.mark.parametrize("hours", [3, 30])
def test_one_mentor_can_be_booked_at_any_time_of_day(hours: int) -> None:
    now = clock.now()
    mentor = Mentor.objects.get(user__email="mentor2@example.com")
    start = now + timedelta(hours=hours)

    for kind in SessionType.objects.filter(mentor=mentor).select_related("mentor"):
        found = queries.open_slots(
            session_type=kind, start=start, end=start + timedelta(minutes=30), now=now
        )
        assert len(found) == 1, kind


def test_there_is_a_default_policy_and_a_strict_one() -> None:
    policies = {policy.name: policy for policy in CancellationPolicy.objects.all()}

    assert policies["Standard"].is_default
    assert policies["Standard"].late_bearer == "platform"
    assert policies["Standard"].tiers == [
        {"hours_before": 24, "refund_bps": 10_000},
        {"hours_before": 0, "refund_bps": 5_000},
    ]
    assert policies["Strict"].late_bearer == "client"


def test_it_is_refused_outside_the_demo(settings: LazySettings) -> None:
    settings.DEMO = False
    User.objects.filter(email="auditor@example.com").update(email="gone@example.com")

    with pytest.raises(CommandError, match="public password"):
        call_command("seed_demo")

    assert not User.objects.filter(email="auditor@example.com").exists()
