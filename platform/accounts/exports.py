"""A person's copy of all that is kept of them: asked for, made by a job, fetched, deleted.

It is tied to its person: staff may have one made, and never see it. What is in it is said by the
floors themselves (`kernel.personal`).
"""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import letters, operations, throttle
from accounts.models import PersonalExport, User
from kernel import audit, clock, personal
from kernel.errors import Forbidden, NotFound, Refusal
from kernel.limits import Limit
from kernel.tasks import enqueue, task

START = "accounts.add_personalexport"
KEPT = timedelta(days=7)
# A job gives up within hours (`kernel.tasks`); what is not ready after this will not be.
LONGEST = timedelta(days=1)
PER_PERSON = Limit("export", 5, timedelta(days=1))


class ExportNotReady(Refusal):
    """There is no export to fetch: ask for one, or wait for the mail that says it is ready."""

    code = "export_not_ready"


def ask(*, user: User, now: datetime) -> PersonalExport:
    """Have the person's own export made; one that is being made is returned as it is.

    Raises TooManyAttempts after five in a day.
    """
    running = _running(user)
    if running is not None:
        return running
    throttle.spend(PER_PERSON, subject=str(user.pk), now=now)
    return _begin(user=user, by=user, now=now)


def start(*, user: User, by: User, now: datetime) -> PersonalExport:
    """Have a person's export made for them, as staff. Raises Forbidden or NotFound.

    Its person alone fetches it, once signed in; so nobody is given another's by mistake.
    """
    if not by.has_perm(START):
        raise Forbidden("Only the staff who look after people's data may do this.")
    if not user.is_active:
        raise NotFound("The account is closed: nobody could fetch the export.")
    return _running(user) or _begin(user=user, by=by, now=now)


def newest(*, user: User, now: datetime) -> PersonalExport | None:
    """Return the person's newest export that has not expired, without its content."""
    found = PersonalExport.objects.filter(user=user).exclude(expires_at__lte=now)
    return found.defer("content").order_by("-id").first()


def content_of(*, user: User, now: datetime) -> bytes:
    """Return the person's newest export that is ready, as JSON. Raises ExportNotReady."""
    found = PersonalExport.objects.filter(user=user, expires_at__gt=now).order_by("-id").first()
    if found is None or found.content is None:
        raise ExportNotReady("There is no export to fetch. Ask for one, or wait until it is ready.")
    audit.record(
        actor=user.public_id,
        action="export.fetched",
        object_type="user",
        object_id=user.public_id,
    )
    return gzip.decompress(bytes(found.content))


@task
def make(*, export_id: str) -> None:
    """Job: read what every floor keeps of the person, keep it for seven days, and tell them.

    One snapshot of the database is read, so that its sections agree with each other.
    """
    export = PersonalExport.objects.filter(pk=export_id, ready_at=None, failed_at=None).first()
    if export is None:
        return
    now = clock.now()
    content = json.dumps(written(export.user, now=now), ensure_ascii=False, indent=1).encode()
    with transaction.atomic():
        user = operations.locked(user=export.user)
        done = PersonalExport.objects.filter(pk=export.pk, ready_at=None, failed_at=None).update(
            content=gzip.compress(content, mtime=0),
            size=len(content),
            ready_at=now,
            expires_at=now + KEPT,
        )
        if not done or not user.is_active:
            return
        PersonalExport.objects.filter(user=user, ready_at__isnull=False).exclude(
            pk=export.pk
        ).delete()
        letters.export_ready(user=user, export_id=str(export.pk), until=now + KEPT)


def written(user: User, *, now: datetime) -> dict[str, Any]:
    """Return the export: who it is of, when it was made, and a section for each kind of thing."""
    return {
        "made_at": now.isoformat().replace("+00:00", "Z"),
        "site": str(settings.WAGTAIL_SITE_NAME),
        "person": user.public_id,
        "sections": list(personal.sections(user)),
    }


def tidy(*, now: datetime) -> None:
    """Delete exports that have expired, and give up what was not made within a day."""
    PersonalExport.objects.filter(expires_at__lte=now).delete()
    old = PersonalExport.objects.filter(requested_at__lt=now - LONGEST)
    old.filter(ready_at=None, failed_at=None).update(failed_at=now)
    old.filter(failed_at__lt=now - KEPT).delete()


def _running(user: User) -> PersonalExport | None:
    return PersonalExport.objects.filter(user=user, ready_at=None, failed_at=None).first()


def _begin(*, user: User, by: User, now: datetime) -> PersonalExport:
    with transaction.atomic():
        operations.locked(user=user)
        running = _running(user)
        if running is not None:
            return running
        export = PersonalExport.objects.create(user=user, requested_by=by, requested_at=now)
        audit.record(
            actor=by.public_id,
            action="export.requested",
            object_type="user",
            object_id=user.public_id,
        )
        enqueue(make, export_id=str(export.pk))
    return export
