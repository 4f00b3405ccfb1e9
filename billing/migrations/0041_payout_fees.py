"""What a gateway takes of us for a payout, and what of that comes back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Both: two branches of one number meet here again.
    dependencies = [("billing", "0040_resolutions"), ("billing", "0040_setting_rates")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name=name,
            field=models.BigIntegerField(db_default=0, default=0),
        )
        for name in ("fee_minor", "fee_returned_minor")
    ]
