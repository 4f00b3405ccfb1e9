"""Moves are history, rules and reserves are kept; a reserve is the sum of its moves at commit."""

from django.db import migrations

from kernel.sql import append_only, frozen, kept, write_once

ADDS_UP = (
    """
    CREATE FUNCTION billing_reserve_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        reserve_of uuid := CASE TG_TABLE_NAME WHEN 'billing_reserve' THEN NEW.id
                                              ELSE (to_jsonb(NEW)->>'reserve_id')::uuid END;
        held bigint;
        moved bigint;
    BEGIN
        SELECT amount_minor INTO held FROM billing_reserve WHERE id = reserve_of;
        SELECT coalesce(sum(CASE kind WHEN 'taken' THEN amount_minor ELSE -amount_minor END), 0)
        INTO moved FROM billing_reservemove WHERE reserve_id = reserve_of;
        IF held <> moved THEN
            RAISE EXCEPTION 'reserve % holds % and its moves make %', reserve_of, held, moved
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_reserve_adds_up';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER billing_reserve_adds_up AFTER INSERT OR UPDATE ON billing_reserve
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_reserve_adds_up();
    CREATE CONSTRAINT TRIGGER billing_reservemove_adds_up AFTER INSERT ON billing_reservemove
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_reserve_adds_up();
    """,
    """
    DROP TRIGGER billing_reservemove_adds_up ON billing_reservemove;
    DROP TRIGGER billing_reserve_adds_up ON billing_reserve;
    DROP FUNCTION billing_reserve_adds_up();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0027_reserves"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only("billing_reservemove")),
        migrations.RunSQL(*append_only("billing_reserverule")),
        migrations.RunSQL(*kept("billing_reserve")),
        migrations.RunSQL(
            *frozen(
                "billing_reserve",
                ("id", "mentor_id", "currency", "purchase_id", "rule_id", "reason", "begun_at"),
            )
        ),
        migrations.RunSQL(*write_once("billing_reserve", ("released_at",))),
        migrations.RunSQL(*ADDS_UP),
    ]
