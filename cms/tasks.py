"""The nightly look at the directory's rows; the work is in `cms.listing`."""

from cms import listing
from kernel.tasks import schedule


def mend_the_listing() -> int:
    """Mend what drifted, and count the terms. Safe at any time, twice, or late."""
    return listing.rebuild()


def register_schedules() -> None:
    """Have the cluster mend the directory's rows each night."""
    schedule(mend_the_listing, name="cms: listing", cron="13 3 * * *")
