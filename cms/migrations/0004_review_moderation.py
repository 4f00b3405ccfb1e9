"""Let the curators hide and show reviews."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_permissions"),
        ("scheduling", "0004_reviews_and_goals"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
