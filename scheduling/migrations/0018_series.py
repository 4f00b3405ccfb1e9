"""Series of sessions: the rule and its people are history; a session's series is its people's."""

import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import append_only

# Whoever is in a series is its client and its mentor; checked at the end, as the booking writes
# the series behind its sessions, when it is known how many there are.
SAME_PEOPLE = (
    """
    ALTER TABLE scheduling_session ADD CONSTRAINT scheduling_session_people_of_series
        FOREIGN KEY (series_id, client_id, mentor_id)
        REFERENCES scheduling_series (id, client_id, mentor_id) DEFERRABLE INITIALLY DEFERRED;
    """,
    "ALTER TABLE scheduling_session DROP CONSTRAINT scheduling_session_people_of_series;",
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_categories'),
        ('scheduling', '0017_video_rooms'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='position',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('time_zone', models.CharField(max_length=64)),
                ('every_weeks', models.PositiveSmallIntegerField()),
                ('asked', models.PositiveSmallIntegerField()),
                ('count', models.PositiveSmallIntegerField()),
                ('left_out', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.client')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
                ('session_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.sessiontype')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='session',
            name='series',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='scheduling.series'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('series__isnull', False)), fields=['series', 'position'], name='session_of_series'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('position', None), ('series', None)), models.Q(('position__gte', 1), ('position__isnull', False), ('series__isnull', False)), _connector='OR'), name='scheduling_session_position_in_series'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(condition=models.Q(('live', True), ('series__isnull', False)), fields=('series', 'position'), name='scheduling_session_position_once'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('every_weeks__gte', 1), ('every_weeks__lte', 8)), name='scheduling_series_weeks_in_range'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('asked__lte', 10), ('count__gte', 2), ('count__lte', models.F('asked'))), name='scheduling_series_count_in_range'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(fields=('id', 'client', 'mentor'), name='scheduling_series_identity'),
        ),
        migrations.RunSQL(*SAME_PEOPLE),
        migrations.RunSQL(*append_only("scheduling_series")),
    ]
