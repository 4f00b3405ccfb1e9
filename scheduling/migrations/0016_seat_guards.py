"""A live session sits on a seat that its meeting has; what a group meeting offers stays."""

from django.db import migrations

from kernel.sql import frozen, own_search_path

# With (meeting, seat) unique among live sessions no writer sells more seats than there are. The
# look that finds the meeting live reads its capacity, so one-to-one pays nothing for it.
SEAT_WITHIN_CAPACITY = (
    """
    CREATE OR REPLACE FUNCTION scheduling_session_needs_live_meeting() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        seats integer;
    BEGIN
        SELECT capacity INTO seats
        FROM scheduling_meeting WHERE id = NEW.meeting_id AND live FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'session % is live and its meeting is not', NEW.id
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'scheduling_session_in_live_meeting';
        END IF;
        IF NEW.seat > seats THEN
            RAISE EXCEPTION 'session % has seat % of a meeting with %', NEW.id, NEW.seat, seats
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'scheduling_session_seat_within_capacity';
        END IF;
        RETURN NEW;
    END $$;
    DROP TRIGGER scheduling_session_in_live_meeting ON scheduling_session;
    CREATE TRIGGER scheduling_session_in_live_meeting
        BEFORE INSERT OR UPDATE OF live, meeting_id, seat ON scheduling_session
        FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION scheduling_session_needs_live_meeting();
    """,
    """
    CREATE OR REPLACE FUNCTION scheduling_session_needs_live_meeting() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM 1 FROM scheduling_meeting WHERE id = NEW.meeting_id AND live FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'session % is live and its meeting is not', NEW.id
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'scheduling_session_in_live_meeting';
        END IF;
        RETURN NEW;
    END $$;
    DROP TRIGGER scheduling_session_in_live_meeting ON scheduling_session;
    CREATE TRIGGER scheduling_session_in_live_meeting
        BEFORE INSERT OR UPDATE OF live, meeting_id ON scheduling_session
        FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION scheduling_session_needs_live_meeting();
    """,
)

ONE_SEAT_EACH = "UPDATE scheduling_meeting SET seats_taken = 1 WHERE live;"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0015_group_meetings")]

    operations = [
        migrations.RunSQL(ONE_SEAT_EACH, migrations.RunSQL.noop),
        migrations.RunSQL(*SEAT_WITHIN_CAPACITY),
        migrations.RunSQL(
            *frozen("scheduling_meeting", ["session_type_id", "capacity", "minimum", "decide_at"])
        ),
        migrations.RunSQL(own_search_path("scheduling")[0], migrations.RunSQL.noop),
    ]
