"""Digests: which part of an inbox a person was told of by e-mail; history once written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_inboxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["sent_at"], name="message_sent_at"),
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("through", models.PositiveBigIntegerField()),
                ("promised_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "through"), name="messaging_digest_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(*append_only("messaging_digest")),
    ]
