"""I6 at every commit: a payout is the sum of its lines, not only when its run is frozen."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_payout_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    payout_of uuid := coalesce(to_jsonb(NEW)->>'payout_id', to_jsonb(NEW)->>'id');
    amount bigint;
    lines bigint;
BEGIN
    SELECT amount_minor INTO amount FROM billing_payout WHERE id = payout_of;
    SELECT -coalesce(sum(amount_minor), 0) INTO lines
    FROM billing_payoutline WHERE payout_id = payout_of;
    IF amount <> lines THEN
        RAISE EXCEPTION 'payout % is % and its lines make %', payout_of, amount, lines
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payout_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_payout_adds_up AFTER INSERT ON billing_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_payout_adds_up();
CREATE CONSTRAINT TRIGGER billing_payoutline_adds_up AFTER INSERT ON billing_payoutline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_payout_adds_up();
"""
REVERSE = """
DROP TRIGGER billing_payoutline_adds_up ON billing_payoutline;
DROP TRIGGER billing_payout_adds_up ON billing_payout;
DROP FUNCTION billing_payout_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0038_credit_guards")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
