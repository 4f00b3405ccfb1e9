"""Nobody books, nor offers a meeting, of whom the staff have suspended; and meetings are withdrawn
by the platform.
"""

from django.db import migrations, models

# Bookings stand behind the mentor's schedule, and a suspension is made behind it: whichever comes
# second sees the first.
TAKES_BOOKINGS = (
    """
CREATE FUNCTION scheduling_mentor_takes_bookings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_suspension WHERE mentor_id = NEW.mentor_id AND lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'mentor % is suspended', NEW.mentor_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_mentor_takes_bookings';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheduling_session_of_live_mentor BEFORE INSERT ON scheduling_session
    FOR EACH ROW EXECUTE FUNCTION scheduling_mentor_takes_bookings();
CREATE TRIGGER scheduling_meeting_of_live_mentor BEFORE INSERT ON scheduling_meeting
    FOR EACH ROW EXECUTE FUNCTION scheduling_mentor_takes_bookings();
""",
    """
DROP TRIGGER scheduling_session_of_live_mentor ON scheduling_session;
DROP TRIGGER scheduling_meeting_of_live_mentor ON scheduling_meeting;
DROP FUNCTION scheduling_mentor_takes_bookings();
""",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_suspensions"), ("scheduling", "0028_first_start_of")]

    operations = [
        migrations.RemoveConstraint(
            model_name='meeting',
            name='scheduling_meeting_withdrawal_whole',
        ),
        migrations.AlterField(
            model_name='meeting',
            name='withdrawn_by',
            field=models.CharField(blank=True, choices=[('mentor', 'its mentor'), ('minimum', 'too few clients at the cut-off'), ('platform', 'the platform')], db_default='', default='', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdraw_reason', ''), ('withdrawn_at', None), ('withdrawn_by', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__in', ['mentor', 'minimum', 'platform'])), _connector='OR'), name='scheduling_meeting_withdrawal_whole'),
        ),
        migrations.RunSQL(*TAKES_BOOKINGS),
    ]
