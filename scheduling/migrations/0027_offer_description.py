"""What a mentor says about a session type beside its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0026_first_start")]

    operations = [
        migrations.AddField(
            model_name="sessiontype",
            name="description",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
    ]
