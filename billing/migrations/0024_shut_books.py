"""What is shut stays shut: the guard of closed periods and of seals, and what of them is fixed."""

from django.db import migrations, models

from kernel.sql import append_only, four_eyes, frozen, kept, write_once

# A date that the insert leaves out; see Note [Where an entry is booked] in billing/ledger/entries.py.
DATED = (
    """
    CREATE FUNCTION billing_entry_dated() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.booked_at := greatest(NEW.occurred_at, (
            SELECT max(until) FROM billing_periodclose WHERE approved_at IS NOT NULL));
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_entry_dated BEFORE INSERT ON billing_entry FOR EACH ROW
        WHEN (NEW.booked_at IS NULL) EXECUTE FUNCTION billing_entry_dated();
    """,
    "DROP TRIGGER billing_entry_dated ON billing_entry; DROP FUNCTION billing_entry_dated();",
)

# One look at two index ends for each statement, however many entries it adds.
GUARDED = (
    """
    CREATE FUNCTION billing_entry_in_open_books() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        late record;
    BEGIN
        SELECT added.id, added.booked_at, added.posted_at, shut.until, shut.as_of INTO late
        FROM (SELECT (SELECT max(until) FROM billing_periodclose WHERE approved_at IS NOT NULL)
                         AS until,
                     (SELECT max(as_of) FROM billing_seal) AS as_of) AS shut, added
        WHERE added.booked_at < shut.until OR added.posted_at < shut.as_of
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry %: booked % and posted %, but the books are closed until % and '
                            'sealed until %', late.id, late.booked_at, late.posted_at,
                            late.until, late.as_of
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_entry_in_open_books';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_entry_in_open_books AFTER INSERT ON billing_entry
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION billing_entry_in_open_books();
    """,
    "DROP TRIGGER billing_entry_in_open_books ON billing_entry; "
    "DROP FUNCTION billing_entry_in_open_books();",
)

# A posting that is under way has looked at the line already, so the line waits for it, and new
# postings wait for the line. The lock needs a right that the application's role has not: hence
# a function of the owner's.
STILL = (
    """
    CREATE FUNCTION billing_hold_postings() RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        LOCK TABLE billing_entry IN SHARE ROW EXCLUSIVE MODE;
    END $$;
    CREATE FUNCTION billing_line_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM billing_hold_postings();
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_seal_holds_postings BEFORE INSERT ON billing_seal
        FOR EACH STATEMENT EXECUTE FUNCTION billing_line_moves();
    CREATE TRIGGER billing_periodclose_holds_postings
        BEFORE INSERT OR UPDATE OF approved_at ON billing_periodclose
        FOR EACH STATEMENT EXECUTE FUNCTION billing_line_moves();
    """,
    """
    DROP TRIGGER billing_periodclose_holds_postings ON billing_periodclose;
    DROP TRIGGER billing_seal_holds_postings ON billing_seal;
    DROP FUNCTION billing_line_moves();
    DROP FUNCTION billing_hold_postings();
    """,
)

# Both lines only move forward, and a period is closed from where the last one ended.
FORWARD = (
    """
    CREATE FUNCTION billing_periodclose_forward() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        line timestamptz;
    BEGIN
        SELECT max(until) INTO line FROM billing_periodclose
        WHERE approved_at IS NOT NULL AND id <> NEW.id;
        IF line IS NOT NULL AND NEW.since <> line THEN
            RAISE EXCEPTION 'the books are closed until %; the next period begins there', line
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_periodclose_forward';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_periodclose_forward BEFORE INSERT OR UPDATE ON billing_periodclose
        FOR EACH ROW WHEN (NEW.withdrawn_at IS NULL)
        EXECUTE FUNCTION billing_periodclose_forward();
    """,
    "DROP TRIGGER billing_periodclose_forward ON billing_periodclose; "
    "DROP FUNCTION billing_periodclose_forward();",
)

# A reversing row says what the reversed one said, and is not itself reversed.
REVERSED = (
    """
    CREATE FUNCTION billing_cost_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM billing_cost cost WHERE cost.id = NEW.reverses_id
               AND cost.reverses_id IS NULL
               AND (cost.account, cost.amount_minor, cost.currency, cost.supplier)
                   = (NEW.account, NEW.amount_minor, NEW.currency, NEW.supplier)) THEN
            RAISE EXCEPTION 'a reversing cost says what the reversed one said'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_cost_reversal';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_cost_reversal BEFORE INSERT ON billing_cost FOR EACH ROW
        WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION billing_cost_reversal();
    """,
    "DROP TRIGGER billing_cost_reversal ON billing_cost; DROP FUNCTION billing_cost_reversal();",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0023_costs_and_periods")]

    operations = [
        migrations.RunSQL(*DATED),
        migrations.AlterField(
            model_name="entry", name="booked_at", field=models.DateTimeField()
        ),
        migrations.RunSQL(*GUARDED),
        migrations.RunSQL(*STILL),
        migrations.RunSQL(*FORWARD),
        migrations.RunSQL(*append_only("billing_seal")),
        migrations.RunSQL(*append_only("billing_periodtotal")),
        migrations.RunSQL(*kept("billing_periodclose")),
        migrations.RunSQL(
            *frozen(
                "billing_periodclose",
                ["id", "since", "until", "entries", "content_hash", "open_breaks",
                 "proposed_by_id", "proposed_at"],
            )
        ),
        migrations.RunSQL(
            *write_once(
                "billing_periodclose",
                ["approved_by_id", "approved_at", "withdrawn_by_id", "withdrawn_at"],
            )
        ),
        migrations.RunSQL(*four_eyes("billing_periodclose", preparers=["proposed_by_id"])),
        migrations.RunSQL(*append_only("billing_cost")),
        migrations.RunSQL(*append_only("billing_costdocument")),
        migrations.RunSQL(*REVERSED),
    ]  # fmt: skip
