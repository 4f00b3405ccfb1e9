"""Applications of mentors: history, one open at a time, accepted by two who are not the applicant."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from accounts.states import APPLICATION, Check
from kernel.sql import append_only, four_eyes, frozen, kept, own_search_path, transition_trigger

# Neither vets their own application; and it is vetted and accepted as long as every point is ticked.
OTHERS = """
CREATE FUNCTION accounts_application_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_mentor mentor WHERE mentor.id = NEW.mentor_id
            AND mentor.user_id IN (NEW.first_by_id, NEW.second_by_id)
    ) THEN
        RAISE EXCEPTION 'accounts_application %: nobody vets their own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_application_others';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_application_others BEFORE INSERT OR UPDATE ON accounts_application
    FOR EACH ROW WHEN (NEW.first_by_id IS NOT NULL OR NEW.second_by_id IS NOT NULL)
    EXECUTE FUNCTION accounts_application_others();
"""
OTHERS_REVERSE = """
DROP TRIGGER accounts_application_others ON accounts_application;
DROP FUNCTION accounts_application_others();
"""
TICKED = f"""
CREATE FUNCTION accounts_application_ticked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ticked integer := (
        SELECT count(*) FILTER (WHERE newest.done) FROM (
            SELECT DISTINCT ON (check_of) done FROM accounts_applicationtick
            WHERE application_id = NEW.id ORDER BY check_of, id DESC
        ) AS newest
    );
BEGIN
    IF ticked < {len(Check)} THEN
        RAISE EXCEPTION 'accounts_application %: % of {len(Check)} points are ticked', NEW.id, ticked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_application_ticked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_application_ticked BEFORE UPDATE ON accounts_application
    FOR EACH ROW WHEN (
        NEW.state IN ('vetted', 'accepted') AND NEW.state IS DISTINCT FROM OLD.state
    ) EXECUTE FUNCTION accounts_application_ticked();
"""
TICKED_REVERSE = """
DROP TRIGGER accounts_application_ticked ON accounts_application;
DROP FUNCTION accounts_application_ticked();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_email_changes'),
        ('kernel', '0002_rate_count'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('in_vetting', 'in vetting'), ('changes_asked', 'changes asked'), ('vetted', 'vetted'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='draft', max_length=13)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('state_since', models.DateTimeField()),
                ('first_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='accounts.mentor')),
                ('second_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('vet_application', 'Can vet applications of mentors')],
            },
        ),
        migrations.CreateModel(
            name='ApplicationStep',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(blank=True, default='', max_length=10)),
                ('to_state', models.CharField(max_length=13)),
                ('at', models.DateTimeField()),
                ('comment', models.CharField(blank=True, default='', max_length=2000)),
                ('for_applicant', models.BooleanField(default=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='accounts.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationTick',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('check_of', models.CharField(choices=[('identity', 'identity'), ('payout_account', 'payout account'), ('references', 'references'), ('photo', 'photo'), ('prices', 'prices')], max_length=14)),
                ('done', models.BooleanField()),
                ('evidence', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='accounts.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['state_since', 'id'], name='application_by_age'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'in_vetting', 'vetted', 'changes_asked'])), fields=('mentor',), name='accounts_application_one_open'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('state', 'withdrawn'), ('submitted_at__isnull', False), _connector='OR'), name='accounts_application_submitted'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_by__isnull', False), ('state__in', ['vetted', 'accepted'])), ('state__in', ['refused', 'withdrawn']), models.Q(('first_by__isnull', True), ('state__in', ['draft', 'submitted', 'in_vetting', 'changes_asked'])), _connector='OR'), name='accounts_application_first'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('second_by__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('second_by__isnull', True)), _connector='OR'), name='accounts_application_second'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('second_by__isnull', True), models.Q(('first_by__isnull', False), models.Q(('second_by', models.F('first_by')), _negated=True)), _connector='OR'), name='accounts_application_four_eyes'),
        ),
        migrations.AddIndex(
            model_name='applicationstep',
            index=models.Index(fields=['application', 'id'], name='step_of_application'),
        ),
        migrations.AddConstraint(
            model_name='applicationstep',
            constraint=models.CheckConstraint(condition=models.Q(('comment', ''), ('event', ''), _negated=True), name='accounts_applicationstep_says_something'),
        ),
        migrations.AddIndex(
            model_name='applicationtick',
            index=models.Index(fields=['application', 'check_of', 'id'], name='tick_of_application'),
        ),
        migrations.AddConstraint(
            model_name='applicationtick',
            constraint=models.CheckConstraint(condition=models.Q(('check_of__in', ['identity', 'payout_account', 'references', 'photo', 'prices'])), name='accounts_applicationtick_known'),
        ),
        migrations.AddConstraint(
            model_name='applicationtick',
            constraint=models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='accounts_applicationtick_says_something'),
        ),
        migrations.RunSQL(
            *transition_trigger(
                "accounts_application",
                column="state",
                initial=APPLICATION.initial,
                pairs=APPLICATION.pairs(),
            )
        ),
        migrations.RunSQL(
            *four_eyes(
                "accounts_application",
                preparers=["first_by_id"],
                approver="second_by_id",
                check=False,
            )
        ),
        migrations.RunSQL(*frozen("accounts_application", ["mentor_id", "created_at"])),
        migrations.RunSQL(*kept("accounts_application")),
        migrations.RunSQL(*append_only("accounts_applicationtick")),
        migrations.RunSQL(*append_only("accounts_applicationstep")),
        migrations.RunSQL(OTHERS, OTHERS_REVERSE),
        migrations.RunSQL(TICKED, TICKED_REVERSE),
        migrations.RunSQL(own_search_path("accounts")[0], migrations.RunSQL.noop),
    ]
