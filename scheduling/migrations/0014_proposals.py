"""Another time for a session, proposed and answered; what was proposed is never rewritten."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import frozen, kept, transition_trigger

TABLE = "scheduling_proposal"
PAIRS = [("open", state) for state in ("accepted", "declined", "withdrawn", "superseded")]
PROPOSED = ["session_id", "side", "starts", "message", "refund_cap_bps", "created_at"]

OWN_SEARCH_PATH = "".join(
    f"ALTER FUNCTION {TABLE}_{guard}() SET search_path = public, pg_temp;"
    for guard in ("state_machine", "frozen")
)


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0013_calendar_feeds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('client', 'client'), ('mentor', 'mentor')], max_length=6)),
                ('starts', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=3)),
                ('message', models.CharField(blank=True, default='', max_length=500)),
                ('refund_cap_bps', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('superseded', 'superseded')], max_length=10)),
                ('chosen', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='scheduling.session')),
            ],
            options={
                'indexes': [models.Index(fields=['session', 'id'], name='proposal_of_session')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('session',), name='scheduling_proposal_one_open'), models.CheckConstraint(condition=models.Q(('starts__len__gte', 1), ('starts__len__lte', 3)), name='scheduling_proposal_one_to_three_starts'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='scheduling_proposal_answered_at_agrees'), models.CheckConstraint(condition=models.Q(models.Q(('chosen__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('chosen', None)), _connector='OR'), name='scheduling_proposal_chosen_where_accepted'), models.CheckConstraint(condition=models.Q(models.Q(('refund_cap_bps__isnull', False), ('refund_cap_bps__lte', 10000), ('side', 'client')), models.Q(('refund_cap_bps', None), ('side', 'mentor')), _connector='OR'), name='scheduling_proposal_cap_of_clients')],
            },
        ),
        migrations.RunSQL(
            *transition_trigger(TABLE, column="state", initial=["open"], pairs=PAIRS)
        ),
        migrations.RunSQL(*frozen(TABLE, PROPOSED)),
        migrations.RunSQL(*kept(TABLE)),
        migrations.RunSQL(OWN_SEARCH_PATH, migrations.RunSQL.noop),
    ]
