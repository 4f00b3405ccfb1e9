"""The first start of those types of a mentor that fit a price and a length."""

from django.db import migrations

# As `scheduling_first_start` (0026); prices in minor units. An argument that is NULL asks nothing.
FIRST_START_OF = (
    """
CREATE FUNCTION scheduling_first_start_of(
    mentor uuid, since timestamptz, until timestamptz, now timestamptz,
    price_min bigint, price_max bigint, currency text, duration int
) RETURNS TABLE (at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT to_timestamp(60.0 * start.minute)
    FROM public.scheduling_startset AS kind
        JOIN public.scheduling_sessiontype AS offer ON offer.id = kind.session_type_id
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
        AND ($5 IS NULL OR offer.price_minor >= $5) AND ($6 IS NULL OR offer.price_minor <= $6)
        AND ($7 IS NULL OR offer.currency = $7) AND ($8 IS NULL OR kind.minutes = $8)
    ORDER BY start.minute LIMIT 1
$$;
""",
    "DROP FUNCTION scheduling_first_start_of"
    "(uuid, timestamptz, timestamptz, timestamptz, bigint, bigint, text, int);",
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0026_first_start")]

    operations = [migrations.RunSQL(*FIRST_START_OF)]
