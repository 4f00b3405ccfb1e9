"""Schedules follow the code: declared ones exist, forgotten ones go; and what a start does."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django_q.management.commands import qcluster
from django_q.models import Schedule

from kernel import schedules, tasks
from kernel.models import Job


@pytest.mark.django_db
def test_sync_keeps_what_is_declared_and_drops_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    tasks.schedule(tasks.drain, name="Forgotten", cron="0 0 * * *")

    call_command("sync_schedules")
    call_command("sync_schedules")

    names = list(Schedule.objects.values_list("name", flat=True))
    assert "Forgotten" not in names
    assert names.count("Drain the jobs") == 1
    assert set(capsys.readouterr().out.split("\n")) >= set(names)
    assert Schedule.objects.get(name="Drain the jobs").func == "kernel.tasks.drain"


class Cluster:
    """In the place of django-q2's: what it finds when it starts to fork."""

    found: tuple[bool, list[str]] | None = None

    def start(self) -> None:
        closed = connection.connection is None
        waiting = Job.objects.filter(done_at=None).values_list("name", flat=True)
        Cluster.found = closed, list(waiting)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> type[Cluster]:
    monkeypatch.setattr(qcluster, "Cluster", Cluster)
    monkeypatch.setattr(Cluster, "found", None)
    return Cluster


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_starts_goes_on_at_once_where_the_one_before_it_died(
    cluster: type[Cluster],
) -> None:
    call_command("qcluster")
    call_command("qcluster")  # died before it did anything: nothing is promised twice

    assert cluster.found == (True, ["billing.tasks.resume"])


@pytest.mark.django_db(transaction=True)
def test_a_cluster_starts_all_the_same_where_nothing_can_be_promised(
    cluster: type[Cluster], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(schedules, "begin", fail)

    call_command("qcluster")

    assert cluster.found == (True, [])
    assert "nothing is resumed at this start" in caplog.text
