"""Goodwill that stood in for credit is set off when the credit returns after all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0050_answers_claimed")]

    operations = [
        migrations.AlterField(
            model_name="creditmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("goodwill", "Granted by finance"),
                    ("referral", "For a referral"),
                    ("spent", "Spent at a checkout"),
                    ("returned", "Returned by a checkout that came to nothing"),
                    ("refunded", "Returned by a refund"),
                    ("taken_back", "Taken back with a refund that failed"),
                    ("set_off", "Set off: given as goodwill before"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="creditmovement", name="billing_creditmovement_direction"
        ),
        migrations.AddConstraint(
            model_name="creditmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor__lt", 0), ("kind__in", ["spent", "taken_back", "set_off"])
                    ),
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("kind__in", ["goodwill", "referral", "returned", "refunded"]),
                    ),
                    _connector="OR",
                ),
                name="billing_creditmovement_direction",
            ),
        ),
    ]
