"""People taken on, named, deactivated; the demo's people kept out of production."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from accounts import demo, operations, roles, tasks
from accounts.models import Client, EmailCode, Mentor, RefreshFamily, User
from kernel import clock
from kernel.errors import Invalid
from kernel.models import AuditEntry, Job
from tests.accounts.conftest import NOON, PASSWORD, Post, answered, letters, person


@pytest.mark.django_db
def test_a_person_made_by_an_operator_signs_in_at_once_and_gets_no_letter(post: Post) -> None:
    user = person(role="mentor")

    answer = post("login", {"email": "ada@example.org", "password": PASSWORD})

    assert answer.status_code == 200
    assert letters() == []
    assert operations.is_verified(user=user)
    assert user.mentor.status == "applied"


@pytest.mark.django_db
def test_a_second_person_with_the_address_is_refused_whatever_its_case() -> None:
    person()

    with pytest.raises(Invalid, match="already"):
        person("ADA@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ADA@EXAMPLE.ORG", name="Twin")

    assert User.objects.count() == 1


@pytest.mark.django_db
def test_without_a_password_none_works(post: Post) -> None:
    person(password=None)

    answers = [
        post("login", {"email": "ada@example.org", "password": password}).status_code
        for password in ("None", "!", PASSWORD)
    ]

    assert answers == [401] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["Ada King", "Ada King", "ada king"], ["ada-king", "ada-king-2", "ada-king-3"]),
        (["Me", "me"], ["me-2", "me-3"]),
        (["李小龙", "Ян"], ["mentor-2", "mentor-3"]),
        (["Zoë Ångström"], ["zoe-angstrom"]),
        (["x" * 120], ["x" * 60]),
    ],
)  # fmt: skip
def test_page_names_are_made_of_names_and_never_twice(names: list[str], slugs: list[str]) -> None:
    made = [
        person(f"p{number}@example.org", role="mentor", name=name).mentor.slug
        for number, name in enumerate(names)
    ]

    assert made == slugs


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_mentors_of_one_name_at_one_instant_get_different_page_names() -> None:
    people = [person(f"p{number}@example.org", role="client") for number in range(8)]
    barrier = Barrier(8)

    def become(user: User) -> str:
        try:
            barrier.wait(timeout=20)
            return operations.become_mentor(user=user, now=NOON).slug
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        slugs = set(pool.map(become, people))

    assert slugs == {"ada-lovelace", *(f"ada-lovelace-{number}" for number in range(2, 9))}


@pytest.mark.django_db
def test_taking_a_role_twice_changes_nothing() -> None:
    user = person()

    mentors = {operations.become_mentor(user=user, now=NOON).pk for _ in range(2)}
    clients = {operations.become_client(user=user, now=NOON).pk for _ in range(2)}

    assert (len(mentors), len(clients)) == (1, 1)
    assert AuditEntry.objects.filter(action="mentor.applied").count() == 1
    user = User.objects.get()
    assert roles.role_of(user) == "mentor"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_address_registered_eight_times_at_one_instant_becomes_one_person() -> None:
    barrier = Barrier(8)

    def answer(job: Job) -> None:
        try:
            barrier.wait(timeout=20)
            operations.answer_registration(**job.arguments)
        finally:
            connection.close()

    for number in range(8):
        operations.register(
            email="ada@example.org",
            password=PASSWORD,
            name=f"Ada {number}",
            role="client",
            time_zone="UTC",
            source=f"192.0.2.{number}",
            now=NOON,
        )
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, Job.objects.filter(name__startswith="accounts.")))

    assert User.objects.count() == 1
    assert EmailAddress.objects.count() == 1
    assert EmailCode.objects.count() == 8
    assert len(letters("account_verify")) == 8


@pytest.mark.django_db
def test_deactivating_is_written_down_once() -> None:
    user = person()

    for _ in range(2):
        operations.deactivate(user=user, actor="usr_admin", reason="asked for it", now=NOON)

    entry = AuditEntry.objects.get(action="user.deactivated")
    assert (entry.actor, entry.object_id, entry.data) == (
        "usr_admin",
        user.public_id,
        {"reason": "asked for it"},
    )
    assert not user.is_active
    assert Client.objects.filter(user=user).exists()


@pytest.mark.django_db
def test_production_refuses_to_start_with_a_person_of_the_demo(settings: Settings) -> None:
    person("Mentor2@example.com", role="mentor")
    person()

    demo.refuse_in_production()  # the demo itself may
    assert demo.people_present() == ["mentor2@example.com"]
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match=r"mentor2@example\.com"):
        demo.refuse_in_production()
    found = run_checks(include_deployment_checks=True, databases=["default"])
    assert [message.id for message in found if message.id == "accounts.E001"] == ["accounts.E001"]


@pytest.mark.django_db
def test_production_starts_without_them(settings: Settings) -> None:
    settings.DEMO = False
    person("client@example.org")

    demo.refuse_in_production()
    found = run_checks(include_deployment_checks=True, databases=["default"])

    assert [message for message in found if message.id == "accounts.E001"] == []


@pytest.mark.django_db
def test_what_ran_out_long_ago_is_forgotten_and_nothing_else(post: Post) -> None:
    person()
    login = {"email": "ada@example.org", "password": PASSWORD}
    with clock.travel(NOON):
        post("login", login)
        post("password/forgot", {"email": "ada@example.org"})
        answered()
    later = NOON + 2 * tasks.KEPT
    with clock.travel(later):
        post("login", login)
        post("password/forgot", {"email": "ada@example.org"})
        answered()
        assert (RefreshFamily.objects.count(), EmailCode.objects.count()) == (2, 2)

    with clock.travel(later + tasks.KEPT / 30):
        tasks.tidy()
        tasks.tidy()

    assert RefreshFamily.objects.get().created_at == later
    assert EmailCode.objects.get().created_at == later
    assert Mentor.objects.count() == 0
