"""What a bank was told is kept as it was sent; only what became of it is added, once."""

from django.db import migrations

from kernel.sql import append_only, frozen, kept, write_once

SAID = [
    "id",
    "dispute_id",
    "client_name",
    "client_email",
    "service",
    "service_date",
    "record",
    "policy",
    "statement",
    "created_by",
    "created_at",
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0031_dispute_answers")]

    operations = [
        migrations.RunSQL(*frozen("billing_disputeanswer", SAID)),
        migrations.RunSQL(*write_once("billing_disputeanswer", ["submitted_at", "failed_at"])),
        migrations.RunSQL(*kept("billing_disputeanswer")),
        migrations.RunSQL(*append_only("billing_answerdocument")),
    ]
