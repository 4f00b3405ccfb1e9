"""A view of what the books hold of each mentor, so that the back office can list it."""

from django.db import migrations, models

FORWARD = """
CREATE VIEW billing_mentorbalance AS
SELECT books.mentor_id || '-' || books.currency AS id, books.mentor_id, books.currency,
       pending_minor, available_minor, reserve_minor, in_transit_minor, returned_minor,
       coalesce(paid.minor, 0)::bigint AS paid_minor
FROM (
    SELECT mentor_id, currency,
        (-coalesce(sum(amount_minor) FILTER (WHERE account_id LIKE '2110:%'), 0))::bigint
            AS pending_minor,
        (-coalesce(sum(amount_minor) FILTER (WHERE account_id LIKE '2120:%'), 0))::bigint
            AS available_minor,
        (-coalesce(sum(amount_minor) FILTER (WHERE account_id LIKE '2130:%'), 0))::bigint
            AS reserve_minor,
        (-coalesce(sum(amount_minor) FILTER (WHERE account_id LIKE '2140:%'), 0))::bigint
            AS in_transit_minor,
        (-coalesce(sum(amount_minor) FILTER (WHERE account_id LIKE '2150:%'), 0))::bigint
            AS returned_minor
    FROM billing_line
    WHERE mentor_id IS NOT NULL
      AND left(account_id, 4) IN ('2110', '2120', '2130', '2140', '2150')
    GROUP BY mentor_id, currency
) AS books
LEFT JOIN (
    SELECT mentor_id, currency, sum(amount_minor) AS minor FROM billing_payout
    WHERE state IN ('paid', 'cleared') GROUP BY mentor_id, currency
) AS paid ON paid.mentor_id = books.mentor_id AND paid.currency = books.currency
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_transfers_reconciled")]

    operations = [
        migrations.RunSQL(FORWARD, "DROP VIEW billing_mentorbalance"),
        migrations.CreateModel(
            name="MentorBalance",
            fields=[
                (
                    "id",
                    models.CharField(
                        editable=False, max_length=40, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("pending_minor", models.BigIntegerField()),
                ("available_minor", models.BigIntegerField()),
                ("reserve_minor", models.BigIntegerField()),
                ("in_transit_minor", models.BigIntegerField()),
                ("returned_minor", models.BigIntegerField()),
                ("paid_minor", models.BigIntegerField()),
            ],
            options={"db_table": "billing_mentorbalance", "managed": False},
        ),
    ]
