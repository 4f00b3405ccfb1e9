"""Disputes and their losses; payments carry what disputes hold."""

import django.db.models.deletion
import django.db.models.expressions
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0011_payout_run_totals'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gateway_dispute_id', models.CharField(max_length=80, unique=True)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(blank=True, default='', max_length=80)),
                ('state', models.CharField(choices=[('inquiry_needs_response', 'inquiry_needs_response'), ('inquiry_under_review', 'inquiry_under_review'), ('inquiry_closed', 'inquiry_closed'), ('needs_response', 'needs_response'), ('under_review', 'under_review'), ('won', 'won'), ('lost', 'lost')], max_length=25)),
                ('opened_at', models.DateTimeField()),
                ('due_by', models.DateTimeField(blank=True, null=True)),
                ('withdrawal_id', models.CharField(blank=True, max_length=80, null=True, unique=True)),
                ('withdrawn_minor', models.PositiveBigIntegerField(blank=True, null=True)),
                ('fee_minor', models.BigIntegerField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('reinstatement_id', models.CharField(blank=True, max_length=80, null=True, unique=True)),
                ('reinstated_minor', models.PositiveBigIntegerField(blank=True, null=True)),
                ('fee_returned_minor', models.BigIntegerField(blank=True, null=True)),
                ('reinstated_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DisputeLoss',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('share_minor', models.PositiveBigIntegerField()),
                ('mentor_minor', models.PositiveBigIntegerField()),
                ('commission_minor', models.PositiveBigIntegerField()),
                ('fee_minor', models.PositiveBigIntegerField()),
                ('excess_minor', models.PositiveBigIntegerField()),
                ('created_at', models.DateTimeField()),
                ('reversed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'dispute losses',
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='disputed_minor',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='payment',
            name='held_by_dispute',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'succeeded'), models.Q(('disputed_minor', 0), ('held_by_dispute', False)), _connector='OR'), name='billing_payment_disputes_of_captured'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.payment'),
        ),
        migrations.AddField(
            model_name='disputeloss',
            name='dispute',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='losses', to='billing.dispute'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['seen_at', 'id'], name='billing_dispute_open'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['-opened_at', '-id'], name='billing_dispute_newest'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_dispute_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_dispute_currency'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['inquiry_needs_response', 'inquiry_under_review', 'inquiry_closed', 'needs_response', 'under_review', 'won', 'lost'])), name='billing_dispute_state_known'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ['inquiry_needs_response', 'inquiry_under_review', 'needs_response', 'under_review'])), models.Q(models.Q(('state__in', ['inquiry_needs_response', 'inquiry_under_review', 'needs_response', 'under_review']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='billing_dispute_closed_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee_minor', None), ('withdrawal_id', None), ('withdrawn_at', None), ('withdrawn_minor', None)), models.Q(('fee_minor__isnull', False), ('withdrawal_id__isnull', False), ('withdrawn_at__isnull', False), ('withdrawn_minor__gt', 0)), _connector='OR'), name='billing_dispute_withdrawal_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee_returned_minor', None), ('reinstated_at', None), ('reinstated_minor', None), ('reinstatement_id', None)), models.Q(('fee_returned_minor__isnull', False), ('reinstated_at__isnull', False), ('reinstated_minor__gt', 0), ('reinstated_minor__lte', models.F('withdrawn_minor')), ('reinstatement_id__isnull', False)), _connector='OR'), name='billing_dispute_reinstates_what_was_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='disputeloss',
            constraint=models.CheckConstraint(condition=models.Q(('share_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('mentor_minor'), '+', models.F('commission_minor')), '+', models.F('fee_minor')))), name='billing_disputeloss_parts_make_the_share'),
        ),
        migrations.AddConstraint(
            model_name='disputeloss',
            constraint=models.CheckConstraint(condition=models.Q(('share_minor__gt', 0), ('excess_minor__gt', 0), _connector='OR'), name='billing_disputeloss_of_something'),
        ),
        migrations.AddConstraint(
            model_name='disputeloss',
            constraint=models.UniqueConstraint(condition=models.Q(('reversed_at', None)), fields=('dispute',), name='billing_disputeloss_one_stands'),
        ),
    ]
