"""What finance enters and closes: costs with their papers, seals, periods and their totals."""

import django.db.models.deletion
import django.utils.timezone
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0022_booking_date"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('account', models.CharField(max_length=4)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('supplier', models.CharField(max_length=120)),
                ('memo', models.CharField(blank=True, default='', max_length=200)),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PeriodClose',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('entries', models.PositiveBigIntegerField()),
                ('content_hash', models.CharField(max_length=64)),
                ('open_breaks', models.JSONField(blank=True, default=list)),
                ('proposed_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'period',
            },
        ),
        migrations.CreateModel(
            name='PeriodTotal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('debit_minor', models.PositiveBigIntegerField()),
                ('credit_minor', models.PositiveBigIntegerField()),
                ('closing_minor', models.BigIntegerField()),
                ('lines', models.PositiveBigIntegerField()),
                ('line_hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('as_of', models.DateTimeField(primary_key=True, serialize=False)),
                ('sealed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CostDocument',
            fields=[
                ('cost', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='document', serialize=False, to='billing.cost')),
                ('name', models.CharField(max_length=120)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name='cost',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cost',
            name='reverses',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.cost'),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='periodtotal',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgeraccount'),
        ),
        migrations.AddField(
            model_name='periodtotal',
            name='period',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='billing.periodclose'),
        ),
        migrations.AddIndex(
            model_name='cost',
            index=models.Index(fields=['-day', '-id'], name='billing_cost_newest'),
        ),
        migrations.AddConstraint(
            model_name='cost',
            constraint=models.CheckConstraint(condition=models.Q(('account__in', ('5100', '5110', '5120', '5130', '5190'))), name='billing_cost_account'),
        ),
        migrations.AddConstraint(
            model_name='cost',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_cost_currency'),
        ),
        migrations.AddConstraint(
            model_name='cost',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_cost_of_something'),
        ),
        migrations.AddConstraint(
            model_name='cost',
            constraint=models.CheckConstraint(condition=models.Q(('supplier', ''), _negated=True), name='billing_cost_from_somebody'),
        ),
        migrations.AddIndex(
            model_name='periodclose',
            index=models.Index(condition=models.Q(('approved_at__isnull', False)), fields=['until'], name='billing_periodclose_line'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.CheckConstraint(condition=models.Q(('since__lt', models.F('until'))), name='billing_periodclose_window'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.CheckConstraint(condition=models.Q(('content_hash__regex', '^[0-9a-f]{64}$')), name='billing_periodclose_hashed'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='billing_periodclose_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('approved_at', None), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='billing_periodclose_withdrawn_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('until',), name='billing_periodclose_one_live'),
        ),
        migrations.AddConstraint(
            model_name='periodtotal',
            constraint=models.UniqueConstraint(fields=('period', 'account'), name='billing_periodtotal_account_once'),
        ),
    ]
