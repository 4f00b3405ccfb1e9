"""Make the peer's tables and its pages: python -m benchmarks.peers.stock.furnish.

A score of mentors: the page is found by an index of its slug, however many there are.
"""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.stock.settings"
django.setup()

from django.conf import settings  # noqa: E402 - after the settings
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from wagtail.models import Locale, Page, Site  # noqa: E402

from benchmarks.peers.stock.models import (  # noqa: E402
    FrontPage,
    IndexPage,
    Look,
    MentorPage,
    Offer,
)

MENTORS = 20


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {settings.SCHEMA}")
    call_command("migrate", run_syncdb=True, verbosity=0)
    Locale.objects.create(language_code="en")
    root = Page.add_root(instance=Page(title="Root", slug="root"))
    home = root.add_child(instance=FrontPage(title="Home", slug="home", lead="Book an hour."))
    site = Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    Look.objects.create(
        site=site, about="Time with people who have done it.", email="a@example.com"
    )
    index = IndexPage(title="Mentors", slug="mentors", lead="Everybody.", show_in_menus=True)
    home.add_child(instance=index)
    for title in ("Articles", "Questions", "Terms"):
        home.add_child(instance=IndexPage(title=title, slug=title.lower(), show_in_menus=True))
    for number in range(MENTORS):
        page = MentorPage(
            title=f"Mentor {number} Someone",
            slug=f"m{number}",
            headline="Careers for you",
            bio="<p>Years of it.</p>",
            location="London",
            subjects="Careers, Python, Design",
        )
        page.offers = [Offer(name="An hour", minutes=60, price=100, currency="USD")]
        index.add_child(instance=page)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
