"""What mentors offered on the days that are over: history."""

import django.db.models.deletion
from django.db import migrations, models

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0007_email_changes'),
        ('scheduling', '0027_first_start_of'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferedDay',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('mentor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('day', 'mentor'), name='scheduling_offeredday_once'),
                    models.CheckConstraint(condition=models.Q(('minutes__lte', 1560)), name='scheduling_offeredday_within_a_day'),
                ],
            },
        ),
        migrations.RunSQL(*append_only('scheduling_offeredday')),
    ]
