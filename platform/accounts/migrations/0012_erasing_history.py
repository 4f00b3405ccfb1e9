"""The one way in which history is written over: an erasure, and of each table the named columns.

`accounts_erases` says yes inside the transaction that carries an erasure out (its row has begun and
is not done, which no other transaction ever sees), and only where nothing but the named columns is
another. No table of the ledger is named, and no row is ever deleted by it. The guards ask it where
they would refuse.
"""

from django.db import migrations

from kernel.sql import frozen, kept, write_once

ERASABLE = {
    "kernel_auditentry": ["data", "source"],
    "accounts_applicationstep": ["comment"],
    "accounts_applicationtick": ["evidence"],
    "accounts_suspension": ["reason", "lift_reason"],
    "scheduling_sessionevent": ["reason", "data"],
    "scheduling_proposal": ["message"],
    "scheduling_incident": ["reason", "decision"],
    "scheduling_goalprogress": ["note"],
    "scheduling_review": ["comment"],
    "scheduling_reviewreply": ["text"],
    "scheduling_reviewreport": ["words", "decision_reason"],
    "scheduling_reviewmoderation": ["reason"],
    "messaging_message": ["text"],
    "messaging_report": ["words", "decision_reason"],
    "webhooks_endpoint": ["url", "description"],
    "webhooks_attempt": ["body", "error"],
    "billing_gatewayevent": ["payload", "error"],
    "billing_refund": ["reason", "dropped_reason"],
    "billing_creditmovement": ["reason"],
    "billing_unwinding": ["reason"],
    "billing_disputeanswer": ["client_name", "client_email", "service", "record", "statement"],
    "billing_answerdocument": ["name", "content"],
    "billing_payouthold": ["reason"],
}
GUARDS = [
    "kernel_refuse_change",
    "scheduling_proposal_frozen",
    "scheduling_incident_frozen",
    "scheduling_review_only_moderated",
    "scheduling_reply_only_moderated",
    "scheduling_reviewreport_frozen",
    "scheduling_reviewreport_settled",
    "messaging_report_frozen",
    "messaging_report_settled",
    "webhooks_endpoint_settled",
    "webhooks_attempt_history",
    "billing_gatewayevent_frozen",
    "billing_refund_said_once",
    "billing_disputeanswer_frozen",
    "billing_payouthold_frozen",
]

COLUMNS = ", ".join(
    f"('{table}', ARRAY[{', '.join(repr(column) for column in columns)}])"
    for table, columns in ERASABLE.items()
)
ERASES = (
    f"""
    CREATE FUNCTION accounts_erases(changed text, before jsonb, after jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
    DECLARE allowed text[];
    BEGIN
        SELECT columns INTO allowed FROM (VALUES {COLUMNS}) AS erasable (name, columns)
            WHERE name = changed;
        IF allowed IS NULL OR before - allowed IS DISTINCT FROM after - allowed THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM accounts_erasure
            WHERE id::text = current_setting('counterfoil.erasure', true)
              AND begun_at IS NOT NULL AND done_at IS NULL);
    END $$;
    """,  # noqa: S608 - constants
    "DROP FUNCTION accounts_erases(text, jsonb, jsonb);",
)
ASK = (
    " IF TG_OP = ''UPDATE'' THEN IF accounts_erases(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW))"
    " THEN RETURN NEW; END IF; END IF;"
)
NAMES = ", ".join(f"'{name}'" for name in GUARDS)
EACH = """
DO $do$
DECLARE
    guard oid;
BEGIN
    FOR guard IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname IN ({names})
    LOOP
        EXECUTE {change};
    END LOOP;
END $do$;
"""
GUARDS_ASK = (
    EACH.format(
        names=NAMES,
        change=rf"regexp_replace(pg_get_functiondef(guard), '\mBEGIN\M', 'BEGIN{ASK}')",
    ),
    EACH.format(names=NAMES, change=f"replace(pg_get_functiondef(guard), '{ASK}', '')"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_exports_and_erasures"),
        ("kernel", "0004_audit_source_and_saved_views"),
        ("webhooks", "0003_unreadable"),
        ("scheduling", "0026_first_start"),
        ("messaging", "0006_blocks_and_reports"),
        ("billing", "0065_no_release_over_a_report"),
    ]

    operations = [
        migrations.RunSQL(*kept("accounts_erasure")),
        migrations.RunSQL(*frozen("accounts_erasure", ["id", "user_id", "requested_by_id", "requested_at"])),
        migrations.RunSQL(
            *write_once(
                "accounts_erasure",
                ["withdrawn_at", "withdrawn_by_id", "begun_at", "done_at", "done_by_id"],
            )
        ),
        migrations.RunSQL(*ERASES),
        migrations.RunSQL(*GUARDS_ASK),
    ]
