"""A payout account's destination is written once: another one is another account."""

from django.db import migrations, models

from kernel.sql import write_once

TABLE = "billing_payoutaccount"
ONE, ONE_BACK = write_once(TABLE, ("gateway_account_id",))
BOTH, BOTH_BACK = write_once(TABLE, ("gateway_account_id", "destination"))


class Migration(migrations.Migration):
    dependencies = [("billing", "0054_kept_from_truncate")]

    operations = [
        migrations.AddField(
            model_name="payoutaccount",
            name="destination",
            field=models.CharField(blank=True, max_length=80, null=True),
        ),
        # At Stripe the payee is the account itself; at PayPal the next look says it.
        migrations.RunSQL(
            f"UPDATE {TABLE} SET destination = gateway_account_id WHERE gateway = 'stripe'", ""
        ),
        migrations.RunSQL(ONE_BACK + BOTH, BOTH_BACK + ONE),
    ]
