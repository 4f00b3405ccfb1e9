"""Each transaction that changes a listing or a term says so, in a row that is seen when it is.

No counter: a row that all of them write would have each wait for the end of the one before. A row
of its own nobody waits for. Of listings those that change are told, row by row; of terms any
statement that writes them, which is one of the same transaction, or the night's.
"""

from django.db import migrations, models
from django.db.models.functions import Now

FORWARD = """
CREATE FUNCTION cms_listing_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO cms_listingchange (transaction) VALUES (pg_current_xact_id()::text::bigint)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER cms_listing_changed AFTER INSERT OR UPDATE OR DELETE ON cms_listing
    FOR EACH ROW EXECUTE FUNCTION cms_listing_changed();
CREATE TRIGGER cms_term_changed AFTER INSERT OR UPDATE OR DELETE ON cms_term
    FOR EACH STATEMENT EXECUTE FUNCTION cms_listing_changed();
"""
REVERSE = """
DROP TRIGGER cms_term_changed ON cms_term;
DROP TRIGGER cms_listing_changed ON cms_listing;
DROP FUNCTION cms_listing_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("cms", "0026_profile_vectors")]

    operations = [
        migrations.CreateModel(
            name="ListingChange",
            fields=[
                ("transaction", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
