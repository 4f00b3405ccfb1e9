"""/livez and /readyz: what a monitor sees while something is missing."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from kernel import health

pytestmark = pytest.mark.django_db


def test_ready_when_database_cache_and_migrations_are(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "cache": "ok", "migrations": "ok"},
    }
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_migration_that_is_not_applied_is_named(client: Client) -> None:
    health._pending_migrations.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = "
            "(SELECT max(id) FROM django_migrations WHERE app = 'wagtailusers')"
        )

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "ok",
        "cache": "ok",
        "migrations": "1 not applied: run manage.py migrate",
    }


def test_a_cache_that_forgets_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "set", lambda *_args, **_kwargs: None)
    cache.delete("kernel.health")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["cache"] == "does not keep what it is given"


def test_livez_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = client.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_only_reading_is_possible(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
