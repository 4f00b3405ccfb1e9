"""The policy that a session type is under unless its mentor chose another."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("scheduling", "CancellationPolicy").objects.get_or_create(
        name="Standard",
        version=1,
        defaults={
            "tiers": [
                {"hours_before": 24, "refund_bps": 10_000},
                {"hours_before": 0, "refund_bps": 5_000},
            ],
            "late_bearer": "platform",
            "is_default": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_guards")]

    # Backwards nothing is taken away: bookings may be under it.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
