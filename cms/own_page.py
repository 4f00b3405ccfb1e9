"""A mentor's own page in the mentor's hands: read, changed, taken back. Nobody else's is reached.

Words and pictures are *reviewed*: a change is a revision that waits for a curator (`cms.curation`)
and never goes live by itself. Facts are *instant*: they belong to the mentor and change at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from accounts.models import Mentor, User
from cms import biographies, curation
from cms.curation import ProfileStatus, Standing
from cms.models import MentorProfilePage
from cms.operations import under_the_index
from cms.pictures import PHOTO, portrait_path
from cms.portraits import portrait_data_url
from kernel import audit
from kernel.errors import Invalid

REVIEWED = ("headline", "bio", "expertise", "portrait")
INSTANT = ("location", "languages")


class State(StrEnum):
    """Where the page stands with its reviewers."""

    UNWRITTEN = "unwritten"  # there is no page yet
    PUBLIC = "public"  # visitors see the newest words
    WAITING = "waiting"
    CHANGES_ASKED = "changes_asked"
    DRAFT = "draft"  # newer words wait for nobody: taken back, or an editor writes them


@dataclass(frozen=True, slots=True)
class Words:
    """What is reviewed; `bio` as visitors get it.

    `portrait` is the id of a photograph, or None: a drawing is made then. `shown` is its address.
    """

    headline: str
    bio: str
    expertise: tuple[str, ...]
    portrait: int | None
    shown: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The page as visitors see it, None where they see none, and what would take its place.

    `status` has the reviewer's comment. `version` changes with each revision of the page.
    """

    mentor: Mentor
    state: State
    status: ProfileStatus
    live: Words | None
    pending: Words | None
    version: int | None

    @property
    def differing(self) -> tuple[str, ...]:
        """The reviewed fields in which the pending words differ from those that visitors see."""
        if self.pending is None:
            return ()
        if self.live is None:
            return REVIEWED
        return tuple(
            name for name in REVIEWED if getattr(self.live, name) != getattr(self.pending, name)
        )


def read(mentor: Mentor) -> OwnPage:
    """Return the mentor's own page; a fixed number of queries."""
    return _read(mentor, _pages(mentor).first())


def change(
    *,
    mentor: Mentor,
    by: User,
    wish: Mapping[str, Any],
    photo: bytes | None,
    require: Callable[[OwnPage], None],
) -> OwnPage:
    """Keep what `wish` names of REVIEWED as a revision that waits, of INSTANT at once.

    `photo` is a JPEG that was made anew (`cms.photos`); `portrait: None` in the wish takes the
    photograph away. Words that visitors see already leave nothing to wait for. `require` is called
    with what is there, behind the locks, and refuses by raising.
    Raises Invalid, and what `curation.submit` raises.
    """
    words = {name: wish[name] for name in REVIEWED if name in wish}
    if "bio" in words:
        words["bio"] = biographies.cleaned(words["bio"])
    facts = {name: wish[name] for name in INSTANT if name in wish}
    with transaction.atomic():
        locked, page = _locked(mentor)
        require(_read(locked, page))
        if photo is not None:
            words["portrait"] = _kept(photo, locked, by)
        if words:
            _write(locked, page, words, by)
        _state_facts(locked, facts, by)
    return read(Mentor.objects.select_related("user").get(pk=mentor.pk))


def withdraw(*, mentor: Mentor, by: User) -> OwnPage:
    """Take back what waits: visitors go on seeing what they see. Safe to repeat.

    Words that were never public stay as a draft.
    """
    with transaction.atomic():
        _, page = _locked(mentor)
        if page is not None:
            _take_back(page, by)
    return read(mentor)


def _pages(mentor: Mentor) -> Any:
    return MentorProfilePage.objects.filter(mentor=mentor).select_related("portrait")


def _locked(mentor: Mentor) -> tuple[Mentor, MentorProfilePage | None]:
    """Lock the mentor, then the page's row, which who publishes it writes."""
    locked = Mentor.objects.select_for_update(no_key=True, of=("self",))
    owner = locked.select_related("user").get(pk=mentor.pk)
    found = _pages(owner).values_list("pk", flat=True).first()
    if found is not None:
        Page.objects.select_for_update(no_key=True).get(pk=found)
    return owner, _pages(owner).first()


def _read(mentor: Mentor, page: MentorProfilePage | None) -> OwnPage:
    if page is None:
        return OwnPage(mentor, State.UNWRITTEN, _NOTHING, None, None, None)
    status = curation.status_of(page)
    newer = page.has_unpublished_changes or not page.live
    shown = page.live and mentor.is_live
    return OwnPage(
        mentor=mentor,
        state=_state(page, status),
        status=status,
        live=_words(page, drawn=portrait_path(mentor.slug)) if shown else None,
        pending=_words(page.get_latest_revision_as_object()) if newer else None,
        version=page.latest_revision_id,
    )


_NOTHING = ProfileStatus(Standing.NOTHING_PENDING)


def _state(page: MentorProfilePage, status: ProfileStatus) -> State:
    if status.standing is Standing.WAITING:
        return State.WAITING
    if status.standing is Standing.CHANGES_ASKED:
        return State.CHANGES_ASKED
    return State.DRAFT if page.has_unpublished_changes or not page.live else State.PUBLIC


def _words(page: MentorProfilePage, *, drawn: str = "") -> Words:
    photo = page.portrait
    return Words(
        headline=page.headline,
        bio=expand_db_html(page.bio),
        expertise=tuple(page.expertise),
        portrait=page.portrait_id,
        shown=photo.get_rendition(PHOTO).url if photo else drawn or portrait_data_url(page.title),
    )


def _write(
    mentor: Mentor, page: MentorProfilePage | None, words: Mapping[str, Any], by: User
) -> None:
    if page is None:
        draft, public = under_the_index(mentor, headline=mentor.user.name), {}
    else:
        public = _reviewed(page) if page.live else {}
        draft = page.get_latest_revision_as_object()  # the page itself, where nothing is newer
        if all(getattr(draft, name) == value for name, value in words.items()):
            return
    for name, value in words.items():
        setattr(draft, name, value)
    if page is not None and _reviewed(draft) == public:
        _take_back(page, by)
        return
    try:
        curation.submit(draft, by=by)
    except ValidationError as error:
        raise _refused(error) from None


def _reviewed(page: MentorProfilePage) -> dict[str, Any]:
    return {name: getattr(page, name) for name in REVIEWED}


def _refused(error: ValidationError) -> Invalid:
    name, messages = next(iter(getattr(error, "message_dict", {"": error.messages}).items()))
    return Invalid(str(messages[0]), pointer=f"/{name}" if name in REVIEWED else "")


def _take_back(page: MentorProfilePage, by: User) -> None:
    """End the review and let the newest version be the public one again; history stays."""
    state = page.current_workflow_state
    reverts = page.live and page.has_unpublished_changes and page.live_revision_id is not None
    if state is None and not reverts:
        return
    if state is not None:
        state.cancel(user=by)
    left = page.latest_revision_id
    if reverts:
        page.latest_revision = page.live_revision
        page.latest_revision_created_at = page.live_revision.created_at
        page.draft_title = page.title
        page.has_unpublished_changes = False
        page.save(
            clean=False,
            update_fields=[
                "latest_revision",
                "latest_revision_created_at",
                "draft_title",
                "has_unpublished_changes",
            ],
        )
    audit.record(
        actor=by.public_id,
        action="profile.withdrawn",
        object_type="mentor",
        object_id=page.mentor.public_id,
        data={"revision": left},
    )


def _kept(photo: bytes, mentor: Mentor, by: User) -> Any:
    """Keep a photograph under a name that nobody guesses: what waits is not public."""
    return get_image_model().objects.create(
        title=f"Portrait of {mentor.user.name}",
        file=ContentFile(photo, name=f"portrait-{token_hex(16)}.jpg"),
        uploaded_by_user=by,
    )


def _state_facts(mentor: Mentor, facts: Mapping[str, Any], by: User) -> None:
    """Change facts at once; the last writes of the transaction, whose triggers list the mentor."""
    before = {name: getattr(mentor, name) for name in facts}
    changed = {name: value for name, value in facts.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(mentor, name, value)
    mentor.save(update_fields=list(changed))
    audit.record(
        actor=by.public_id,
        action="mentor.facts_changed",
        object_type="mentor",
        object_id=mentor.public_id,
        data={name: [before[name], value] for name, value in changed.items()},
    )


__all__ = ["INSTANT", "REVIEWED", "OwnPage", "State", "Words", "change", "read", "withdraw"]
