"""A mentor whose account is deactivated is suspended; one who is let in again applies anew."""

from django.db import migrations

from kernel.sql import own_search_path

FORWARD = """
CREATE FUNCTION accounts_mentor_follows_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_active THEN
        UPDATE accounts_mentor SET status = 'applied'
            WHERE user_id = NEW.id AND status = 'suspended';
    ELSE
        UPDATE accounts_mentor SET status = 'suspended' WHERE user_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_mentor_follows_account AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (NEW.is_active IS DISTINCT FROM OLD.is_active)
    EXECUTE FUNCTION accounts_mentor_follows_account();
UPDATE accounts_mentor SET status = 'suspended'
    WHERE user_id IN (SELECT id FROM accounts_user WHERE NOT is_active);
"""
REVERSE = """
DROP TRIGGER accounts_mentor_follows_account ON accounts_user;
DROP FUNCTION accounts_mentor_follows_account();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_categories")]

    operations = [
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.RunSQL(own_search_path("accounts")[0], migrations.RunSQL.noop),
    ]
