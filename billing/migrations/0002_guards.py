"""What the schema alone cannot say: balance, history, frozen columns, machines, refund bounds."""

from django.db import migrations

from kernel.sql import append_only, transition_trigger

# The tables of billing/states.py as they were; a test compares the triggers with today's.
PAYMENT_PAIRS = [
    ("created", "pending"),
    ("created", "succeeded"),
    ("created", "failed"),
    ("created", "cancelled"),
    ("pending", "succeeded"),
    ("pending", "failed"),
    ("pending", "cancelled"),
    ("failed", "pending"),
    ("failed", "succeeded"),
    ("failed", "cancelled"),
    ("cancelled", "succeeded"),
]
REFUND_PAIRS = [
    ("created", "pending"),
    ("created", "succeeded"),
    ("created", "failed"),
    ("created", "cancelled"),
    ("pending", "succeeded"),
    ("pending", "failed"),
    ("pending", "cancelled"),
    ("succeeded", "failed"),
]

# Each statement that adds lines adds zero per entry and currency. The trigger reads only the
# lines of the statement (the transition table): induction does the rest, at no growing cost.
BALANCED = (
    """
    CREATE FUNCTION billing_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        off record;
    BEGIN
        SELECT entry_id, currency, sum(amount_minor) AS total INTO off
        FROM added GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % is out of balance by % %', off.entry_id, off.total, off.currency
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_line_balanced';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_line_balanced AFTER INSERT ON billing_line
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION billing_line_balanced();
    """,
    "DROP TRIGGER billing_line_balanced ON billing_line; DROP FUNCTION billing_line_balanced();",
)

# The natural key of an account makes these checks local to the line.
LINE_FACTS = (
    """
    ALTER TABLE billing_ledgeraccount ADD CONSTRAINT billing_ledgeraccount_key CHECK (
        key = CASE gateway WHEN '' THEN code || ':' || currency
                           ELSE code || ':' || gateway || ':' || currency END);
    ALTER TABLE billing_line ADD CONSTRAINT billing_line_in_its_accounts_currency CHECK (
        right(account_id, 3) = currency);
    ALTER TABLE billing_line ADD CONSTRAINT billing_line_names_its_mentor CHECK (
        mentor_id IS NOT NULL
        OR left(account_id, 4) NOT IN ('2110', '2120', '2130', '2140', '2150', '5040'));
    ALTER TABLE billing_line ADD CONSTRAINT billing_line_names_its_purchase CHECK (
        purchase_id IS NOT NULL
        OR left(account_id, 4) NOT IN ('2110', '2200', '2300', '4010', '4020', '4090'));
    """,
    """
    ALTER TABLE billing_ledgeraccount DROP CONSTRAINT billing_ledgeraccount_key;
    ALTER TABLE billing_line DROP CONSTRAINT billing_line_in_its_accounts_currency;
    ALTER TABLE billing_line DROP CONSTRAINT billing_line_names_its_mentor;
    ALTER TABLE billing_line DROP CONSTRAINT billing_line_names_its_purchase;
    """,
)

# No role but the owner of the tables ever had these rights; a production role that is not the
# owner gets SELECT and INSERT alone (docs/money.md, "Rights").
REVOKED = (
    "REVOKE UPDATE, DELETE, TRUNCATE ON billing_entry, billing_line, billing_ledgeraccount "
    "FROM PUBLIC;",
    migrations.RunSQL.noop,
)


def frozen(table, columns):
    """Return (forward, reverse) SQL that refuses a change of `columns`, whatever else moves."""
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    name = f"{table}_frozen"
    return (
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the amounts and terms of {table} % were frozen with it', OLD.id
                USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {name}();
        CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
        """,
        f"DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {name} ON {table}; "
        f"DROP FUNCTION {name}();",
    )


# The state in which money lives is entered once and never left.
ONCE = (
    """
    CREATE FUNCTION billing_purchase_dates_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'purchase % was recognised or released already', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_purchase_dates_once';
    END $$;
    CREATE TRIGGER billing_purchase_dates_once BEFORE UPDATE ON billing_purchase FOR EACH ROW
        WHEN ((OLD.recognised_at IS NOT NULL AND OLD.recognised_at IS DISTINCT FROM NEW.recognised_at)
           OR (OLD.released_at IS NOT NULL AND OLD.released_at IS DISTINCT FROM NEW.released_at))
        EXECUTE FUNCTION billing_purchase_dates_once();
    """,
    """
    DROP TRIGGER billing_purchase_dates_once ON billing_purchase;
    DROP FUNCTION billing_purchase_dates_once();
    """,
)

# The payment carries what is refunded and promised; its CHECK refuses what exceeds the captured
# amount. Maintained here, so that no code (and no hand) can forget it; the update also takes
# the payment's row lock, which orders two refunds that race.
REFUND_TOTALS = (
    """
    CREATE FUNCTION billing_refund_totals() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        refunded bigint := 0;
        pending bigint := 0;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            refunded := - CASE WHEN OLD.state = 'succeeded' THEN OLD.amount_minor ELSE 0 END;
            pending := - CASE WHEN OLD.state IN ('created', 'pending') THEN OLD.amount_minor
                              ELSE 0 END;
        END IF;
        refunded := refunded + CASE WHEN NEW.state = 'succeeded' THEN NEW.amount_minor ELSE 0 END;
        pending := pending + CASE WHEN NEW.state IN ('created', 'pending') THEN NEW.amount_minor
                                  ELSE 0 END;
        IF refunded <> 0 OR pending <> 0 THEN
            UPDATE billing_payment
            SET refunded_minor = refunded_minor + refunded,
                pending_refund_minor = pending_refund_minor + pending
            WHERE id = NEW.payment_id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_refund_totals AFTER INSERT OR UPDATE OF state ON billing_refund
        FOR EACH ROW EXECUTE FUNCTION billing_refund_totals();
    """,
    "DROP TRIGGER billing_refund_totals ON billing_refund; DROP FUNCTION billing_refund_totals();",
)

PURCHASE_FROZEN = (
    "id", "client_id", "mentor_id", "price_minor", "currency", "fee_bps", "fee_fixed_minor",
    "commission_bps", "commission_rule_id", "fee_minor", "commission_minor", "mentor_minor",
)  # fmt: skip
PAYMENT_FROZEN = ("id", "purchase_id", "gateway", "amount_minor", "currency")
REFUND_FROZEN = (
    "id", "payment_id", "amount_minor", "currency", "cause", "bearer", "share_minor",
    "mentor_minor", "commission_minor", "fee_minor", "fee_waived_minor", "key",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only("billing_entry")),
        migrations.RunSQL(*append_only("billing_line")),
        migrations.RunSQL(*append_only("billing_ledgeraccount")),
        migrations.RunSQL(*REVOKED),
        migrations.RunSQL(*BALANCED),
        migrations.RunSQL(*LINE_FACTS),
        migrations.RunSQL(*frozen("billing_purchase", PURCHASE_FROZEN)),
        migrations.RunSQL(*frozen("billing_payment", PAYMENT_FROZEN)),
        migrations.RunSQL(*frozen("billing_refund", REFUND_FROZEN)),
        migrations.RunSQL(*ONCE),
        migrations.RunSQL(*REFUND_TOTALS),
        migrations.RunSQL(
            *transition_trigger(
                "billing_payment", column="state", initial=["created"], pairs=PAYMENT_PAIRS
            )
        ),
        migrations.RunSQL(
            *transition_trigger(
                "billing_refund", column="state", initial=["created"], pairs=REFUND_PAIRS
            )
        ),
    ]
