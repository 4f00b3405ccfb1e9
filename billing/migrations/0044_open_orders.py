"""Whether an order of a payout may be out: what was ordered so far may be, for all that we know."""

from django.db import migrations, models

FILLED = "UPDATE billing_payout SET open_since = ordered_at WHERE ordered_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("billing", "0043_close_periods")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="open_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]
