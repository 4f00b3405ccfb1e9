"""What was written off of a mentor's debt and came back, row by row."""

import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_categories'),
        ('billing', '0055_destinations'),
    ]

    operations = [
        migrations.CreateModel(
            name='WriteOffRecovery',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('source_type', models.CharField(choices=[('refund', 'A refund that failed'), ('dispute_loss', 'A lost dispute that was won after all')], max_length=20)),
                ('source_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
            ],
            options={
                'verbose_name_plural': 'write-off recoveries',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_writeoffrecovery_of_something'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_writeoffrecovery_currency'), models.CheckConstraint(condition=models.Q(('source_type__in', ['refund', 'dispute_loss'])), name='billing_writeoffrecovery_source_known'), models.UniqueConstraint(fields=('source_type', 'source_id'), name='billing_writeoffrecovery_once')],
            },
        ),
        migrations.RunSQL(*append_only("billing_writeoffrecovery")),
    ]
