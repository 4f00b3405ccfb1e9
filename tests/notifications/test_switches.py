"""What its reader switched off is not sent, whenever they did it; the rest has no switch."""

import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connections, transaction
from pytest_django import Settings

from accounts.models import User
from kernel import clock
from notifications import masking, mime, outbox, switches
from notifications.links import link_to
from notifications.models import Email, Kind, SwitchedOff
from notifications.samples import SAMPLES
from notifications.switches import SWITCHED_OFF, Switch
from tests.factories.people import UserFactory
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
DIGEST = Kind.MESSAGE_DIGEST
OTHERS = [kind for kind in Kind if kind is not DIGEST]


@pytest.fixture
def ann() -> User:
    person: User = UserFactory(email="Ann@example.org")
    return person


def put(person: User, *, kind: Kind | None = DIGEST, key: str = "digest:1") -> Email:
    with clock.travel(NOON):
        outbox.put_email(
            key=key,
            template="message_digest",
            to=person.email,
            language="en",
            context={**SAMPLES["message_digest"], "switch": None},
            switch=Switch(kind, person) if kind else None,
        )
    return Email.objects.get(key=key)


def turn(person: User, *, on: bool, kind: Kind = DIGEST) -> None:
    with transaction.atomic():
        switches.turn(switch=Switch(kind, person), on=on, now=NOON)


def send() -> list[str]:
    before = len(mail.outbox)
    with clock.travel(NOON):
        outbox.send_waiting()
    return [message.to[0] for message in mail.outbox[before:]]


class Connecting(BaseEmailBackend):
    """A mail server that somebody switches an e-mail off in front of, while it connects."""

    meanwhile: ClassVar[Any] = None

    def open(self) -> bool:
        Connecting.meanwhile()
        return True

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        mail.outbox.extend(email_messages)
        return len(email_messages)


def test_until_somebody_switches_everything_is_on(ann: User) -> None:
    assert switches.switches_of(person=ann) == {
        Kind.REMINDER_DAY: True,
        Kind.REMINDER_HOUR: True,
        Kind.MESSAGE_DIGEST: True,
    }
    put(ann)
    assert send() == ["Ann@example.org"]


def test_what_was_switched_off_before_it_left_is_withdrawn_with_the_reason(ann: User) -> None:
    email = put(ann)
    turn(ann, on=False)

    assert send() == []

    email.refresh_from_db()
    assert (email.state, email.withdrawn_reason) == ("withdrawn", SWITCHED_OFF)
    turn(ann, on=True)
    assert send() == []  # what was withdrawn stays withdrawn


def test_what_is_switched_off_while_the_server_connects_is_not_sent(
    ann: User, settings: Settings
) -> None:
    put(ann)
    backend = f"{__name__}.Connecting"
    settings.MAILERS = {"default": {"BACKEND": backend}}
    Connecting.meanwhile = lambda: turn(ann, on=False)

    assert send() == []

    assert Email.objects.get().withdrawn_reason == SWITCHED_OFF


def test_without_the_second_look_that_one_would_be_sent(
    ann: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ann)
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Connecting"}}
    Connecting.meanwhile = lambda: turn(ann, on=False)
    looks = iter([switches.is_off(person_id=ann.pk, kind=DIGEST)] * 2)
    monkeypatch.setattr(switches, "is_off", lambda **_: next(looks))

    assert send() == ["Ann@example.org"]


def test_a_switch_is_of_one_kind_and_one_person(ann: User) -> None:
    bob = UserFactory(email="bob@example.org")
    turn(bob, on=False)
    for kind in OTHERS:
        turn(ann, on=False, kind=kind)

    put(ann)

    assert send() == ["Ann@example.org"]


def test_what_has_no_switch_is_sent_whatever_is_off(ann: User) -> None:
    for kind in Kind:
        turn(ann, on=False, kind=kind)

    email = put(ann, kind=None)

    assert send() == ["Ann@example.org"]
    assert "List-Unsubscribe" not in mime.message_of(email).message()
    assert "/emails/unsubscribe" not in mime.message_of(email).body


def test_switching_twice_is_switching_once_and_keeps_the_first_instant(ann: User) -> None:
    turn(ann, on=False)
    with transaction.atomic():
        later = NOON + timedelta(days=1)
        switches.turn(switch=Switch(DIGEST, ann), on=False, now=later)

    assert list(SwitchedOff.objects.values_list("kind", "since")) == [("message_digest", NOON)]
    turn(ann, on=True)
    turn(ann, on=True)
    assert not SwitchedOff.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_one_row(ann: User) -> None:
    start = threading.Barrier(8)
    faults: list[BaseException] = []

    def switch() -> None:
        start.wait()
        try:
            turn(ann, on=False)
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=switch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert SwitchedOff.objects.count() == 1


def test_the_database_knows_each_kind_once_a_person(ann: User) -> None:
    turn(ann, on=False)
    for changes, rule in (
        ({"kind": "message_digest"}, "switched_off_once"),
        ({"kind": "receipts"}, "switched_off_kind_known"),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            SwitchedOff.objects.create(person=ann, since=NOON, **changes)


@pytest.mark.parametrize("changes", [{"kind": ""}, {"reader": None}, {"kind": "receipts"}])
def test_a_message_of_a_kind_has_a_reader_and_no_other_has(
    ann: User, changes: dict[str, Any]
) -> None:
    email = put(ann)

    with pytest.raises(IntegrityError, match="email_kind_of_a_reader"), transaction.atomic():
        Email.objects.filter(pk=email.pk).update(**changes)


def test_only_what_has_a_condition_or_a_kind_is_ever_withdrawn(ann: User) -> None:
    email = put(ann, kind=None)

    with pytest.raises(IntegrityError, match="with_a_reason"), transaction.atomic():
        Email.objects.filter(pk=email.pk).update(withdrawn_at=NOON, withdrawn_reason="Why not.")


def test_a_message_says_how_to_stop_its_kind_in_its_headers_and_in_both_parts(
    ann: User, settings: Settings
) -> None:
    put(ann)
    with Sink() as sink:
        settings.MAILERS = sink.mailers
        send()

    [message] = sink.mailbox
    link = link_to(kind=DIGEST, person_id=ann.pk, address="Ann@example.org")
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        assert link in body.get_content()
        assert "You get e-mails about unread messages because" in body.get_content()


def test_the_staff_do_not_see_the_link(ann: User) -> None:
    email = put(ann)
    reminder = {"subject": email.subject, "text": email.text, "html": email.html}

    seen = masking.shown(template="session_reminder", **reminder)

    [token] = set(re.findall(r"token=([^\s\"<]+)", email.text + email.html))
    for body in (seen.text, seen.html):
        assert body
        assert "/emails/unsubscribe?token=" in body
        assert token not in body


def test_the_link_stands_in_the_header_as_it_is_written_however_long(
    ann: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://" + "a-long-name." * 15 + "example"
    message = mime.message_of(put(ann))

    raw = message.message(policy=policy.SMTP).as_bytes()

    [line] = [line for line in raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    link = message.extra_headers["List-Unsubscribe"]
    assert line == f"List-Unsubscribe: {link}".encode()
    assert len(line) > 300
    assert message_from_bytes(raw, policy=policy.SMTP)["List-Unsubscribe"] == link


def test_python_alone_would_have_encoded_it() -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["List-Unsubscribe"] = f"<https://counterfoil.example/{'x' * 100}>"

    assert b"=?utf-8?" in message.as_bytes()
