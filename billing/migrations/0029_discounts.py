"""Discounts, and what they and a client's credit pay of a price and get back of it."""


import django.db.models.deletion
import django.db.models.expressions
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_groups'),
        ('billing', '0028_reserve_guards'),
        ('scheduling', '0005_review_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('bearer', models.CharField(choices=[('platform', 'The platform'), ('mentor', 'The mentor')], max_length=10)),
                ('percent_bps', models.PositiveIntegerField(blank=True, null=True)),
                ('amount_minor', models.PositiveBigIntegerField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('max_uses', models.PositiveIntegerField(blank=True, null=True)),
                ('max_uses_per_client', models.PositiveIntegerField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='billing_refund_parts_make_the_amount',
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='billing_refund_amount_positive',
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='billing_refund_share',
        ),
        migrations.AddField(
            model_name='disputeloss',
            name='credit_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='disputeloss',
            name='discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='purchase',
            name='credit_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='purchase',
            name='discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='purchase',
            name='mentor_discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='purchase',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='credit_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='refund',
            name='discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='disputeloss',
            constraint=models.CheckConstraint(condition=models.Q(('share_minor__gte', django.db.models.expressions.CombinedExpression(models.F('discount_minor'), '+', models.F('credit_minor')))), name='billing_disputeloss_gives_back_of_its_share'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('mentor_minor'), '+', models.F('commission_minor')), '+', models.F('fee_minor')), '-', models.F('discount_minor')), '-', models.F('credit_minor')))), name='billing_refund_parts_make_the_amount'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('discount_minor__gt', 0), ('credit_minor__gt', 0), _connector='OR'), name='billing_refund_of_something'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('share_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('mentor_minor'), '+', models.F('commission_minor')), '+', models.F('fee_minor')), '+', models.Case(models.When(bearer='client', then=models.F('fee_waived_minor')), default=models.Value(0), output_field=models.PositiveBigIntegerField())))), name='billing_refund_share'),
        ),
        migrations.AddField(
            model_name='discount',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='discount',
            name='mentor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor'),
        ),
        migrations.AddField(
            model_name='purchase',
            name='discount',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.discount'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('price_minor__gte', django.db.models.expressions.CombinedExpression(models.F('discount_minor'), '+', models.F('credit_minor')))), name='billing_purchase_pays_at_most_its_price'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discount', None), ('discount_minor', 0), ('mentor_discount_minor', 0)), ('discount__isnull', False), _connector='OR'), name='billing_purchase_discount_named'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('settled_at', None), ('price_minor', django.db.models.expressions.CombinedExpression(models.F('discount_minor'), '+', models.F('credit_minor'))), _connector='OR'), name='billing_purchase_settled_without_a_gateway'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor', None), ('percent_bps__gt', 0), ('percent_bps__lte', 10000)), models.Q(('amount_minor__gt', 0), ('currency__regex', '^[A-Z]{3}$'), ('percent_bps', None)), _connector='OR'), name='billing_discount_percent_or_amount'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('currency', ''), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='billing_discount_currency'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('code', None), ('code__regex', '^[A-Z0-9-]{3,40}$'), _connector='OR'), name='billing_discount_code_in_capitals'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('bearer', 'platform'), models.Q(('bearer', 'mentor'), ('mentor__isnull', False)), _connector='OR'), name='billing_discount_bearer_known'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='billing_discount_ends_after_it_starts'),
        ),
    ]
