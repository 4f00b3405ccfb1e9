"""TRUNCATE is refused where DELETE is: a row trigger does not see it."""

from django.db import migrations

TABLES = (
    "breakresolution",
    "discount",
    "dispute",
    "disputeanswer",
    "disputeloss",
    "gatewayevent",
    "gatewaypayout",
    "package",
    "packageoffer",
    "payment",
    "payout",
    "payoutaccount",
    "payouthold",
    "payoutline",
    "payoutrun",
    "periodclose",
    "purchase",
    "referral",
    "refund",
    "reserve",
    "writeoff",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0053_categories"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER billing_{table}_no_truncate BEFORE TRUNCATE ON billing_{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();",
            f"DROP TRIGGER billing_{table}_no_truncate ON billing_{table};",
        )
        for table in TABLES
    ]
