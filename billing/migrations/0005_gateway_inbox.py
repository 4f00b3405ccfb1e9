"""The inbox of gateways: what was received is never changed, its state follows the table."""

import billing.states
import django.db.models.deletion
import kernel.ids
from kernel.sql import transition_trigger
from django.db import migrations, models

# The table of billing/states.py as it was; a test compares the trigger with today's.
EVENT_PAIRS = [
    ("received", "done"),
    ("received", "failed"),
    ("received", "ignored"),
    ("failed", "done"),
    ("failed", "ignored"),
]

# What a gateway told us is evidence: only what became of it may be written afterwards.
EVIDENCE = (
    """
    CREATE FUNCTION billing_gatewayevent_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'gateway event % is evidence: what was received never changes', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_gatewayevent_frozen';
    END $$;
    CREATE TRIGGER billing_gatewayevent_frozen BEFORE UPDATE ON billing_gatewayevent FOR EACH ROW
        WHEN ((OLD.id, OLD.gateway, OLD.event_id, OLD.type, OLD.payload, OLD.received_at)
              IS DISTINCT FROM
              (NEW.id, NEW.gateway, NEW.event_id, NEW.type, NEW.payload, NEW.received_at))
        EXECUTE FUNCTION billing_gatewayevent_frozen();
    CREATE TRIGGER billing_gatewayevent_kept BEFORE DELETE ON billing_gatewayevent
        FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
    """,
    "DROP TRIGGER billing_gatewayevent_kept ON billing_gatewayevent; "
    "DROP TRIGGER billing_gatewayevent_frozen ON billing_gatewayevent; "
    "DROP FUNCTION billing_gatewayevent_frozen();",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_reconciliation'),
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='GatewayEvent',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=20)),
                ('event_id', models.CharField(max_length=255)),
                ('type', models.CharField(max_length=100)),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.CharField(blank=True, default='', max_length=255)),
                ('intent_id', models.CharField(blank=True, default='', max_length=255)),
                ('charge_id', models.CharField(blank=True, default='', max_length=255)),
                ('payment_hint', models.UUIDField(blank=True, null=True)),
                ('payload', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('received', 'received'), ('done', 'done'), ('failed', 'failed'), ('ignored', 'ignored')], default=billing.states.GatewayEventState['RECEIVED'], max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('processed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, default='', max_length=30)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='billing.payment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'received')), fields=['received_at', 'id'], name='billing_gatewayevent_waiting'), models.Index(fields=['-received_at', '-id'], name='billing_gatewayevent_newest')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'event_id'), name='billing_gatewayevent_once'), models.CheckConstraint(condition=models.Q(('state__in', ['received', 'done', 'failed', 'ignored'])), name='billing_gatewayevent_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('processed_at', None), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('processed_at__isnull', False)), _connector='OR'), name='billing_gatewayevent_processed_at_agrees')],
            },
        ),
        migrations.RunSQL(*EVIDENCE),
        migrations.RunSQL(
            *transition_trigger(
                "billing_gatewayevent", column="state", initial=["received"], pairs=EVENT_PAIRS
            )
        ),
    ]
