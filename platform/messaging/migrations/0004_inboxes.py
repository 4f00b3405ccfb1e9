"""Each person's inbox, numbered in the order of commits; and the tickets to a stream."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel.sql import append_only

# The inbox's row gives the numbers out in the order in which its holders commit. Both people's rows
# are taken in one order. Only ids pass through NOTIFY, and only once the message is committed.
DELIVER = (
    """
    CREATE FUNCTION messaging_message_is_delivered() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $$
    DECLARE
        person uuid;
        place bigint;
    BEGIN
        FOR person IN
            SELECT l.user_id FROM messaging_conversation AS c
                JOIN accounts_client AS l ON l.id = c.client_id WHERE c.id = NEW.conversation_id
            UNION SELECT m.user_id FROM messaging_conversation AS c
                JOIN accounts_mentor AS m ON m.id = c.mentor_id WHERE c.id = NEW.conversation_id
            ORDER BY 1
        LOOP
            INSERT INTO messaging_inbox AS i (person_id, length) VALUES (person, 1)
                ON CONFLICT (person_id) DO UPDATE SET length = i.length + 1
                RETURNING length INTO place;
            INSERT INTO messaging_delivery (person_id, number, message_id)
                VALUES (person, place, NEW.id);
            PERFORM pg_notify('messaging_delivery', person::text);
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER messaging_message_delivered AFTER INSERT ON messaging_message
        FOR EACH ROW EXECUTE FUNCTION messaging_message_is_delivered();
    """,
    """
    DROP TRIGGER messaging_message_delivered ON messaging_message;
    DROP FUNCTION messaging_message_is_delivered();
    """,
)

# What was written before has its place too. The trigger is there already and keeps writers out
# until this commits.
DELIVERED_BEFORE = """
    INSERT INTO messaging_delivery (person_id, number, message_id)
        SELECT p.person_id, row_number() OVER (
                   PARTITION BY p.person_id ORDER BY m.sent_at, m.conversation_id, m.number), m.id
        FROM messaging_message AS m
        JOIN (SELECT c.id, l.user_id AS person_id FROM messaging_conversation AS c
                  JOIN accounts_client AS l ON l.id = c.client_id
              UNION SELECT c.id, t.user_id FROM messaging_conversation AS c
                  JOIN accounts_mentor AS t ON t.id = c.mentor_id) AS p ON p.id = m.conversation_id;
    INSERT INTO messaging_inbox (person_id, length)
        SELECT person_id, max(number) FROM messaging_delivery GROUP BY person_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_categories'),
        ('messaging', '0003_guards_read_our_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inbox',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('length', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='StreamTicket',
            fields=[
                ('digest', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField()),
                ('sign_in', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.refreshfamily')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='messaging.message')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'number'), name='messaging_delivery_one_per_number')],
            },
        ),
        migrations.RunSQL(*append_only("messaging_delivery")),
        migrations.RunSQL(*DELIVER),
        migrations.RunSQL(DELIVERED_BEFORE, migrations.RunSQL.noop),
    ]
