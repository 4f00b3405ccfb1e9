"""TRUNCATE of surpluses is refused where DELETE is: a row trigger does not see it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0058_cheaper_listings"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER billing_surplus_no_truncate BEFORE TRUNCATE ON billing_surplus "
            "FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();",
            "DROP TRIGGER billing_surplus_no_truncate ON billing_surplus;",
        )
    ]
