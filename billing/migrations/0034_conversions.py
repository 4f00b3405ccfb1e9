"""What the gateway exchanged of a sale, and the currency of the fee that it took."""

import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import append_only

# Until now a fee was booked in the sale's own currency alone.
FILLED = """
UPDATE billing_payment SET fee_currency = currency WHERE gateway_balance_transaction_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0033_paypal_fees"),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='fee_currency',
            field=models.CharField(blank=True, db_default='', default='', max_length=3),
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=20)),
                ('transaction_id', models.CharField(max_length=80)),
                ('sale_minor', models.BigIntegerField()),
                ('sale_currency', models.CharField(max_length=3)),
                ('settled_minor', models.BigIntegerField()),
                ('settled_currency', models.CharField(max_length=3)),
                ('difference_minor', models.BigIntegerField(default=0)),
                ('occurred_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='billing.payment')),
                ('refund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='billing.refund')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('gateway', 'transaction_id'), name='billing_conversion_once'), models.CheckConstraint(condition=models.Q(models.Q(('sale_minor__gt', 0), ('settled_minor__gte', 0)), models.Q(('sale_minor__lt', 0), ('settled_minor__lte', 0)), _connector='OR'), name='billing_conversion_one_direction'), models.CheckConstraint(condition=models.Q(('sale_currency__regex', '^[A-Z]{3}$'), ('settled_currency__regex', '^[A-Z]{3}$'), models.Q(('sale_currency', models.F('settled_currency')), _negated=True)), name='billing_conversion_two_currencies')],
            },
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
        migrations.RunSQL(*append_only("billing_conversion")),
    ]
