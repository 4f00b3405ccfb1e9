"""What public pages show: whoever writes one of these tables changes pages.

A test walks over all pages and holds the tables that they read against this list
(`tests/content/test_what_pages_read.py`). What makes free times leaves marks for the blocks and
the starts already, so the marks stand for meetings and for what calendars bring.
"""

from django.db import migrations

from kernel import sql

WRITTEN = (
    "accounts_mentor",
    "billing_commissionrule",
    "billing_feeschedule",
    "cms_articleindexpage",
    "cms_articlepage",
    "cms_faqpage",
    "cms_featuring",
    "cms_formfield",
    "cms_formpage",
    "cms_homepage",
    "cms_landingpage",
    "cms_legalpage",
    "cms_listing",
    "cms_mentorindexpage",
    "cms_mentorprofilepage",
    "cms_sitelook",
    "scheduling_blockmark",
    "scheduling_cancellationpolicy",
    "scheduling_dateoverride",
    "scheduling_review",
    "scheduling_reviewreply",
    "scheduling_schedule",
    "scheduling_sessiontype",
    "scheduling_startmark",
    "scheduling_timeoff",
    "scheduling_travelzone",
    "scheduling_weeklyrule",
    "wagtailcore_page",
    "wagtailcore_pageviewrestriction",
    "wagtailcore_site",
    "wagtailimages_image",
)
# Of people their names are shown, whose review it is; of sessions how many were held.
NAMES = sql.public_columns("accounts_user", "name")
HELD = (
    """
    CREATE TRIGGER scheduling_session_is_public AFTER UPDATE ON scheduling_session FOR EACH ROW
        WHEN ((OLD.state IN ('completed', 'reviewed'))
            IS DISTINCT FROM (NEW.state IN ('completed', 'reviewed')))
        EXECUTE FUNCTION kernel_public_changed();
    """,
    "DROP TRIGGER scheduling_session_is_public ON scheduling_session;",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_email_changes"),
        ("billing", "0065_no_release_over_a_report"),
        ("cms", "0032_editors_say_what_the_site_is"),
        ("kernel", "0003_public_change"),
        ("scheduling", "0026_first_start"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        *(migrations.RunSQL(*sql.public(table)) for table in WRITTEN),
        migrations.RunSQL(*NAMES),
        migrations.RunSQL(*HELD),
    ]
