"""Each transaction that changes what public pages show says so, in a row and by a notice."""

from django.db import migrations, models
from django.db.models.functions import Now

from kernel import sql


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_rate_count")]

    operations = [
        migrations.CreateModel(
            name="PublicChange",
            fields=[
                ("transaction", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.RunSQL(*sql.PUBLIC_CHANGED),
    ]
