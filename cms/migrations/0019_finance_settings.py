"""Let finance add discounts, give credit, keep money back and set cut-offs; auditors see it."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0018_categories"), ("billing", "0057_surpluses")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
