"""The shelves of the site: the articles' index and the questions; the directory in the menu."""

from django.db import migrations

from cms.site import INDEX_SLUG, ensure_shelves


def forward(apps, schema_editor):
    ensure_shelves(apps)
    apps.get_model("cms", "MentorIndexPage").objects.filter(slug=INDEX_SLUG).update(
        show_in_menus=True
    )


class Migration(migrations.Migration):
    dependencies = [("cms", "0005_content")]

    # Backwards the pages go with their tables, when 0005 is taken back.
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
