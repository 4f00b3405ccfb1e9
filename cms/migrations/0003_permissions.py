"""Say who may look at what; Wagtail's own two groups go, since nobody is ever in them."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)
    stock = apps.get_model("auth", "Group").objects.filter(name__in=["Moderators", "Editors"])
    stock.filter(user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_site"),
        ("accounts", "0003_groups"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
