"""German beside English: the locale that German pages are put into (docs/adr/0046)."""

from django.db import migrations


def forward(apps, schema_editor):
    apps.get_model("wagtailcore", "Locale").objects.get_or_create(language_code="de")


class Migration(migrations.Migration):
    dependencies = [("cms", "0038_privacy_desk"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
