"""Let finance see disputes and sessions, and settle refunds that came to nothing."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0007_testimonial"),
        ("billing", "0015_refund_reissues"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
