"""What the staff do to sessions: the right to move them, and reports for them to decide on.

A report is never rewritten, and decided once.
"""

import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import frozen, kept, transition_trigger

TABLE = "scheduling_incident"
DECIDED = ("mentor_fault", "pro_rata", "mentor_absent", "client_absent", "dismissed", "moot")
PAIRS = [("open", state) for state in DECIDED]
REPORTED = ["session_id", "kind", "side", "reported_by", "reason", "created_at"]

OWN_SEARCH_PATH = "".join(
    f"ALTER FUNCTION {TABLE}_{guard}() SET search_path = public, pg_temp;"
    for guard in ("state_machine", "frozen", "decided_frozen")
)

# Which was decided stays decided: by whom, when, why, and by how many minutes.
DECIDED_ONCE = """
CREATE FUNCTION scheduling_incident_decided_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was decided of scheduling_incident % is never changed', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'scheduling_incident_decided_frozen';
END $$;
CREATE TRIGGER scheduling_incident_decided_frozen BEFORE UPDATE ON scheduling_incident
    FOR EACH ROW WHEN (OLD.state <> 'open')
    EXECUTE FUNCTION scheduling_incident_decided_frozen();
"""
DECIDED_AGAIN = (
    "DROP TRIGGER scheduling_incident_decided_frozen ON scheduling_incident;"
    "DROP FUNCTION scheduling_incident_decided_frozen();"
)


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0019_review_reports'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='session',
            options={'permissions': [('move_session', 'Can cancel, complete and decide on sessions')]},
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('emergency', 'emergency'), ('absence', 'absence')], max_length=9)),
                ('side', models.CharField(choices=[('client', 'client'), ('mentor', 'mentor')], max_length=6)),
                ('reported_by', models.CharField(max_length=120)),
                ('reason', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'open'), ('mentor_fault', 'mentor fault'), ('pro_rata', 'pro rata'), ('mentor_absent', 'mentor absent'), ('client_absent', 'client absent'), ('dismissed', 'dismissed'), ('moot', 'moot')], max_length=13)),
                ('held_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=120)),
                ('decision', models.CharField(blank=True, default='', max_length=500)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='scheduling.session')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['created_at', 'id'], name='incident_to_decide'), models.Index(fields=['session', 'id'], name='incident_of_session')],
                'constraints': [models.UniqueConstraint(fields=('session', 'side', 'kind'), name='scheduling_incident_once_of_each'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('session', 'side'), name='scheduling_incident_one_open_of_a_side'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'emergency'), ('state__in', ['open', 'mentor_fault', 'pro_rata'])), models.Q(('kind', 'absence'), ('state__in', ['open', 'mentor_absent', 'client_absent'])), models.Q(('kind__in', ['emergency', 'absence']), ('state__in', ['dismissed', 'moot'])), _connector='OR'), name='scheduling_incident_state_of_its_kind'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('decision', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='scheduling_incident_decided_whole'), models.CheckConstraint(condition=models.Q(models.Q(('held_minutes__isnull', False), ('state', 'pro_rata')), models.Q(models.Q(('state', 'pro_rata'), _negated=True), ('held_minutes', None)), _connector='OR'), name='scheduling_incident_minutes_where_they_decide'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='scheduling_incident_says_something')],
            },
        ),
        migrations.RunSQL(
            *transition_trigger(TABLE, column="state", initial=["open"], pairs=PAIRS)
        ),
        migrations.RunSQL(*frozen(TABLE, REPORTED)),
        migrations.RunSQL(DECIDED_ONCE, DECIDED_AGAIN),
        migrations.RunSQL(*kept(TABLE)),
        migrations.RunSQL(OWN_SEARCH_PATH, migrations.RunSQL.noop),
    ]
