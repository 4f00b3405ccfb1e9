"""What a sale asked for is no surplus, whoever writes the row.

A charge that pays for something is given back by a refund, within the bound of its payment. A
surplus has no bound of its own, so it may not name such a charge, nor become one later. The
payment's row is locked where it is looked at: two who write at once see each other.
"""

from django.db import migrations

_GUARD = """
CREATE FUNCTION billing_surplus_not_asked_for() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    paid billing_payment;
BEGIN
    SELECT * INTO paid FROM billing_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    IF (paid.gateway, paid.currency) IS DISTINCT FROM (NEW.gateway, NEW.currency) THEN
        RAISE EXCEPTION 'surplus %: its gateway and currency are those of its payment', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_surplus_not_asked_for';
    END IF;
    IF EXISTS (SELECT FROM billing_payment
               WHERE gateway = NEW.gateway AND state = 'succeeded'
                 AND (gateway_intent_id = NEW.intent_id OR gateway_charge_id = NEW.charge_id)) THEN
        RAISE EXCEPTION 'surplus %: a sale asked for this charge', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_surplus_not_asked_for';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_surplus_not_asked_for BEFORE INSERT ON billing_surplus
    FOR EACH ROW EXECUTE FUNCTION billing_surplus_not_asked_for();
CREATE FUNCTION billing_payment_not_given_back() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM billing_surplus
               WHERE gateway = NEW.gateway AND intent_id = NEW.gateway_intent_id
                 AND state IN ('created', 'pending', 'succeeded')) THEN
        RAISE EXCEPTION 'payment %: its money is given back as a surplus', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_not_given_back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_not_given_back BEFORE INSERT OR UPDATE OF state ON billing_payment
    FOR EACH ROW WHEN (NEW.state = 'succeeded')
    EXECUTE FUNCTION billing_payment_not_given_back();
"""
_UNGUARD = """
DROP TRIGGER billing_payment_not_given_back ON billing_payment;
DROP FUNCTION billing_payment_not_given_back();
DROP TRIGGER billing_surplus_not_asked_for ON billing_surplus;
DROP FUNCTION billing_surplus_not_asked_for();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0060_guards_read_our_tables")]

    operations = [migrations.RunSQL(_GUARD, _UNGUARD)]
