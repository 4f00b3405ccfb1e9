"""Keep what an encoder made of the profiles; derived, so nothing has to be carried over."""

import cms.models.vectors
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE SEQUENCE cms_profilevector_version;
ALTER TABLE cms_profilevector
    ADD CONSTRAINT cms_profilevector_shape CHECK (
        cardinality(vector) > 0 AND cardinality(sentences) > 0
        AND array_ndims(sentence_vectors) = 2
        AND array_length(sentence_vectors, 1) = cardinality(sentences)
        AND array_length(sentence_vectors, 2) = cardinality(vector)),
    ADD CONSTRAINT cms_profilevector_digest_hex CHECK (digest ~ '^[0-9a-f]{64}$');
"""
REVERSE = "DROP SEQUENCE cms_profilevector_version;"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_off_live'),
        ('cms', '0025_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProfileVector',
            fields=[
                ('mentor', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.mentor')),
                ('model', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=64)),
                ('version', models.BigIntegerField()),
                ('vector', django.contrib.postgres.fields.ArrayField(base_field=cms.models.vectors.RealField())),
                ('sentences', django.contrib.postgres.fields.ArrayField(base_field=models.TextField())),
                ('sentence_vectors', django.contrib.postgres.fields.ArrayField(base_field=django.contrib.postgres.fields.ArrayField(base_field=cms.models.vectors.RealField()))),
            ],
            options={
                'verbose_name': 'profile vector',
                'indexes': [models.Index(fields=['model', 'version'], name='cms_vector_version')],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
