"""What the schema alone cannot say: history, the state machine, and rows that agree."""

from django.db import migrations

from kernel.sql import append_only, transition_trigger

# The table of scheduling/states.py as it was; a test compares the trigger with today's.
SESSION_PAIRS = [
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("pending", "expired"),
    ("confirmed", "in_progress"),
    ("confirmed", "cancelled"),
    ("in_progress", "completed"),
    ("in_progress", "cancelled"),
    ("completed", "reviewed"),
]

# A session's mentor and time are its meeting's. Deferred, so that both can move together.
SAME_TIME = (
    """
    ALTER TABLE scheduling_session ADD CONSTRAINT scheduling_session_same_time_as_meeting
        FOREIGN KEY (meeting_id, mentor_id, during)
        REFERENCES scheduling_meeting (id, mentor_id, during) DEFERRABLE INITIALLY DEFERRED;
    """,
    "ALTER TABLE scheduling_session DROP CONSTRAINT scheduling_session_same_time_as_meeting;",
)

# A live session sits in a live meeting, or the exclusion constraint would not see it. Checked
# from both sides; the row lock on the meeting orders the two.
LIVE_TOGETHER = (
    """
    CREATE FUNCTION scheduling_session_needs_live_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM scheduling_meeting WHERE id = NEW.meeting_id AND live FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'session % is live and its meeting is not', NEW.id
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'scheduling_session_in_live_meeting';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_session_in_live_meeting
        BEFORE INSERT OR UPDATE OF live, meeting_id ON scheduling_session
        FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION scheduling_session_needs_live_meeting();

    CREATE FUNCTION scheduling_meeting_keeps_live_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM scheduling_session WHERE meeting_id = NEW.id AND live) THEN
            RAISE EXCEPTION 'meeting % still has a live session', NEW.id
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'scheduling_meeting_released_when_empty';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_meeting_released_when_empty
        BEFORE UPDATE OF live ON scheduling_meeting
        FOR EACH ROW WHEN (OLD.live AND NOT NEW.live)
        EXECUTE FUNCTION scheduling_meeting_keeps_live_sessions();
    """,
    """
    DROP TRIGGER scheduling_session_in_live_meeting ON scheduling_session;
    DROP FUNCTION scheduling_session_needs_live_meeting();
    DROP TRIGGER scheduling_meeting_released_when_empty ON scheduling_meeting;
    DROP FUNCTION scheduling_meeting_keeps_live_sessions();
    """,
)

RULE_TABLES = (
    "scheduling_weeklyrule",
    "scheduling_dateoverride",
    "scheduling_timeoff",
    "scheduling_travelzone",
)

# `version` rises with every change of the schedule or its rules, by whatever hand.
SCHEDULE_VERSION = (
    """
    CREATE FUNCTION scheduling_schedule_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.version := OLD.version + 1;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_schedule_version BEFORE UPDATE ON scheduling_schedule
        FOR EACH ROW EXECUTE FUNCTION scheduling_schedule_raise_version();

    CREATE FUNCTION scheduling_rule_touches_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            UPDATE scheduling_schedule SET version = version WHERE id = OLD.schedule_id;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            UPDATE scheduling_schedule SET version = version WHERE id = NEW.schedule_id;
        END IF;
        RETURN NULL;
    END $$;
    """
    + "".join(
        f"CREATE TRIGGER {table}_version AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION scheduling_rule_touches_schedule();\n"
        for table in RULE_TABLES
    ),
    "".join(f"DROP TRIGGER {table}_version ON {table};\n" for table in RULE_TABLES)
    + """
    DROP FUNCTION scheduling_rule_touches_schedule();
    DROP TRIGGER scheduling_schedule_version ON scheduling_schedule;
    DROP FUNCTION scheduling_schedule_raise_version();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only("scheduling_sessionevent")),
        migrations.RunSQL(
            *transition_trigger(
                "scheduling_session", column="state", initial=["pending"], pairs=SESSION_PAIRS
            )
        ),
        migrations.RunSQL(*SAME_TIME),
        migrations.RunSQL(*LIVE_TOGETHER),
        migrations.RunSQL(*SCHEDULE_VERSION),
    ]
