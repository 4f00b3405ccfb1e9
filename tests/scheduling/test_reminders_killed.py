"""No reminder leaves for a session that is off or moved, whatever dies and is tried again.

Every order of three steps is lived: attempts that work, that the server refuses, that end with
kill -9 before or after the message was taken; cancellations and moves between attempts, and while
an attempt connects. Then one process is really killed, over a real mail server.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test import override_settings

from kernel import clock
from notifications import outbox
from notifications.models import Email
from notifications.rendering import Letter
from scheduling import calendars
from scheduling.models import Session
from scheduling.reminders import promise_due
from scheduling.states import State
from tests.api.callers import ROOT, database_url
from tests.factories.scheduling import confirmed, open_mentor
from tests.notifications.sink import Sink
from tests.scheduling.moving import cancelled, moved

STARTS = datetime(2027, 3, 29, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DEPTH = 3
REST = Email.objects.exclude(template="session_reminder")


class Killed(BaseException):
    """The process ends here: nothing behind it runs, whatever was committed stays."""


class Server(BaseEmailBackend):
    """A mail server of whom a test says what happens while it connects and while it takes."""

    while_connecting: ClassVar[Callable[[], None]]
    behind_taking: ClassVar[Callable[[], None]]
    took: ClassVar[list[str]] = []

    def open(self) -> bool:
        Server.while_connecting()
        return True

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        Server.took.extend(message.extra_headers["Message-ID"] for message in email_messages)
        Server.behind_taking()
        return len(email_messages)


class World:
    """One session, its client's reminder a day before, and what the mail server took of it."""

    def __init__(self, *, conditional: bool = True) -> None:
        self.session = confirmed(session_type=open_mentor(), starts_at=STARTS)
        self.at = STARTS - DAY
        self.conditional = conditional
        self.promise()

    def promise(self) -> None:
        promise_due(now=self.at)
        Email.objects.exclude(
            template="session_reminder", to=self.session.client.user.email
        ).delete()
        if not self.conditional:
            Email.objects.update(condition="", condition_arguments={})

    def now(self) -> Session:
        return Session.objects.get(pk=self.session.pk)

    def attempt(self, *, connecting: Any = None, taking: Any = None) -> None:
        Server.while_connecting = connecting or (lambda: None)
        Server.behind_taking = taking or (lambda: None)
        with suppress(Killed), clock.travel(self.at):
            outbox.send_waiting()

    def cancel(self) -> None:
        if self.now().state == State.CONFIRMED:
            cancelled(self.session, now=self.at)
            REST.delete()

    def move(self) -> None:
        if self.now().state == State.CONFIRMED:
            moved(self.session, to=self.now().starts_at + DAY, now=self.at)
            REST.delete()

    def true_reminders(self) -> set[str]:
        """The messages that may be sent now: of a confirmed session, at its present time."""
        session = self.now()
        key = f"session-reminder:{session.public_id}:{session.sequence}:day:client"
        found = Email.objects.filter(key=key) if session.state == State.CONFIRMED else ()
        return {f"<{email.pk}@counterfoil>" for email in found}


def refuse() -> None:
    raise ConnectionRefusedError("nobody there")


def die() -> None:
    raise Killed


STEPS: dict[str, Callable[[World], None]] = {
    "send": World.attempt,
    "refused": lambda world: world.attempt(connecting=refuse),
    "killed before it is taken": lambda world: world.attempt(connecting=die),
    "killed after it is taken": lambda world: world.attempt(taking=die),
    "cancel": World.cancel,
    "move": World.move,
    "cancel while it connects": lambda world: world.attempt(connecting=world.cancel),
    "move while it connects": lambda world: world.attempt(connecting=world.move),
}


@contextmanager
def undone() -> Iterator[None]:
    """Go back to where the block began, in the database and at the mail server."""
    took = list(Server.took)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        Server.took = took


def live(world: World, story: tuple[str, ...], found: list[str]) -> None:
    """Take each step from here, look at what left, and go on; at the end of a story settle."""
    waits = Email.objects.waiting().exists()
    for name, step in STEPS.items():
        if not waits and name not in {"cancel", "move"}:
            continue  # there is nothing to attempt
        with undone():
            before, at = len(Server.took), world.at
            step(world)
            here = (*story, name)
            # What is true when the step ended was true when it left: no step makes it true.
            left = set(Server.took[before:])
            if left and not left <= world.true_reminders():
                found.append(f"{' → '.join(here)}: an untrue reminder left")
            world.at += 10 * MINUTE
            if len(here) < DEPTH and "cancel" not in name:
                live(world, here, found)
            else:
                found += settle(world, here)
            world.at = at


def settle(world: World, story: tuple[str, ...]) -> list[str]:
    """Let a working server have what waits, much later; return what is wrong then."""
    session, before, at = world.now(), len(Server.took), world.at
    world.at = session.starts_at - 2 * HOUR
    world.promise()
    world.attempt()
    world.at = at
    wrong = []
    untrue = set(Server.took[before:]) - world.true_reminders()
    if untrue:
        wrong.append("an untrue reminder left in the end")
    if session.state == State.CONFIRMED and not world.true_reminders() & set(Server.took):
        wrong.append("nobody was reminded")
    if Email.objects.waiting().exists():
        wrong.append("one waits for good")
    return [f"{' → '.join(story)}: {what}" for what in wrong]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have mail go to the server above; what it says plays no part, and takes long to write."""
    Server.took = []
    monkeypatch.setattr(outbox, "render", lambda *_, **__: Letter("words", "words", "words"))
    monkeypatch.setattr(calendars, "invitation", lambda **_: "")
    monkeypatch.setattr(outbox.logger, "disabled", True)
    with override_settings(MAILERS={"default": {"BACKEND": f"{__name__}.Server"}}):
        yield


@pytest.mark.slow
@pytest.mark.django_db
def test_in_every_order_of_death_retry_cancellation_and_move_only_what_is_true_leaves(
    server: None,
) -> None:
    found: list[str] = []

    live(World(), (), found)

    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["refused", "killed before it is taken"])
@pytest.mark.parametrize("then", ["cancel", "move"])
def test_without_the_condition_the_same_orders_send_what_is_untrue(
    server: None, first: str, then: str
) -> None:
    world = World(conditional=False)

    for name in (first, then):
        STEPS[name](world)
        world.at += 10 * MINUTE
    world.attempt()

    reminder = Email.objects.get(template="session_reminder")
    assert f"<{reminder.pk}@counterfoil>" in Server.took
    assert world.true_reminders() == set()


SENDER = """
import sys, threading, django
django.setup()
from django.test import override_settings
from notifications import outbox
options = {"host": "127.0.0.1", "port": int(sys.argv[1]), "timeout": 20}
backend = "django.core.mail.backends.smtp.EmailBackend"
with override_settings(MAILERS={"default": {"BACKEND": backend, "OPTIONS": options}}):
    senders = [
        threading.Thread(target=outbox.send_email, kwargs={"email_id": email_id})
        for email_id in sys.argv[2:]
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
"""


def killed_while_sending(sink: Sink, emails: list[Email]) -> None:
    """Have another process claim the messages and connect, and end it by kill -9 there."""
    sink.silent = True
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(sink.port), *[str(email.pk) for email in emails]],
        env=environment,
        cwd=ROOT,
    )
    try:
        for _ in emails:
            assert sink.connected.acquire(timeout=60)
    finally:
        sender.kill()
    assert sender.wait() == -signal.SIGKILL
    sink.silent = False


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_between_claim_and_sending_is_followed_by_the_truth() -> None:
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    sessions = [confirmed(session_type=open_mentor(), starts_at=now + 20 * HOUR) for _ in range(3)]
    off, stands, control = (session.client.user.email for session in sessions)
    promise_due(now=clock.now())
    Email.objects.exclude(template="session_reminder", to__in=[off, stands, control]).delete()
    Email.objects.filter(to=control).update(condition="", condition_arguments={})

    with Sink() as sink, override_settings(MAILERS=sink.mailers):
        killed_while_sending(sink, list(Email.objects.all()))
        assert set(Email.objects.values_list("attempts", "sent_at")) == {(1, None)}
        for session in (sessions[0], sessions[2]):
            cancelled(session, now=clock.now())
        REST.delete()
        outbox.send_waiting()
        assert sink.recipients() == []  # their next attempt has not come
        with clock.travel(clock.now() + 2 * MINUTE):
            outbox.send_waiting()

        assert sink.recipients() == sorted([stands, control])

    states = {email.to: email.state for email in Email.objects.all()}
    assert states == {off: "withdrawn", stands: "sent", control: "sent"}
    connection.close()
