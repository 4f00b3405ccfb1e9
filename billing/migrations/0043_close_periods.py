"""Closing a period is a right of its own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0042_credits_unnamed"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='periodclose',
            options={'permissions': [('approve_periodclose', 'Can close a period')], 'verbose_name': 'period'},
        ),
    ]
