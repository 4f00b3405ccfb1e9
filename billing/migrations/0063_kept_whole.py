"""What `kernel.sql.kept` guards refuses TRUNCATE by it, no more by a trigger that was added after.

In a database that is made anew `kept` has made these triggers already; in others they come here.
"""

from django.db import migrations

TABLES = (
    "breakresolution",
    "discount",
    "disputeanswer",
    "gatewaypayout",
    "package",
    "packageoffer",
    "payout",
    "payoutaccount",
    "payouthold",
    "payoutline",
    "payoutrun",
    "periodclose",
    "referral",
    "reserve",
    "surplus",
    "writeoff",
)

REFUSED = """
CREATE OR REPLACE TRIGGER billing_{table}_{name} BEFORE TRUNCATE ON billing_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
DROP TRIGGER billing_{table}_{other} ON billing_{table};
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0062_listings_without_a_key"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSED.format(table=table, name="kept_whole", other="no_truncate"),
            REFUSED.format(table=table, name="no_truncate", other="kept_whole"),
        )
        for table in TABLES
    ]
