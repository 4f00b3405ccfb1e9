"""Write messages in the transaction of what they tell, and send them after it.

A message may carry a condition. It is asked before each attempt, the last time when the mail
server is connected and waits for the message: what has become untrue is withdrawn, not sent.
So is what its reader has switched off by then (`notifications.switches`).
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.mail import mailers
from django.db import transaction
from django.db.models import F

from accounts.models import User
from kernel import audit, clock
from kernel.errors import Forbidden, NotFound, Refusal
from kernel.tasks import enqueue, task
from notifications import erasing, masking, mime, switches
from notifications.conditions import Condition, why_untrue
from notifications.links import link_to
from notifications.models import Email
from notifications.rendering import render
from notifications.switches import Switch

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MAX_ATTEMPTS = 24  # 1 + 2 + 4 + … + 32 minutes, then hourly: about 18 hours
SWEEP_SECONDS = 40
RETRY = "notifications.retry_email"


class NotFailed(Refusal):
    """The message was not given up: it waits, or was sent or withdrawn."""

    code = "email_not_failed"


def put_email(
    *,
    key: str,
    template: str,
    to: str,
    language: str,
    context: dict[str, Any],
    ics: str = "",
    ics_method: str = "",
    only_if: Condition | None = None,
    switch: Switch | None = None,
) -> None:
    """Write the letter `template` in `language` now (`notifications.rendering`); promise it.

    Call it inside the transaction of the event. `key` names the event and the reader
    (`session-confirmed:ses_…:client`): a second call with the same key does nothing.
    `ics` is an iCalendar document, attached with `method=ics_method` (RFC 6047). `only_if` is for
    what can become untrue while it waits: it is sent as long as the condition holds. `switch` is
    for what its reader may switch off; the templates get it as `switch` (`label`, `link`) and end
    with `emails/_switch.text`.
    """
    if switch:
        context = {**context, "switch": _words_of(switch, to)}
    letter = render(template, context, language=language)
    now = clock.now()
    email, created = Email.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "to": to,
            "subject": letter.subject[:200],
            "text": letter.text,
            "html": letter.html,
            "ics": ics,
            "ics_method": ics_method,
            "condition": only_if.name if only_if else "",
            "condition_arguments": only_if.arguments if only_if else {},
            "kind": switch.kind if switch else "",
            "reader": switch.person if switch else None,
            "created_at": now,
            "next_attempt_at": now,
        },
    )
    if created:
        enqueue(send_email, email_id=str(email.pk))


@task
def send_email(*, email_id: str) -> None:
    """Send one e-mail if it is due; one that was sent or withdrawn, or that waits, is left alone.

    The attempt is written down, with the instant of the next one, *before* the mailer is
    called: no row is locked while a mail server thinks, two senders never take the same
    message, and a crash on the way means that it is sent again later (at least once), if it is
    still true then.
    """
    now = clock.now()
    claimed = Email.objects.due(now=now).filter(pk=email_id).first()
    if claimed is None or not _claim(claimed, now):
        return
    try:
        untrue = _hand_over(claimed)
    except Exception as error:
        logger.exception("e-mail %s was not sent (attempt %s)", claimed.pk, claimed.attempts)
        _note_failure(claimed, reason=f"{type(error).__name__}: {error}")
    else:
        _end(claimed, untrue=untrue)


@task
def send_waiting() -> None:
    """Send what is due and was not sent: failed attempts, and whatever the queue has lost."""
    started = clock.now()
    due = Email.objects.due(now=started).order_by("next_attempt_at", "id")
    for pk in due.values_list("pk", flat=True)[:500]:
        send_email(email_id=str(pk))
        if clock.now() - started > timedelta(seconds=SWEEP_SECONDS):
            return


def retry(*, email_id: UUID, by: User, now: datetime) -> None:
    """Have a message that was given up tried again, as often as a new one.

    Raises Forbidden, NotFound, NotFailed.
    """
    if not by.has_perm(RETRY):
        raise Forbidden("Only the staff who look after the outbox may do this.")
    with transaction.atomic():
        failed = Email.objects.filter(pk=email_id, failed_at__isnull=False)
        if not failed.update(failed_at=None, attempts=0, next_attempt_at=now):
            if not Email.objects.filter(pk=email_id).exists():
                raise NotFound("There is no such message.")
            raise NotFailed("The message was not given up: there is nothing to try again.")
        audit.record(
            actor=by.public_id,
            action="email.retried",
            object_type="e-mail",
            object_id=str(email_id),
        )
        enqueue(send_email, email_id=str(email_id))


def _words_of(switch: Switch, to: str) -> dict[str, str]:
    link = link_to(kind=switch.kind, person_id=switch.person.pk, address=to)
    return {"kind": switch.kind.value, "label": switch.kind.label, "link": link}


def _claim(email: Email, now: datetime) -> bool:
    """Count the attempt and set the next one, unless another sender was here first."""
    pause = min(FIRST_PAUSE * 2**email.attempts, LONGEST_PAUSE)
    taken = Email.objects.waiting().filter(pk=email.pk, attempts=email.attempts)
    email.attempts += 1
    return bool(taken.update(attempts=F("attempts") + 1, next_attempt_at=now + pause))


def _hand_over(email: Email) -> str:
    """Give the message to the mail server; return "", or why it is not true any more.

    Asked twice: first of all, so that what is untrue is withdrawn while no server answers, and
    again when the server is connected, so that nothing slow lies between the answer and the
    message. What becomes untrue in that last moment is followed by the message that says so.
    """
    message = mime.message_of(email)
    if untrue := _untrue(email):
        return untrue
    with mailers.default as mailer:
        untrue = _untrue(email)
        if not untrue:
            mailer.send_messages([message])
    return untrue


def _untrue(email: Email) -> str:
    if email.reader_id and switches.is_off(person_id=email.reader_id, kind=email.kind):
        return switches.SWITCHED_OFF
    if not email.condition:
        return ""
    return why_untrue(Condition(name=email.condition, arguments=email.condition_arguments))


def _end(email: Email, *, untrue: str) -> None:
    if untrue:
        ended = {"withdrawn_at": clock.now(), "withdrawn_reason": untrue[:500]}
    else:
        ended = {"sent_at": clock.now(), **_kept(email)}
    Email.objects.waiting().filter(pk=email.pk).update(**{"last_error": "", **ended})


def _kept(email: Email) -> dict[str, Any]:
    """Return what changes of a message once it is sent: letters on signing in lose their secrets.

    They let somebody in for as long as a week, and a sent message is never sent again.
    """
    if email.template == erasing.LAST:
        return erasing.nothing_left(email)
    if not email.template.startswith(masking.SIGN_IN):
        return {}
    return masking.kept(
        template=email.template, subject=email.subject, text=email.text, html=email.html
    )


def _note_failure(email: Email, *, reason: str) -> None:
    """Keep the reason; after MAX_ATTEMPTS give the message up, visibly."""
    ended: dict[str, Any] = {"failed_at": None}
    if email.attempts >= MAX_ATTEMPTS:
        last = email.template == erasing.LAST
        ended = {"failed_at": clock.now(), **(erasing.nothing_left(email) if last else {})}
    Email.objects.filter(pk=email.pk).update(**{"last_error": reason[:2000], **ended})
