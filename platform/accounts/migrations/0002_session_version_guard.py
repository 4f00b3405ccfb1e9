"""A changed password and a deactivation end every sign-in, whoever makes the change.

`session_version` rises in the database itself, because people are also edited in the back
office, by commands and by hand; a stale row written back can never lower it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_user_session_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.session_version := GREATEST(NEW.session_version, OLD.session_version);
    IF NEW.password IS DISTINCT FROM OLD.password OR (OLD.is_active AND NOT NEW.is_active) THEN
        NEW.session_version := GREATEST(NEW.session_version, OLD.session_version + 1);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_user_session_version BEFORE UPDATE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_user_session_version();
"""
REVERSE = """
DROP TRIGGER accounts_user_session_version ON accounts_user;
DROP FUNCTION accounts_user_session_version();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
