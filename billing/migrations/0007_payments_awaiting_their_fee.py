"""An index for the sweep: captured payments whose fee the gateway has not told yet."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0006_refunded_amount_seen'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('gateway_balance_transaction_id', None), ('state', 'succeeded')), fields=['created_at', 'id'], name='billing_payment_fee_awaited'),
        ),
    ]
