"""Messages are history, numbered without a hole, and written by the two people alone."""

from django.db import migrations

from kernel.sql import append_only

# One update takes the next number: a twin waits for the row and then meets a used number.
NEXT_NUMBER = (
    """
    CREATE FUNCTION messaging_message_takes_number() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE messaging_conversation AS c
            SET length = NEW.number, last_sent_at = GREATEST(c.last_sent_at, NEW.sent_at)
            WHERE c.id = NEW.conversation_id AND c.length = NEW.number - 1
              AND NEW.author_id IN (
                  SELECT user_id FROM accounts_client WHERE id = c.client_id
                  UNION ALL SELECT user_id FROM accounts_mentor WHERE id = c.mentor_id);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'message % is not the next one of its conversation by its people',
                NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_next';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER messaging_message_next BEFORE INSERT ON messaging_message
        FOR EACH ROW EXECUTE FUNCTION messaging_message_takes_number();
    """,
    """
    DROP TRIGGER messaging_message_next ON messaging_message;
    DROP FUNCTION messaging_message_takes_number();
    """,
)

FORWARD_ONLY = (
    """
    CREATE FUNCTION messaging_readmark_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a read mark only moves forward'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'messaging_mark_forward';
    END $$;
    CREATE TRIGGER messaging_mark_forward BEFORE UPDATE ON messaging_readmark
        FOR EACH ROW WHEN (NEW.number < OLD.number) EXECUTE FUNCTION messaging_readmark_stays();
    """,
    """
    DROP TRIGGER messaging_mark_forward ON messaging_readmark;
    DROP FUNCTION messaging_readmark_stays();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only("messaging_message")),
        migrations.RunSQL(*NEXT_NUMBER),
        migrations.RunSQL(*FORWARD_ONLY),
    ]
