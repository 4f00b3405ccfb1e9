"""A person's export: one at a time, for its person alone, for seven days, all that is theirs."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts import exports, roles
from accounts.models import PersonalExport, User
from cms.permissions import grant_all
from kernel import clock
from kernel.errors import Forbidden
from kernel.models import Job
from kernel.tasks import drain
from notifications.models import Email
from tests.accounts.signed_in import SignedIn
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.sessions import confirm, pending_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    user: User = ClientFactory(user__name="Ann Quillfeather", user__email="ann@quill.example").user
    return user


def made(user: User) -> dict[str, Any]:
    export = exports.ask(user=user, now=clock.now())
    exports.make(export_id=str(export.pk))
    found: dict[str, Any] = json.loads(exports.content_of(user=user, now=clock.now()))
    return found


def sections(user: User) -> dict[str, Any]:
    return {one["name"]: one["rows"] for one in made(user)["sections"]}


def test_it_holds_what_is_kept_with_words_that_say_what_it_is(ann: User) -> None:
    session = pending_session(client=ann.client)
    type(session).objects.filter(pk=session.pk).update(goals="To change trades")
    confirm(session)

    written = made(ann)

    found = {one["name"]: one["rows"] for one in written["sections"]}
    assert written["person"] == ann.public_id
    assert all(one["description"] for one in written["sections"])
    assert found["account"][0]["email"] == "ann@quill.example"
    assert found["sessions"][0]["id"] == session.public_id
    assert found["sessions"][0]["goals"] == "To change trades"
    assert found["sessions"][0]["price_minor"] == 10_000


def test_nothing_of_another_person_is_in_it(ann: User) -> None:
    mentor = MentorFactory(user__name="Bea Marrowlight", user__email="bea@marrow.example")
    pending_session(client=ann.client, mentor=mentor)
    ClientFactory(user__name="Cas Thistlewood")

    text = json.dumps(made(ann))

    assert "Ann Quillfeather" in text
    assert "Marrowlight" not in text
    assert "bea@marrow.example" not in text
    assert "Thistlewood" not in text


def test_it_is_a_job_and_a_mail_says_when_it_is_ready(ann: User) -> None:
    one = SignedIn(ann)
    before, none = one.get("export"), one.get("export/download")
    asked = one.post("export")
    drain()
    ready = one.get("export")
    status, content = one.get("export/download")

    assert before == (200, {**before[1], "status": "none"})
    assert (none[0], none[1]["code"]) == (409, "export_not_ready")
    assert (asked[0], asked[1]["status"]) == (202, "running")
    assert (ready[1]["status"], ready[1]["size_bytes"] > 1000) == ("ready", True)
    assert (status, content["person"]) == (200, ann.public_id)
    letter = Email.objects.get(template="account_export_ready")
    assert (letter.to, "/app/settings/data" in letter.text) == (ann.email, True)


def test_one_is_made_at_a_time(ann: User) -> None:
    first = exports.ask(user=ann, now=clock.now())

    assert exports.ask(user=ann, now=clock.now()) == first
    assert Job.objects.filter(name="accounts.exports.make").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalExport.objects.create(user=ann, requested_by=ann, requested_at=clock.now())


def test_another_person_fetches_none_of_it(ann: User) -> None:
    made(ann)

    status, answer = SignedIn(UserFactory()).get("export/download")

    assert (status, answer["code"]) == (409, "export_not_ready")


def test_fetching_needs_a_fresh_proof(ann: User) -> None:
    made(ann)

    status, answer = SignedIn(ann).unproved().get("export/download")

    assert (status, answer["code"]) == (403, "reauthentication_required")


def test_it_expires_and_is_deleted(ann: User) -> None:
    made(ann)
    later = clock.now() + timedelta(days=7, minutes=1)

    with pytest.raises(exports.ExportNotReady):
        exports.content_of(user=ann, now=later)
    exports.tidy(now=later)

    assert not PersonalExport.objects.exists()


def test_what_was_never_made_gives_way_to_another(ann: User) -> None:
    first = exports.ask(user=ann, now=clock.now())

    exports.tidy(now=clock.now() + timedelta(days=1, minutes=1))

    first.refresh_from_db()
    assert first.state == "failed"
    assert exports.ask(user=ann, now=clock.now()) != first


def test_staff_have_one_made_and_the_person_alone_fetches_it(ann: User) -> None:
    grant_all(apps)
    support, stranger = UserFactory(), UserFactory()
    roles.add_to_group(user=support, group=roles.SUPPORT)
    export = exports.start(user=ann, by=support, now=clock.now())
    exports.make(export_id=str(export.pk))

    assert json.loads(exports.content_of(user=ann, now=clock.now()))["person"] == ann.public_id
    with pytest.raises(exports.ExportNotReady):
        exports.content_of(user=support, now=clock.now())
    with pytest.raises(Forbidden):
        exports.start(user=ann, by=stranger, now=clock.now())


def test_it_is_kept_compressed(ann: User) -> None:
    made(ann)

    export = PersonalExport.objects.get()
    assert len(bytes(export.content or b"")) < export.size
    assert json.loads(gzip.decompress(bytes(export.content or b"")))["person"] == ann.public_id
