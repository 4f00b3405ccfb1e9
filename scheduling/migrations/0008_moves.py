"""How often a client moved a session, and the most that cancelling it gives back since then."""

from django.db import migrations, models

# A move is counted for good, and the client's terms never become better again.
NEVER_BACK = (
    """
    CREATE FUNCTION scheduling_session_moves_stand() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION 'session %: its moves count on and its refund cap never rises', NEW.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'scheduling_session_moves_stand';
    END $$;
    CREATE TRIGGER scheduling_session_moves_stand
        BEFORE UPDATE OF client_moves, refund_cap_bps ON scheduling_session FOR EACH ROW
        WHEN (NEW.client_moves < OLD.client_moves OR NEW.refund_cap_bps > OLD.refund_cap_bps)
        EXECUTE FUNCTION scheduling_session_moves_stand();
    """,
    """
    DROP TRIGGER scheduling_session_moves_stand ON scheduling_session;
    DROP FUNCTION scheduling_session_moves_stand();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_external_calendars")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="client_moves",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="session",
            name="refund_cap_bps",
            field=models.PositiveSmallIntegerField(db_default=10000, default=10000),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("client_moves__lte", 2)),
                name="scheduling_session_client_moves_within_maximum",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_cap_bps__lte", 10000)),
                name="scheduling_session_refund_cap_is_a_share",
            ),
        ),
        migrations.RunSQL(*NEVER_BACK),
    ]
