"""A rule for a category is made by an approved answer alone; what no rule knows is parked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.sql

FROZEN = [
    "broken_id",
    "action",
    "debit",
    "credit",
    "amount_minor",
    "currency",
    "line_id",
    "payout_id",
    "ours_minor",
    "theirs_minor",
    "reason",
    "prepared_by_id",
    "needs_approval",
]
BEFORE, BEFORE_OFF = kernel.sql.frozen("billing_breakresolution", FROZEN)
NOW, NOW_OFF = kernel.sql.frozen("billing_breakresolution", [*FROZEN, "remembers"])

RULES = """
CREATE FUNCTION billing_categoryaccount_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM billing_breakresolution answer
        JOIN billing_break broken ON broken.id = answer.broken_id
        WHERE answer.id = NEW.resolution_id AND answer.remembers AND answer.done_at IS NOT NULL
          AND answer.approved_by_id IS NOT NULL AND answer.debit = NEW.code
          AND broken.gateway = NEW.gateway)
    THEN
        RAISE EXCEPTION 'a rule for % needs an answer that another person approved', NEW.category
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_categoryaccount_approved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_categoryaccount_approved BEFORE INSERT OR UPDATE ON billing_categoryaccount
    FOR EACH ROW EXECUTE FUNCTION billing_categoryaccount_approved();
"""
RULES_OFF = """
DROP TRIGGER billing_categoryaccount_approved ON billing_categoryaccount;
DROP FUNCTION billing_categoryaccount_approved();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0044_open_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="breakresolution",
            name="action",
            field=models.CharField(
                choices=[
                    ("post", "Post the difference"),
                    ("match", "Match the bank's line"),
                    ("accept", "Nothing to post"),
                    ("park", "Park it in suspense"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="breakresolution",
            name="remembers",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="categoryaccount",
            name="resolution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.breakresolution",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakresolution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remembers", False),
                    models.Q(("needs_approval", True), models.Q(("debit", ""), _negated=True)),
                    _connector="OR",
                ),
                name="billing_breakresolution_rules_are_approved",
            ),
        ),
        migrations.RunSQL(BEFORE_OFF + NOW, NOW_OFF + BEFORE),
        migrations.RunSQL(RULES, RULES_OFF),
    ]
