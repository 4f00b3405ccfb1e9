"""Freezing a run compares its totals one by one: the row comparison of 0009 cannot be run."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION billing_payoutrun_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off record;
    found_count integer;
    found_total bigint;
BEGIN
    SELECT payout.id, payout.amount_minor, -coalesce(sum(line.amount_minor), 0) AS lines
    INTO off
    FROM billing_payout payout
    LEFT JOIN billing_payoutline line ON line.payout_id = payout.id
    WHERE payout.run_id = NEW.id
    GROUP BY payout.id
    HAVING payout.amount_minor <> -coalesce(sum(line.amount_minor), 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payout % is % and its lines make %', off.id, off.amount_minor, off.lines
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payoutrun_adds_up';
    END IF;
    SELECT count(*), coalesce(sum(amount_minor), 0) INTO found_count, found_total
    FROM billing_payout WHERE run_id = NEW.id;
    IF found_count <> NEW.count OR found_total <> NEW.total_minor THEN
        RAISE EXCEPTION 'payout run % does not carry the totals of its payouts', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payoutrun_adds_up';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_first_payout_minimums")]

    # Backwards the function stays as it is: what stood there before could not be run.
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
