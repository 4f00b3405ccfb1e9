"""The guards read our tables, whatever the session's search path says.

The guards that every posting passes say `public.` in their text instead: a setting of a function
is put on and taken off at each call.
"""

from django.db import migrations

from kernel.sql import own_search_path

DATED = """
CREATE OR REPLACE FUNCTION billing_entry_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.booked_at := greatest(NEW.occurred_at, (
        SELECT max(until) FROM {schema}billing_periodclose WHERE approved_at IS NOT NULL));
    RETURN NEW;
END $$;
"""

GUARDED = """
CREATE OR REPLACE FUNCTION billing_entry_in_open_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    late record;
BEGIN
    SELECT added.id, added.booked_at, added.posted_at, shut.until, shut.as_of INTO late
    FROM (SELECT (SELECT max(until) FROM {schema}billing_periodclose WHERE approved_at IS NOT NULL)
                     AS until,
                 (SELECT max(as_of) FROM {schema}billing_seal) AS as_of) AS shut, added
    WHERE added.booked_at < shut.until OR added.posted_at < shut.as_of
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry %: booked % and posted %, but the books are closed until % and '
                        'sealed until %', late.id, late.booked_at, late.posted_at,
                        late.until, late.as_of
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_entry_in_open_books';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0059_surpluses_kept_from_truncate"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*own_search_path("billing")),
        # To replace a function takes its settings away.
        migrations.RunSQL(DATED.format(schema="public."), DATED.format(schema="")),
        migrations.RunSQL(GUARDED.format(schema="public."), GUARDED.format(schema="")),
        migrations.RunSQL(
            "ALTER FUNCTION billing_line_balanced() RESET search_path;", migrations.RunSQL.noop
        ),
    ]
