"""A message of the outbox as it travels: its parts, its invitation, its headers.

Knows no mail server and no attempt.
"""

import email.policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import Policy
from typing import Any

from django.core.mail import EmailMultiAlternatives

from notifications.links import link_to
from notifications.models import Email


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is written as it is.

    Python folds a word that is longer than a line into encoded words (RFC 2047), and in
    List-Unsubscribe no mailbox provider decodes them: there would be no link.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)


class _Message(EmailMultiAlternatives):
    def message(self, *, policy: Any = email.policy.default) -> Any:
        """Return the message under the given policy, with our own way to write that header."""
        return super().message(policy=policy.clone(header_factory=_HEADERS))


def message_of(row: Email) -> EmailMultiAlternatives:
    """Return the row as a message; one that can be switched off says how, by RFC 8058."""
    message = _Message(row.subject, row.text, to=[row.to])
    message.extra_headers["Message-ID"] = f"<{row.pk}@counterfoil>"
    if row.reader_id is not None:
        link = link_to(kind=row.kind, person_id=row.reader_id, address=row.to)
        message.extra_headers["List-Unsubscribe"] = f"<{link}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if row.html:
        message.attach_alternative(row.html, "text/html")
    if row.ics:
        message.attach("invite.ics", row.ics, f"text/calendar; method={row.ics_method}")
    return message
