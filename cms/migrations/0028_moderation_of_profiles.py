"""Changes of a profile are reviewed by somebody else, whoever types the SQL; who is featured."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cms.site import ensure_moderation

# Wagtail writes the step's row alone where its state changes, so the guard stands there.
FORWARD = """
CREATE FUNCTION cms_profile_review_by_another() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    first uuid := (
        SELECT first_by_id FROM cms_profilereviewstate WHERE taskstate_ptr_id = NEW.id
    );
    told record;
BEGIN
    IF NOT EXISTS (SELECT FROM cms_profilereview WHERE task_ptr_id = NEW.task_id) THEN
        RETURN NEW;
    END IF;
    SELECT state.requested_by_id AS sender, newest.user_id AS author, mentor.user_id AS owner,
           mentor.status
        INTO told
        FROM wagtailcore_workflowstate state
        JOIN wagtailcore_page page ON page.id::text = state.object_id
        JOIN cms_mentorprofilepage profile ON profile.page_ptr_id = page.id
        JOIN accounts_mentor mentor ON mentor.id = profile.mentor_id
        LEFT JOIN wagtailcore_revision newest ON newest.id = page.latest_revision_id
        WHERE state.id = NEW.workflow_state_id;
    IF NEW.finished_by_id IS NULL
       OR NEW.finished_by_id IN (told.sender, told.author, told.owner, first)
       OR (told.status = 'applied' AND first IS NULL) THEN
        RAISE EXCEPTION 'wagtailcore_taskstate %: somebody else approves it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cms_profile_review_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cms_profile_review_by_another BEFORE INSERT OR UPDATE ON wagtailcore_taskstate
    FOR EACH ROW WHEN (NEW.status = 'approved')
    EXECUTE FUNCTION cms_profile_review_by_another();
CREATE FUNCTION cms_profile_review_first_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.first_by_id IS NOT NULL AND OLD.first_by_id IS DISTINCT FROM NEW.first_by_id
       OR EXISTS (
           SELECT FROM wagtailcore_taskstate step
           WHERE step.id = NEW.taskstate_ptr_id AND step.status = 'approved'
             AND OLD.first_by_id IS DISTINCT FROM NEW.first_by_id
       ) THEN
        RAISE EXCEPTION 'cms_profilereviewstate %: who vetted first is settled',
            OLD.taskstate_ptr_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cms_profile_review_first_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cms_profile_review_first_stands BEFORE UPDATE ON cms_profilereviewstate
    FOR EACH ROW EXECUTE FUNCTION cms_profile_review_first_stands();
"""
REVERSE = """
DROP TRIGGER cms_profile_review_first_stands ON cms_profilereviewstate;
DROP FUNCTION cms_profile_review_first_stands();
DROP TRIGGER cms_profile_review_by_another ON wagtailcore_taskstate;
DROP FUNCTION cms_profile_review_by_another();
"""


def forward(apps, schema_editor):
    ensure_moderation(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_email_changes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cms", "0027_listing_changes"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProfileReview",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
            ],
            options={"verbose_name": "review of a mentor's profile"},
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="ProfileReviewState",
            fields=[
                (
                    "taskstate_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.taskstate",
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            bases=("wagtailcore.taskstate",),
        ),
        migrations.CreateModel(
            name="Featuring",
            fields=[
                (
                    "mentor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.mentor",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("until", models.DateTimeField()),
                ("since", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 1), ("place__lte", 99)),
                        name="cms_featuring_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="cms_featuring_until",
                    ),
                ]
            },
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
