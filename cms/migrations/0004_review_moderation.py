"""Let the curators hide and show reviews. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_permissions"),
        ("scheduling", "0004_reviews_and_goals"),
    ]

    operations = []
