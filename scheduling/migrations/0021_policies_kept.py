"""A version of a cancellation policy is never edited; only which one is the default may change."""

from django.db import migrations

from kernel.sql import frozen, kept

TABLE = "scheduling_cancellationpolicy"


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0020_moving_sessions'),
    ]

    operations = [
        migrations.RunSQL(*frozen(TABLE, ["name", "version", "tiers", "late_bearer"])),
        migrations.RunSQL(*kept(TABLE)),
        migrations.RunSQL(
            f"ALTER FUNCTION {TABLE}_frozen() SET search_path = public, pg_temp;",
            migrations.RunSQL.noop,
        ),
    ]
