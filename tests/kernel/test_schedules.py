"""Schedules follow the code: declared ones exist, forgotten ones go."""

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from kernel import tasks


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
