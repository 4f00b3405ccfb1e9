"""Whose a line of a package (2600, 4030) is, is known by its purchase: the database asks for it as well."""

from django.db import migrations

CHECK = """
ALTER TABLE billing_line DROP CONSTRAINT billing_line_names_its_purchase;
ALTER TABLE billing_line ADD CONSTRAINT billing_line_names_its_purchase CHECK (
    purchase_id IS NOT NULL
    OR left(account_id, 4) NOT IN ({codes}));
"""
BEFORE = "'2110', '2200', '2300', '4010', '4020', '4090'"
NOW = "'2110', '2200', '2300', '2600', '4010', '4020', '4030', '4090'"


class Migration(migrations.Migration):

    dependencies = [("billing", "0051_credit_set_off")]

    operations = [migrations.RunSQL(CHECK.format(codes=NOW), CHECK.format(codes=BEFORE))]
