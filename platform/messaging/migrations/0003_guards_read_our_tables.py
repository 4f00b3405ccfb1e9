"""The guards read our tables, whatever the session's search path says."""

from django.db import migrations

from kernel.sql import own_search_path


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_guards")]

    operations = [migrations.RunSQL(*own_search_path("messaging"))]
