"""Credit: movements are history, balances follow them and never go below zero."""

from django.db import migrations

from kernel.sql import append_only, kept, write_once

BALANCES = (
    """
    CREATE FUNCTION billing_credit_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO billing_clientcredit (id, client_id, currency, balance_minor)
        VALUES (NEW.id, NEW.client_id, NEW.currency, 0)
        ON CONFLICT (client_id, currency) DO NOTHING;
        UPDATE billing_clientcredit SET balance_minor = balance_minor + NEW.amount_minor
        WHERE client_id = NEW.client_id AND currency = NEW.currency;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_credit_balances AFTER INSERT ON billing_creditmovement
        FOR EACH ROW EXECUTE FUNCTION billing_credit_balances();
    """,
    """
    DROP TRIGGER billing_credit_balances ON billing_creditmovement;
    DROP FUNCTION billing_credit_balances();
    """,
)
# `write_once` names a row by its id, and a referral's key is its client.
REWARDED_ONCE = tuple(
    sql.replace("OLD.id", "OLD.client_id") for sql in write_once("billing_referral", ["reward_id"])
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0037_client_credit"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only("billing_creditmovement")),
        migrations.RunSQL(*append_only("billing_unwinding")),
        migrations.RunSQL(*BALANCES),
        migrations.RunSQL(*REWARDED_ONCE),
        migrations.RunSQL(*kept("billing_referral")),
    ]
