"""Entries say when they count, beside when they happened and when they were posted.

What was posted so far counts when it happened: no period was ever closed. An insert that gives
no date (the release before this one, while both run) has it from a trigger of 0024.
"""

from django.db import migrations, models

FILLED = """
ALTER TABLE billing_entry DISABLE TRIGGER billing_entry_append_only;
UPDATE billing_entry SET booked_at = occurred_at;
ALTER TABLE billing_entry ENABLE TRIGGER billing_entry_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0021_runs_are_pure")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="booked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="entry", name="billing_entry_by_time"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["booked_at", "id"], name="billing_entry_by_booking"),
        ),
    ]
