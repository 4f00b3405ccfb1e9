"""What the database keeps of reports, also for SQL typed by hand.

Nobody decides on a session of their own; what nobody held or paid is not reported; no more minutes
are held than a session has; and a session is not completed over an open report.
"""

from django.db import migrations, models

from kernel.sql import own_search_path, transition_trigger

# A person's public id, as `kernel.ids.public_id` writes it: 130 bits, five to a letter.
PUBLIC_ID = """
CREATE FUNCTION scheduling_public_user_id(person uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'usr_' || string_agg(
        substr('0123456789abcdefghjkmnpqrstvwxyz', substring(bits FROM 5 * n + 1 FOR 5)::int + 1, 1),
        '' ORDER BY n
    )
    FROM (SELECT B'00' || ('x' || replace(person::text, '-', ''))::bit(128) AS bits) AS number,
         generate_series(0, 25) AS n
$$;
"""
# `moot` is nobody's decision: the session ended otherwise, be it by one of the two.
NOT_THEIR_OWN = """
CREATE FUNCTION scheduling_incident_not_their_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM scheduling_session session
        JOIN accounts_client client ON client.id = session.client_id
        JOIN accounts_mentor mentor ON mentor.id = session.mentor_id
        WHERE session.id = NEW.session_id AND NEW.decided_by IN (
            scheduling_public_user_id(client.user_id), scheduling_public_user_id(mentor.user_id)
        )
    ) THEN
        RAISE EXCEPTION 'scheduling_incident %: nobody decides on a session of their own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_incident_not_their_own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_incident_not_their_own BEFORE UPDATE ON scheduling_incident
    FOR EACH ROW WHEN (NEW.state NOT IN ('open', 'moot', 'withdrawn'))
    EXECUTE FUNCTION scheduling_incident_not_their_own();
"""
OF_A_SESSION = """
CREATE FUNCTION scheduling_incident_of_a_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found scheduling_session;
BEGIN
    SELECT * INTO found FROM scheduling_session WHERE id = NEW.session_id;
    IF TG_OP = 'INSERT'
       AND found.state NOT IN ('confirmed', 'in_progress', 'completed', 'reviewed') THEN
        RAISE EXCEPTION 'scheduling_incident: session % is %', found.id, found.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_incident_of_a_session';
    END IF;
    IF NEW.held_minutes * interval '1 minute' > found.ends_at - found.starts_at THEN
        RAISE EXCEPTION 'scheduling_incident %: session % was shorter', NEW.id, found.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_incident_of_a_session';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_incident_of_a_session BEFORE INSERT OR UPDATE ON scheduling_incident
    FOR EACH ROW EXECUTE FUNCTION scheduling_incident_of_a_session();
"""
NOT_OVER_A_REPORT = """
CREATE FUNCTION scheduling_session_not_over_a_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM scheduling_incident WHERE session_id = NEW.id AND state = 'open'
    ) THEN
        RAISE EXCEPTION 'scheduling_session % is reported: decide on it first', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_session_not_over_a_report';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_session_not_over_a_report BEFORE UPDATE OF state ON scheduling_session
    FOR EACH ROW WHEN (NEW.state = 'completed' AND OLD.state <> 'completed')
    EXECUTE FUNCTION scheduling_session_not_over_a_report();
"""
DROPPED = """
DROP TRIGGER scheduling_session_not_over_a_report ON scheduling_session;
DROP FUNCTION scheduling_session_not_over_a_report();
DROP TRIGGER scheduling_incident_of_a_session ON scheduling_incident;
DROP FUNCTION scheduling_incident_of_a_session();
DROP TRIGGER scheduling_incident_not_their_own ON scheduling_incident;
DROP FUNCTION scheduling_incident_not_their_own();
DROP FUNCTION scheduling_public_user_id(uuid);
"""


TABLE = "scheduling_incident"
DECIDED = ("mentor_fault", "pro_rata", "mentor_absent", "client_absent", "dismissed", "moot")
BEFORE, AFTER = (
    transition_trigger(
        TABLE, column="state", initial=["open"], pairs=[("open", state) for state in ends]
    )
    for ends in (DECIDED, (*DECIDED, "withdrawn"))
)
# The machine of 0020 goes, one that knows of withdrawn reports comes.
STATES = (BEFORE[1] + AFTER[0], AFTER[1] + BEFORE[0])


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0022_waitlist'),
    ]

    operations = [
        migrations.AlterField(
            model_name='incident',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('mentor_fault', 'mentor fault'), ('pro_rata', 'pro rata'), ('mentor_absent', 'mentor absent'), ('client_absent', 'client absent'), ('dismissed', 'dismissed'), ('moot', 'moot'), ('withdrawn', 'withdrawn')], max_length=13),
        ),
        migrations.RemoveConstraint(
            model_name='incident',
            name='scheduling_incident_state_of_its_kind',
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'emergency'), ('state__in', ['open', 'mentor_fault', 'pro_rata'])), models.Q(('kind', 'absence'), ('state__in', ['open', 'mentor_absent', 'client_absent'])), models.Q(('kind__in', ['emergency', 'absence']), ('state__in', ['dismissed', 'moot', 'withdrawn'])), _connector='OR'), name='scheduling_incident_state_of_its_kind'),
        ),
        migrations.RunSQL(*STATES),
        migrations.RunSQL(
            PUBLIC_ID + NOT_THEIR_OWN + OF_A_SESSION + NOT_OVER_A_REPORT, DROPPED
        ),
        migrations.RunSQL(own_search_path("scheduling")[0], migrations.RunSQL.noop),
    ]
