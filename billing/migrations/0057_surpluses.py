"""Money that no sale asked for and its way back: its terms frozen, its moves those of a refund."""

import billing.states
import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import frozen, kept, transition_trigger

FROZEN = (
    "id",
    "payment_id",
    "gateway",
    "intent_id",
    "charge_id",
    "amount_minor",
    "fee_minor",
    "currency",
    "received_at",
    "requested_by",
    "reason",
    "created_at",
)
MOVES = (
    ("created", "pending"),
    ("created", "succeeded"),
    ("created", "failed"),
    ("created", "cancelled"),
    ("pending", "succeeded"),
    ("pending", "failed"),
    ("pending", "cancelled"),
    ("succeeded", "failed"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0056_recoveries'),
    ]

    operations = [
        migrations.CreateModel(
            name='Surplus',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=20)),
                ('intent_id', models.CharField(max_length=80)),
                ('charge_id', models.CharField(max_length=80)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('fee_minor', models.PositiveBigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('received_at', models.DateTimeField()),
                ('requested_by', models.CharField(max_length=120)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('created', 'created'), ('pending', 'pending'), ('succeeded', 'succeeded'), ('failed', 'failed'), ('cancelled', 'cancelled')], default=billing.states.RefundState['CREATED'], max_length=10)),
                ('gateway_refund_id', models.CharField(blank=True, max_length=80, null=True)),
                ('failure_code', models.CharField(blank=True, default='', max_length=80)),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'surpluses',
            },
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('failure_code__in', ('amount_mismatch', 'second_capture', 'credit_gone'))), fields=['created_at', 'id'], name='billing_payment_flagged'),
        ),
        migrations.AddField(
            model_name='surplus',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surpluses', to='billing.payment'),
        ),
        migrations.AddConstraint(
            model_name='surplus',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['created', 'pending', 'succeeded'])), fields=('gateway', 'intent_id'), name='billing_surplus_one_live'),
        ),
        migrations.AddConstraint(
            model_name='surplus',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='billing_surplus_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='surplus',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_surplus_currency'),
        ),
        migrations.AddConstraint(
            model_name='surplus',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state__in', ['created', 'pending'])), models.Q(('settled_at__isnull', False), ('state__in', ['succeeded', 'failed', 'cancelled'])), _connector='OR'), name='billing_surplus_settled_is_dated'),
        ),
        migrations.RunSQL(*frozen("billing_surplus", FROZEN)),
        migrations.RunSQL(*kept("billing_surplus")),
        migrations.RunSQL(
            *transition_trigger(
                "billing_surplus", column="state", initial=["created"], pairs=MOVES
            )
        ),
    ]
