"""The first start of a mentor by the sets of starts, and marks for what changes them.

A booking, the hours and the calendars elsewhere mark a mentor's blocks, and the refresh of the
blocks passes the mark on (`scheduling.blocks`); a type marks the starts itself.
"""

from django.db import migrations

# Minutes since 1970. A start lies in [since, until - minutes], after the notice and within the
# window, all inclusive, as in `scheduling.slots`. Of several types that begin then it is the one
# that may be booked longest. An argument that is NULL bounds nothing.
FIRST_START = (
    """
CREATE FUNCTION scheduling_first_start(
    mentor uuid, since timestamptz, until timestamptz, now timestamptz
) RETURNS TABLE (at timestamptz, minutes smallint, last_call timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT to_timestamp(60.0 * start.minute), kind.minutes,
        to_timestamp(60.0 * start.minute) - kind.notice_minutes * interval '1 minute'
    FROM public.scheduling_startset AS kind
        CROSS JOIN LATERAL (SELECT
            ceil(extract(epoch FROM greatest(
                $2, $4 + kind.notice_minutes * interval '1 minute')) / 60)::int AS low,
            floor(extract(epoch FROM least(
                $3 - kind.minutes * interval '1 minute',
                $4 + kind.window_days * interval '1 day')) / 60)::int AS high
        ) AS bound
        CROSS JOIN LATERAL unnest(kind.firsts, kind.lasts, kind.steps) AS run (first, last, step)
        CROSS JOIN LATERAL (SELECT CASE WHEN run.first >= bound.low THEN run.first
            ELSE run.first + (bound.low - run.first + run.step - 1) / run.step * run.step
        END AS minute) AS start
    WHERE kind.mentor_id = $1 AND run.last >= bound.low AND run.first <= bound.high
        AND start.minute <= least(run.last, bound.high)
    ORDER BY start.minute, kind.notice_minutes LIMIT 1
$$;
""",
    "DROP FUNCTION scheduling_first_start(uuid, timestamptz, timestamptz, timestamptz);",
)
WHOLE = (
    """
ALTER TABLE scheduling_startset ADD CONSTRAINT scheduling_startset_runs_whole CHECK (
    cardinality(firsts) = cardinality(lasts) AND cardinality(firsts) = cardinality(steps)
    AND 0 < ALL (steps));
""",
    "ALTER TABLE scheduling_startset DROP CONSTRAINT scheduling_startset_runs_whole;",
)
MARK = (
    """
CREATE FUNCTION scheduling_mark_starts() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO scheduling_startmark (mentor_id) VALUES (OLD.mentor_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.mentor_id <> OLD.mentor_id) THEN
        INSERT INTO scheduling_startmark (mentor_id) VALUES (NEW.mentor_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER scheduling_sessiontype_mark AFTER INSERT OR DELETE OR UPDATE ON scheduling_sessiontype
    FOR EACH ROW EXECUTE FUNCTION scheduling_mark_starts();
""",
    """
DROP TRIGGER scheduling_sessiontype_mark ON scheduling_sessiontype;
DROP FUNCTION scheduling_mark_starts();
""",
)
MARK_ALL = """
INSERT INTO scheduling_startmark (mentor_id)
SELECT mentor_id FROM scheduling_schedule ORDER BY mentor_id
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0025_starts")]

    operations = [
        migrations.RunSQL(*WHOLE),
        migrations.RunSQL(*FIRST_START),
        migrations.RunSQL(*MARK),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
