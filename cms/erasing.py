"""What an erasure does to pages: a mentor's own is deleted, and what was kept of it with it."""

from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import ModelLogEntry, PageLogEntry, WorkflowState

from accounts.personal_steps import naming
from cms import listing
from cms.models import MentorProfilePage
from cms.personal import answers_with
from kernel.personal import ERASED, Former


def take_out(former: Former) -> None:
    """Take the page out of public, delete it, its history and its portrait, and its log's words."""
    page = MentorProfilePage.objects.filter(mentor__user=former.user).first()
    if page is not None:
        _delete(page)
        listing.forget_terms()
        PageLogEntry.objects.filter(page_id=page.pk).update(label=ERASED, data={})
    for address in former.addresses:
        answers_with(address).delete()
    for entries in (PageLogEntry.objects, ModelLogEntry.objects):
        entries.filter(naming(former, "label")).update(label=ERASED, data={})


def _delete(page: MentorProfilePage) -> None:
    portrait = page.portrait
    kind = ContentType.objects.get_for_model(MentorProfilePage)
    WorkflowState.objects.filter(content_type=kind, object_id=str(page.pk)).delete()
    if page.live:
        page.unpublish(log_action=None)
    page.delete()
    if portrait is not None and not portrait.get_usage().exists():
        _delete_picture(portrait)


def _delete_picture(picture: Any) -> None:
    """Delete the row now; Wagtail deletes the files once the transaction is committed."""
    files = [(one.file.storage, one.file.name) for one in picture.renditions.all()]
    files.append((picture.file.storage, picture.file.name))
    picture.delete()
    for storage, name in files:
        transaction.on_commit(partial(storage.delete, name))
