"""Debts of mentors that are written off by two persons."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_groups'),
        ("billing", "0034_conversions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=500)),
                ('requested_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('declined_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mentor')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('request_writeoff', "Can ask for a mentor's debt to be written off"), ('approve_writeoff', "Can write off a mentor's debt that another person asked for")],
                'constraints': [models.UniqueConstraint(condition=models.Q(('approved_at', None), ('declined_at', None)), fields=('mentor', 'currency'), name='billing_writeoff_one_undecided'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_writeoff_amount_positive'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='billing_writeoff_has_a_reason'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_writeoff_currency'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('declined_at', None)), _connector='OR'), name='billing_writeoff_approved_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('declined_at', None), ('declined_by', None)), models.Q(('declined_at__isnull', False), ('declined_by__isnull', False)), _connector='OR'), name='billing_writeoff_declined_by_somebody')],
            },
        ),
    ]
