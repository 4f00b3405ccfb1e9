"""A trigger beside the CHECK: who prepared a payout run does not approve it, nor is re-written."""

from django.db import migrations

from kernel.sql import four_eyes


class Migration(migrations.Migration):
    dependencies = [("billing", "0017_mentor_balances")]

    operations = [
        migrations.RunSQL(
            *four_eyes(
                "billing_payoutrun", preparers=["built_by_id", "frozen_by_id"], check=False
            )
        ),
    ]
