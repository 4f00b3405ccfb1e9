"""Blocks end the writing, reports bring it before the staff; both are history."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models

from kernel.sql import frozen, kept, own_search_path, settled

# Its name comes behind `messaging_message_next`, which has taken the conversation's row by then: a
# block that is being placed has committed, and is seen, or waits until the message is there.
NOBODY_WRITES = (
    """
    CREATE FUNCTION messaging_message_needs_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM messaging_block
            WHERE conversation_id = NEW.conversation_id AND lifted_at IS NULL;
        IF FOUND THEN
            RAISE EXCEPTION 'message % is of a conversation that is blocked', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_open';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER messaging_message_open BEFORE INSERT ON messaging_message
        FOR EACH ROW EXECUTE FUNCTION messaging_message_needs_open();

    CREATE FUNCTION messaging_block_by_its_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM messaging_conversation WHERE id = NEW.conversation_id FOR NO KEY UPDATE;
        PERFORM 1 FROM messaging_conversation AS c
            JOIN accounts_client AS l ON l.id = c.client_id
            JOIN accounts_mentor AS m ON m.id = c.mentor_id
            WHERE c.id = NEW.conversation_id AND NEW.by_id IN (l.user_id, m.user_id);
        IF (NOT FOUND AND NOT NEW.by_staff) OR NEW.lifted_at IS NOT NULL THEN
            RAISE EXCEPTION 'block % is not one by the people of its conversation', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_block_own';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER messaging_block_own BEFORE INSERT ON messaging_block
        FOR EACH ROW EXECUTE FUNCTION messaging_block_by_its_people();
    """,
    """
    DROP TRIGGER messaging_block_own ON messaging_block;
    DROP FUNCTION messaging_block_by_its_people();
    DROP TRIGGER messaging_message_open ON messaging_message;
    DROP FUNCTION messaging_message_needs_open();
    """,
)

REPORT_OF_THE_OTHER = (
    """
    CREATE FUNCTION messaging_report_needs_its_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM messaging_conversation AS c
            JOIN accounts_client AS l ON l.id = c.client_id
            JOIN accounts_mentor AS m ON m.id = c.mentor_id
            WHERE c.id = NEW.conversation_id
              AND (NEW.reporter_id, NEW.about_id)
                  IN ((l.user_id, m.user_id), (m.user_id, l.user_id))
              AND (NEW.message_id IS NULL OR EXISTS (
                  SELECT 1 FROM messaging_message WHERE id = NEW.message_id
                  AND conversation_id = c.id AND author_id = NEW.about_id));
        IF NOT FOUND OR NEW.decided_at IS NOT NULL THEN
            RAISE EXCEPTION 'report % is not one of the other person of a conversation', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_report_own';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER messaging_report_own BEFORE INSERT ON messaging_report
        FOR EACH ROW EXECUTE FUNCTION messaging_report_needs_its_people();
    """,
    """
    DROP TRIGGER messaging_report_own ON messaging_report;
    DROP FUNCTION messaging_report_needs_its_people();
    """,
)
PLACED = ["id", "conversation_id", "by_id", "by_staff", "placed_at"]
MADE = ["id", "conversation_id", "message_id", "reporter_id", "about_id", "reason", "words"]


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0005_digests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('by_staff', models.BooleanField(default=False)),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='messaging.conversation')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('conversation', 'by', 'by_staff'), name='messaging_block_one_standing'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='messaging_block_lifted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=[('harassment', 'Insults, threats or harassment'), ('spam', 'Advertising or spam'), ('outside', 'Wants to be paid outside of here'), ('dishonest', 'Pretends to be somebody else, or cheats'), ('other', 'Something else')], max_length=12)),
                ('words', models.CharField(blank=True, default='', max_length=1000)),
                ('made_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, choices=[('dismissed', 'Dismissed'), ('warned', 'Warned'), ('blocked', 'Conversation blocked'), ('deactivated', 'Account deactivated')], default='', max_length=12)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.CharField(blank=True, default='', max_length=500)),
                ('about', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='messaging.conversation')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='messaging.message')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'message report',
                'permissions': [('decide_report', 'Can read and decide message reports')],
                'indexes': [models.Index(fields=['-made_at', '-id'], name='report_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('reporter', 'conversation', 'message'), name='messaging_report_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('reason__in', ['harassment', 'spam', 'outside', 'dishonest', 'other'])), name='messaging_report_reason_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('decision_reason', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ['dismissed', 'warned', 'blocked', 'deactivated']), models.Q(('decision_reason', ''), _negated=True)), _connector='OR'), name='messaging_report_decided_whole')],
            },
        ),
        migrations.RunSQL(*NOBODY_WRITES),
        migrations.RunSQL(*kept("messaging_block")),
        migrations.RunSQL(*frozen("messaging_block", PLACED)),
        migrations.RunSQL(*settled("messaging_block", "lifted_at")),
        migrations.RunSQL(*REPORT_OF_THE_OTHER),
        migrations.RunSQL(*kept("messaging_report")),
        migrations.RunSQL(*frozen("messaging_report", [*MADE, "made_at"])),
        migrations.RunSQL(*settled("messaging_report", "decided_at")),
        migrations.RunSQL(own_search_path("messaging")[0], migrations.RunSQL.noop),
    ]
