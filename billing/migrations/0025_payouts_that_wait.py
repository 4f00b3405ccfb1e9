"""What a waiting run waits for, orders given anew, payouts revived, and two more exclusions."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0024_shut_books"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payout',
            name='billing_payout_failed_is_dated',
        ),
        migrations.RemoveConstraint(
            model_name='payoutexclusion',
            name='billing_payoutexclusion_reason_known',
        ),
        migrations.AddField(
            model_name='payout',
            name='attempt',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='payout',
            name='revived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='payoutaccount',
            name='usable_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='payoutrun',
            name='resumes_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='payoutrun',
            name='waits_for',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AlterField(
            model_name='payoutexclusion',
            name='reason',
            field=models.CharField(choices=[('negative', 'The mentor owes'), ('on_hold', 'On hold'), ('disputed', 'Held by a dispute'), ('refund_failed', 'A failed refund is unresolved'), ('no_account', 'No verified payout account'), ('cool_off', 'A new destination cools off'), ('below_minimum', 'Below the minimum')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failed_at__isnull', False), ('revived_at', None), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('failed_at', None), ('revived_at', None)), models.Q(('state__in', ['paid', 'cleared', 'returned', 'reassigned']), ('failed_at__isnull', False), ('revived_at__isnull', False)), _connector='OR'), name='billing_payout_failed_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='payoutexclusion',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['negative', 'on_hold', 'disputed', 'refund_failed', 'no_account', 'cool_off', 'below_minimum'])), name='billing_payoutexclusion_reason_known'),
        ),
    ]
