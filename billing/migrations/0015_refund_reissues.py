"""A refund that came to nothing is given anew as another, or owed no more by somebody's word."""

import django.db.models.deletion
from django.db import migrations, models


# Which refund it stands in for is written with it; that nothing is owed is said once.
SAID_ONCE = (
    """
    CREATE FUNCTION billing_refund_said_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what became of refund % was written down once', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_refund_said_once';
    END $$;
    CREATE TRIGGER billing_refund_said_once BEFORE UPDATE ON billing_refund FOR EACH ROW
        WHEN (OLD.reissue_of_id IS DISTINCT FROM NEW.reissue_of_id
           OR OLD.dropped_at IS NOT NULL AND
              (OLD.dropped_at, OLD.dropped_by, OLD.dropped_reason)
                IS DISTINCT FROM (NEW.dropped_at, NEW.dropped_by, NEW.dropped_reason))
        EXECUTE FUNCTION billing_refund_said_once();
    """,
    """
    DROP TRIGGER billing_refund_said_once ON billing_refund;
    DROP FUNCTION billing_refund_said_once();
    """,
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_payouts_in_the_inbox'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='refund',
            options={'permissions': [('reissue_refund', 'Can deal with refunds that came to nothing')]},
        ),
        migrations.AddField(
            model_name='refund',
            name='dropped_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='dropped_by',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='refund',
            name='dropped_reason',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='refund',
            name='reissue_of',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reissue', to='billing.refund'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dropped_at', None), ('dropped_by', ''), ('dropped_reason', '')), models.Q(('dropped_at__isnull', False), ('state__in', ['failed', 'cancelled']), models.Q(('dropped_by', ''), _negated=True), models.Q(('dropped_reason', ''), _negated=True)), _connector='OR'), name='billing_refund_dropped_by_somebody_with_a_reason'),
        ),
        migrations.RunSQL(*SAID_ONCE),
    ]
