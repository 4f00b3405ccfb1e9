"""Raw rows name the run that stored them; runs note what they saw again, many rows at a time.

Old rows are carried over both ways: what each run saw stays known.
"""

from datetime import timedelta

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import kernel.sql
from django.db import migrations, models
from django.db.models import Q

CARRY_OVER = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE billing_gatewaytransaction DISABLE TRIGGER billing_gatewaytransaction_append_only;
UPDATE billing_gatewaytransaction t SET run_id = (
    SELECT s.run_id FROM billing_sighting s WHERE s.transaction_id = t.id ORDER BY s.id LIMIT 1);
DELETE FROM billing_gatewaytransaction WHERE run_id IS NULL;
ALTER TABLE billing_gatewaytransaction ENABLE TRIGGER billing_gatewaytransaction_append_only;
INSERT INTO billing_seenagain (run_id, transaction_ids)
SELECT s.run_id, array_agg(s.transaction_id ORDER BY s.transaction_id)
FROM billing_sighting s JOIN billing_gatewaytransaction t ON t.id = s.transaction_id
WHERE t.run_id <> s.run_id GROUP BY s.run_id ORDER BY s.run_id;
UPDATE billing_payment p SET booked_at = e.posted_at FROM billing_entry e
WHERE e.source_type = 'payment' AND e.source_id = p.id::text AND e.kind = 'captured';
SET CONSTRAINTS ALL DEFERRED;
"""
CARRY_BACK = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE billing_gatewaytransaction DISABLE TRIGGER billing_gatewaytransaction_append_only;
UPDATE billing_gatewaytransaction SET digest = 'run:' || id;
ALTER TABLE billing_gatewaytransaction ENABLE TRIGGER billing_gatewaytransaction_append_only;
INSERT INTO billing_sighting (run_id, transaction_id)
SELECT run_id, id FROM billing_gatewaytransaction
UNION SELECT run_id, unnest(transaction_ids) FROM billing_seenagain;
SET CONSTRAINTS ALL DEFERRED;
"""

LISTING = """
CREATE VIEW billing_listing AS
SELECT t.run_id AS seen_by, t.* FROM billing_gatewaytransaction t
UNION ALL
SELECT again.run_id, t.* FROM (
    SELECT run_id, unnest(transaction_ids) AS id FROM billing_seenagain
) again JOIN billing_gatewaytransaction t ON t.id = again.id
"""


def first_cut_offs(apps, schema_editor):
    for gateway in ("stripe", "paypal"):
        apps.get_model("billing", "CutOff").objects.get_or_create(gateway=gateway)


class Migration(migrations.Migration):
    dependencies = [("billing", "0020_finance_desk")]

    operations = [
        migrations.CreateModel(
            name="CutOff",
            fields=[
                ("gateway", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("age", models.DurationField(default=timedelta(hours=12))),
                ("overlap", models.DurationField(default=timedelta(days=7))),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(age__gte=timedelta(0), overlap__gte=timedelta(0)),
                        name="billing_cutoff_not_in_the_future",
                    )
                ]
            },
        ),
        migrations.RunPython(first_cut_offs, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SeenAgain",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.reconciliationrun",
                    ),
                ),
                (
                    "transaction_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="booked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gatewaytransaction",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="billing.reconciliationrun",
            ),
        ),
        # Down: give every row its own digest before the column is unique again.
        migrations.RemoveConstraint(
            model_name="gatewaytransaction", name="billing_gatewaytransaction_version_once"
        ),
        migrations.RunSQL(CARRY_OVER, CARRY_BACK),
        migrations.AlterField(
            model_name="gatewaytransaction",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="billing.reconciliationrun",
            ),
        ),
        migrations.RunSQL(
            migrations.RunSQL.noop, kernel.sql.append_only("billing_sighting")[0]
        ),
        migrations.DeleteModel(name="Sighting"),
        migrations.RemoveIndex(
            model_name="gatewaytransaction", name="billing_gat_gateway_777768_idx"
        ),
        migrations.AlterField(
            model_name="gatewaytransaction",
            name="digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RemoveField(model_name="gatewaytransaction", name="digest"),
        migrations.RemoveField(model_name="gatewaytransaction", name="stored_at"),
        migrations.AlterField(
            model_name="gatewaytransaction",
            name="intent_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="gatewaytransaction",
            name="source_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="gatewaytransaction",
            name="transfer_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddIndex(
            model_name="gatewaytransaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["run"], name="billing_gatewaytx_run"
            ),
        ),
        migrations.AddIndex(
            model_name="gatewaytransaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["occurred_at"], name="billing_gatewaytx_days"
            ),
        ),
        migrations.AddIndex(
            model_name="gatewaytransaction",
            index=models.Index(
                condition=~Q(category__in=["charge", "payment"]),
                fields=["gateway", "source_id"],
                name="billing_gatewaytx_of_source",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=Q(state="succeeded"),
                fields=["gateway", "succeeded_at"],
                name="billing_payment_captured",
            ),
        ),
        migrations.RunSQL(*kernel.sql.append_only("billing_seenagain")),
        migrations.RunSQL(LISTING, "DROP VIEW billing_listing"),
    ]
