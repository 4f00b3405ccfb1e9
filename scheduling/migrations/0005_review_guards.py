"""Reviews are true and are history; goals belong to the client of their session."""

from django.db import migrations

from kernel.sql import append_only

# A review is written about a session that took place, by its client, about its mentor.
REVIEW_IS_VERIFIED = (
    """
    CREATE FUNCTION scheduling_review_needs_its_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM scheduling_session
            WHERE id = NEW.session_id AND state = 'reviewed'
              AND client_id = NEW.client_id AND mentor_id = NEW.mentor_id;
        IF NOT FOUND OR NOT NEW.visible THEN
            RAISE EXCEPTION 'review % is not one of a reviewed session by its own people', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_review_verified';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_review_verified BEFORE INSERT ON scheduling_review
        FOR EACH ROW EXECUTE FUNCTION scheduling_review_needs_its_session();
    """,
    """
    DROP TRIGGER scheduling_review_verified ON scheduling_review;
    DROP FUNCTION scheduling_review_needs_its_session();
    """,
)

# `visible` follows the newest moderation; whatever else an update wants to change is refused.
REVIEW_IS_HISTORY = (
    """
    CREATE FUNCTION scheduling_review_only_moderated() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE newest text;
    BEGIN
        SELECT action INTO newest FROM scheduling_reviewmoderation
            WHERE review_id = OLD.id ORDER BY id DESC LIMIT 1;
        IF (to_jsonb(NEW) - 'visible') IS DISTINCT FROM (to_jsonb(OLD) - 'visible')
           OR NEW.visible IS DISTINCT FROM (COALESCE(newest, 'show') = 'show') THEN
            RAISE EXCEPTION 'review % is history: only a moderation hides or shows it', OLD.id
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'scheduling_review_history';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_review_history BEFORE UPDATE ON scheduling_review
        FOR EACH ROW EXECUTE FUNCTION scheduling_review_only_moderated();
    CREATE TRIGGER scheduling_review_append_only BEFORE DELETE ON scheduling_review
        FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
    CREATE TRIGGER scheduling_review_no_truncate BEFORE TRUNCATE ON scheduling_review
        FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();

    CREATE FUNCTION scheduling_review_follow_moderation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE scheduling_review SET visible = (NEW.action = 'show') WHERE id = NEW.review_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER scheduling_review_moderated AFTER INSERT ON scheduling_reviewmoderation
        FOR EACH ROW EXECUTE FUNCTION scheduling_review_follow_moderation();
    """,
    """
    DROP TRIGGER scheduling_review_moderated ON scheduling_reviewmoderation;
    DROP FUNCTION scheduling_review_follow_moderation();
    DROP TRIGGER scheduling_review_no_truncate ON scheduling_review;
    DROP TRIGGER scheduling_review_append_only ON scheduling_review;
    DROP TRIGGER scheduling_review_history ON scheduling_review;
    DROP FUNCTION scheduling_review_only_moderated();
    """,
)

GOAL_OF_ITS_CLIENT = (
    """
    CREATE FUNCTION scheduling_goal_needs_own_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM scheduling_session
            WHERE id = NEW.session_id AND client_id = NEW.client_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'goal % begins at a session of somebody else', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_goal_own_session';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER scheduling_goal_own_session
        BEFORE INSERT OR UPDATE OF session_id, client_id ON scheduling_goal
        FOR EACH ROW WHEN (NEW.session_id IS NOT NULL)
        EXECUTE FUNCTION scheduling_goal_needs_own_session();
    """,
    """
    DROP TRIGGER scheduling_goal_own_session ON scheduling_goal;
    DROP FUNCTION scheduling_goal_needs_own_session();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_reviews_and_goals"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(*REVIEW_IS_VERIFIED),
        migrations.RunSQL(*REVIEW_IS_HISTORY),
        migrations.RunSQL(*append_only("scheduling_reviewreply")),
        migrations.RunSQL(*append_only("scheduling_reviewmoderation")),
        migrations.RunSQL(*append_only("scheduling_goalprogress")),
        migrations.RunSQL(*GOAL_OF_ITS_CLIENT),
    ]
