"""Packages: terms are frozen, a drawn part is its credit's, and nothing is used twice."""

from django.db import migrations

from kernel.sql import append_only, frozen, kept, write_once

# What is left of a package is moved by whatever moves its money, one step at a time: the row's
# lock puts two who take from it in a row, and the CHECK refuses what is not there.
UNUSED = (
    """
    CREATE FUNCTION billing_package_moves(moved uuid, amount bigint) RETURNS void
    LANGUAGE sql AS $$
        UPDATE billing_package SET unused_minor = unused_minor + amount
        WHERE id = moved AND amount <> 0;
    $$;
    CREATE FUNCTION billing_package_of_payment(wanted uuid) RETURNS uuid LANGUAGE sql AS $$
        SELECT purchase.package_id FROM billing_payment payment
        JOIN billing_purchase purchase ON purchase.id = payment.purchase_id
        WHERE payment.id = wanted;
    $$;
    CREATE FUNCTION billing_package_of_credit(wanted uuid) RETURNS uuid LANGUAGE sql AS $$
        SELECT package_id FROM billing_packagecredit WHERE id = wanted;
    $$;

    CREATE FUNCTION billing_package_paid() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.state = 'succeeded' THEN
            RETURN NULL;
        END IF;
        PERFORM billing_package_moves(billing_package_of_payment(NEW.id), NEW.amount_minor);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_paid AFTER INSERT OR UPDATE OF state ON billing_payment
        FOR EACH ROW WHEN (NEW.state = 'succeeded') EXECUTE FUNCTION billing_package_paid();

    CREATE FUNCTION billing_package_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM billing_package_moves(
            billing_package_of_credit(NEW.package_credit_id), -NEW.prepaid_minor);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_drawn AFTER INSERT ON billing_purchase
        FOR EACH ROW WHEN (NEW.package_credit_id IS NOT NULL)
        EXECUTE FUNCTION billing_package_drawn();

    CREATE FUNCTION billing_package_returned() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM billing_package_moves(
            (SELECT billing_package_of_credit(package_credit_id) FROM billing_purchase
             WHERE id = NEW.purchase_id), NEW.prepaid_minor);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_returned AFTER INSERT ON billing_unwinding
        FOR EACH ROW WHEN (NEW.prepaid_minor <> 0)
        EXECUTE FUNCTION billing_package_returned();

    CREATE FUNCTION billing_package_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before bigint := 0;
        after bigint := 0;
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.state IN ('created', 'pending', 'succeeded') THEN
            before := OLD.prepaid_minor;
        END IF;
        IF NEW.state IN ('created', 'pending', 'succeeded') THEN
            after := NEW.prepaid_minor;
        END IF;
        PERFORM billing_package_moves(
            billing_package_of_payment(NEW.payment_id), before - after);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_refunded AFTER INSERT OR UPDATE OF state ON billing_refund
        FOR EACH ROW WHEN (NEW.prepaid_minor <> 0)
        EXECUTE FUNCTION billing_package_refunded();

    CREATE FUNCTION billing_package_lost() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        amount bigint := NEW.prepaid_minor;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            amount := -amount;
        ELSIF OLD.reversed_at IS NOT NULL OR NEW.reversed_at IS NULL THEN
            RETURN NULL;
        END IF;
        PERFORM billing_package_moves(billing_package_of_payment(
            (SELECT payment_id FROM billing_dispute WHERE id = NEW.dispute_id)), amount);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_lost
        AFTER INSERT OR UPDATE OF reversed_at ON billing_disputeloss
        FOR EACH ROW WHEN (NEW.prepaid_minor <> 0) EXECUTE FUNCTION billing_package_lost();

    CREATE FUNCTION billing_package_expired() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM billing_package_moves(NEW.package_id, -NEW.amount_minor);
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_package_expired AFTER INSERT ON billing_packageexpiry
        FOR EACH ROW EXECUTE FUNCTION billing_package_expired();
    """,
    """
    DROP TRIGGER billing_package_expired ON billing_packageexpiry;
    DROP FUNCTION billing_package_expired();
    DROP TRIGGER billing_package_lost ON billing_disputeloss;
    DROP FUNCTION billing_package_lost();
    DROP TRIGGER billing_package_refunded ON billing_refund;
    DROP FUNCTION billing_package_refunded();
    DROP TRIGGER billing_package_returned ON billing_unwinding;
    DROP FUNCTION billing_package_returned();
    DROP TRIGGER billing_package_drawn ON billing_purchase;
    DROP FUNCTION billing_package_drawn();
    DROP TRIGGER billing_package_paid ON billing_payment;
    DROP FUNCTION billing_package_paid();
    DROP FUNCTION billing_package_of_credit(uuid);
    DROP FUNCTION billing_package_of_payment(uuid);
    DROP FUNCTION billing_package_moves(uuid, bigint);
    """,
)

# A session that a credit pays for costs exactly the credit's parts, of its client's own package,
# with the mentor who sold it.
DRAWS = (
    """
    CREATE FUNCTION billing_purchase_draws() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM billing_packagecredit credit
            JOIN billing_package package ON package.id = credit.package_id
            JOIN billing_purchase bought ON bought.package_id = package.id
            WHERE credit.id = NEW.package_credit_id
              AND (credit.price_minor, credit.fee_minor, credit.commission_minor,
                   credit.mentor_minor, bought.client_id, bought.mentor_id, bought.currency)
                = (NEW.price_minor, NEW.fee_minor, NEW.commission_minor,
                   NEW.mentor_minor, NEW.client_id, NEW.mentor_id, NEW.currency)) THEN
            RAISE EXCEPTION 'purchase % is not what its credit pays for', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_purchase_draws';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_purchase_draws BEFORE INSERT ON billing_purchase
        FOR EACH ROW WHEN (NEW.package_credit_id IS NOT NULL)
        EXECUTE FUNCTION billing_purchase_draws();
    """,
    """
    DROP TRIGGER billing_purchase_draws ON billing_purchase;
    DROP FUNCTION billing_purchase_draws();
    """,
)


def frozen_too(table, name, columns):
    """Return (forward, reverse) SQL that freezes `columns` besides, by the table's function."""
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    return (
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {table}_frozen();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0046_packages"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*UNUSED),
        migrations.RunSQL(*DRAWS),
        migrations.RunSQL(*append_only("billing_breakagerule")),
        migrations.RunSQL(*append_only("billing_packagecredit")),
        migrations.RunSQL(*append_only("billing_packageexpiry")),
        migrations.RunSQL(
            *frozen(
                "billing_packageoffer",
                ["id", "session_type_id", "sessions", "price_minor", "currency", "valid_days",
                 "created_at"],
            )
        ),  # fmt: skip
        migrations.RunSQL(*write_once("billing_packageoffer", ["withdrawn_at"])),
        migrations.RunSQL(*kept("billing_packageoffer")),
        migrations.RunSQL(
            *frozen("billing_package", ["id", "offer_id", "client_id", "keeper", "created_at"])
        ),
        migrations.RunSQL(*write_once("billing_package", ["begun_at", "closed_at"])),
        migrations.RunSQL(*kept("billing_package")),
        migrations.RunSQL(
            *frozen_too(
                "billing_purchase",
                "billing_purchase_package_frozen",
                ["package_id", "package_credit_id", "prepaid_minor"],
            )
        ),
        migrations.RunSQL(
            *frozen_too("billing_refund", "billing_refund_prepaid_frozen", ["prepaid_minor"])
        ),
        migrations.RunSQL(
            *frozen_too(
                "billing_disputeloss", "billing_disputeloss_prepaid_frozen", ["prepaid_minor"]
            )
        ),
    ]
