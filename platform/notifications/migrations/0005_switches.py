"""Kinds of e-mail that people switch off, and messages that belong to such a kind."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import kernel.ids

KINDS = ["reminder_day", "reminder_hour", "message_digest"]
CHOICES = [
    ("reminder_day", "reminders a day before a session"),
    ("reminder_hour", "reminders an hour before a session"),
    ("message_digest", "e-mails about unread messages"),
]
# Without the column a message that was switched off has no condition that became untrue.
NAME_THE_SWITCH = """
    UPDATE notifications_email SET condition = 'notifications.switches.is_off'
    WHERE withdrawn_at IS NOT NULL AND condition = '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_retry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SwitchedOff",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(choices=CHOICES, max_length=20)),
                ("since", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["person", "kind"], name="switched_off_once"),
                    models.CheckConstraint(
                        condition=Q(kind__in=KINDS), name="switched_off_kind_known"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="email", name="email_withdrawn_with_a_reason"),
        migrations.RunSQL(migrations.RunSQL.noop, NAME_THE_SWITCH),
        migrations.AddField(
            model_name="email",
            name="kind",
            field=models.CharField(
                blank=True, choices=CHOICES, db_default="", default="", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="email",
            name="reader",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="email",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (
                    Q(withdrawn_at__isnull=False)
                    & ~Q(withdrawn_reason="")
                    & ~Q(condition="", kind="")
                ),
                name="email_withdrawn_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="email",
            constraint=models.CheckConstraint(
                condition=Q(kind="", reader=None) | Q(kind__in=KINDS, reader__isnull=False),
                name="email_kind_of_a_reader",
            ),
        ),
    ]
