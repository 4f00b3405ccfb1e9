"""Let content editors change the site's name, menu and foot."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "a1166579af6fa986"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0031_site_look")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
