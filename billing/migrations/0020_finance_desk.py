"""Refunds by hand have causes of their own, and the dialogs of finance have permissions."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0019_approved_intents'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='gatewayevent',
            options={'permissions': [('replay_gatewayevent', 'Can replay what a gateway told')]},
        ),
        migrations.AlterModelOptions(
            name='payment',
            options={'permissions': [('settle_payment', 'Can deal with money that was not asked for')]},
        ),
        migrations.AlterModelOptions(
            name='payouthold',
            options={'permissions': [('place_payouthold', "Can hold mentors' payouts, and lift that")]},
        ),
        migrations.AlterModelOptions(
            name='payoutrun',
            options={'permissions': [('prepare_payoutrun', 'Can build, freeze, discard and resend payout runs'), ('approve_payoutrun', 'Can approve payout runs that others prepared')]},
        ),
        migrations.AlterModelOptions(
            name='refund',
            options={'permissions': [('reissue_refund', 'Can deal with refunds that came to nothing'), ('give_refund', 'Can give refunds by hand')]},
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='billing_refund_cause_known',
        ),
        migrations.AlterField(
            model_name='refund',
            name='cause',
            field=models.CharField(choices=[('client_cancelled', 'The client cancelled'), ('mentor_cancelled', 'The mentor cancelled'), ('platform_cancelled', 'The platform cancelled'), ('late_payment', 'The money came too late'), ('goodwill', 'Goodwill'), ('by_policy', 'By the policy'), ('mentor_fault', "The mentor's doing"), ('platform_fault', 'Our own doing'), ('external', 'Made at the gateway')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['client_cancelled', 'mentor_cancelled', 'platform_cancelled', 'late_payment', 'goodwill', 'by_policy', 'mentor_fault', 'platform_fault', 'external'])), name='billing_refund_cause_known'),
        ),
    ]
