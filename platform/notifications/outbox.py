"""Write messages in the transaction of what they tell, and send them after it."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from kernel import clock
from kernel.tasks import enqueue, task
from notifications.models import Email


def put_email(
    *,
    key: str,
    template: str,
    to: str,
    context: dict[str, Any],
    ics: str = "",
    ics_method: str = "",
) -> None:
    """Render `templates/emails/<template>.{subject,text,html}` now and promise to send it.

    Call it inside the transaction of the event. `key` names the event and the reader
    (`session-confirmed:ses_…:client`): a second call with the same key does nothing.
    `ics` is an iCalendar document, attached with `method=ics_method` (RFC 6047).
    """
    subject = " ".join(render_to_string(f"emails/{template}.subject", context).split())
    email, created = Email.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "to": to,
            "subject": subject[:200],
            "text": render_to_string(f"emails/{template}.text", context),
            "html": render_to_string(f"emails/{template}.html", context),
            "ics": ics,
            "ics_method": ics_method,
            "created_at": clock.now(),
        },
    )
    if created:
        enqueue(send_email, email_id=str(email.pk))


@task
def send_email(*, email_id: str) -> None:
    """Send one waiting e-mail; a sent one is left alone. Raises what the mailer raises.

    At least once: a crash between the mailer's yes and our commit sends it again.
    """
    with transaction.atomic():
        email = Email.objects.select_for_update().get(pk=email_id)
        if email.sent_at is not None:
            return
        message = EmailMultiAlternatives(email.subject, email.text, to=[email.to])
        message.extra_headers["Message-ID"] = f"<{email.pk}@counterfoil>"
        if email.html:
            message.attach_alternative(email.html, "text/html")
        if email.ics:
            message.attach("invite.ics", email.ics, f"text/calendar; method={email.ics_method}")
        message.send()
        email.sent_at = clock.now()
        email.attempts += 1
        email.save(update_fields=["sent_at", "attempts"])
