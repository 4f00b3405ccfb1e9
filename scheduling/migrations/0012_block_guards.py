"""Blocks that agree with themselves, and marks for the mentors whose blocks have aged.

Blocks: two of one mentor neither overlap nor touch. An exclusion constraint would say so too, and
cost 55 µs a block in place of 2 (it looks into a GiST index for each): the statement's own rows are
looked at together. The row of `blockbasis` is locked meanwhile, so that two writers of one mentor's
blocks cannot both miss the other's; it stands for the foreign key as well. A plan is kept, and one
for all mentors would read the whole table for one of them later: hence no sequential scans.

Marks: whatever changes a mentor's schedule (its rules raise its version), meetings or calendars
elsewhere leaves a row in the same transaction. It waits for nobody, and what is rolled back is not
marked.
"""

from django.db import migrations


def apart(table: str) -> tuple[str, str]:
    name = f"{table}_apart"
    forward = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    near record;
BEGIN
    PERFORM 1 FROM scheduling_blockbasis
    WHERE mentor_id IN (SELECT mentor_id FROM added) ORDER BY mentor_id FOR UPDATE;
    SELECT mentor_id INTO near FROM added
    WHERE NOT EXISTS (
        SELECT FROM scheduling_blockbasis AS basis WHERE basis.mentor_id = added.mentor_id
    ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'nothing says what the blocks of mentor % were made from', near.mentor_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{table}_has_a_basis';
    END IF;
    SELECT * INTO near FROM (
        SELECT mentor_id, during, lag(during) OVER (PARTITION BY mentor_id ORDER BY during) AS before
        FROM {table} WHERE mentor_id IN (SELECT mentor_id FROM added)
    ) AS pair WHERE lower(during) <= upper(before) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'blocks % and % of mentor % are one, or overlap',
            near.before, near.during, near.mentor_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_still AFTER UPDATE ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
    reverse = f"""
DROP TRIGGER {name} ON {table};
DROP TRIGGER {name}_still ON {table};
DROP FUNCTION {name}();
"""
    return forward, reverse


MARK_MENTOR = (
    """
CREATE FUNCTION scheduling_mark_mentor() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO scheduling_blockmark (mentor_id) VALUES (OLD.mentor_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.mentor_id <> OLD.mentor_id) THEN
        INSERT INTO scheduling_blockmark (mentor_id) VALUES (NEW.mentor_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER scheduling_schedule_mark AFTER INSERT OR DELETE OR UPDATE ON scheduling_schedule
    FOR EACH ROW EXECUTE FUNCTION scheduling_mark_mentor();
CREATE TRIGGER scheduling_meeting_mark AFTER INSERT OR DELETE OR UPDATE OF live, blocked, mentor_id
    ON scheduling_meeting FOR EACH ROW EXECUTE FUNCTION scheduling_mark_mentor();
""",
    """
DROP TRIGGER scheduling_schedule_mark ON scheduling_schedule;
DROP TRIGGER scheduling_meeting_mark ON scheduling_meeting;
DROP FUNCTION scheduling_mark_mentor();
""",
)

# A calendar brings hundreds of busy times in one statement, so it leaves one mark a statement.
EVENTS = (("added", "INSERT", "NEW"), ("changed", "UPDATE", "NEW"), ("removed", "DELETE", "OLD"))
MARK_MENTORS_OF_CALENDARS = (
    """
CREATE FUNCTION scheduling_mark_mentors_of_calendars() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO scheduling_blockmark (mentor_id)
    SELECT DISTINCT schedule.mentor_id
    FROM busy
        JOIN scheduling_externalcalendar AS calendar ON calendar.id = busy.calendar_id
        JOIN scheduling_schedule AS schedule ON schedule.id = calendar.schedule_id;
    RETURN NULL;
END $$;
"""
    + "".join(
        f"CREATE TRIGGER scheduling_externalbusy_{name} AFTER {event} ON scheduling_externalbusy "
        f"REFERENCING {which} TABLE AS busy "
        "FOR EACH STATEMENT EXECUTE FUNCTION scheduling_mark_mentors_of_calendars();\n"
        for name, event, which in EVENTS
    ),
    "".join(
        f"DROP TRIGGER scheduling_externalbusy_{name} ON scheduling_externalbusy;\n"
        for name, _, _ in EVENTS
    )
    + "DROP FUNCTION scheduling_mark_mentors_of_calendars();",
)

MARK_ALL = """
INSERT INTO scheduling_blockmark (mentor_id)
SELECT mentor_id FROM scheduling_schedule ORDER BY mentor_id
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0011_blocks")]

    operations = [
        migrations.RunSQL(*apart("scheduling_openblock")),
        migrations.RunSQL(*apart("scheduling_freeblock")),
        migrations.RunSQL(*MARK_MENTOR),
        migrations.RunSQL(*MARK_MENTORS_OF_CALENDARS),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
