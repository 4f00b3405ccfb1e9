"""Replies are hidden like reviews, each by its newest moderation; reports of both, decided once."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models

from kernel.sql import append_only, frozen, kept, own_search_path, settled

# A moderation is about one part; each table follows the newest one about its own.
FOLLOW = """
    CREATE OR REPLACE FUNCTION scheduling_review_follow_moderation() RETURNS trigger
        LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.part = 'reply' THEN
            UPDATE scheduling_reviewreply SET visible = (NEW.action = 'show')
                WHERE review_id = NEW.review_id;
        ELSE
            UPDATE scheduling_review SET visible = (NEW.action = 'show') WHERE id = NEW.review_id;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'moderation % is of a reply that there is not', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_moderation_of_a_text';
        END IF;
        RETURN NULL;
    END $$;
"""
FOLLOW_BEFORE = """
    CREATE OR REPLACE FUNCTION scheduling_review_follow_moderation() RETURNS trigger
        LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE scheduling_review SET visible = (NEW.action = 'show') WHERE id = NEW.review_id;
        RETURN NULL;
    END $$;
"""


def only_moderated(name, key, about):
    """Return SQL of a function that lets `visible` alone move, to what the newest row says."""
    return f"""
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE newest text;
    BEGIN
        SELECT action INTO newest FROM scheduling_reviewmoderation
            WHERE review_id = OLD.{key}{about} ORDER BY id DESC LIMIT 1;
        IF (to_jsonb(NEW) - 'visible') IS DISTINCT FROM (to_jsonb(OLD) - 'visible')
           OR NEW.visible IS DISTINCT FROM (COALESCE(newest, 'show') = 'show') THEN
            RAISE EXCEPTION '% % is history: only a moderation hides or shows it',
                TG_TABLE_NAME, OLD.{key}
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'scheduling_review_history';
        END IF;
        RETURN NEW;
    END $$;
    """


REVIEW = "scheduling_review_only_moderated"
REPLY = "scheduling_reply_only_moderated"
REPLY_IS_HISTORY = (
    """
    CREATE TRIGGER scheduling_reply_history BEFORE UPDATE ON scheduling_reviewreply
        FOR EACH ROW EXECUTE FUNCTION scheduling_reply_only_moderated();
    CREATE FUNCTION scheduling_reply_begins_shown() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the reply to % is shown until a moderation hides it', NEW.review_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_reply_shown';
    END $$;
    CREATE TRIGGER scheduling_reply_shown BEFORE INSERT ON scheduling_reviewreply
        FOR EACH ROW WHEN (NOT NEW.visible) EXECUTE FUNCTION scheduling_reply_begins_shown();
    """,
    """
    DROP TRIGGER scheduling_reply_shown ON scheduling_reviewreply;
    DROP FUNCTION scheduling_reply_begins_shown();
    DROP TRIGGER scheduling_reply_history ON scheduling_reviewreply;
    """,
)
MADE = ["id", "review_id", "part", "reporter_id", "reason", "words", "made_at"]
OLD_GUARD = append_only("scheduling_reviewreply")


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0018_series'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The last thing of the way back: the bodies that it restores are without a search path.
        migrations.RunSQL(own_search_path("scheduling")[0], own_search_path("scheduling")[0]),
        migrations.CreateModel(
            name='ReviewReport',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('review', 'Review'), ('reply', 'Reply')], max_length=6)),
                ('reason', models.CharField(choices=[('insulting', 'Insults or threatens somebody'), ('private', 'Tells what is private'), ('untrue', 'Says what did not happen'), ('advertising', 'Advertises something'), ('other', 'Something else')], max_length=11)),
                ('words', models.CharField(blank=True, default='', max_length=1000)),
                ('made_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, choices=[('dismissed', 'Dismissed'), ('hidden', 'Hidden')], default='', max_length=9)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'verbose_name': 'review report',
            },
        ),
        migrations.AddField(
            model_name='reviewmoderation',
            name='part',
            field=models.CharField(choices=[('review', 'Review'), ('reply', 'Reply')], db_default='review', default='review', max_length=6),
        ),
        migrations.AddField(
            model_name='reviewreply',
            name='visible',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddConstraint(
            model_name='reviewmoderation',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['review', 'reply'])), name='scheduling_moderation_part_known'),
        ),
        migrations.AddField(
            model_name='reviewreport',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewreport',
            name='reporter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewreport',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='scheduling.review'),
        ),
        migrations.AddIndex(
            model_name='reviewreport',
            index=models.Index(fields=['-made_at', '-id'], name='review_report_newest'),
        ),
        migrations.AddConstraint(
            model_name='reviewreport',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('reporter', 'review', 'part'), name='scheduling_report_one_open'),
        ),
        migrations.AddConstraint(
            model_name='reviewreport',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['review', 'reply']), ('reason__in', ['insulting', 'private', 'untrue', 'advertising', 'other'])), name='scheduling_report_known'),
        ),
        migrations.AddConstraint(
            model_name='reviewreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('decision_reason', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ['dismissed', 'hidden']), models.Q(('decision_reason', ''), _negated=True)), _connector='OR'), name='scheduling_report_decided_whole'),
        ),
        migrations.RunSQL(FOLLOW, FOLLOW_BEFORE),
        migrations.RunSQL(
            only_moderated(REVIEW, "id", " AND part = 'review'"), only_moderated(REVIEW, "id", "")
        ),
        migrations.RunSQL(OLD_GUARD[1], OLD_GUARD[0]),
        migrations.RunSQL(*kept("scheduling_reviewreply")),
        migrations.RunSQL(
            only_moderated(REPLY, "review_id", " AND part = 'reply'"),
            f"DROP FUNCTION {REPLY}();",
        ),
        migrations.RunSQL(*REPLY_IS_HISTORY),
        migrations.RunSQL(*kept("scheduling_reviewreport")),
        migrations.RunSQL(*frozen("scheduling_reviewreport", MADE)),
        migrations.RunSQL(*settled("scheduling_reviewreport", "decided_at")),
        migrations.RunSQL(own_search_path("scheduling")[0], own_search_path("scheduling")[0]),
    ]
