"""Let staff be given the right to cancel and complete sessions and to decide on reports."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0019_review_reports'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='session',
            options={'permissions': [('move_session', 'Can cancel, complete and decide on sessions')]},
        ),
    ]
