"""Lines are written by the transaction that writes their entry, and by no other.

Balanced lines that are added to an entry of last month would change a closed month. An entry is
this transaction's own where `xmin`, counted on from our own id, is under way: what others have
under way cannot be seen. Row versions keep 32 bits of the id, hence the arithmetic.

Plans are kept, and one from when the table had a page would read all of it at each posting since:
so the entry is looked up for itself, as a subquery that cannot become a join, and by its key.
"""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE FUNCTION billing_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off record;
BEGIN
    SELECT entry_id, currency, sum(amount_minor) AS total INTO off
    FROM added GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is out of balance by % %', off.entry_id, off.total, off.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_balanced';
    END IF;
    RETURN NULL;
END $$;
"""

# `later`: how many transactions after ours the entry's began, modulo 2^32; the upper half is before.
# Asked in the same query, because to run any is what costs; of no entry, NULL.
BALANCED = """
CREATE OR REPLACE FUNCTION billing_line_balanced() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    off record;
BEGIN
    SELECT entry_id, currency, sum(amount_minor) AS total INTO off
    FROM added GROUP BY entry_id, currency
    HAVING sum(amount_minor) <> 0 OR (
        SELECT CASE WHEN xmin = pg_current_xact_id()::xid THEN true
                    WHEN later < 2147483648
                    THEN pg_xact_status((ours + later)::text::xid8) = 'in progress' END
        FROM public.billing_entry AS entry,
             LATERAL (SELECT pg_current_xact_id()::text::bigint AS ours) AS we,
             LATERAL (SELECT (entry.xmin::text::bigint - ours) & 4294967295 AS later) AS they
        WHERE entry.id = added.entry_id
    ) IS NOT TRUE
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF off.total <> 0 THEN
        RAISE EXCEPTION 'entry % is out of balance by % %', off.entry_id, off.total, off.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_balanced';
    END IF;
    RAISE EXCEPTION 'entry % was written before: lines come with their entry', off.entry_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_with_its_entry';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0063_kept_whole")]

    operations = [migrations.RunSQL(BALANCED, BEFORE)]
