"""Messages that carry a condition, and their fourth state: withdrawn, with the reason."""

from django.db import migrations, models
from django.db.models import Q

from kernel.sql import write_once

# Without the column a withdrawn message would wait to be sent once more.
GIVE_UP = """
    UPDATE notifications_email SET failed_at = withdrawn_at, last_error = withdrawn_reason
    WHERE withdrawn_at IS NOT NULL;
"""
WAITING = Q(sent_at=None, failed_at=None, withdrawn_at=None)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_attempts")]

    operations = [
        migrations.AddField(
            model_name="email",
            name="condition",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="email",
            name="condition_arguments",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="email",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="email",
            name="withdrawn_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.RemoveConstraint(model_name="email", name="email_sent_or_failed"),
        migrations.RemoveIndex(model_name="email", name="email_due"),
        migrations.AddIndex(
            model_name="email",
            index=models.Index(
                condition=WAITING, fields=["next_attempt_at", "id"], name="email_due"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, GIVE_UP),
        migrations.AddConstraint(
            model_name="email",
            constraint=models.CheckConstraint(
                condition=Q(failed_at=None, withdrawn_at=None)
                | Q(sent_at=None, withdrawn_at=None)
                | Q(sent_at=None, failed_at=None),
                name="email_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="email",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="") & ~Q(condition="")),
                name="email_withdrawn_with_a_reason",
            ),
        ),
        migrations.RunSQL(*write_once("notifications_email", ["sent_at", "withdrawn_at"])),
    ]
