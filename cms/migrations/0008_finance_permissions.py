"""Let finance see disputes and sessions, and settle refunds that came to nothing. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0007_testimonial"),
        ("billing", "0015_refund_reissues"),
    ]

    operations = []
