"""Messages are written with their event and sent after it: once, again on failure, never early."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from pytest_django import Settings

from accounts import letters
from kernel import clock, tasks
from notifications import mime, outbox
from notifications.models import Email

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BROKEN = {"default": {"BACKEND": "tests.notifications.test_outbox.BrokenBackend"}}


class BrokenBackend(BaseEmailBackend):
    """A mail server that never answers."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise ConnectionRefusedError("nobody there")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.travel(NOON):
        yield


def put(key: str = "greeting:1", **changes: Any) -> Email:
    values: dict[str, Any] = {
        "template": "account_plain",
        "language": "en",
        "to": "ada@example.org",
        "context": {"subject": "Grüße <b>\n an alle", "body": "Hello & welcome"},
    } | changes
    outbox.put_email(key=key, **values)
    return Email.objects.get(key=key)


def passes(email: Email) -> tuple[int, datetime, bool, bool]:
    email.refresh_from_db()
    return email.attempts, email.next_attempt_at, bool(email.sent_at), bool(email.failed_at)


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_rolled_back_event_is_never_sent() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put()
        _ = 1 / 0

    tasks.drain()
    outbox.send_waiting()

    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_message_is_sent_after_its_event_and_only_once() -> None:
    with transaction.atomic():
        email = put()
        put()  # the same event once more
        assert mail.outbox == []

    tasks.drain()
    outbox.send_waiting()
    outbox.send_email(email_id=str(email.pk))

    assert [(message.subject, message.to) for message in mail.outbox] == [
        ("Grüße <b> an alle", ["ada@example.org"])
    ]
    assert mail.outbox[0].body == "Hello & welcome\n"
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{email.pk}@counterfoil>"
    assert passes(email) == (1, NOON + MINUTE, True, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("template", ["account_email_change_asked", "account_verify"])
def test_a_letter_on_signing_in_keeps_no_secret_once_it_is_sent(
    template: str, settings: Settings
) -> None:
    secret = "und_k7QD3MabcdEF"
    context = {"name": "Ada", "code": secret, "link": f"http://x.test/app/undo#code={secret}"}
    email = put(template=template, context=context | {"at": NOON, "expires_at": NOON})
    mailers, settings.MAILERS = settings.MAILERS, BROKEN

    tasks.drain()  # not sent: it is kept whole, or it could not be sent again
    email.refresh_from_db()
    assert secret in email.text
    assert secret in email.html
    settings.MAILERS = mailers
    with clock.travel(NOON + 2 * MINUTE):
        outbox.send_waiting()

    assert secret in str(mail.outbox[0].body)
    email.refresh_from_db()
    assert email.sent_at
    assert secret not in email.subject + email.text + email.html
    assert "Hello Ada" in email.text


@pytest.mark.django_db
def test_letters_that_were_sent_before_lose_their_secrets_with_the_migration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    migration = import_module("notifications.migrations.0006_sent_without_secrets")
    monkeypatch.setattr(migration, "BATCH", 2)
    secret = "und_k7QD3MabcdEF"
    link = f"http://x.test/app/undo#code={secret}"
    context = {"name": "Ada", "code": secret, "link": link, "at": NOON, "expires_at": NOON}
    sent = [put(f"sent:{n}", template="account_verify", context=context) for n in range(5)]
    Email.objects.update(sent_at=NOON)
    plain = put("plain", context={"subject": "Code", "body": f"It is {secret}"})
    Email.objects.filter(pk=plain.pk).update(sent_at=NOON)
    waiting = put("waiting", template="account_verify", context=context)
    other = put("other", template="account_verify", context=context)
    Email.objects.filter(pk=other.pk).update(template="session_reminder", sent_at=NOON)

    for _ in range(2):
        migration.take_secrets_out(apps, None)
        for email in (*sent, plain):
            email.refresh_from_db()
            assert secret not in email.subject + email.text + email.html
    assert "Hello Ada" in sent[0].text
    for email in (waiting, other):  # what may be sent still is whole, and what lets nobody in
        text = email.text
        email.refresh_from_db()
        assert (secret in email.text, email.text) == (True, text)


@pytest.mark.django_db
def test_what_a_person_wrote_is_escaped_in_the_html_part() -> None:
    email = put(context={"subject": "x", "body": "<script>alert(1)</script>"})

    assert "<script>" not in email.html
    assert "&lt;script&gt;" in email.html
    assert email.text == "<script>alert(1)</script>\n"


@pytest.mark.django_db
def test_a_failure_is_kept_and_tried_again_with_doubling_pauses(settings: Settings) -> None:
    email = put()
    working, settings.MAILERS = settings.MAILERS, BROKEN
    at, pauses = NOON, []
    for _ in range(8):
        with clock.travel(at):
            outbox.send_waiting()
            outbox.send_waiting()  # not due yet: nothing happens
        email.refresh_from_db()
        pauses.append((email.next_attempt_at - at) // MINUTE)
        at = email.next_attempt_at

    settings.MAILERS = working
    with clock.travel(at):
        outbox.send_waiting()

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "nobody there" not in email.text
    assert len(mail.outbox) == 1
    email.refresh_from_db()
    assert (email.attempts, email.sent_at, email.last_error) == (9, at, "")


@pytest.mark.django_db
def test_a_message_that_never_gets_through_is_given_up_visibly(settings: Settings) -> None:
    email = put()
    settings.MAILERS = BROKEN
    at = NOON
    for _ in range(outbox.MAX_ATTEMPTS + 3):
        with clock.travel(at):
            outbox.send_waiting()
        at += timedelta(hours=1)

    email.refresh_from_db()
    assert email.attempts == outbox.MAX_ATTEMPTS
    assert email.failed_at == NOON + timedelta(hours=outbox.MAX_ATTEMPTS - 1)
    assert email.last_error == "ConnectionRefusedError: nobody there"
    assert email.sent_at is None


@pytest.mark.django_db
def test_one_message_that_fails_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = put("a"), put("b", to="bob@example.org")
    genuine = mime.message_of

    def message(email: Email) -> Any:
        if email.pk == bad.pk:
            raise ValueError("cannot be written")
        return genuine(email)

    monkeypatch.setattr(mime, "message_of", message)
    outbox.send_waiting()

    assert passes(bad)[2:] == (False, False)
    assert passes(good)[2:] == (True, False)


@pytest.mark.django_db
def test_of_two_senders_that_saw_the_same_message_one_sends_it() -> None:
    email = put()
    first, second = (Email.objects.get(pk=email.pk) for _ in range(2))

    assert outbox._claim(first, NOON)
    assert not outbox._claim(second, NOON)


@pytest.mark.django_db
def test_a_sender_that_was_killed_on_the_way_is_followed_by_another() -> None:
    email = put()
    assert outbox._claim(Email.objects.get(pk=email.pk), NOON)  # and then kill -9

    outbox.send_waiting()
    assert mail.outbox == []
    with clock.travel(NOON + MINUTE):
        outbox.send_waiting()

    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_an_invitation_is_attached_with_its_method() -> None:
    put(ics="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ics_method="REQUEST")

    outbox.send_waiting()

    part = next(iter(mail.outbox[0].message().iter_attachments()))
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"


@pytest.mark.django_db
def test_in_development_each_message_is_a_file(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    settings.MAILERS = {
        "default": {
            "BACKEND": "notifications.mail_files.EmailBackend",
            "OPTIONS": {"file_path": str(folder)},
        }
    }
    put("a", context={"subject": "../../etc/Grüße", "body": "Your code: ABCD-EFGH"})
    put("b", to="bob@example.org")

    outbox.send_waiting()

    files = sorted(folder.iterdir())
    assert [path.name.split("-", 1)[1] for path in files] == [
        "ada@example.org-..-..-etc-Gr-e.eml",
        "bob@example.org-Gr-e-b-an-alle.eml",
    ]
    message = message_from_bytes(files[0].read_bytes(), policy=modern)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Your code: ABCD-EFGH"
    assert b"ABCD-EFGH" in files[0].read_bytes()
    assert message["Subject"] == "../../etc/Grüße"


def test_the_floor_beneath_writes_through_the_outbox() -> None:
    assert letters._PostOffice.post is outbox.put_email
