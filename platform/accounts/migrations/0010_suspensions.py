"""Suspensions: a row that stands until it is lifted, and what follows it whoever writes."""

import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models

from kernel.sql import frozen, kept, own_search_path, settled

FROZEN = frozen("accounts_suspension", ["mentor_id", "was", "reason", "holds_payouts", "by_id", "at"])
KEPT = kept("accounts_suspension")
# What was lifted stays so; that its sessions have ended may be noted before.
LIFTED = settled("accounts_suspension", "lifted_at")
STAYS = """
CREATE FUNCTION accounts_mentor_stays_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts_suspension WHERE mentor_id = NEW.id AND lifted_at IS NULL) THEN
        RAISE EXCEPTION 'mentor % is suspended until that is lifted', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_mentor_stays_suspended';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_mentor_stays_suspended BEFORE UPDATE OF status ON accounts_mentor
    FOR EACH ROW WHEN (NEW.status <> 'suspended') EXECUTE FUNCTION accounts_mentor_stays_suspended();
"""
FOLLOWS = """
CREATE OR REPLACE FUNCTION accounts_mentor_follows_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_active THEN
        UPDATE accounts_mentor SET status = 'applied'
            WHERE user_id = NEW.id AND status = 'suspended' {unless};
    ELSE
        UPDATE accounts_mentor SET status = 'suspended' WHERE user_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
"""
UNLESS = """AND NOT EXISTS (SELECT FROM accounts_suspension AS stands
                WHERE stands.mentor_id = accounts_mentor.id AND stands.lifted_at IS NULL)"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_mentor_in_the_cms"), ("kernel", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name='mentor',
            options={'permissions': [('place_mentor', 'Can say which category a mentor is in'), ('suspend_mentor', 'Can take a mentor off the market and let one back')]},
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('was', models.CharField(max_length=10)),
                ('reason', models.CharField(max_length=500)),
                ('holds_payouts', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.CharField(blank=True, default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='accounts.mentor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('mentor',), name='accounts_suspension_once_at_a_time'), models.CheckConstraint(condition=models.Q(('was__in', ['applied', 'live'])), name='accounts_suspension_was_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='accounts_suspension_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('lift_reason', ''), ('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__gte', models.F('at')), ('lifted_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='accounts_suspension_lift_whole')],
            },
        ),
        migrations.RunSQL(*FROZEN),
        migrations.RunSQL(*KEPT),
        migrations.RunSQL(*LIFTED),
        migrations.RunSQL(
            STAYS,
            "DROP TRIGGER accounts_mentor_stays_suspended ON accounts_mentor;"
            "DROP FUNCTION accounts_mentor_stays_suspended();",
        ),
        migrations.RunSQL(FOLLOWS.format(unless=UNLESS), FOLLOWS.format(unless="")),
        migrations.RunSQL(own_search_path("accounts")[0], migrations.RunSQL.noop),
    ]
