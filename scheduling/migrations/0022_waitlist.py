"""Waiting for a seat: who waits is history, and a seat that is owed to them is nobody else's."""

import django.db.models.deletion
import kernel.ids
from django.db import migrations, models

from kernel.sql import frozen, kept, own_search_path, transition_trigger

TABLE = "scheduling_waitlistentry"
PAIRS = [("waiting", state) for state in ("offered", "left", "closed")]
JOINED = ["meeting_id", "client_id", "number", "created_at"]

BEFORE = """
    CREATE OR REPLACE FUNCTION scheduling_session_needs_live_meeting() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        seats integer;
        waiting integer;
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
"""
# Whoever joins the line locks the meeting, which is read FOR SHARE above: nobody joins between
# this look and the seat. The offer names its session before that is inserted.
OWED = """
        IF seats > 1 AND TG_OP = 'INSERT' THEN
            SELECT count(*) INTO waiting
            FROM scheduling_waitlistentry WHERE meeting_id = NEW.meeting_id AND state = 'waiting';
            IF waiting > 0
               AND NOT EXISTS (SELECT FROM scheduling_waitlistentry WHERE session_id = NEW.id)
               AND waiting >= seats - (
                   SELECT count(*) FROM scheduling_session
                   WHERE meeting_id = NEW.meeting_id AND live
               ) THEN
                RAISE EXCEPTION 'the free seats of meeting % are owed to % who wait',
                    NEW.meeting_id, waiting
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_session_seat_owed';
            END IF;
        END IF;
"""
AFTER = """
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_categories'),
        ('scheduling', '0021_policies_kept'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitlistEntry',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('offered', 'offered'), ('left', 'left'), ('closed', 'closed')], max_length=10)),
                ('reason', models.CharField(blank=True, choices=[('too_late', 'the meeting is too near'), ('withdrawn', 'the meeting does not take place'), ('client_busy', 'the client has another session then')], default='', max_length=12)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.client')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waitlist', to='scheduling.meeting')),
                ('session', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waited', to='scheduling.session')),
            ],
            options={
                'verbose_name_plural': 'waitlist entries',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['meeting', 'number'], name='waitlist_of_meeting'), models.Index(fields=['client', '-created_at', '-id'], name='waitlist_of_client')],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'number'), name='scheduling_waitlistentry_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('meeting', 'client'), name='scheduling_waitlistentry_waits_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='scheduling_waitlistentry_number_positive'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='scheduling_waitlistentry_ended_at_agrees'), models.CheckConstraint(condition=models.Q(models.Q(('session__isnull', False), ('state', 'offered')), models.Q(models.Q(('state', 'offered'), _negated=True), ('session', None)), _connector='OR'), name='scheduling_waitlistentry_session_where_offered'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['too_late', 'withdrawn', 'client_busy']), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('reason', '')), _connector='OR'), name='scheduling_waitlistentry_reason_where_closed')],
            },
        ),
        migrations.RunSQL(
            *transition_trigger(TABLE, column="state", initial=["waiting"], pairs=PAIRS)
        ),
        migrations.RunSQL(*frozen(TABLE, JOINED)),
        migrations.RunSQL(*kept(TABLE)),
        migrations.RunSQL(BEFORE + OWED + AFTER, BEFORE + AFTER),
        migrations.RunSQL(own_search_path("scheduling")[0], migrations.RunSQL.noop),
    ]
