"""Lines are written by the transaction that writes their entry, and by no other.

Balanced lines that are added to an entry of last month would change a closed month. An entry is
this transaction's own where `xmin`, counted on from our own id, is under way: what others have
under way cannot be seen. Row versions keep 32 bits of the id, hence the arithmetic.
"""

from django.db import migrations

BALANCED = """
CREATE OR REPLACE FUNCTION billing_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off record;{declared}
BEGIN
    SELECT entry_id, currency, sum(amount_minor) AS total INTO off
    FROM added GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is out of balance by % %', off.entry_id, off.total, off.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_balanced';
    END IF;{more}
    RETURN NULL;
END $$;
"""

DECLARED = """
    ours CONSTANT bigint := pg_current_xact_id()::text::bigint;"""

# `later`: how many transactions after ours the entry's began, modulo 2^32; the upper half is before.
MORE = """
    SELECT each.entry_id INTO off
    FROM (SELECT DISTINCT entry_id FROM added) AS each
    LEFT JOIN LATERAL (
        SELECT ((xmin::text::bigint - ours) % 4294967296 + 4294967296) % 4294967296 AS later
        FROM public.billing_entry WHERE id = each.entry_id
    ) AS entry ON true
    WHERE CASE WHEN later < 2147483648
               THEN pg_xact_status((ours + later)::text::xid8) IS DISTINCT FROM 'in progress'
               ELSE true END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % was written before: lines come with their entry', off.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_with_its_entry';
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0061_surplus_guards")]

    operations = [
        migrations.RunSQL(
            BALANCED.format(declared=DECLARED, more=MORE), BALANCED.format(declared="", more="")
        )
    ]
