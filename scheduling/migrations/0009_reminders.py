"""Reminders: a row for each session, time, kind and reader; history once written."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_moves")]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("day", "a day before"), ("hour", "an hour before")],
                        max_length=10,
                    ),
                ),
                ("role", models.CharField(max_length=10)),
                ("due_at", models.DateTimeField()),
                ("promised_at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="scheduling.session",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "sequence", "kind", "role"),
                        name="scheduling_reminder_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["day", "hour"])),
                        name="scheduling_reminder_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["client", "mentor"])),
                        name="scheduling_reminder_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("promised_at__gte", models.F("due_at"))),
                        name="scheduling_reminder_not_before_it_is_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*append_only("scheduling_reminder")),
    ]
