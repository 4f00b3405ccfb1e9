"""A write-off takes two persons, for superusers too; what was asked and decided stands."""

from django.db import migrations

from kernel.sql import four_eyes, frozen, kept, write_once


class Migration(migrations.Migration):
    dependencies = [("billing", "0035_write_offs")]

    operations = [
        migrations.RunSQL(*four_eyes("billing_writeoff", preparers=["requested_by_id"])),
        migrations.RunSQL(
            *frozen(
                "billing_writeoff",
                ("id", "mentor_id", "amount_minor", "currency", "reason", "requested_by_id"),
            )
        ),
        migrations.RunSQL(*write_once("billing_writeoff", ("approved_at", "declined_at"))),
        migrations.RunSQL(*kept("billing_writeoff")),
    ]
