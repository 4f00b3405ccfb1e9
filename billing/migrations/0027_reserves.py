"""Reserves of mentors: dated rules, what is kept, and each move of it."""

import django.db.models.deletion
import django.utils.timezone
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_groups'),
        ("billing", "0026_payouts_revived"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReserveRule',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(choices=[('default', 'Everybody'), ('mentor', 'One mentor')], default='default', max_length=10)),
                ('currency', models.CharField(max_length=3)),
                ('rate_bps', models.PositiveIntegerField()),
                ('hold_days', models.PositiveIntegerField()),
                ('effective_from', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mentor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
            ],
        ),
        migrations.CreateModel(
            name='Reserve',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('amount_minor', models.PositiveBigIntegerField(default=0)),
                ('basis_minor', models.BigIntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
                ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purchase', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.purchase')),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.reserverule')),
            ],
        ),
        migrations.CreateModel(
            name='ReserveMove',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('taken', 'Taken'), ('released', 'Released')], max_length=10)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('reserve', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='billing.reserve')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_reservemove_amount_positive'), models.CheckConstraint(condition=models.Q(('kind__in', ['taken', 'released'])), name='billing_reservemove_kind_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='reserverule',
            constraint=models.CheckConstraint(condition=models.Q(('rate_bps__lte', 10000)), name='billing_reserverule_at_most_all'),
        ),
        migrations.AddConstraint(
            model_name='reserverule',
            constraint=models.CheckConstraint(condition=models.Q(('hold_days__gte', 1), ('hold_days__lte', 365)), name='billing_reserverule_days'),
        ),
        migrations.AddConstraint(
            model_name='reserverule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mentor__isnull', False), ('scope', 'mentor')), models.Q(('mentor', None), ('scope', 'default')), _connector='OR'), name='billing_reserverule_scope_named'),
        ),
        migrations.AddConstraint(
            model_name='reserverule',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_reserverule_currency'),
        ),
        migrations.AddConstraint(
            model_name='reserverule',
            constraint=models.UniqueConstraint(fields=('scope', 'mentor', 'currency', 'effective_from'), name='billing_reserverule_one_per_instant', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='reserve',
            index=models.Index(condition=models.Q(('released_at', None)), fields=['ends_at', 'id'], name='billing_reserve_standing'),
        ),
        migrations.AddIndex(
            model_name='reserve',
            index=models.Index(fields=['mentor', '-begun_at'], name='billing_reserve_of_mentor'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at__isnull', False), ('placed_by', None), ('purchase__isnull', False), ('reason', ''), ('rule__isnull', False)), models.Q(('placed_by__isnull', False), ('purchase', None), ('rule', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='billing_reserve_by_rule_or_by_hand'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), ('amount_minor', 0), _connector='OR'), name='billing_reserve_released_is_empty'),
        ),
    ]
