"""Letters on signing in that were sent before they lost their secrets lose them as well.

New ones lose theirs when they are sent (`notifications.outbox`). Each batch is a transaction, and
doing one again changes nothing, so it may be cut short.
"""

from typing import Any

from django.db import migrations, transaction

from notifications import masking

BATCH = 500
COLUMNS = ["subject", "text", "html"]


def take_secrets_out(apps: Any, _schema: Any) -> None:
    emails = apps.get_model("notifications", "Email")
    sent = emails.objects.filter(template__startswith=masking.SIGN_IN, sent_at__isnull=False)
    last = None
    while batch := list((sent.filter(pk__gt=last) if last else sent).order_by("pk")[:BATCH]):
        for email in batch:
            present = {name: getattr(email, name) for name in COLUMNS}
            for name, value in masking.kept(template=email.template, **present).items():
                setattr(email, name, value)
        with transaction.atomic():
            emails.objects.bulk_update(batch, COLUMNS)
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0005_switches")]

    operations = [migrations.RunPython(take_secrets_out, migrations.RunPython.noop, elidable=True)]
