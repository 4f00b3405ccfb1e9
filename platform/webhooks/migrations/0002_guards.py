"""Events and attempts are history, deliveries follow their table, and nobody is told of others."""

from django.db import migrations

from kernel.sql import frozen, kept, own_search_path, settled, transition_trigger
from webhooks.states import DELIVERY

KEPT_DAYS = 90

EVENT_NAMES_ITS_OBJECT = (
    "ALTER TABLE webhooks_event ADD CONSTRAINT webhooks_event_names_its_object "
    "CHECK (data ->> 'id' IS NOT DISTINCT FROM object_id);",
    "ALTER TABLE webhooks_event DROP CONSTRAINT webhooks_event_names_its_object;",
)

# A person's endpoint gets events of objects that are theirs to see, whoever writes the row.
DELIVERY_IS_VISIBLE = (
    """
    CREATE FUNCTION webhooks_delivery_is_visible() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM webhooks_endpoint AS e, webhooks_event AS v
            WHERE e.id = NEW.endpoint_id AND v.id = NEW.event_id
              AND (e.owner_id IS NULL OR e.owner_id = ANY (v.people));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'delivery % is of an event that its endpoint''s owner may not see',
                NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'webhooks_delivery_visible';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER webhooks_delivery_visible BEFORE INSERT ON webhooks_delivery
        FOR EACH ROW EXECUTE FUNCTION webhooks_delivery_is_visible();
    """,
    """
    DROP TRIGGER webhooks_delivery_visible ON webhooks_delivery;
    DROP FUNCTION webhooks_delivery_is_visible();
    """,
)


def history(table, column, *, moves=False):
    """Return SQL that keeps rows for KEPT_DAYS behind `column`; unless it `moves`, unchanged."""
    name = f"{table}_history"
    events = "DELETE" if moves else "UPDATE OR DELETE"
    return (
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.{column} < now() - interval '{KEPT_DAYS} days' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'rows of {table} are kept unchanged for {KEPT_DAYS} days'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
        END $$;
        CREATE TRIGGER {name} BEFORE {events} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
        """,
        f"""
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*EVENT_NAMES_ITS_OBJECT),
        migrations.RunSQL(*history("webhooks_event", "occurred_at")),
        migrations.RunSQL(*history("webhooks_attempt", "at")),
        migrations.RunSQL(*history("webhooks_delivery", "created_at", moves=True)),
        migrations.RunSQL(
            *transition_trigger(
                "webhooks_delivery",
                column="state",
                initial=[state.value for state in DELIVERY.initial],
                pairs=DELIVERY.pairs(),
            )
        ),
        migrations.RunSQL(*frozen("webhooks_delivery", ["id", "endpoint_id", "event_id", "created_at"])),
        migrations.RunSQL(*DELIVERY_IS_VISIBLE),
        migrations.RunSQL(*kept("webhooks_endpoint")),
        migrations.RunSQL(*frozen("webhooks_endpoint", ["id", "owner_id", "made_by_id", "created_at"])),
        migrations.RunSQL(*settled("webhooks_endpoint", "removed_at")),
        migrations.RunSQL(own_search_path("webhooks")[0], migrations.RunSQL.noop),
    ]
