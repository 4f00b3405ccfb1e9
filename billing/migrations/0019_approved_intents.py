"""What a server's capture leaves on a payment; and one live payment per purchase, whoever takes it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_payout_run_four_eyes")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="capture_ordered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="captures_declined",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RemoveConstraint(model_name="payment", name="billing_payment_one_live"),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(state__in=["created", "pending", "succeeded"]),
                fields=["purchase"],
                name="billing_payment_one_live",
            ),
        ),
    ]
