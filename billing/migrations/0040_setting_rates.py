"""The permission to add rates."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0039_payouts_add_up'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='commissionrule',
            options={'permissions': [('set_commissionrule', 'Can add rates that begin in the future, of every kind')]},
        ),
    ]
