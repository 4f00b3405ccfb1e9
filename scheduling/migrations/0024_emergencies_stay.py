"""A mentor's report of an emergency is for the staff to end; no writer withdraws it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0023_incident_guards'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'emergency'), ('side', 'mentor'), ('state', 'withdrawn'), _negated=True), name='scheduling_incident_emergency_of_a_mentor_stays'),
        ),
    ]
