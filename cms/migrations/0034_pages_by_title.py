"""The list of profiles stands by name: its first sheet reads fifty pages, not all of them.

Without it ten thousand pages were joined with their mentors and people, and sorted, for the first
fifty.
"""

from django.db import migrations

BY_TITLE = (
    "CREATE INDEX cms_page_by_title ON wagtailcore_page (title);",
    "DROP INDEX cms_page_by_title;",
)


class Migration(migrations.Migration):
    dependencies = [("cms", "0033_public_facts")]

    operations = [migrations.RunSQL(*BY_TITLE)]
