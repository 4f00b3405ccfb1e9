"""A mentor's share is not released while a report of its session is open, by SQL neither."""

from django.db import migrations

GUARD = """
CREATE FUNCTION billing_purchase_not_over_a_report() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM scheduling_incident WHERE session_id = NEW.session_id AND state = 'open'
    ) THEN
        RAISE EXCEPTION 'billing_purchase %: its session is reported, decide on it first', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_purchase_not_over_a_report';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_purchase_not_over_a_report BEFORE UPDATE OF released_at ON billing_purchase
    FOR EACH ROW WHEN (OLD.released_at IS NULL AND NEW.released_at IS NOT NULL)
    EXECUTE FUNCTION billing_purchase_not_over_a_report();
"""
DROPPED = """
DROP TRIGGER billing_purchase_not_over_a_report ON billing_purchase;
DROP FUNCTION billing_purchase_not_over_a_report();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0064_lines_come_with_their_entry'),
        ('scheduling', '0023_incident_guards'),
    ]

    operations = [
        migrations.RunSQL(GUARD, DROPPED),
    ]
