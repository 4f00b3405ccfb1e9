"""What a dispute moved beside its first taking and giving back: once each, and added up."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import kernel.ids
from django.db import migrations, models

from kernel.sql import append_only

FURTHER = (
    """
    CREATE FUNCTION billing_disputemovement_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE billing_dispute SET further_minor = further_minor - NEW.amount_minor
        WHERE id = NEW.dispute_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_disputemovement_added AFTER INSERT ON billing_disputemovement
        FOR EACH ROW EXECUTE FUNCTION billing_disputemovement_added();
    """,
    """
    DROP TRIGGER billing_disputemovement_added ON billing_disputemovement;
    DROP FUNCTION billing_disputemovement_added();
    """,
)


def totals(out: str, watched: str) -> str:
    """Return SQL that has a payment carry `out` of its disputes, whenever `watched` change."""
    return f"""
    CREATE OR REPLACE FUNCTION billing_dispute_totals(payment uuid) RETURNS void LANGUAGE sql AS $$
        UPDATE billing_payment SET (disputed_minor, held_by_dispute) = (
            SELECT coalesce(sum({out}), 0),
                   coalesce(bool_or(reinstated_minor IS NULL AND NOT EXISTS (
                       SELECT FROM billing_disputeloss loss
                       WHERE loss.dispute_id = dispute.id AND loss.reversed_at IS NULL)), false)
            FROM billing_dispute dispute
            WHERE dispute.payment_id = payment AND withdrawn_minor IS NOT NULL)
        WHERE id = payment;
    $$;
    DROP TRIGGER billing_dispute_totals ON billing_dispute;
    CREATE TRIGGER billing_dispute_totals
        AFTER INSERT OR UPDATE OF {watched} ON billing_dispute
        FOR EACH ROW EXECUTE FUNCTION billing_dispute_changed();
    """


TOTALS = (
    totals(
        "withdrawn_minor - coalesce(reinstated_minor, 0) + further_minor",
        "withdrawn_minor, reinstated_minor, further_minor",
    ),
    totals(
        "withdrawn_minor - coalesce(reinstated_minor, 0)", "withdrawn_minor, reinstated_minor"
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0048_payment_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeMovement',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway_movement_id', models.CharField(max_length=120, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField()),
                ('occurred_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='dispute',
            name='further_minor',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('further_minor__gte', django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Coalesce('reinstated_minor', 0), '-', django.db.models.functions.comparison.Coalesce('withdrawn_minor', 0)))), name='billing_dispute_gives_back_what_it_took'),
        ),
        migrations.AddField(
            model_name='disputemovement',
            name='dispute',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='billing.dispute'),
        ),
        migrations.AddConstraint(
            model_name='disputemovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), ('fee_minor', 0), _negated=True), name='billing_disputemovement_of_something'),
        ),
        migrations.RunSQL(*TOTALS),
        migrations.RunSQL(*FURTHER),
        migrations.RunSQL(*append_only("billing_disputemovement")),
    ]
