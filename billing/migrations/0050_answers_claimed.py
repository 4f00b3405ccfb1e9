"""Whoever sends an answer to a dispute has it for a while."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0049_dispute_movements'),
    ]

    operations = [
        migrations.AddField(
            model_name='disputeanswer',
            name='claimed_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='disputeanswer',
            name='claims',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
