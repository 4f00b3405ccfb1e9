"""What the payer reads at the gateway, frozen on the payment."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0047_package_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='description',
            field=models.CharField(blank=True, db_default='', default='', max_length=127),
        ),
    ]
