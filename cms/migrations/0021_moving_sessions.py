"""Let support and finance cancel and complete sessions, and decide on what is reported."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0020_moderation"), ("scheduling", "0020_moving_sessions")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
