"""What the cluster does for the directory: mend its rows, and read profiles for matching."""

from collections.abc import Sequence
from itertools import batched
from uuid import UUID

from cms import listing
from cms.matching import encoder, keeping
from kernel.tasks import enqueue, schedule, task


@task
def read_profiles(mentor_ids: Sequence[str]) -> int:
    """Have these live profiles read by the encoder where they changed; return how many were."""
    return keeping.read([UUID(mentor_id) for mentor_id in mentor_ids])


def promise_reading(*, mentor_id: UUID) -> None:
    """Promise to read a profile that was published; nothing where the extra is not installed."""
    if encoder.is_installed():
        enqueue(read_profiles, dedupe_key=str(mentor_id), mentor_ids=[str(mentor_id)])


def promise_unread() -> int:
    """Promise to read whatever no encoder has read as it stands; return how many profiles."""
    unread = keeping.unread()
    for some in batched(unread, keeping.PROMISED_AT_ONCE):
        names = sorted(str(mentor_id) for mentor_id in some)
        enqueue(read_profiles, dedupe_key=names[0], mentor_ids=names)
    return len(unread)


def mend_the_listing() -> int:
    """Mend what drifted, and count the terms. Safe at any time, twice, or late."""
    return listing.rebuild()


def register_schedules() -> None:
    """Have the directory's rows mended, and profiles read that no encoder has read, each night."""
    schedule(mend_the_listing, name="cms: listing", cron="13 3 * * *")
    schedule(promise_unread, name="Have unread profiles read for matching", cron="17 2 * * *")
