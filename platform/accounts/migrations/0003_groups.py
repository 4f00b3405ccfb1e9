"""Make the groups; those of the staff may enter the back office."""

from django.db import migrations

STAFF = (
    "Content editor",
    "Mentor curator",
    "Support",
    "Finance preparer",
    "Finance approver",
    "Auditor",
)
OTHERS = ("Mentor",)


def make_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    enter = Permission.objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    for name in STAFF:
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(enter)
    for name in OTHERS:
        Group.objects.get_or_create(name=name)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=[*STAFF, *OTHERS]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_session_version_guard"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
