"""Disputes: facts are written once, states follow the table, payments carry what is disputed."""

from django.db import migrations

from kernel.sql import transition_trigger

# The table of billing/states.py as it was; a test compares the trigger with today's.
DISPUTE_STATES = [
    "inquiry_needs_response",
    "inquiry_under_review",
    "inquiry_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
]
DISPUTE_PAIRS = [
    ("inquiry_needs_response", "inquiry_under_review"),
    ("inquiry_needs_response", "inquiry_closed"),
    ("inquiry_under_review", "inquiry_closed"),
    ("inquiry_needs_response", "needs_response"),
    ("inquiry_under_review", "needs_response"),
    ("inquiry_closed", "needs_response"),
    ("inquiry_needs_response", "under_review"),
    ("inquiry_under_review", "under_review"),
    ("inquiry_closed", "under_review"),
    ("needs_response", "under_review"),
    ("inquiry_needs_response", "won"),
    ("inquiry_under_review", "won"),
    ("inquiry_closed", "won"),
    ("needs_response", "won"),
    ("inquiry_needs_response", "lost"),
    ("inquiry_under_review", "lost"),
    ("inquiry_closed", "lost"),
    ("needs_response", "lost"),
    ("under_review", "won"),
    ("under_review", "lost"),
    ("lost", "won"),
]

FACTS = (
    """
    CREATE FUNCTION billing_dispute_facts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what happened to the money of dispute % was written down once', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_dispute_facts';
    END $$;
    CREATE TRIGGER billing_dispute_facts BEFORE UPDATE ON billing_dispute FOR EACH ROW
        WHEN ((OLD.id, OLD.payment_id, OLD.gateway_dispute_id, OLD.currency, OLD.opened_at)
                IS DISTINCT FROM
              (NEW.id, NEW.payment_id, NEW.gateway_dispute_id, NEW.currency, NEW.opened_at)
           OR OLD.withdrawal_id IS NOT NULL AND
              (OLD.withdrawal_id, OLD.withdrawn_minor, OLD.fee_minor, OLD.withdrawn_at)
                IS DISTINCT FROM
              (NEW.withdrawal_id, NEW.withdrawn_minor, NEW.fee_minor, NEW.withdrawn_at)
           OR OLD.reinstatement_id IS NOT NULL AND
              (OLD.reinstatement_id, OLD.reinstated_minor, OLD.fee_returned_minor,
               OLD.reinstated_at)
                IS DISTINCT FROM
              (NEW.reinstatement_id, NEW.reinstated_minor, NEW.fee_returned_minor,
               NEW.reinstated_at))
        EXECUTE FUNCTION billing_dispute_facts();
    CREATE TRIGGER billing_dispute_kept BEFORE DELETE ON billing_dispute
        FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();

    CREATE FUNCTION billing_disputeloss_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the parts of loss % were frozen with it; it is reversed once', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_disputeloss_frozen';
    END $$;
    CREATE TRIGGER billing_disputeloss_frozen BEFORE UPDATE ON billing_disputeloss FOR EACH ROW
        WHEN ((OLD.id, OLD.dispute_id, OLD.share_minor, OLD.mentor_minor, OLD.commission_minor,
               OLD.fee_minor, OLD.excess_minor, OLD.created_at)
                IS DISTINCT FROM
              (NEW.id, NEW.dispute_id, NEW.share_minor, NEW.mentor_minor, NEW.commission_minor,
               NEW.fee_minor, NEW.excess_minor, NEW.created_at)
           OR OLD.reversed_at IS NOT NULL AND OLD.reversed_at IS DISTINCT FROM NEW.reversed_at)
        EXECUTE FUNCTION billing_disputeloss_frozen();
    CREATE TRIGGER billing_disputeloss_kept BEFORE DELETE ON billing_disputeloss
        FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
    """,
    """
    DROP TRIGGER billing_disputeloss_kept ON billing_disputeloss;
    DROP TRIGGER billing_disputeloss_frozen ON billing_disputeloss;
    DROP FUNCTION billing_disputeloss_frozen();
    DROP TRIGGER billing_dispute_kept ON billing_dispute;
    DROP TRIGGER billing_dispute_facts ON billing_dispute;
    DROP FUNCTION billing_dispute_facts();
    """,
)

# The payment carries what disputes hold of it, summed anew: a payment has one dispute, seldom two.
TOTALS = (
    """
    CREATE FUNCTION billing_dispute_totals(payment uuid) RETURNS void LANGUAGE sql AS $$
        UPDATE billing_payment SET (disputed_minor, held_by_dispute) = (
            SELECT coalesce(sum(withdrawn_minor - coalesce(reinstated_minor, 0)), 0),
                   coalesce(bool_or(reinstated_minor IS NULL AND NOT EXISTS (
                       SELECT FROM billing_disputeloss loss
                       WHERE loss.dispute_id = dispute.id AND loss.reversed_at IS NULL)), false)
            FROM billing_dispute dispute
            WHERE dispute.payment_id = payment AND withdrawn_minor IS NOT NULL)
        WHERE id = payment;
    $$;
    CREATE FUNCTION billing_dispute_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'billing_dispute' THEN
            PERFORM billing_dispute_totals(NEW.payment_id);
        ELSE
            PERFORM billing_dispute_totals(
                (SELECT payment_id FROM billing_dispute WHERE id = NEW.dispute_id));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_dispute_totals
        AFTER INSERT OR UPDATE OF withdrawn_minor, reinstated_minor ON billing_dispute
        FOR EACH ROW EXECUTE FUNCTION billing_dispute_changed();
    CREATE TRIGGER billing_disputeloss_totals
        AFTER INSERT OR UPDATE OF reversed_at ON billing_disputeloss
        FOR EACH ROW EXECUTE FUNCTION billing_dispute_changed();
    """,
    """
    DROP TRIGGER billing_disputeloss_totals ON billing_disputeloss;
    DROP TRIGGER billing_dispute_totals ON billing_dispute;
    DROP FUNCTION billing_dispute_changed();
    DROP FUNCTION billing_dispute_totals(uuid);
    """,
)

# A refund of ours is never promised out of disputed money. One that was made at the gateway is a
# fact, and a dispute may exceed what is left: those are not refused here (5030 has the excess).
UNDISPUTED = (
    """
    CREATE FUNCTION billing_refund_undisputed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        payment billing_payment;
    BEGIN
        SELECT * INTO payment FROM billing_payment WHERE id = NEW.payment_id FOR UPDATE;
        IF payment.held_by_dispute OR payment.disputed_minor > 0 AND
           payment.refunded_minor + payment.pending_refund_minor + payment.disputed_minor
               + NEW.amount_minor > payment.amount_minor THEN
            RAISE EXCEPTION 'a dispute holds the money of payment %', NEW.payment_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_undisputed';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_refund_undisputed BEFORE INSERT ON billing_refund FOR EACH ROW
        WHEN (NEW.cause <> 'external') EXECUTE FUNCTION billing_refund_undisputed();
    """,
    """
    DROP TRIGGER billing_refund_undisputed ON billing_refund;
    DROP FUNCTION billing_refund_undisputed();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_disputes"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*FACTS),
        migrations.RunSQL(*TOTALS),
        migrations.RunSQL(*UNDISPUTED),
        migrations.RunSQL(
            *transition_trigger(
                "billing_dispute", column="state", initial=DISPUTE_STATES, pairs=DISPUTE_PAIRS
            )
        ),
    ]
