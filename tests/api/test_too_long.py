"""A call that keeps the database busy for too long is stopped, and told what to do."""

import json
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from api.errors import answer
from tests.api.callers import Served


@pytest.mark.django_db
def test_a_statement_that_was_stopped_is_a_503_that_says_what_to_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        with pytest.raises(OperationalError) as stopped:
            cursor.execute("SELECT pg_sleep(5)")

    told = answer(RequestFactory().get("/api/mentors"), stopped.value)

    problem = json.loads(told.content)
    assert (told.status_code, problem["code"]) == (503, "took_too_long")
    assert told["Retry-After"] == "10"
    assert "Ask for less" in problem["detail"]
    # The control: a database that is gone is told as such.
    gone = answer(RequestFactory().get("/api/mentors"), OperationalError("no server"))
    assert json.loads(gone.content)["code"] == "dependency_down"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_web_process_stops_what_takes_longer_than_its_setting(tmp_path: Path) -> None:
    """Whoever has the table makes every search wait, as a heavy one makes the database work."""
    environment = {"WEB_STATEMENT_SECONDS": "1", "DIRECTORY_OPEN": "on"}
    with (
        Served(
            tmp_path / "server.log", threads=2, workers=1, patience=60, **environment
        ) as running,
        psycopg.connect(**connection.get_connection_params()) as other,
        httpx.Client(base_url=running.url, trust_env=False, timeout=20) as caller,
    ):
        assert caller.get("/api/mentors").status_code == 200
        other.execute("LOCK TABLE cms_listing IN ACCESS EXCLUSIVE MODE")

        stopped = caller.get("/api/mentors?sort=price")  # which nobody has been answered yet

        assert (stopped.status_code, stopped.json()["code"]) == (503, "took_too_long")
        assert 0.9 < stopped.elapsed.total_seconds() < 15
        other.rollback()
        assert caller.get("/api/mentors").status_code == 200


@pytest.mark.django_db
def test_control_jobs_and_commands_take_the_time_that_they_need() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
