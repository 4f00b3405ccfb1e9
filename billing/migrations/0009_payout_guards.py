"""What the payout tables refuse by trigger: other moves, other amounts, lines that do not fit."""

from django.db import migrations

from kernel.sql import append_only, frozen, kept, transition_trigger, write_once

# The tables of billing/states.py as they were; a test compares the triggers with today's.
PAYOUT_ACCOUNT_PAIRS = [
    ("onboarding", "active"),
    ("onboarding", "restricted"),
    ("onboarding", "closed"),
    ("active", "restricted"),
    ("active", "closed"),
    ("restricted", "active"),
    ("restricted", "closed"),
]
PAYOUT_RUN_PAIRS = [
    ("draft", "frozen"),
    ("draft", "discarded"),
    ("frozen", "approved"),
    ("frozen", "discarded"),
    ("approved", "sending"),
    ("sending", "done"),
]
PAYOUT_PAIRS = [
    ("created", "approved"),
    ("created", "discarded"),
    ("approved", "sent"),
    ("approved", "paid"),
    ("approved", "failed"),
    ("sent", "paid"),
    ("sent", "failed"),
    ("paid", "cleared"),
    ("paid", "returned"),
    ("cleared", "returned"),
    ("returned", "reassigned"),
]

# Payouts and their lines are added to a draft alone, and a line fits its payout: available money
# of the same mentor and currency, the amount of the ledger line, and nothing that an earlier
# payout posted itself.
FITS = (
    """
    CREATE FUNCTION billing_payout_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        fits boolean;
    BEGIN
        SELECT run.state = 'draft' AND run.currency = NEW.currency
               AND account.mentor_id = NEW.mentor_id AND account.gateway = run.gateway INTO fits
        FROM billing_payoutrun run, billing_payoutaccount account
        WHERE run.id = NEW.run_id AND account.id = NEW.account_id;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'payout % does not fit its run: a draft of its currency, paid into an '
                            'account of its mentor', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payout_in_draft';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_payout_in_draft BEFORE INSERT ON billing_payout
        FOR EACH ROW EXECUTE FUNCTION billing_payout_in_draft();

    CREATE FUNCTION billing_payoutline_fits() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        fits boolean;
    BEGIN
        SELECT run.state = 'draft' AND payout.state = 'created' AND NEW.live
               AND line.account_id = '2120:' || payout.currency
               AND line.mentor_id = payout.mentor_id AND line.amount_minor = NEW.amount_minor
               AND entry.source_type <> 'payout' INTO fits
        FROM billing_payout payout
        JOIN billing_payoutrun run ON run.id = payout.run_id,
             billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE payout.id = NEW.payout_id AND line.id = NEW.line_id;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'ledger line % does not fit payout %', NEW.line_id, NEW.payout_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payoutline_fits';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_payoutline_fits BEFORE INSERT ON billing_payoutline
        FOR EACH ROW EXECUTE FUNCTION billing_payoutline_fits();

    CREATE FUNCTION billing_payoutline_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.id, OLD.payout_id, OLD.line_id, OLD.amount_minor)
           IS DISTINCT FROM (NEW.id, NEW.payout_id, NEW.line_id, NEW.amount_minor)
           OR (NEW.live AND NOT OLD.live)
           OR (OLD.live AND NOT NEW.live AND NOT EXISTS (
                   SELECT FROM billing_payout WHERE id = OLD.payout_id
                      AND state IN ('failed', 'reassigned', 'discarded'))) THEN
            RAISE EXCEPTION 'the lines of payout % are fixed', OLD.payout_id
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_payoutline_fixed';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_payoutline_fixed BEFORE UPDATE ON billing_payoutline
        FOR EACH ROW EXECUTE FUNCTION billing_payoutline_fixed();
    """,
    """
    DROP TRIGGER billing_payoutline_fixed ON billing_payoutline;
    DROP FUNCTION billing_payoutline_fixed();
    DROP TRIGGER billing_payoutline_fits ON billing_payoutline;
    DROP FUNCTION billing_payoutline_fits();
    DROP TRIGGER billing_payout_in_draft ON billing_payout;
    DROP FUNCTION billing_payout_in_draft();
    """,
)

# I6: a run cannot be frozen unless each of its payouts is the sum of its lines (a credit is
# negative) and the run the sum of its payouts. Nothing is added or changed after that.
SUMS = (
    """
    CREATE FUNCTION billing_payoutrun_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        off record;
    BEGIN
        SELECT payout.id, payout.amount_minor, -coalesce(sum(line.amount_minor), 0) AS lines
        INTO off
        FROM billing_payout payout
        LEFT JOIN billing_payoutline line ON line.payout_id = payout.id
        WHERE payout.run_id = NEW.id
        GROUP BY payout.id
        HAVING payout.amount_minor <> -coalesce(sum(line.amount_minor), 0) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'payout % is % and its lines make %', off.id, off.amount_minor,
                            off.lines
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payoutrun_adds_up';
        END IF;
        IF (NEW.count, NEW.total_minor) IS DISTINCT FROM (
               SELECT count(*)::integer, coalesce(sum(amount_minor), 0)::bigint
               FROM billing_payout WHERE run_id = NEW.id) THEN
            RAISE EXCEPTION 'payout run % does not carry the totals of its payouts', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payoutrun_adds_up';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_payoutrun_adds_up BEFORE UPDATE ON billing_payoutrun FOR EACH ROW
        WHEN (OLD.state = 'draft' AND NEW.state = 'frozen')
        EXECUTE FUNCTION billing_payoutrun_adds_up();

    CREATE FUNCTION billing_payoutrun_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the content of payout run % was frozen', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_payoutrun_fixed';
    END $$;
    CREATE TRIGGER billing_payoutrun_fixed BEFORE UPDATE ON billing_payoutrun FOR EACH ROW
        WHEN (OLD.state <> 'draft' AND (OLD.content_hash, OLD.count, OLD.total_minor)
              IS DISTINCT FROM (NEW.content_hash, NEW.count, NEW.total_minor))
        EXECUTE FUNCTION billing_payoutrun_fixed();
    """,
    """
    DROP TRIGGER billing_payoutrun_fixed ON billing_payoutrun;
    DROP FUNCTION billing_payoutrun_fixed();
    DROP TRIGGER billing_payoutrun_adds_up ON billing_payoutrun;
    DROP FUNCTION billing_payoutrun_adds_up();
    """,
)

# A payout that came to nothing gives its lines back, in the statement that ends it.
FREED = (
    """
    CREATE FUNCTION billing_payout_frees_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE billing_payoutline SET live = false WHERE payout_id = NEW.id AND live;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_payout_frees_lines AFTER UPDATE OF state ON billing_payout FOR EACH ROW
        WHEN (OLD.state <> NEW.state AND NEW.state IN ('failed', 'reassigned', 'discarded'))
        EXECUTE FUNCTION billing_payout_frees_lines();
    """,
    """
    DROP TRIGGER billing_payout_frees_lines ON billing_payout;
    DROP FUNCTION billing_payout_frees_lines();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_payouts"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*FITS),
        migrations.RunSQL(*SUMS),
        migrations.RunSQL(*FREED),
        migrations.RunSQL(
            *frozen(
                "billing_payoutrun", ("id", "gateway", "currency", "minimum_minor", "built_by_id")
            )
        ),
        migrations.RunSQL(
            *write_once(
                "billing_payoutrun", ("frozen_by_id", "frozen_at", "approved_by_id", "approved_at")
            )
        ),
        migrations.RunSQL(
            *frozen(
                "billing_payout",
                ("id", "run_id", "mentor_id", "account_id", "amount_minor", "currency"),
            )
        ),
        migrations.RunSQL(
            *write_once("billing_payout", ("gateway_transfer_id", "ordered_at", "paid_at"))
        ),
        migrations.RunSQL(*frozen("billing_payoutaccount", ("id", "mentor_id", "gateway"))),
        migrations.RunSQL(*write_once("billing_payoutaccount", ("gateway_account_id",))),
        migrations.RunSQL(
            *frozen("billing_payouthold", ("id", "mentor_id", "reason", "placed_by_id"))
        ),
        migrations.RunSQL(*write_once("billing_payouthold", ("lifted_by_id", "lifted_at"))),
        *(
            migrations.RunSQL(*kept(f"billing_{table}"))
            for table in ("payoutrun", "payout", "payoutline", "payoutaccount", "payouthold")
        ),
        migrations.RunSQL(*append_only("billing_payoutexclusion")),
        *(
            migrations.RunSQL(
                *transition_trigger(
                    f"billing_{table}", column="state", initial=[initial], pairs=pairs
                )
            )
            for table, initial, pairs in (
                ("payoutaccount", "onboarding", PAYOUT_ACCOUNT_PAIRS),
                ("payoutrun", "draft", PAYOUT_RUN_PAIRS),
                ("payout", "created", PAYOUT_PAIRS),
            )
        ),
    ]
