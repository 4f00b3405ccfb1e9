"""Discounts: terms are frozen, limits hold for any writer, and amounts stay what they were."""

from django.db import migrations

from kernel.sql import frozen, kept, write_once

DISCOUNT_FROZEN = (
    "id", "code", "bearer", "percent_bps", "amount_minor", "currency", "mentor_id", "starts_at",
    "created_by_id", "created_at",
)  # fmt: skip

# A purchase uses its discount while it is paid or can still be: its hold lives, a payment is
# under way or succeeded, or nothing was left to pay. One that came to nothing gives it back.
USES = (
    """
    CREATE FUNCTION billing_discount_uses(wanted uuid, of_client uuid) RETURNS bigint
    LANGUAGE sql AS $$
        SELECT count(*) FROM billing_purchase purchase
        WHERE purchase.discount_id = wanted
          AND (of_client IS NULL OR purchase.client_id = of_client)
          AND (purchase.settled_at IS NOT NULL
               OR EXISTS (SELECT FROM scheduling_session session
                          WHERE session.id = purchase.session_id AND session.live)
               OR EXISTS (SELECT FROM billing_payment payment
                          WHERE payment.purchase_id = purchase.id
                            AND payment.state IN ('created', 'pending', 'succeeded')));
    $$;
    CREATE FUNCTION billing_discount_limits() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        discount billing_discount;
    BEGIN
        SELECT * INTO discount FROM billing_discount WHERE id = NEW.discount_id FOR UPDATE;
        IF billing_discount_uses(NEW.discount_id, NULL) >= discount.max_uses
           OR billing_discount_uses(NEW.discount_id, NEW.client_id)
              >= discount.max_uses_per_client THEN
            RAISE EXCEPTION 'discount % is used up', NEW.discount_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_discount_limits';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_discount_limits BEFORE INSERT ON billing_purchase FOR EACH ROW
        WHEN (NEW.discount_id IS NOT NULL) EXECUTE FUNCTION billing_discount_limits();
    """,
    """
    DROP TRIGGER billing_discount_limits ON billing_purchase;
    DROP FUNCTION billing_discount_limits();
    DROP FUNCTION billing_discount_uses(uuid, uuid);
    """,
)


def refrozen(table, before, added):
    """Return (forward, reverse) SQL that freezes `added` besides; the function stays."""

    def trigger(columns):
        old = ", ".join(f"OLD.{column}" for column in columns)
        new = ", ".join(f"NEW.{column}" for column in columns)
        return (
            f"DROP TRIGGER {table}_frozen ON {table};"
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {table}_frozen();"
        )

    return trigger((*before, *added)), trigger(before)


PURCHASE_FROZEN = (
    "id", "client_id", "mentor_id", "price_minor", "currency", "fee_bps", "fee_fixed_minor",
    "commission_bps", "commission_rule_id", "fee_minor", "commission_minor", "mentor_minor",
)  # fmt: skip
REFUND_FROZEN = (
    "id", "payment_id", "amount_minor", "currency", "cause", "bearer", "share_minor",
    "mentor_minor", "commission_minor", "fee_minor", "fee_waived_minor", "key",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("billing", "0029_discounts"), ("scheduling", "0005_review_guards")]

    operations = [
        migrations.RunSQL(*frozen("billing_discount", DISCOUNT_FROZEN)),
        migrations.RunSQL(*kept("billing_discount")),
        migrations.RunSQL(*USES),
        migrations.RunSQL(
            *refrozen(
                "billing_purchase",
                PURCHASE_FROZEN,
                ("discount_id", "discount_minor", "mentor_discount_minor", "credit_minor"),
            )
        ),
        migrations.RunSQL(*write_once("billing_purchase", ["settled_at"])),
        migrations.RunSQL(
            *refrozen("billing_refund", REFUND_FROZEN, ("discount_minor", "credit_minor"))
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER billing_disputeloss_back_frozen BEFORE UPDATE ON billing_disputeloss
                FOR EACH ROW WHEN ((OLD.discount_minor, OLD.credit_minor)
                    IS DISTINCT FROM (NEW.discount_minor, NEW.credit_minor))
                EXECUTE FUNCTION billing_disputeloss_frozen();
            """,
            "DROP TRIGGER billing_disputeloss_back_frozen ON billing_disputeloss;",
        ),
    ]
